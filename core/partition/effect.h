#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "core/base/describe.h"
#include "core/base/epochs.h"
#include "core/base/error_code.h"
#include "core/base/time.h"
#include "core/log/batch_facts.h"
#include "core/log/transactions.h"
#include "core/partition/token.h"

namespace highwater {

/// Write the batch to the log at facts.base_offset, stamped with facts.leader_epoch. On the leader `produce` says whose
/// bytes they are; on a follower it is nullopt and the bytes are the LeaderAnswered's, in order. Completed by
/// AppendDone or AppendFailed.
struct AppendBatch {
    AppendToken token;
    std::optional<ProduceToken> produce;
    BatchFacts facts;
    /// The batch is an abort marker: an entry for the transaction index of its segment.
    std::optional<AbortedTransaction> aborted;
    static constexpr void describe(auto&& field) {
        field("token", &AppendBatch::token);
        field("produce", &AppendBatch::produce);
        field("facts", &AppendBatch::facts);
        field("aborted", &AppendBatch::aborted);
    }
    friend auto operator<=>(const AppendBatch&, const AppendBatch&) = default;
};

/// Make everything below `end_offset` survive a power loss, then say FlushDone. The driver may gather these across
/// partitions and flush further than asked. At most one is under way per replica.
struct FlushUpTo {
    Offset end_offset;
    static constexpr void describe(auto&& field) { field("end_offset", &FlushUpTo::end_offset); }
    friend auto operator<=>(const FlushUpTo&, const FlushUpTo&) = default;
};

/// Cut the log: `end_offset` is the new log end offset; batches that reach beyond it go. Durable before any later
/// append is.
struct TruncateTo {
    Offset end_offset;
    /// The cut goes below the high watermark, beyond what the machine remembers (only after an unclean election): it
    /// is offline now. The driver truncates, loads the log anew, and builds a new machine.
    bool reload = false;
    static constexpr void describe(auto&& field) {
        field("end_offset", &TruncateTo::end_offset);
        field("reload", &TruncateTo::reload);
    }
    friend auto operator<=>(const TruncateTo&, const TruncateTo&) = default;
};

/// Throw the whole log away, its leader epoch history with it, and begin again, empty, at `offset`: the leader has none
/// of it any more. Durable before any later append is.
struct TruncateFullyAndStartAt {
    Offset offset;
    /// As for TruncateTo: the log begins again below the high watermark, and the machine is offline now.
    bool reload = false;
    static constexpr void describe(auto&& field) {
        field("offset", &TruncateFullyAndStartAt::offset);
        field("reload", &TruncateFullyAndStartAt::reload);
    }
    friend auto operator<=>(const TruncateFullyAndStartAt&, const TruncateFullyAndStartAt&) = default;
};

/// The leader epoch history got this entry: persist it with the leader-epoch-checkpoint before the next append.
struct EpochStarted {
    LeaderEpoch leader_epoch;
    Offset start_offset;
    static constexpr void describe(auto&& field) {
        field("leader_epoch", &EpochStarted::leader_epoch);
        field("start_offset", &EpochStarted::start_offset);
    }
    friend auto operator<=>(const EpochStarted&, const EpochStarted&) = default;
};

/// Offsets below this may be removed: whole segments below it, and the log-start-offset-checkpoint says so. Never above
/// what the AppendBatches before it write.
struct AdvanceLogStart {
    Offset log_start_offset;
    static constexpr void describe(auto&& field) { field("log_start_offset", &AdvanceLogStart::log_start_offset); }
    friend auto operator<=>(const AdvanceLogStart&, const AdvanceLogStart&) = default;
};

/// The high watermark moved; the driver writes it to the replication-offset-checkpoint when it sees fit.
struct HighWatermarkAdvanced {
    Offset high_watermark;
    static constexpr void describe(auto&& field) { field("high_watermark", &HighWatermarkAdvanced::high_watermark); }
    friend auto operator<=>(const HighWatermarkAdvanced&, const HighWatermarkAdvanced&) = default;
};

/// Answers a ProduceReceived. With error none, base_offset is where the batch stands (for a retry: where the original
/// stands) and log_start_offset the log's start.
struct ReplyProduce {
    ProduceToken token;
    ErrorCode error = ErrorCode::none;
    std::optional<Offset> base_offset;
    std::optional<Offset> log_start_offset;
    /// True when the batch was a retry of one that the log has: nothing was appended.
    bool duplicate = false;
    static constexpr void describe(auto&& field) {
        field("token", &ReplyProduce::token);
        field("error", &ReplyProduce::error);
        field("base_offset", &ReplyProduce::base_offset);
        field("log_start_offset", &ReplyProduce::log_start_offset);
        field("duplicate", &ReplyProduce::duplicate);
    }
    friend auto operator<=>(const ReplyProduce&, const ReplyProduce&) = default;
};

/// Answers a fetch: the driver may read [fetch offset, readable_end). Offsets are of the moment of the answer. With
/// OFFSET_OUT_OF_RANGE to a follower, log_start_offset and readable_end are where this leader's log starts and ends.
struct ReplyFetch {
    FetchToken token;
    ErrorCode error = ErrorCode::none;
    /// Exclusive. For consumers the high watermark or last stable offset, for followers the log end offset.
    Offset readable_end;
    Offset high_watermark;
    Offset last_stable_offset;
    Offset log_start_offset;
    struct Diverging {
        LeaderEpoch epoch;
        Offset end_offset;
        static constexpr void describe(auto&& field) {
            field("epoch", &Diverging::epoch);
            field("end_offset", &Diverging::end_offset);
        }
        friend auto operator<=>(const Diverging&, const Diverging&) = default;
    };
    std::optional<Diverging> diverging;
    static constexpr void describe(auto&& field) {
        field("token", &ReplyFetch::token);
        field("error", &ReplyFetch::error);
        field("readable_end", &ReplyFetch::readable_end);
        field("high_watermark", &ReplyFetch::high_watermark);
        field("last_stable_offset", &ReplyFetch::last_stable_offset);
        field("log_start_offset", &ReplyFetch::log_start_offset);
        field("diverging", &ReplyFetch::diverging);
    }
    friend auto operator<=>(const ReplyFetch&, const ReplyFetch&) = default;
};

/// Answers a DeleteRecordsReceived. low_watermark is the log start offset when error is none.
struct ReplyDeleteRecords {
    DeleteRecordsToken token;
    ErrorCode error = ErrorCode::none;
    Offset low_watermark;
    static constexpr void describe(auto&& field) {
        field("token", &ReplyDeleteRecords::token);
        field("error", &ReplyDeleteRecords::error);
        field("low_watermark", &ReplyDeleteRecords::low_watermark);
    }
    friend auto operator<=>(const ReplyDeleteRecords&, const ReplyDeleteRecords&) = default;
};

/// Ask the controller for the ISR that Replica::proposed_isr() has now (KIP-497), until AlterPartitionAnswered. At most
/// one proposal is under way per replica; the same epochs again are the same proposal.
struct AlterPartition {
    LeaderEpoch leader_epoch;
    PartitionEpoch partition_epoch;
    static constexpr void describe(auto&& field) {
        field("leader_epoch", &AlterPartition::leader_epoch);
        field("partition_epoch", &AlterPartition::partition_epoch);
    }
    friend auto operator<=>(const AlterPartition&, const AlterPartition&) = default;
};

/// Say DeadlineReached at this time or soon after. Replaces the former WakeAt of this replica.
struct WakeAt {
    Time time;
    static constexpr void describe(auto&& field) { field("time", &WakeAt::time); }
    friend auto operator<=>(const WakeAt&, const WakeAt&) = default;
};

/// A write or a flush failed: the log directory goes offline. Nothing is acknowledged any more.
struct TakeOffline {
    static constexpr void describe(auto&&) {}
    friend auto operator<=>(const TakeOffline&, const TakeOffline&) = default;
};

using Effect =
    std::variant<AppendBatch, FlushUpTo, TruncateTo, EpochStarted, AdvanceLogStart, HighWatermarkAdvanced, ReplyProduce,
                 ReplyFetch, ReplyDeleteRecords, AlterPartition, WakeAt, TakeOffline, TruncateFullyAndStartAt>;

/// What must now happen, in this order. A step appends to it.
using Effects = std::vector<Effect>;

}  // namespace highwater
