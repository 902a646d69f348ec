#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "core/base/error_code.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/ring.h"
#include "core/base/time.h"
#include "core/log/replica_log.h"
#include "core/partition/effect.h"
#include "core/partition/flush_mode.h"
#include "core/partition/input.h"
#include "core/partition/read_replica.h"
#include "core/partition/roles.h"

namespace highwater {

/// One replica of one partition: leader, follower, unassigned or offline. A value; step() is the one way in, effects
/// are the one way out. See replica.cc for the table of transitions.
class Replica {
  public:
    /// A replica without a role: the controller's BecomeLeader or BecomeFollower gives it one. `log` is new or was
    /// loaded; its high watermark is raised to `high_watermark` (the checkpoint), clamped to the log.
    Replica(NodeId self, FlushMode mode, ReplicaLog log, Offset high_watermark, std::int32_t min_insync_replicas);

    /// Takes one input at `now` (which never goes back) and appends what must happen, in order.
    void step(Time now, const Input& input, Effects& effects);

    [[nodiscard]] const ReplicaLog& log() const { return log_; }
    [[nodiscard]] Offset high_watermark() const { return log_.high_watermark(); }
    [[nodiscard]] Offset last_stable_offset() const { return log_.last_stable_offset(); }

    [[nodiscard]] bool is_leader() const { return std::holds_alternative<Leader>(role_); }
    [[nodiscard]] bool is_follower() const { return std::holds_alternative<Follower>(role_); }
    /// A write or flush failed: the log takes nothing and answers nothing until the node loads it anew.
    [[nodiscard]] bool is_offline() const { return std::holds_alternative<Offline>(role_); }
    [[nodiscard]] const Role& role() const { return role_; }
    /// Of the present leadership; nullopt before the first assignment.
    [[nodiscard]] std::optional<LeaderEpoch> leader_epoch() const { return leader_epoch_; }
    /// The leader as far as this replica knows: itself, the one it follows, or nullopt.
    [[nodiscard]] std::optional<NodeId> leader() const;
    [[nodiscard]] std::optional<PartitionEpoch> partition_epoch() const { return partition_epoch_; }
    [[nodiscard]] const NodeIds& replicas() const { return replicas_; }
    [[nodiscard]] const NodeIds& isr() const { return isr_; }
    /// The ISR that the controller is being asked for, the same in every attempt; nullopt when none is, and when this
    /// replica does not lead.
    [[nodiscard]] std::optional<IsrMembers> proposed_isr() const;
    /// The brokers of the replicas as the last BrokersChanged told.
    [[nodiscard]] const SmallVector<ReplicaBroker, 3>& brokers() const { return brokers_; }
    [[nodiscard]] FlushMode flush_mode() const { return mode_; }

    /// Whether a client that believes in `claimed` may be served here as leader: none, NOT_LEADER_OR_FOLLOWER,
    /// FENCED_LEADER_EPOCH (claimed is older), UNKNOWN_LEADER_EPOCH (claimed is newer), KAFKA_STORAGE_ERROR (KIP-320).
    [[nodiscard]] ErrorCode check_leadership(std::optional<LeaderEpoch> claimed) const;

    /// As check_leadership(), for a consumer's fetch: a follower answers it too, up to its own high watermark, when the
    /// consumer knows that (KIP-392).
    [[nodiscard]] ErrorCode check_fetch(const FetchReceived& fetch) const;

    /// Where a consumer in `client_rack` that would fetch from `fetch_offset` shall go instead of to this leader;
    /// nullopt: nowhere else, or this is no leader. `racks`: of the brokers that can be reached. See read_replica.h.
    [[nodiscard]] std::optional<NodeId> preferred_read_replica(Offset fetch_offset, std::string_view client_rack,
                                                               std::span<const BrokerRack> racks) const;

    /// What ListOffsets answers for "latest" and for times: the high watermark or last stable offset.
    /// Errors: those of check_leadership(); OFFSET_NOT_AVAILABLE while a new leader's high watermark is below the start
    /// of its epoch (KIP-207).
    [[nodiscard]] Result<Offset> latest_offset(std::optional<LeaderEpoch> claimed, IsolationLevel isolation) const;

    /// OffsetForLeaderEpoch: where `epoch` ended, nullopt when this leader does not know. Errors: check_leadership().
    [[nodiscard]] Result<std::optional<EpochEndOffset>> end_offset_for(std::optional<LeaderEpoch> claimed,
                                                                       LeaderEpoch epoch) const;

    /// Equal machines have equal hashes. hash_from_scratch() computes the same without what is kept.
    [[nodiscard]] std::uint64_t hash() const { return hash_members<HashFrom::kept>(*this); }
    [[nodiscard]] std::uint64_t hash_from_scratch() const { return hash_members<HashFrom::scratch>(*this); }

    static constexpr void describe(auto&& field) {
        field("self", &Replica::self_);
        field("mode", &Replica::mode_);
        field("min_insync_replicas", &Replica::min_insync_replicas_);
        field("leader_epoch", &Replica::leader_epoch_);
        field("partition_epoch", &Replica::partition_epoch_);
        field("replicas", &Replica::replicas_);
        field("isr", &Replica::isr_);
        field("replica_lag_time_max", &Replica::replica_lag_time_max_);
        field("brokers", &Replica::brokers_);
        field("role", &Replica::role_);
        field("log", &Replica::log_);
        field("appends", &Replica::appends_);
        field("next_append_token", &Replica::next_append_token_);
        field("flush", &Replica::flush_);
        field("wake_at", &Replica::wake_at_);
        field("fetches", &Replica::fetches_);
    }

  private:
    // One function per input; see input.h for what each means. replica.cc: roles, appends, flushes, time.
    void on(Time now, const BecomeLeader& input, Effects& effects);
    void on(Time now, const BecomeFollower& input, Effects& effects);
    void on(Time now, const AppendDone& input, Effects& effects);
    void on(Time now, const AppendFailed& input, Effects& effects);
    void on(Time now, const FlushDone& input, Effects& effects);
    void on(Time now, const FlushFailed& input, Effects& effects);
    void on(Time now, const RetentionReached& input, Effects& effects);
    void on(Time now, const DeadlineReached& input, Effects& effects);
    void on(Time now, const ConfigChanged& input, Effects& effects);
    // replica_leader.cc
    void on(Time now, const ProduceReceived& input, Effects& effects);
    void on(Time now, const VerificationBegun& input, Effects& effects);
    void on(Time now, const VerificationEnded& input, Effects& effects);
    void on(Time now, const FetchReceived& input, Effects& effects);
    void on(Time now, const CancelFetch& input, Effects& effects);
    void on(Time now, const FollowerFetchReceived& input, Effects& effects);
    void on(Time now, const DeleteRecordsReceived& input, Effects& effects);
    // replica_isr.cc
    void on(Time now, const BrokersChanged& input, Effects& effects);
    void on(Time now, const AlterPartitionAnswered& input, Effects& effects);
    // replica_follower.cc
    void on(Time now, const LeaderAnswered& input, Effects& effects);
    void on(Time now, const FetchOutOfRange& input, Effects& effects);
    /// Whether an answer of a leader is about this log as it stands (KAFKA-13207).
    [[nodiscard]] bool is_about_this_log(LeaderEpoch leader_epoch, Offset fetch_offset) const;

    [[nodiscard]] bool is_stale(LeaderEpoch leader_epoch, PartitionEpoch partition_epoch) const;
    void start_append(const Appended& appended, std::optional<ProduceToken> produce, Effects& effects);
    void flush_if_needed(Effects& effects);
    void truncate(Offset end_offset, Effects& effects);
    void truncate_fully_and_start_at(Offset offset, Effects& effects);
    void append_across_log_start(const BatchFacts& batch, Time now, Effects& effects);
    /// What is under way counts only up to `end_offset`.
    void cut_what_is_under_way(Offset end_offset);
    void raise_log_start(Offset offset, Effects& effects);
    void go_offline(Effects& effects);
    void stop(Effects& effects);
    void wake_by(Time deadline, Effects& effects);

    /// After anything that may raise the high watermark: raises it, and answers what a leader then can.
    void make_progress(Time now, Effects& effects);
    void follow_high_watermark(Effects& effects);
    void raise_high_watermark(Time now, Effects& effects);
    /// The members that count for acks and the high watermark; see replica_isr.cc.
    [[nodiscard]] NodeIds counted_replicas(const Leader& leader, Time now) const;
    /// Proposes the ISR that followers' progress asks for, when no proposal is under way.
    void review_isr(Time now, Effects& effects);
    void propose(Leader& leader, const NodeIds& isr, Effects& effects);
    /// Wakes up when the first follower that counts starts to lag.
    void watch_for_lag(const Leader& leader, Time now, Effects& effects);
    /// KIP-890: a transaction begins here only after its coordinator has said that it has this partition.
    [[nodiscard]] bool may_append_to_transaction(const ProduceReceived& input) const;
    /// nullopt: it waits.
    [[nodiscard]] std::optional<ReplyFetch> answer_or_park(const FetchReceived& fetch) const;
    void answer_produces(Leader& leader, Effects& effects);
    void answer_fetches(Effects& effects);
    void answer_deletes(Leader& leader, Effects& effects);
    void wait_or_answer(Leader& leader, Acks acks, const PendingProduce& produce, Effects& effects);
    [[nodiscard]] Offset low_watermark(const Leader& leader) const;
    [[nodiscard]] ErrorCode answer_when_committed(const PendingProduce& produce) const;
    /// Answers everything that waits with `error`: the replica stops leading, or answering at all.
    void resign(ErrorCode error, Effects& effects);

    NodeId self_;
    FlushMode mode_;
    std::int32_t min_insync_replicas_ = 1;
    std::optional<LeaderEpoch> leader_epoch_;
    std::optional<PartitionEpoch> partition_epoch_;
    NodeIds replicas_;
    NodeIds isr_;
    Duration replica_lag_time_max_ = kDefaultReplicaLagTimeMax;
    SmallVector<ReplicaBroker, 3> brokers_;
    Role role_;
    ReplicaLog log_;
    AppendsUnderWay appends_;
    AppendToken next_append_token_;
    FlushUnderWay flush_;
    std::optional<Time> wake_at_;
    /// Consumers' fetches that wait until there is more to read.
    SmallVector<FetchReceived, 2> fetches_;
};

}  // namespace highwater
