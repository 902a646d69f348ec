#pragma once

#include <optional>
#include <variant>

#include "core/base/epochs.h"
#include "core/base/error_code.h"
#include "core/base/ids.h"
#include "core/base/small_vector.h"
#include "core/base/time.h"
#include "core/log/batch_facts.h"
#include "core/partition/token.h"

namespace highwater {

/// When a produce is answered (`acks`). The numbers are the wire's.
enum class Acks : std::int16_t { all = -1, none = 0, leader = 1 };

/// What a consumer may read: up to the high watermark, or up to the last stable offset (KIP-98).
enum class IsolationLevel : std::int8_t { read_uncommitted = 0, read_committed = 1 };

/// Ids of nodes, in assignment order where order means something. Five replicas stay inside the state.
using NodeIds = SmallVector<NodeId, 5>;

/// The controller made this replica the leader, or changed something about its leadership. Ignored when partition_epoch
/// is lower than the one the machine has (equal is accepted: the AlterPartition answer may have come first).
struct BecomeLeader {
    LeaderEpoch leader_epoch;
    PartitionEpoch partition_epoch;
    NodeIds replicas;
    NodeIds isr;
};

/// The controller made another replica the leader. Same rule for partition_epoch as BecomeLeader.
struct BecomeFollower {
    LeaderEpoch leader_epoch;
    PartitionEpoch partition_epoch;
    NodeId leader;
    NodeIds replicas;
    NodeIds isr;
};

/// A client's batch for this partition, already validated byte by byte. Answered by exactly one ReplyProduce, also
/// when acks is none (the driver then sends nothing, or closes the connection on an error).
struct ProduceReceived {
    ProduceToken token;
    Acks acks = Acks::all;
    BatchFacts batch;
    /// After this the answer is REQUEST_TIMED_OUT; the data stays.
    Time deadline;
};

/// The driver carried out the AppendBatch of this token: the bytes are where a read finds them. In token order.
struct AppendDone {
    AppendToken token;
};

/// The append failed. The log takes no append and answers no produce from here on (fail stop).
struct AppendFailed {
    AppendToken token;
};

/// Everything below `durable_end` survives a power loss: the FlushUpTo of at least that offset is complete.
struct FlushDone {
    Offset durable_end;
};

/// An fsync failed. It is never retried: as AppendFailed.
struct FlushFailed {};

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
};

/// Forget a parked fetch: its request was answered, timed out, or its connection closed. Not answered.
struct CancelFetch {
    FetchToken token;
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
};

/// What a follower's fetch brought: batches as they stand on the leader, in offset order, none if `diverging`.
struct LeaderAnswered {
    LeaderEpoch leader_epoch;
    SmallVector<BatchFacts, 4> batches;
    Offset high_watermark;
    Offset log_start_offset;
    struct Diverging {
        LeaderEpoch epoch;
        Offset end_offset;
    };
    std::optional<Diverging> diverging;
};

/// A client wants everything below `offset` gone; nullopt means below the high watermark (DeleteRecords).
struct DeleteRecordsReceived {
    DeleteRecordsToken token;
    std::optional<Offset> offset;
};

/// Retention wants the log to start at `log_start_offset`. Clamped to the high watermark.
struct RetentionReached {
    Offset log_start_offset;
};

/// The time of the last WakeAt has come. Harmless at any other time.
struct DeadlineReached {};

/// Settings that the topic's configuration changed.
struct ConfigChanged {
    std::int32_t min_insync_replicas = 1;
};

using Input = std::variant<BecomeLeader, BecomeFollower, ProduceReceived, AppendDone, AppendFailed, FlushDone,
                           FlushFailed, FetchReceived, CancelFetch, FollowerFetchReceived, LeaderAnswered,
                           DeleteRecordsReceived, RetentionReached, DeadlineReached, ConfigChanged>;

}  // namespace highwater
