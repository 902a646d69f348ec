#pragma once

#include <optional>
#include <variant>

#include "core/base/describe.h"
#include "core/base/epochs.h"
#include "core/base/ids.h"
#include "core/base/offset.h"
#include "core/base/ring.h"
#include "core/base/small_vector.h"
#include "core/base/time.h"
#include "core/partition/input.h"
#include "core/partition/pending_produce.h"
#include "core/partition/token.h"

namespace highwater {

/// What the leader knows of a follower, learned in the present leader epoch only (KIP-320: a position of another epoch
/// says nothing about this leader's log).
struct FollowerProgress {
    NodeId node;
    /// The follower's log end, durable in fsync mode. nullopt until its first fetch in this epoch.
    std::optional<Offset> end_offset;
    Offset log_start_offset;
    /// The incarnation that told end_offset: both are of one fetch (KAFKA-15221). nullopt: it did not say.
    std::optional<BrokerEpoch> broker_epoch;
    /// When it last had everything that this leader had written; nullopt: not in this epoch. See isr.h.
    std::optional<Time> last_caught_up;
    /// Its last fetch, and how far this leader had written then.
    Time fetched_at;
    Offset leader_end_at_fetch;

    static constexpr void describe(auto&& field) {
        field("node", &FollowerProgress::node);
        field("end_offset", &FollowerProgress::end_offset);
        field("log_start_offset", &FollowerProgress::log_start_offset);
        field("broker_epoch", &FollowerProgress::broker_epoch);
        field("last_caught_up", &FollowerProgress::last_caught_up);
        field("fetched_at", &FollowerProgress::fetched_at);
        field("leader_end_at_fetch", &FollowerProgress::leader_end_at_fetch);
    }
};

/// A member of a proposed ISR, and the incarnation of its broker that the leader means (KIP-903). nullopt for the
/// leader itself, whose driver knows it, and for a member that has not fetched in this leader epoch or does not say.
struct IsrMember {
    NodeId node;
    std::optional<BrokerEpoch> broker_epoch;
    static constexpr void describe(auto&& field) {
        field("node", &IsrMember::node);
        field("broker_epoch", &IsrMember::broker_epoch);
    }
    friend auto operator<=>(const IsrMember&, const IsrMember&) = default;
};

using IsrMembers = SmallVector<IsrMember, 3>;

/// An ISR that the controller was asked for. Until its answer is known the controller may have committed it, so its
/// members count as in sync beside the committed ones (KIP-497).
struct ProposedIsr {
    PartitionEpoch partition_epoch;
    /// As they were when it was made: an attempt under their newer incarnations would vouch for logs nobody has seen.
    IsrMembers members;
    /// It was made again since an attempt had no answer: that attempt may still arrive and be committed, whatever the
    /// later ones are told.
    bool in_doubt = false;
    /// In doubt, and an attempt was refused: now the controller is asked for the committed ISR, whose new partition
    /// epoch ends what may still be under way. Until then the members count.
    bool withdrawn = false;

    static constexpr void describe(auto&& field) {
        field("partition_epoch", &ProposedIsr::partition_epoch);
        field("members", &ProposedIsr::members);
        field("in_doubt", &ProposedIsr::in_doubt);
        field("withdrawn", &ProposedIsr::withdrawn);
    }
};

/// A DeleteRecords that waits until the log starts of the in-sync followers have followed.
struct PendingDelete {
    DeleteRecordsToken token;
    Offset offset;
    std::optional<Time> deadline;

    static constexpr void describe(auto&& field) {
        field("token", &PendingDelete::token);
        field("offset", &PendingDelete::offset);
        field("deadline", &PendingDelete::deadline);
    }
};

/// Of a producer whose transaction may begin here once its coordinator has said so: see VerificationBegun.
struct Verification {
    ProducerId producer;
    VerificationGuard guard;

    static constexpr void describe(auto&& field) {
        field("producer", &Verification::producer);
        field("guard", &Verification::guard);
    }
};

/// No role yet: nothing was assigned since the machine was made.
struct Unassigned {
    static constexpr void describe(auto&&) {}
};

struct Leader {
    /// The log end at the election: the high watermark is this leader's own word from here on (KIP-207).
    Offset epoch_start_offset;
    SmallVector<FollowerProgress, 4> followers;
    std::optional<ProposedIsr> proposal;
    PendingProduces produces;
    SmallVector<PendingDelete, 1> deletes;
    SmallVector<Verification, 1> verifications;

    static constexpr void describe(auto&& field) {
        field("epoch_start_offset", &Leader::epoch_start_offset);
        field("followers", &Leader::followers);
        field("proposal", &Leader::proposal);
        field("produces", &Leader::produces);
        field("deletes", &Leader::deletes);
        field("verifications", &Leader::verifications);
    }
};

struct Follower {
    NodeId leader;
    /// As its last answer told, for the log as it stands since then. This replica's own rises to it as far as it holds
    /// the log itself: what a restart may lose is not committed here.
    Offset leader_high_watermark;

    static constexpr void describe(auto&& field) {
        field("leader", &Follower::leader);
        field("leader_high_watermark", &Follower::leader_high_watermark);
    }
};

/// Fail stop: after a failed write or flush, or after a cut below the high watermark.
struct Offline {
    static constexpr void describe(auto&&) {}
};

using Role = std::variant<Unassigned, Leader, Follower, Offline>;

/// An append that the driver has not completed yet.
struct AppendUnderWay {
    AppendToken token;
    /// Exclusive end of its batch; lowered when the log is cut under it.
    Offset end_offset;

    static constexpr void describe(auto&& field) {
        field("token", &AppendUnderWay::token);
        field("end_offset", &AppendUnderWay::end_offset);
    }
};
using AppendsUnderWay = Ring<AppendUnderWay, 4>;

/// The one flush that the driver may have under way.
struct FlushUnderWay {
    bool asked = false;
    /// A truncation since then: the flush says nothing about what was written after it.
    std::optional<Offset> counts_up_to;

    static constexpr void describe(auto&& field) {
        field("asked", &FlushUnderWay::asked);
        field("counts_up_to", &FlushUnderWay::counts_up_to);
    }
};

}  // namespace highwater
