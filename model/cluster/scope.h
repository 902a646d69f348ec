#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/partition/flush_mode.h"
#include "model/cluster/action.h"

namespace highwater::model::cluster {

/// A set of brokers: bit i for broker i.
using Brokers = std::uint8_t;

[[nodiscard]] constexpr Brokers only(std::uint8_t broker) {
    return static_cast<Brokers>(1U << broker);
}
[[nodiscard]] constexpr bool has(Brokers brokers, std::uint8_t broker) {
    return (brokers & only(broker)) != 0;
}

/// How often each disturbance may still happen.
using Budgets = std::array<std::uint8_t, kDisturbances>;

class ClusterWorld;

/// Changes to the world itself (never to the core): the controls that show that the harness would notice.
struct Controls {
    /// O7: what was given up never arrives.
    bool nothing_is_late = false;
    /// O8: a power loss takes nothing; a power loss takes what was durable, too.
    bool disk_loses_nothing = false;
    bool disk_loses_durable = false;
    /// U1: an unclean election is judged as any other.
    bool nothing_is_forgiven = false;
    /// O11: a run that has come to rest is not judged.
    bool rest_is_not_judged = false;

    friend bool operator==(const Controls&, const Controls&) = default;
};

/// The bounds of an exploration. Budgets count disturbances only; delivery, restart and unfencing are free.
struct Scope {
    using World = ClusterWorld;

    FlushMode flush_mode = FlushMode::fsync;
    std::uint8_t brokers = 2;
    std::uint8_t min_insync_replicas = 1;
    /// The producer sends this many batches of one record, and may have in_flight of them unanswered.
    std::uint8_t batches = 1;
    std::uint8_t in_flight = 1;
    /// So many messages may be late at one time; one more is lost.
    std::uint8_t late_messages = 2;
    Budgets budgets{};
    /// So many disturbances of all kinds together; 0: as many as the budgets allow.
    std::uint8_t disturbances = 0;
    /// A follower sends a fetch only when it, or the leader, would come to know something new from it (the others are
    /// parked at the leader, where they wait for just that).
    bool fetches_wait = true;
    /// KIP-966: the feature `eligible.leader.replicas.version` is on.
    bool eligible_leader_replicas = false;
    /// `unclean.leader.election.enable`.
    bool unclean_leader_election = false;
    /// A broker may apply several pieces of metadata at once, and then sees only what the last one says.
    bool metadata_is_skipped = false;
    /// KIP-392: consumers read from every follower, too.
    bool consumers_read_followers = false;
    /// Each broker leads a partition of another topic while it is active, so that it cannot stop at once.
    bool leads_elsewhere = false;
    /// The brokers that stop or are fenced by a disturbance; 0: any.
    Brokers disturbed = 0;
    /// Brokers that do not come back once they stopped.
    Brokers stays_down = 0;
    /// Fetches and their answers are neither lost nor late by a disturbance, only AlterPartition is.
    bool fetches_arrive = false;
    /// How the partition begins. 0 replicas: every broker; 0 ISR: every replica.
    std::uint8_t first_leader = 0;
    Brokers first_replicas = 0;
    Brokers first_isr = 0;
    /// So many of the batches are committed, and read by every consumer, before anything else happens.
    std::uint8_t first_batches = 0;
    /// What happens then, at no cost (`elect`: a leader that does not know yet that it is none).
    std::optional<Action> first_action{};
    /// Where `reassign` wants the replicas.
    Brokers reassign_to = 0;
    Controls controls;
    /// Bit i replaces property i by "true".
    std::uint32_t silenced_properties = 0;

    [[nodiscard]] bool may_disturb(std::uint8_t broker) const { return disturbed == 0 || has(disturbed, broker); }
    [[nodiscard]] Brokers all_brokers() const { return static_cast<Brokers>((1U << brokers) - 1); }
    [[nodiscard]] std::uint8_t& budget(ActionKind kind) { return budgets[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] std::uint8_t budget(ActionKind kind) const { return budgets[static_cast<std::size_t>(kind)]; }
    friend bool operator==(const Scope&, const Scope&) = default;
};

}  // namespace highwater::model::cluster
