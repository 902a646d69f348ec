#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "core/base/describe.h"
#include "core/base/epochs.h"
#include "core/base/error_code.h"
#include "core/base/ids.h"
#include "core/base/producer.h"
#include "core/base/small_vector.h"
#include "core/base/time.h"
#include "core/base/transaction_version.h"
#include "core/log/batch_facts.h"
#include "core/partition/token.h"

namespace highwater {

/// When a produce is answered (`acks`). The numbers are the wire's.
enum class Acks : std::int16_t { all = -1, none = 0, leader = 1 };

constexpr std::string_view enumerator_name(Acks acks) {
    return acks == Acks::all ? "all" : acks == Acks::none ? "none" : "leader";
}

/// What a consumer may read: up to the high watermark, or up to the last stable offset (KIP-98).
enum class IsolationLevel : std::int8_t { read_uncommitted = 0, read_committed = 1 };

constexpr std::string_view enumerator_name(IsolationLevel level) {
    return level == IsolationLevel::read_committed ? "read_committed" : "read_uncommitted";
}

/// Ids of nodes, in assignment order where order means something. Five replicas stay inside the state.
using NodeIds = SmallVector<NodeId, 5>;

/// The controller made this replica the leader, or changed something about its leadership. Ignored when partition_epoch
/// is lower than the one the machine has (equal is accepted: the AlterPartition answer may have come first).
struct BecomeLeader {
    LeaderEpoch leader_epoch;
    PartitionEpoch partition_epoch;
    NodeIds replicas;
    NodeIds isr;

    static constexpr void describe(auto&& field) {
        field("leader_epoch", &BecomeLeader::leader_epoch);
        field("partition_epoch", &BecomeLeader::partition_epoch);
        field("replicas", &BecomeLeader::replicas);
        field("isr", &BecomeLeader::isr);
    }
};

/// The controller made another replica the leader. Same rule for partition_epoch as BecomeLeader.
struct BecomeFollower {
    LeaderEpoch leader_epoch;
    PartitionEpoch partition_epoch;
    NodeId leader;
    NodeIds replicas;
    NodeIds isr;

    static constexpr void describe(auto&& field) {
        field("leader_epoch", &BecomeFollower::leader_epoch);
        field("partition_epoch", &BecomeFollower::partition_epoch);
        field("leader", &BecomeFollower::leader);
        field("replicas", &BecomeFollower::replicas);
        field("isr", &BecomeFollower::isr);
    }
};

/// A client's batch for this partition, already validated byte by byte. Answered by exactly one ReplyProduce, also
/// when acks is none (the driver then sends nothing, or closes the connection on an error).
struct ProduceReceived {
    ProduceToken token;
    Acks acks = Acks::all;
    BatchFacts batch;
    /// After this the answer is REQUEST_TIMED_OUT; the data stays.
    Time deadline;
    /// Of the transaction that the batch is of, or whose end it is.
    TransactionVersion transaction_version{};
    /// The batch may begin a transaction here: its coordinator said so since the VerificationBegun of this guard.
    std::optional<VerificationGuard> guard{};

    static constexpr void describe(auto&& field) {
        field("token", &ProduceReceived::token);
        field("acks", &ProduceReceived::acks);
        field("batch", &ProduceReceived::batch);
        field("deadline", &ProduceReceived::deadline);
        field("transaction_version", &ProduceReceived::transaction_version);
        field("guard", &ProduceReceived::guard);
    }
};

/// The driver is about to ask a transaction coordinator whether a transaction of this producer is open and has this
/// partition. What it says is void once a batch or a marker of the producer is appended here, or this replica stops
/// leading: the transaction that was spoken of may be over (KIP-890). Replaces the producer's former one.
struct VerificationBegun {
    ProducerId producer;
    VerificationGuard guard;

    static constexpr void describe(auto&& field) {
        field("producer", &VerificationBegun::producer);
        field("guard", &VerificationBegun::guard);
    }
};

/// Nothing will be appended under the producer's guard.
struct VerificationEnded {
    ProducerId producer;

    static constexpr void describe(auto&& field) { field("producer", &VerificationEnded::producer); }
};

/// The driver carried out the AppendBatch of this token and of all before it: the bytes are where a read finds them.
struct AppendDone {
    AppendToken token;

    static constexpr void describe(auto&& field) { field("token", &AppendDone::token); }
};

/// The append failed. The log takes no append and answers no produce from here on (fail stop).
struct AppendFailed {
    AppendToken token;

    static constexpr void describe(auto&& field) { field("token", &AppendFailed::token); }
};

/// The FlushUpTo that was asked for is complete: everything below `durable_end` survives a power loss. It may be above
/// what was asked for. Ignored when no flush is under way.
struct FlushDone {
    Offset durable_end;

    static constexpr void describe(auto&& field) { field("durable_end", &FlushDone::durable_end); }
};

/// An fsync failed. It is never retried: as AppendFailed.
struct FlushFailed {
    static constexpr void describe(auto&&) {}
};

/// A consumer's fetch of this partition, or the wait for one to become worth answering.
struct FetchReceived {
    FetchToken token;
    Offset fetch_offset;
    /// The leader epoch the client believes in; nullopt means it does not say, and is not checked.
    std::optional<LeaderEpoch> current_leader_epoch;
    /// Epoch of the last record the client has; from Fetch 12 (KIP-595, KIP-320). nullopt: no divergence check.
    std::optional<LeaderEpoch> last_fetched_epoch;
    IsolationLevel isolation = IsolationLevel::read_uncommitted;
    /// nullopt: answer at once. Otherwise the fetch is parked until the readable end is above this offset, until it
    /// would be answered with an error or a diverging epoch, or until CancelFetch.
    std::optional<Offset> wait_above;
    /// Before Fetch 11 a consumer does not know that a follower may answer it (KIP-392).
    bool only_from_leader = true;

    static constexpr void describe(auto&& field) {
        field("token", &FetchReceived::token);
        field("fetch_offset", &FetchReceived::fetch_offset);
        field("current_leader_epoch", &FetchReceived::current_leader_epoch);
        field("last_fetched_epoch", &FetchReceived::last_fetched_epoch);
        field("isolation", &FetchReceived::isolation);
        field("wait_above", &FetchReceived::wait_above);
        field("only_from_leader", &FetchReceived::only_from_leader);
    }
};

/// Forget a parked fetch: its request was answered, timed out, or its connection closed. Not answered.
struct CancelFetch {
    FetchToken token;

    static constexpr void describe(auto&& field) { field("token", &CancelFetch::token); }
};

/// A follower's fetch: says that the follower's log ends at fetch_offset, durably so in fsync mode (KIP-903: carries
/// the follower's broker epoch). Answered at once by a ReplyFetch whose readable_end is the log end.
struct FollowerFetchReceived {
    FetchToken token;
    NodeId follower;
    std::optional<BrokerEpoch> broker_epoch;
    Offset fetch_offset;
    Offset log_start_offset;
    std::optional<LeaderEpoch> current_leader_epoch;
    std::optional<LeaderEpoch> last_fetched_epoch;

    static constexpr void describe(auto&& field) {
        field("token", &FollowerFetchReceived::token);
        field("follower", &FollowerFetchReceived::follower);
        field("broker_epoch", &FollowerFetchReceived::broker_epoch);
        field("fetch_offset", &FollowerFetchReceived::fetch_offset);
        field("log_start_offset", &FollowerFetchReceived::log_start_offset);
        field("current_leader_epoch", &FollowerFetchReceived::current_leader_epoch);
        field("last_fetched_epoch", &FollowerFetchReceived::last_fetched_epoch);
    }
};

/// What a follower's fetch brought: batches as they stand on the leader, in offset order, none if `diverging`. The
/// first one begins before fetch_offset where the leader's log start lies within it and the fetch asked from there.
struct LeaderAnswered {
    LeaderEpoch leader_epoch;
    /// Where the fetch asked from. An answer for another place than the log's end is stale and ignored (KAFKA-13207).
    Offset fetch_offset;
    SmallVector<BatchFacts, 4> batches;
    Offset high_watermark;
    Offset log_start_offset;
    struct Diverging {
        LeaderEpoch epoch;
        Offset end_offset;

        static constexpr void describe(auto&& field) {
            field("epoch", &Diverging::epoch);
            field("end_offset", &Diverging::end_offset);
        }
    };
    std::optional<Diverging> diverging;

    static constexpr void describe(auto&& field) {
        field("leader_epoch", &LeaderAnswered::leader_epoch);
        field("fetch_offset", &LeaderAnswered::fetch_offset);
        field("batches", &LeaderAnswered::batches);
        field("high_watermark", &LeaderAnswered::high_watermark);
        field("log_start_offset", &LeaderAnswered::log_start_offset);
        field("diverging", &LeaderAnswered::diverging);
    }
};

/// The leader answered OFFSET_OUT_OF_RANGE to this follower's fetch, and this is where its log starts (inclusive) and
/// ends (exclusive): said with the answer (see ReplyFetch), or asked for with ListOffsets in the same leader epoch.
struct FetchOutOfRange {
    LeaderEpoch leader_epoch;
    /// Where the fetch asked from; another place than the log's end is stale, as for LeaderAnswered.
    Offset fetch_offset;
    Offset leader_log_start_offset;
    Offset leader_log_end_offset;

    static constexpr void describe(auto&& field) {
        field("leader_epoch", &FetchOutOfRange::leader_epoch);
        field("fetch_offset", &FetchOutOfRange::fetch_offset);
        field("leader_log_start_offset", &FetchOutOfRange::leader_log_start_offset);
        field("leader_log_end_offset", &FetchOutOfRange::leader_log_end_offset);
    }
};

/// A client wants everything below `offset` gone; nullopt means below the high watermark (DeleteRecords).
struct DeleteRecordsReceived {
    DeleteRecordsToken token;
    std::optional<Offset> offset;
    /// After this the answer is REQUEST_TIMED_OUT; nullopt: wait for the followers without end.
    std::optional<Time> deadline;

    static constexpr void describe(auto&& field) {
        field("token", &DeleteRecordsReceived::token);
        field("offset", &DeleteRecordsReceived::offset);
        field("deadline", &DeleteRecordsReceived::deadline);
    }
};

/// Retention wants the log to start at `log_start_offset`. Clamped to the high watermark.
struct RetentionReached {
    Offset log_start_offset;

    static constexpr void describe(auto&& field) { field("log_start_offset", &RetentionReached::log_start_offset); }
};

/// What the metadata says of the broker of a replica.
struct ReplicaBroker {
    NodeId node;
    /// Of its present incarnation (KIP-903).
    BrokerEpoch epoch;
    /// Registered, unfenced and not in controlled shutdown: only such a one may join the ISR (KIP-841).
    bool is_active = false;

    static constexpr void describe(auto&& field) {
        field("node", &ReplicaBroker::node);
        field("epoch", &ReplicaBroker::epoch);
        field("is_active", &ReplicaBroker::is_active);
    }
};

/// The brokers of the assigned replicas as the metadata has them now. Until the first of these no follower joins the
/// ISR.
struct BrokersChanged {
    SmallVector<ReplicaBroker, 3> brokers;

    static constexpr void describe(auto&& field) { field("brokers", &BrokersChanged::brokers); }
};

/// The controller's answer to the AlterPartition of this partition and these epochs. An answer to another proposal than
/// the one under way is ignored. With error none: the partition's state from now on. When no answer comes, the driver
/// says so with a retriable error (REQUEST_TIMED_OUT), and the proposal is made again: the controller may have
/// committed it.
struct AlterPartitionAnswered {
    /// Of the proposal.
    LeaderEpoch leader_epoch;
    PartitionEpoch proposed_at;
    ErrorCode error = ErrorCode::none;
    /// With error none: the committed ISR and its partition epoch.
    PartitionEpoch partition_epoch;
    NodeIds isr;

    static constexpr void describe(auto&& field) {
        field("leader_epoch", &AlterPartitionAnswered::leader_epoch);
        field("proposed_at", &AlterPartitionAnswered::proposed_at);
        field("error", &AlterPartitionAnswered::error);
        field("partition_epoch", &AlterPartitionAnswered::partition_epoch);
        field("isr", &AlterPartitionAnswered::isr);
    }
};

/// The time of the last WakeAt has come. Harmless at any other time.
struct DeadlineReached {
    static constexpr void describe(auto&&) {}
};

inline constexpr Duration kDefaultReplicaLagTimeMax = std::chrono::seconds{30};

/// Settings that the configuration of the topic or the node changed.
struct ConfigChanged {
    std::int32_t min_insync_replicas = 1;
    /// `replica.lag.time.max.ms`: a follower that was behind for longer leaves the ISR.
    Duration replica_lag_time_max = kDefaultReplicaLagTimeMax;

    static constexpr void describe(auto&& field) {
        field("min_insync_replicas", &ConfigChanged::min_insync_replicas);
        field("replica_lag_time_max", &ConfigChanged::replica_lag_time_max);
    }
};

using Input = std::variant<BecomeLeader, BecomeFollower, ProduceReceived, AppendDone, AppendFailed, FlushDone,
                           FlushFailed, FetchReceived, CancelFetch, FollowerFetchReceived, LeaderAnswered,
                           DeleteRecordsReceived, RetentionReached, DeadlineReached, ConfigChanged, BrokersChanged,
                           AlterPartitionAnswered, FetchOutOfRange, VerificationBegun, VerificationEnded>;

}  // namespace highwater
