#include "broker/engine/group_coordinators.h"

#include <chrono>

#include "broker/engine/log_records.h"
#include "broker/engine/topic_regex.h"
#include "core/base/invariant.h"
#include "net/wire/record/group_records_codec.h"
#include "net/wire/record/record_batch_builder.h"

namespace highwater::engine {

namespace {

/// A write ends with the partition's leadership, not with time: a coordinator that gave up on a record that is in the
/// log all the same would not know what it told its members.
constexpr Duration kNoTimeout = std::chrono::hours{24 * 365};

}  // namespace

void GroupCoordinators::elected(Partition& partition, std::int32_t partitions, Moment now) {
    partitions_ = partitions;
    const PartitionId id = partition.identity().name.partition;
    const auto [at, is_new] =
        coordinators_.try_emplace(id, Coordinator{&partition, GroupCoordinator(settings_.machine)});
    HIGHWATER_INVARIANT(is_new, "partition {} of {} is led already", id, kGroupsTopic);
    for (const auto& [group, settings] : group_settings_) {
        if (partition_of(group) == id) step(id, GroupSettingsChanged{group, settings}, now);
    }
    if (const storage::PartitionLog* log = partition.log()) {
        const auto load = [&](const wire::BatchHeader& batch, Offset, const wire::RecordView& record) {
            if (!record.key) return false;
            auto read = wire::decode_group_record(*record.key, record.value);
            // Groups of kinds that are not served here keep their records.
            if (!read) return read.error().kind == wire::DecodeErrorKind::unknown_record_type;
            GroupRecordLoaded loaded{*std::move(read)};
            if (batch.is_transactional()) loaded.producer = batch.producer_id;
            step(id, std::move(loaded), now);
            return true;
        };
        const auto end = [&](ProducerId producer, const TransactionMarker& marker) {
            step(id, GroupTransactionEnded{producer, marker.commit}, now);
        };
        const auto loaded = visit_records(*log, log->log_start(), partition.replica().high_watermark(), load, end);
        if (!loaded) {
            at->second.is_unreadable = true;
            host_->groups_unreadable(id, loaded.error().text());
            return;
        }
    }
    step(id, GroupsLoaded{}, now);
}

void GroupCoordinators::resigned(PartitionId partition, Moment now) {
    if (!coordinators_.contains(partition)) return;
    step(partition, GroupsUnloaded{}, now);
    coordinators_.erase(partition);
    std::erase_if(written_, [&](const Written& one) { return one.partition == partition; });
}

void GroupCoordinators::all_resigned(Moment now) {
    while (!coordinators_.empty()) resigned(coordinators_.begin()->first, now);
}

PartitionId GroupCoordinators::partition_of(std::string_view group) const {
    return coordinator_partition(group, partitions_);
}

Result<const GroupCoordinator*> GroupCoordinators::find(std::string_view group) const {
    if (coordinators_.empty()) return refuse(ErrorCode::not_coordinator);
    const auto found = coordinators_.find(partition_of(group));
    if (found == coordinators_.end()) return refuse(ErrorCode::not_coordinator);
    if (found->second.is_unreadable) return refuse(ErrorCode::coordinator_not_available);
    if (!found->second.machine.is_loaded()) return refuse(ErrorCode::coordinator_load_in_progress);
    return &found->second.machine;
}

std::vector<const GroupCoordinator*> GroupCoordinators::all() const {
    std::vector<const GroupCoordinator*> serving;
    for (const auto& [id, coordinator] : coordinators_) {
        if (coordinator.machine.is_loaded()) serving.push_back(&coordinator.machine);
    }
    return serving;
}

void GroupCoordinators::step(PartitionId partition, GroupInput input, Moment now) {
    GroupEffects effects;
    coordinators_.at(partition).machine.step(now.time, now.wall, input, effects, topics_);
    for (GroupEffect& effect : effects) carry_out(partition, effect, now);
}

void GroupCoordinators::carry_out(PartitionId partition, GroupEffect& effect, Moment now) {
    if (const auto* records = std::get_if<WriteGroupRecords>(&effect)) return write(partition, *records, now);
    if (const auto* wake = std::get_if<WakeGroupsAt>(&effect)) return host_->group_wake_wanted(partition, wake->time);
    if (const auto* resolve = std::get_if<ResolveRegularExpressions>(&effect)) {
        to_resolve_.emplace_back(partition, *resolve);
        return;
    }
    const GroupToken token = std::visit(
        [](const auto& answer) {
            if constexpr (requires { answer.token; }) {
                return answer.token;
            } else {
                return GroupToken{};
            }
        },
        effect);
    const auto answered = waiting_.take(static_cast<std::uint32_t>(token.value()));
    answered(effect);
}

// One batch for all records of a write: they are there together, or not at all.
void GroupCoordinators::write(PartitionId partition, const WriteGroupRecords& effect, Moment now) {
    Coordinator& coordinator = coordinators_.at(partition);
    wire::BatchOptions options;
    if (const auto& transaction = effect.transaction) {
        options.producer = ProducerStamp{transaction->producer.id, transaction->producer.epoch, std::nullopt};
        options.transactional = true;
    }
    wire::RecordBatchBuilder builder(options);
    for (const GroupRecord& record : effect.records) {
        const auto encoded = wire::encode_group_record(record);
        if (!encoded) return failed(partition, effect.write, ErrorCode::message_too_large);
        wire::NewRecord added{.key = encoded->key, .value = std::nullopt, .timestamp = now.wall, .headers = {}};
        if (encoded->value) added.value = *encoded->value;
        builder.add(added);
    }
    const wire::RecordBuffer batch = builder.finish();
    const auto view = wire::read_batch(batch);
    HIGHWATER_INVARIANT(view.has_value(), "a batch made here does not read: {}", view.error().what);
    if (batch.size() > settings_.max_batch_bytes) {
        return failed(partition, effect.write, ErrorCode::message_too_large);
    }
    coordinator.partition->produce(
        ProduceReceived{.token = ProduceToken{kOurs | effect.write.value()},
                        .acks = Acks::all,
                        .batch = wire::facts(*view),
                        .deadline = now.time + kNoTimeout,
                        .guard = effect.transaction ? effect.transaction->guard : std::nullopt},
        batch, now);
}

void GroupCoordinators::failed(PartitionId partition, GroupWrite write, ErrorCode error) {
    written_.push_back({partition, write, error});
}

void GroupCoordinators::answered(const Partition& partition, const ReplyProduce& reply) {
    written_.push_back({partition.identity().name.partition, GroupWrite{reply.token.value() & ~kOurs}, reply.error});
}

void GroupCoordinators::settle(Moment now) {
    for (const Written& one : std::exchange(written_, {})) {
        if (!coordinators_.contains(one.partition)) continue;
        const auto* write = std::get_if<GroupWrite>(&one.what);
        if (write == nullptr) {
            step(one.partition, std::get<GroupTransactionEnded>(one.what), now);
        } else if (one.error == ErrorCode::none) {
            step(one.partition, GroupWriteCommitted{*write}, now);
        } else {
            step(one.partition, GroupWriteFailed{*write, one.error}, now);
        }
    }
    for (const auto& [partition, asked] : std::exchange(to_resolve_, {})) {
        if (!coordinators_.contains(partition)) continue;
        step(partition,
             RegularExpressionsResolved{asked.group, topics_.version, matching_topics(asked.expressions, topics_)},
             now);
    }
}

void GroupCoordinators::deadline_reached(PartitionId partition, Moment now) {
    if (coordinators_.contains(partition)) step(partition, GroupDeadlineReached{}, now);
}

void GroupCoordinators::topic_changed(const std::string& name, GroupTopic topic) {
    GroupTopic& known = topics_.by_name[name];
    if (known == topic) return;
    known = topic;
    ++topics_.version;
}

void GroupCoordinators::topic_deleted(const std::string& topic, Moment now) {
    if (topics_.by_name.erase(topic) > 0) ++topics_.version;
    for (const auto& [id, coordinator] : coordinators_) step(id, TopicDeleted{topic}, now);
}

void GroupCoordinators::settings_changed(const std::string& group, const ConsumerGroupSettings& settings, Moment now) {
    if (settings == ConsumerGroupSettings{}) {
        group_settings_.erase(group);
    } else {
        group_settings_.insert_or_assign(group, settings);
    }
    const auto found = coordinators_.empty() ? coordinators_.end() : coordinators_.find(partition_of(group));
    if (found != coordinators_.end()) step(found->first, GroupSettingsChanged{group, settings}, now);
}

void GroupCoordinators::expire_offsets(Moment now) {
    for (const auto& [id, coordinator] : coordinators_) {
        if (coordinator.machine.is_loaded()) step(id, ExpireOffsets{}, now);
    }
}

}  // namespace highwater::engine
