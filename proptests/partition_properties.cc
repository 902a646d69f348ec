// Replica under any sequence of inputs, on one node that leads, follows and restarts its roles: the laws that hold
// whatever the order of inputs. The driver below keeps the contract (appends complete in order, a flush covers what was
// written when it was asked for) and nothing else.
#include "proptests/prelude.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <vector>

#include "core/log/testing.h"
#include "core/partition/isr.h"
#include "core/partition/replica.h"

namespace highwater {

/// One thing that happens; the numbers choose among what is possible at that moment.
struct Happening {
    std::int32_t kind = 0;
    std::int32_t a = 0;
    std::int32_t b = 0;

    static constexpr void describe(auto&& field) {
        field("kind", &Happening::kind);
        field("a", &Happening::a);
        field("b", &Happening::b);
    }
};

void showValue(const Happening& h, std::ostream& out) {
    out << print(h);
}

}  // namespace highwater

template <>
struct rc::Arbitrary<highwater::Happening> {
    static Gen<highwater::Happening> arbitrary() {
        using highwater::Happening;
        return gen::build<Happening>(gen::set(&Happening::kind, gen::inRange(0, 28)),
                                     gen::set(&Happening::a, gen::inRange(0, 12)),
                                     gen::set(&Happening::b, gen::inRange(0, 12)));
    }
};

namespace highwater {
namespace {

constexpr NodeId kSelf{0};

NodeIds nodes(std::initializer_list<std::int32_t> ids) {
    NodeIds result;
    for (std::int32_t id : ids) result.push_back(NodeId{id});
    return result;
}

/// A replica, what it waits for from its driver, and what it has answered. A value, as the replica is.
struct World {
    Replica replica;
    Time now;
    std::deque<AppendToken> appends;
    std::optional<Offset> flush;
    std::uint64_t next_token = 0;
    std::int32_t epoch = 0;
    std::int32_t partition_epoch = 0;
    std::map<std::uint64_t, int> produce_answers;
    std::map<std::uint64_t, int> fetch_answers;
    std::map<std::uint64_t, int> delete_answers;
    std::set<std::uint64_t> cancelled;
    int offline_effects = 0;

    explicit World(FlushMode mode, std::int32_t min_insync)
        : replica(kSelf, mode, ReplicaLog{}, Offset{0}, min_insync) {}

    Effects hears(const Input& input) {
        Effects effects;
        replica.step(now, input, effects);
        for (const Effect& effect : effects) {
            if (const auto* append = std::get_if<AppendBatch>(&effect)) appends.push_back(append->token);
            if (const auto* asked = std::get_if<FlushUpTo>(&effect)) {
                RC_ASSERT(!flush);  // at most one under way
                flush = asked->end_offset;
            }
            if (const auto* reply = std::get_if<ReplyProduce>(&effect)) ++produce_answers[reply->token.value()];
            if (const auto* reply = std::get_if<ReplyFetch>(&effect)) ++fetch_answers[reply->token.value()];
            if (const auto* reply = std::get_if<ReplyDeleteRecords>(&effect)) ++delete_answers[reply->token.value()];
            if (std::holds_alternative<TakeOffline>(effect)) ++offline_effects;
        }
        return effects;
    }
};

NodeIds an_isr(std::int32_t choice) {
    switch (choice % 4) {
        case 0:
            return nodes({0});
        case 1:
            return nodes({0, 1});
        case 2:
            return nodes({0, 2});
        default:
            return nodes({0, 1, 2});
    }
}

BatchFacts a_batch(const World& world, const Happening& h) {
    BatchFacts batch;
    batch.last_offset_delta = h.b % 3;
    if (h.a % 4 == 0) return batch;
    const ProducerId id{h.a % 2};
    const ProducerState* known = world.replica.log().producer(id, world.now);
    ProducerStamp stamp{id, known ? known->epoch : ProducerEpoch{0}, Sequence{0}};
    if (known && !known->batches.empty()) {
        stamp.base_sequence = known->batches.back().last_sequence.next();
        if (h.b % 4 == 1) {  // a retry
            stamp.base_sequence = known->batches.front().first_sequence();
            batch.last_offset_delta = known->batches.front().offset_delta;
        }
        if (h.b % 4 == 2) stamp.base_sequence = Sequence{77};
    }
    if (h.b == 7) stamp.epoch = ProducerEpoch{static_cast<std::int16_t>(stamp.epoch.value() + 1)};
    batch.producer = stamp;
    return batch;
}

/// What happens as an input, or none when it cannot happen now.
std::optional<Input> input_for(World& world, const Happening& h) {
    const ReplicaLog& log = world.replica.log();
    switch (h.kind) {
        case 0:
            ++world.epoch;
            [[fallthrough]];
        case 1:
            return BecomeLeader{LeaderEpoch{world.epoch}, PartitionEpoch{++world.partition_epoch}, nodes({0, 1, 2}),
                                an_isr(h.a)};
        case 2:
            ++world.epoch;
            return BecomeFollower{LeaderEpoch{world.epoch}, PartitionEpoch{++world.partition_epoch}, NodeId{1},
                                  nodes({0, 1, 2}), nodes({1, 2})};
        case 3:
        case 4:
        case 5:
        case 6:
        case 7: {
            const Acks acks = h.kind == 3 ? Acks::none : h.kind == 4 ? Acks::leader : Acks::all;
            return ProduceReceived{ProduceToken{world.next_token++}, acks, a_batch(world, h),
                                   world.now + Duration{h.b * 3}};
        }
        case 8:
        case 9:
        case 10: {
            if (world.appends.empty()) return std::nullopt;
            const AppendToken token = world.appends.front();
            world.appends.pop_front();
            return AppendDone{token};
        }
        case 11:
        case 12: {
            if (!world.flush) return std::nullopt;
            const Offset end = *std::exchange(world.flush, std::nullopt);
            return FlushDone{end};
        }
        case 13:
        case 14: {
            FetchReceived fetch;
            fetch.token = FetchToken{world.next_token++};
            fetch.fetch_offset = Offset{h.a};
            if (h.b % 2 == 0) fetch.wait_above = Offset{h.a};
            if (h.b % 3 == 0) fetch.current_leader_epoch = LeaderEpoch{world.epoch - h.b % 2};
            fetch.only_from_leader = h.a % 2 != 0;
            return fetch;
        }
        case 15: {
            if (world.next_token == 0) return std::nullopt;
            const std::uint64_t token = world.next_token - 1;
            if (!world.fetch_answers.contains(token)) world.cancelled.insert(token);
            return CancelFetch{FetchToken{token}};
        }
        case 16:
        case 17:
        case 18: {
            FollowerFetchReceived fetch;
            fetch.token = FetchToken{world.next_token++};
            fetch.follower = NodeId{1 + h.a % 3};
            fetch.fetch_offset = Offset{std::max<std::int64_t>(0, log.end_offset().value() - h.b % 3)};
            fetch.log_start_offset = Offset{h.b % 5};
            if (h.a % 2 == 0) fetch.broker_epoch = BrokerEpoch{h.b % 3};
            return fetch;
        }
        case 19:
        case 20: {
            LeaderAnswered answer;
            answer.leader_epoch = LeaderEpoch{world.epoch};
            answer.fetch_offset = log.end_offset() - OffsetDelta{h.b == 11 ? 1 : 0};
            answer.high_watermark = Offset{h.a + h.b};
            answer.log_start_offset = Offset{h.a % 3};
            if (h.b % 4 == 0) {
                answer.diverging =
                    LeaderAnswered::Diverging{LeaderEpoch{std::max(0, world.epoch - 1 - h.b % 3)}, Offset{h.a}};
            } else {
                BatchFacts batch;
                batch.base_offset = log.end_offset() + OffsetDelta{h.a % 3 == 0 ? 1 : 0};
                batch.last_offset_delta = h.b % 2;
                batch.leader_epoch = LeaderEpoch{std::max(0, world.epoch - h.b % 2)};
                // The leader's log start may lie within its first batch.
                if (h.a % 3 == 1 && log.start_offset() > Offset{0} && log.start_offset() == log.end_offset()) {
                    batch.base_offset = log.start_offset() - OffsetDelta{1};
                }
                answer.batches.push_back(batch);
            }
            return answer;
        }
        case 21:
            return DeleteRecordsReceived{DeleteRecordsToken{world.next_token++}, Offset{h.a},
                                         world.now + Duration{h.b * 2}};
        case 22:
            if (h.b == 0) return FlushFailed{};
            if (h.b == 1) return ConfigChanged{1 + h.a % 3, Duration{20}};
            return RetentionReached{Offset{h.a}};
        case 23: {
            BrokersChanged changed;
            for (std::int32_t id = 0; id < 3; ++id) {
                changed.brokers.push_back({NodeId{id}, BrokerEpoch{h.b % 3}, (h.a >> id) % 2 == 0});
            }
            return changed;
        }
        case 24:
        case 25: {
            const auto proposed = world.replica.proposed_isr();
            if (!proposed) return std::nullopt;
            AlterPartitionAnswered answer;
            answer.leader_epoch = *world.replica.leader_epoch();
            answer.proposed_at = *world.replica.partition_epoch();
            if (h.b % 3 == 0) {
                constexpr ErrorCode kErrors[] = {ErrorCode::ineligible_replica, ErrorCode::request_timed_out,
                                                 ErrorCode::invalid_update_version, ErrorCode::none};
                answer.error = kErrors[h.a % 4];
            }
            if (h.b == 11) answer.proposed_at = PartitionEpoch{world.partition_epoch + 1};
            if (answer.error == ErrorCode::none && h.b != 11) ++world.partition_epoch;
            answer.partition_epoch = PartitionEpoch{world.partition_epoch};
            for (const IsrMember& member : *proposed) answer.isr.push_back(member.node);
            return answer;
        }
        case 26: {
            const Offset start{std::max<std::int64_t>(0, log.end_offset().value() + h.a % 7 - 4)};
            return FetchOutOfRange{LeaderEpoch{world.epoch}, log.end_offset(), start, start + OffsetDelta{h.b % 4}};
        }
        default:
            world.now = world.now + Duration{h.b};
            return DeadlineReached{};
    }
}

/// P4, the leader's half: the high watermark rises only to where every replica is that may be in the ISR by now.
void check_isr_laws(const Replica& before, const Replica& after) {
    const auto* leader = std::get_if<Leader>(&after.role());
    if (!leader) return RC_ASSERT(!after.proposed_isr());
    const NodeIds isr = widest_isr(after.isr(), leader->proposal);
    RC_ASSERT((isr.empty() || contains(isr, kSelf)));
    if (leader->proposal) RC_ASSERT(leader->proposal->partition_epoch == after.partition_epoch());
    if (after.high_watermark() == before.high_watermark()) return;
    for (const FollowerProgress& follower : leader->followers) {
        if (!contains(isr, follower.node)) continue;
        RC_ASSERT((follower.end_offset && *follower.end_offset >= after.high_watermark()));
    }
}

void check_laws(const Replica& before, const World& world) {
    const ReplicaLog& log = world.replica.log();
    // P13, and the order of a replica's own ends.
    RC_ASSERT((log.start_offset() <= log.high_watermark() && log.high_watermark() <= log.end_offset()));
    RC_ASSERT((log.durable_offset() <= log.written_offset() && log.written_offset() <= log.end_offset()));
    RC_ASSERT(log.last_stable_offset() <= log.high_watermark());
    // P9: it never falls, in whatever role.
    RC_ASSERT(log.high_watermark() >= before.high_watermark());
    // P7: epochs and their starts rise.
    const auto entries = log.epochs().entries();
    for (std::size_t i = 1; i < entries.size(); ++i) {
        RC_ASSERT((entries[i - 1].epoch < entries[i].epoch && entries[i - 1].start_offset < entries[i].start_offset));
    }
    if (world.replica.is_leader()) RC_ASSERT(entries.back().epoch == world.replica.leader_epoch());
    check_isr_laws(before, world.replica);
    RC_ASSERT(world.replica.hash() == world.replica.hash_from_scratch());
    RC_ASSERT((before == world.replica) == diff(before, world.replica).empty());
    if (before == world.replica) RC_ASSERT(before.hash() == world.replica.hash());
    for (const auto& [token, count] : world.produce_answers) RC_ASSERT(count == 1);
    for (const auto& [token, count] : world.fetch_answers) RC_ASSERT(count == 1);
    for (const auto& [token, count] : world.delete_answers) RC_ASSERT(count == 1);
    RC_ASSERT(world.offline_effects <= 1);
}

/// A produce that is refused at once changes nothing; nor does a fetch that is answered at once.
void check_refusal(const Replica& before, const Input& input, const Effects& effects, const World& world) {
    const bool is_produce = std::holds_alternative<ProduceReceived>(input);
    const auto* reply = effects.size() == 1 ? std::get_if<ReplyProduce>(&effects[0]) : nullptr;
    if (is_produce && reply && reply->error != ErrorCode::none) {
        RC_ASSERT(before == world.replica);
    }
    if (std::holds_alternative<FetchReceived>(input) && !effects.empty()) RC_ASSERT(before == world.replica);
}

World a_world() {
    const auto mode = *rc::gen::element(FlushMode::fsync, FlushMode::replicated);
    World world{mode, *rc::gen::inRange(1, 4)};
    // Most runs shall begin with a leader, or nothing much happens.
    if (*rc::gen::inRange(0, 5) != 0) {
        world.hears(BecomeLeader{LeaderEpoch{0}, PartitionEpoch{0}, nodes({0, 1, 2}), an_isr(*rc::gen::inRange(0, 4))});
    }
    return world;
}

using Happenings = std::vector<Happening>;

Happenings some_happenings() {
    return *rc::gen::scale(3.0, rc::gen::container<Happenings>(rc::gen::arbitrary<Happening>()));
}

RC_GTEST_PROP(ReplicaProperties, EveryStepKeepsTheLaws, ()) {
    World world = a_world();
    std::uint64_t produced = 0;
    bool wrote = false;
    bool duplicate = false;
    bool timed_out = false;
    bool refused = false;
    bool truncated = false;
    bool began_anew = false;
    bool read_from_follower = false;
    bool proposed = false;
    for (const Happening& h : some_happenings()) {
        const Replica before = world.replica;
        const auto input = input_for(world, h);
        if (!input) continue;
        const Effects effects = world.hears(*input);
        if (std::holds_alternative<ProduceReceived>(*input)) ++produced;
        check_laws(before, world);
        check_refusal(before, *input, effects, world);
        for (const Effect& effect : effects) {
            if (const auto* reply = std::get_if<ReplyProduce>(&effect)) {
                wrote = wrote || reply->error == ErrorCode::none;
                duplicate |= reply->duplicate && reply->error == ErrorCode::none;
                timed_out |= reply->error == ErrorCode::request_timed_out;
                refused |= effects.size() == 1 && reply->error != ErrorCode::none;
            }
            truncated |= std::holds_alternative<TruncateTo>(effect);
            began_anew |= std::holds_alternative<TruncateFullyAndStartAt>(effect);
            const auto* fetched = std::get_if<ReplyFetch>(&effect);
            read_from_follower |= fetched && fetched->error == ErrorCode::none && world.replica.is_follower();
            proposed |= std::holds_alternative<AlterPartition>(effect);
        }
    }
    // Whatever still waits is answered when the replica stops; then each was answered exactly once.
    world.hears(FlushFailed{});
    RC_ASSERT(world.produce_answers.size() == produced);
    RC_CLASSIFY(wrote, "acknowledged");
    RC_CLASSIFY(duplicate, "duplicate");
    RC_CLASSIFY(timed_out, "timed out");
    RC_CLASSIFY(refused, "refused");
    RC_CLASSIFY(truncated, "truncated");
    RC_CLASSIFY(began_anew, "began anew");
    RC_CLASSIFY(read_from_follower, "read from a follower");
    RC_CLASSIFY(proposed, "asked for another ISR");
    check_laws(world.replica, world);
}

// A machine is a value: nothing of it hides elsewhere.
RC_GTEST_PROP(ReplicaProperties, ACopyContinuesExactlyLikeTheOriginal, ()) {
    World original = a_world();
    for (const Happening& h : some_happenings()) {
        if (const auto input = input_for(original, h)) original.hears(*input);
    }
    World copy = original;
    World untouched = original;
    for (const Happening& h : some_happenings()) {
        const auto one = input_for(original, h);
        const auto other = input_for(copy, h);
        RC_ASSERT(print(one) == print(other));
        if (!one) continue;
        RC_ASSERT(print(original.hears(*one)) == print(copy.hears(*other)));
    }
    RC_ASSERT(original.replica == copy.replica);
    RC_ASSERT(original.replica.hash() == copy.replica.hash());
    RC_ASSERT(untouched.replica.hash() == untouched.replica.hash_from_scratch());
}

// A1 of the guarantees: in fsync mode nothing is acknowledged that is not on the leader's own disk.
RC_GTEST_PROP(ReplicaProperties, InFsyncModeAnAcknowledgedBatchIsDurable, ()) {
    World world{FlushMode::fsync, 1};
    world.hears(BecomeLeader{LeaderEpoch{0}, PartitionEpoch{0}, nodes({0, 1, 2}), an_isr(*rc::gen::inRange(0, 4))});
    std::map<std::uint64_t, Acks> asked;
    for (const Happening& h : some_happenings()) {
        const auto input = input_for(world, h);
        if (!input) continue;
        if (const auto* produce = std::get_if<ProduceReceived>(&*input)) asked[produce->token.value()] = produce->acks;
        for (const Effect& effect : world.hears(*input)) {
            const auto* reply = std::get_if<ReplyProduce>(&effect);
            if (!reply || reply->error != ErrorCode::none || asked[reply->token.value()] == Acks::none) continue;
            RC_ASSERT(*reply->base_offset < world.replica.log().durable_offset());
            if (asked[reply->token.value()] == Acks::all) {
                RC_ASSERT(*reply->base_offset < world.replica.high_watermark());
            }
        }
    }
}

}  // namespace
}  // namespace highwater
