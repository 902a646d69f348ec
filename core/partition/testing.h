#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/log/testing.h"
#include "core/partition/replica.h"

// A replica and the one driver of its tests: says things to it, keeps what it answers, and completes appends and
// flushes when told to.

namespace highwater::testing {

inline constexpr NodeId kSelf{0};

inline NodeIds nodes(std::initializer_list<std::int32_t> ids) {
    NodeIds result;
    for (std::int32_t id : ids) result.push_back(NodeId{id});
    return result;
}

class ReplicaDriver {
  public:
    explicit ReplicaDriver(FlushMode mode = FlushMode::fsync, std::int32_t min_insync_replicas = 1,
                           ReplicaLog log = ReplicaLog{})
        : replica_(kSelf, mode, std::move(log), Offset{0}, min_insync_replicas) {}

    /// What the replica answers to this input alone.
    Effects hears(const Input& input) {
        Effects effects;
        replica_.step(now_, input, effects);
        for (const Effect& effect : effects) {
            if (const auto* append = std::get_if<AppendBatch>(&effect)) last_append_ = append->token;
            if (const auto* flush = std::get_if<FlushUpTo>(&effect)) asked_flush_ = flush->end_offset;
        }
        return effects;
    }

    Effects leads(std::int32_t epoch, NodeIds replicas, NodeIds isr, std::int32_t partition_epoch = -1) {
        const PartitionEpoch version{partition_epoch < 0 ? epoch : partition_epoch};
        return hears(BecomeLeader{LeaderEpoch{epoch}, version, replicas, isr});
    }
    Effects follows(std::int32_t leader, std::int32_t epoch) {
        return hears(BecomeFollower{LeaderEpoch{epoch}, PartitionEpoch{epoch}, NodeId{leader}, nodes({0, leader}),
                                    nodes({0, leader})});
    }
    Effects produces(std::uint64_t token, Acks acks, const BatchFacts& batch = plain(), Time deadline = Time{1000}) {
        return hears(ProduceReceived{ProduceToken{token}, acks, batch, deadline});
    }
    /// The last append, and with it all before it, is written.
    Effects written() { return hears(AppendDone{*last_append_}); }
    /// The flush that was asked for is complete.
    Effects flushed() { return hears(FlushDone{*asked_flush_}); }
    Effects fetches(std::uint64_t token, std::int64_t offset, std::optional<std::int64_t> wait_above = {}) {
        FetchReceived fetch;
        fetch.token = FetchToken{token};
        fetch.fetch_offset = Offset{offset};
        if (wait_above) fetch.wait_above = Offset{*wait_above};
        return hears(fetch);
    }
    Effects follower_fetches(std::int32_t node, std::int64_t offset, std::optional<std::int32_t> last_epoch = {},
                             std::int64_t log_start = 0, std::optional<std::int64_t> broker_epoch = {}) {
        FollowerFetchReceived fetch;
        fetch.token = FetchToken{900};
        fetch.follower = NodeId{node};
        fetch.fetch_offset = Offset{offset};
        fetch.log_start_offset = Offset{log_start};
        if (last_epoch) fetch.last_fetched_epoch = LeaderEpoch{*last_epoch};
        if (broker_epoch) fetch.broker_epoch = BrokerEpoch{*broker_epoch};
        return hears(fetch);
    }
    /// The metadata: brokers 0, 1 and 2 with this broker epoch, all active but those `fenced`.
    Effects brokers_are_active(std::int64_t broker_epoch = 7, NodeIds fenced = {}) {
        BrokersChanged changed;
        for (std::int32_t id : {0, 1, 2}) {
            const bool active = std::find(fenced.begin(), fenced.end(), NodeId{id}) == fenced.end();
            changed.brokers.push_back({NodeId{id}, BrokerEpoch{broker_epoch}, active});
        }
        return hears(changed);
    }
    /// The controller answers the proposal under way: with the proposed ISR at the next partition epoch, or an error.
    Effects controller_commits() {
        AlterPartitionAnswered answer = answer_to_proposal(ErrorCode::none);
        const auto proposed = replica_.proposed_isr();
        for (const IsrMember& member : *proposed) answer.isr.push_back(member.node);
        return hears(answer);
    }
    Effects controller_refuses(ErrorCode error) { return hears(answer_to_proposal(error)); }
    Effects leader_answers(std::int32_t epoch, std::int64_t fetch_offset, std::initializer_list<BatchFacts> batches,
                           std::int64_t high_watermark = 0) {
        LeaderAnswered answer;
        answer.leader_epoch = LeaderEpoch{epoch};
        answer.fetch_offset = Offset{fetch_offset};
        for (const BatchFacts& batch : batches) answer.batches.push_back(batch);
        answer.high_watermark = Offset{high_watermark};
        return hears(answer);
    }
    /// The leader's log is [log_start, log_end), and the fetch from `fetch_offset` was outside of it.
    Effects fetch_is_out_of_range(std::int32_t epoch, std::int64_t fetch_offset, std::int64_t log_start,
                                  std::int64_t log_end) {
        return hears(FetchOutOfRange{LeaderEpoch{epoch}, Offset{fetch_offset}, Offset{log_start}, Offset{log_end}});
    }
    Effects leader_diverges(std::int32_t epoch, std::int64_t fetch_offset, std::int32_t known_epoch,
                            std::int64_t end_offset, std::int64_t high_watermark = 0) {
        LeaderAnswered answer;
        answer.leader_epoch = LeaderEpoch{epoch};
        answer.fetch_offset = Offset{fetch_offset};
        answer.high_watermark = Offset{high_watermark};
        answer.diverging = LeaderAnswered::Diverging{LeaderEpoch{known_epoch}, Offset{end_offset}};
        return hears(answer);
    }

    void at(std::int64_t now) { now_ = Time{now}; }
    [[nodiscard]] const Replica& replica() const { return replica_; }
    [[nodiscard]] const ReplicaLog& log() const { return replica_.log(); }

  private:
    [[nodiscard]] AlterPartitionAnswered answer_to_proposal(ErrorCode error) const {
        const PartitionEpoch at = *replica_.partition_epoch();
        return {*replica_.leader_epoch(), at, error, PartitionEpoch{at.value() + 1}, {}};
    }

    Replica replica_;
    Time now_;
    std::optional<AppendToken> last_append_;
    std::optional<Offset> asked_flush_;
};

/// The effects of one kind, in order.
template <class Kind>
std::vector<Kind> only(const Effects& effects) {
    std::vector<Kind> found;
    for (const Effect& effect : effects) {
        if (const auto* one = std::get_if<Kind>(&effect)) found.push_back(*one);
    }
    return found;
}

/// "3:NONE@7" per ReplyProduce: token, error, base offset ('-' without), with "dup" for a retry.
inline std::vector<std::string> answers(const Effects& effects) {
    std::vector<std::string> found;
    for (const ReplyProduce& reply : only<ReplyProduce>(effects)) {
        const std::string where = reply.base_offset ? fmt::format("{}", *reply.base_offset) : "-";
        found.push_back(fmt::format("{}:{}@{}{}", reply.token, reply.error, where, reply.duplicate ? " dup" : ""));
    }
    return found;
}

}  // namespace highwater::testing
