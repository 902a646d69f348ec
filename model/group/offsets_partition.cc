#include "model/group/offsets_partition.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/base/describe.h"
#include "core/base/hash.h"
#include "model/world/batch.h"

namespace highwater::model::group {
namespace {

using Kind = PartitionInput::Kind;
using Durable = OffsetsPartition::Durable;

constexpr std::chrono::milliseconds kOffsetsRetention{1000};

GroupConfig config_of(const Scope& scope) {
    GroupConfig config;
    config.initial_rebalance_delay = scope.initial_delay ? kTick / 3 : Duration{};
    config.offsets_retention = kOffsetsRetention;
    config.consumer_session_timeout = kTimeout;
    config.consumer_assignment_interval = Duration{};
    return config;
}

/// Of the one topic. A classic group does not look at them.
const GroupTopics& topics() {
    static const GroupTopics topics{.version = 1,
                                    .by_name = {{std::string{kTopic}, {topic_id(), std::int32_t{kPartitions}}}}};
    return topics;
}

/// Empty: the record is about no member.
std::string_view member_id_in(const GroupRecord& record) {
    return std::visit(
        [](const auto& one) {
            if constexpr (requires { one.member_id; }) return std::string_view{one.member_id};
            return std::string_view{};
        },
        record);
}

bool same_key(const GroupRecord& a, const GroupRecord& b) {
    if (a.index() != b.index() || member_id_in(a) != member_id_in(b)) return false;
    const auto* offset = std::get_if<OffsetCommitRecord>(&a);
    return offset == nullptr || offset->partition == std::get_if<OffsetCommitRecord>(&b)->partition;
}

bool has_group_record(const GroupRecords& records) {
    return std::ranges::any_of(
        records, [](const GroupRecord& record) { return std::holds_alternative<GroupMetadataRecord>(record); });
}

/// Of the one group, without what is not for good: times, and the protocols that were not selected.
Durable durable_of(const GroupCoordinator& machine) {
    Durable durable;
    if (const auto offsets = machine.offsets_of(kGroup)) {
        for (const auto& [partition, offset] : **offsets) {
            print_to(durable.offsets, partition);
            print_to(durable.offsets, offset);
        }
    }
    const ClassicGroup* group = machine.find(kGroup);
    durable.group.emplace();
    if (const ConsumerGroup* consumers = machine.find_consumer(kGroup)) {
        print_to(*durable.group, *consumers);
        return durable;
    }
    if (group == nullptr || group->generation == Generation{0}) return durable;
    durable.generation = group->generation.value();
    std::map<std::string, std::string> assignments;
    for (const auto& [id, member] : group->members) assignments[id] = member.assignment;
    if (group->state == ClassicState::stable || group->state == ClassicState::empty) {
        print_to(*durable.group, metadata_of(*group, assignments, Timestamp{0}));
    } else {
        durable.group.reset();
    }
    return durable;
}

/// A step of the partition: one input, and all that its driver does with the effects.
class Turn {
  public:
    Turn(const Scope& scope, OffsetsPartition& partition, PartitionOutput& output)
        : scope_(scope), partition_(partition), output_(output) {}

    void give(const GroupInput& input) {
        GroupEffects effects;
        machine().step(now(), wall(), input, effects, topics());
        for (GroupEffect& effect : effects) carry_out(effect);
    }

    void commit_first_write() {
        const OffsetsPartition::Write write = take_first_write();
        append(write.records);
        give(GroupWriteCommitted{write.id});
    }

    void fail_first_write() {
        const OffsetsPartition::Write write = take_first_write();
        lose(*write.records);
        if (has_group_record(*write.records)) partition_.group_write_failed = true;
        give(GroupWriteFailed{write.id, ErrorCode::not_enough_replicas});
    }

    void fail_over(std::size_t keep) {
        GroupCoordinator as_if = machine();
        bool group_record_lost = partition_.group_write_failed;
        for (std::size_t i = 0; i < partition_.writes.size(); ++i) {
            const OffsetsPartition::Write& write = partition_.writes[i];
            if (i < keep) {
                append(write.records);
                GroupEffects unheard;
                as_if.step(now(), wall(), GroupWriteCommitted{write.id}, unheard, topics());
            } else {
                lose(*write.records);
                group_record_lost = group_record_lost || has_group_record(*write.records);
            }
        }
        partition_.expected = durable_of(as_if);
        const ClassicGroup* group = as_if.find(kGroup);
        const bool is_ahead = group != nullptr && group->state == ClassicState::empty && group_record_lost;
        if (is_ahead) partition_.expected->group.reset();
        partition_.writes.clear();
        partition_.group_write_failed = false;
        if (scope_.controls.failover_loses_everything) partition_.log.clear();
        give(GroupsUnloaded{});
        partition_.wake_at.reset();
        partition_.leader = partition_.leader == 0 ? 1 : 0;
        partition_.loaded = false;
    }

    void load() {
        for (const OffsetsPartition::Batch& batch : partition_.log) {
            for (const GroupRecord& record : *batch) give(GroupRecordLoaded{record});
        }
        give(GroupsLoaded{});
        partition_.loaded = true;
        compare(*partition_.expected, durable_of(machine()));
        partition_.expected.reset();
    }

    void tick() {
        ++partition_.ticks;
        if (!partition_.loaded || scope_.controls.deadlines_do_not_fire) return;
        if (partition_.wake_at && *partition_.wake_at <= now()) {
            partition_.wake_at.reset();
            give(GroupDeadlineReached{});
        }
    }

  private:
    [[nodiscard]] GroupCoordinator& machine() { return partition_.brokers[partition_.leader]; }
    [[nodiscard]] Time now() const { return Time{1} + partition_.ticks * kTick; }
    [[nodiscard]] Timestamp wall() const { return Timestamp{1 + partition_.retentions * kOffsetsRetention.count()}; }

    void carry_out(GroupEffect& effect) {
        if (auto* write = std::get_if<WriteGroupRecords>(&effect)) {
            for (const GroupRecord& record : write->records) {
                if (const auto offset = written_offset(record)) output_.written.push_back(*offset);
            }
            partition_.writes.push_back(
                {write->write, std::make_shared<const GroupRecords>(std::move(write->records))});
        } else if (const auto* wake = std::get_if<WakeGroupsAt>(&effect)) {
            partition_.wake_at = wake->time;
        } else if (const auto told = answer_of(effect)) {
            output_.answers.push_back({narrow(static_cast<std::int64_t>(told->token.value())), told->answer});
        }
    }

    OffsetsPartition::Write take_first_write() {
        OffsetsPartition::Write write = std::move(partition_.writes.front());
        partition_.writes.erase(partition_.writes.begin());
        return write;
    }

    void append(const OffsetsPartition::Batch& batch) {
        const bool ends_consumer_group = std::ranges::any_of(*batch, [](const GroupRecord& record) {
            const auto* group = std::get_if<ConsumerGroupMetadataRecord>(&record);
            return group != nullptr && !group->value;
        });
        // Unless it goes on as a classic one.
        if (ends_consumer_group && !has_group_record(*batch)) output_.group_deleted = 1;
        for (const GroupRecord& record : *batch) {
            const auto* group = std::get_if<GroupMetadataRecord>(&record);
            if (group == nullptr) continue;
            partition_.group_write_failed = false;
            if (!group->value) output_.group_deleted = 1;
            output_.logged_generation_plus_one =
                group->value ? generation_plus_one(group->value->generation) : std::uint8_t{0};
        }
        if (scope_.log_is_compacted) compact(*batch);
        partition_.log.push_back(batch);
    }

    /// Drops what has its key in `newer`.
    void compact(const GroupRecords& newer) {
        for (OffsetsPartition::Batch& batch : partition_.log) {
            GroupRecords left;
            for (const GroupRecord& record : *batch) {
                if (!std::ranges::any_of(newer, [&](const auto& other) { return same_key(record, other); })) {
                    left.push_back(record);
                }
            }
            if (left.size() < batch->size()) batch = std::make_shared<const GroupRecords>(std::move(left));
        }
        std::erase_if(partition_.log, [](const auto& batch) { return batch->empty(); });
    }

    void lose(const GroupRecords& records) {
        for (const GroupRecord& record : records) {
            if (const auto offset = written_offset(record)) output_.lost.push_back(*offset);
        }
    }

    void compare(const Durable& live, const Durable& loaded) {
        output_.compared_offsets = 1;
        output_.compared_group = live.group.has_value() ? 1 : 0;
        std::string differs;
        if (live.offsets != loaded.offsets) {
            differs = fmt::format("offsets, live: {}; loaded: {}", live.offsets, loaded.offsets);
        } else if (live.group && live.group != loaded.group) {
            differs = fmt::format("the group, live: {}; loaded: {}", *live.group, loaded.group.value_or("unstable"));
        } else if (live.generation < loaded.generation) {
            differs = fmt::format("generation {}, live; loaded: {}", live.generation, loaded.generation);
        }
        if (!differs.empty()) output_.differs = std::make_shared<const std::string>(std::move(differs));
    }

    const Scope& scope_;
    OffsetsPartition& partition_;
    PartitionOutput& output_;
};

/// Which numbers of members are not free.
class Members {
  public:
    void add(std::string_view member_id) {
        if (!member_id.empty()) bits |= std::uint32_t{1} << (member_of(member_id) - 1);
    }
    void add(const GroupRecords& records) {
        for (const GroupRecord& record : records) {
            add(member_id_in(record));
            const auto* group = std::get_if<GroupMetadataRecord>(&record);
            if (group == nullptr || !group->value) continue;
            for (const PersistedMember& member : group->value->members) add(member.member_id);
            add(group->value->leader.value_or(""));
        }
    }
    void add(const ConsumerGroup& group) {
        for (const auto& [id, member] : group.members) add(id);
    }
    void add(const ClassicGroup& group) {
        for (const auto& [id, member] : group.members) add(id);
        for (const std::string& id : group.pending_members) add(id);
        for (const std::string& id : group.pending_sync) add(id);
        for (const auto& [instance, id] : group.static_members) add(id);
        add(group.leader.value_or(""));
    }

    std::uint32_t bits = 0;
};

PartitionView view_of(const OffsetsPartition& partition) {
    PartitionView view;
    const GroupCoordinator& machine = partition.brokers[partition.leader];
    view.leader = partition.leader;
    view.loaded = partition.loaded ? 1 : 0;
    view.writes = narrow(static_cast<std::int64_t>(partition.writes.size()));
    Members members;
    for (const auto& [id, group] : machine.groups()) members.add(group);
    for (const auto& [id, group] : machine.consumer_groups()) members.add(group);
    for (const OffsetsPartition::Batch& batch : partition.log) members.add(*batch);
    for (const OffsetsPartition::Write& write : partition.writes) members.add(*write.records);
    view.members = members.bits;
    const auto told = machine.offsets_of(kGroup);
    if (!told) return view;
    view.tells_offsets = 1;
    for (const auto& [partition_of, offset] : **told) {
        view.offset_plus_one[static_cast<std::size_t>(partition_of.partition.value())] =
            narrow(offset.offset.value() + 1);
    }
    return view;
}

void finish(OffsetsPartition& partition) {
    Hasher hasher;
    for (const GroupCoordinator& machine : partition.brokers) add_hash(hasher, machine);
    hasher.add(static_cast<std::uint64_t>(partition.log.size()));
    for (const OffsetsPartition::Batch& batch : partition.log) add_hash(hasher, *batch);
    for (const OffsetsPartition::Write& write : partition.writes) {
        add_hash(hasher, write.id);
        add_hash(hasher, *write.records);
    }
    add_hash(hasher, partition.leader);
    add_hash(hasher, partition.loaded);
    add_hash(hasher, partition.ticks);
    add_hash(hasher, partition.retentions);
    add_hash(hasher, partition.wake_at);
    add_hash(hasher, partition.group_write_failed);
    if (partition.expected) {
        hasher.add(partition.expected->offsets);
        add_hash(hasher, partition.expected->group);
        add_hash(hasher, partition.expected->generation);
    }
    partition.hash = hasher.value();
    partition.view = view_of(partition);
}

}  // namespace

OffsetsPartition::OffsetsPartition(const Scope& scope) : brokers(kBrokers, GroupCoordinator(config_of(scope))) {
    GroupEffects effects;
    brokers[0].step(Time{1}, Timestamp{1}, GroupsLoaded{}, effects);
    finish(*this);
}

PartitionOutput step(const Scope& scope, OffsetsPartition& partition, const PartitionInput& input) {
    PartitionOutput output;
    Turn turn(scope, partition, output);
    switch (input.kind) {
        case Kind::request:
            turn.give(input_of(scope, input.message, GroupToken{input.token}, input.fresh));
            break;
        case Kind::write_committed:
            turn.commit_first_write();
            break;
        case Kind::fail_write:
            turn.fail_first_write();
            break;
        case Kind::failover:
            turn.fail_over(input.keep);
            break;
        case Kind::load:
            turn.load();
            break;
        case Kind::tick:
            turn.tick();
            break;
        case Kind::expire:
            ++partition.retentions;
            turn.give(ExpireOffsets{});
            break;
    }
    finish(partition);
    return output;
}

}  // namespace highwater::model::group
