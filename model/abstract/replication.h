#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/abstract/replication_state.h"
#include "model/explore/symmetry.h"
#include "model/explore/system.h"

namespace highwater::model {

/// How far the abstract model goes. Requires: offsets and records at most 4, greatest epoch at most 3.
struct ReplicationBounds {
    std::uint32_t offsets = 2;         ///< records that a log has room for
    std::uint32_t records = 2;         ///< that are ever written
    std::uint32_t greatest_epoch = 2;  ///< leader epochs are 0 to this
    friend bool operator==(const ReplicationBounds&, const ReplicationBounds&) = default;
};

/// Where a replica cuts its log when it hears of a new leader.
enum class TruncationRule : std::uint8_t {
    to_high_watermark,  ///< at its own high watermark: before KIP-101
    kip101,             ///< where the leader's next larger epoch begins, asked once
    kip279,             ///< after the last record that both have, whatever the leader's epoch is by then
    fenced,             ///< the same, answered only by the leader of the epoch that was heard of: KIP-320
    after_error,        ///< not then; later, when a fetch shows that the logs differ: KIP-320's first draft
    none,
};

/// What a leader (and the follower's answer) must agree on before a fetch, a high watermark or an ISR counts.
enum class Fencing : std::uint8_t {
    leader_id,     ///< the follower follows this leader
    record_epoch,  ///< and the record before the offset in question has the same epoch on both
    leader_epoch,  ///< and both are in the same leader epoch
};

/// A generation of the replication protocol, as the guards it has.
struct ReplicationRules {
    TruncationRule truncation = TruncationRule::fenced;
    Fencing fetch = Fencing::leader_epoch;
    Fencing high_watermark = Fencing::leader_epoch;
    Fencing isr = Fencing::leader_epoch;
    /// A replica may join the ISR only when it has what is below the leader's high watermark,
    bool join_needs_high_watermark = true;
    /// and when the high watermark has reached the start of the leader's epoch (KAFKA-7128).
    bool join_needs_epoch_start = true;
};

enum class ReplicationActionKind : std::uint8_t {
    elect_leader,     ///< the controller elects a member of the ISR
    remove_from_isr,  ///< the controller takes a replica for dead
    become_leader,    ///< a replica hears that it leads
    become_follower,  ///< a replica hears who leads, and truncates where the rules say so
    write,            ///< a leader appends a record
    fetch,            ///< a follower gets one record and the high watermark
    truncate,         ///< a follower cuts its log after a fetch that showed a difference
    increment_high_watermark,
    shrink_isr,
    expand_isr,
};
inline constexpr std::size_t kReplicationActionKinds = 10;
std::string_view name_of(ReplicationActionKind kind);

struct ReplicationAction {
    ReplicationActionKind kind{};
    std::uint8_t replica = 0;  ///< who acts, or whom the controller means
    std::uint8_t other = 0;    ///< the leader of a fetch or truncation; the follower of an ISR change
    std::uint8_t epoch = 0;    ///< of the LeaderAndIsr request that is heard
    friend bool operator==(const ReplicationAction&, const ReplicationAction&) = default;
};

/// The properties, and with them the counters of their antecedents.
enum class ReplicationProperty : std::uint8_t { strong_isr, weak_isr, log_matching };
inline constexpr std::size_t kReplicationProperties = 3;
std::string_view name_of(ReplicationProperty property);
std::string_view statement_of(ReplicationProperty property);
constexpr std::uint32_t bit_of(ReplicationProperty property) {
    return std::uint32_t{1} << static_cast<unsigned>(property);
}
inline constexpr std::uint32_t kIsrProperties =
    bit_of(ReplicationProperty::strong_isr) | bit_of(ReplicationProperty::weak_isr);
inline constexpr std::uint32_t kAllReplicationProperties = kIsrProperties | bit_of(ReplicationProperty::log_matching);

/// Kafka's replication as KIP-320 has it, and as it was before, without messages: three replicas of one partition, an
/// atomic controller, and requests that read the other replica's state at once. No replica crashes or loses anything;
/// the controller takes any of them for dead at any time, and any LeaderAndIsr request may arrive late, twice, or not
/// at all. It exists to certify the explorer, since its sizes are known from elsewhere (docs/model-checking.md).
///
/// Counters of the coverage: the action kinds, then one a property: how often it was judged of something.
class ReplicationModel {
  public:
    using State = ReplicationState;
    using Action = ReplicationAction;

    explicit ReplicationModel(ReplicationBounds bounds, ReplicationRules rules = {},
                              std::uint32_t properties = kAllReplicationProperties);

    [[nodiscard]] State initial() const;
    [[nodiscard]] std::optional<Violation> enabled(const State& state, std::vector<Action>& actions,
                                                   Coverage& coverage) const;
    [[nodiscard]] std::optional<Violation> apply(State& state, Action action, Coverage& coverage) const;
    [[nodiscard]] std::uint64_t fingerprint(const State& state) const;
    /// The controller disturbs, and so does a leader that changes its ISR.
    [[nodiscard]] bool disturbs(Action action) const;

    [[nodiscard]] std::size_t alike_ids() const { return State::kReplicas; }
    [[nodiscard]] std::uint64_t fingerprint(const State& state, const Renaming& renaming) const;
    [[nodiscard]] std::uint64_t profile(const State& state, std::size_t replica) const;
    /// The state with its replicas renamed.
    [[nodiscard]] State renamed(const State& state, const Renaming& renaming) const;

  private:
    /// The offset at which `replica` cuts its log to follow `leader`; nullopt when it cannot yet.
    [[nodiscard]] std::optional<std::uint32_t> truncation_offset(const State& state, std::size_t replica,
                                                                 std::size_t leader, std::uint32_t epoch) const;
    void add_request_actions(const State& state, std::vector<Action>& actions) const;
    void add_replica_actions(const State& state, std::uint8_t leader, std::vector<Action>& actions) const;
    void add_isr_actions(const State& state, std::uint8_t leader, std::vector<Action>& actions) const;
    [[nodiscard]] std::optional<Violation> judge(const State& state, Coverage& coverage) const;

    ReplicationBounds bounds_;
    ReplicationRules rules_;
    std::uint32_t properties_;
    /// For each renaming, what becomes of each leader and ISR.
    std::array<std::array<std::uint8_t, 32>, 6> renamed_leader_and_isr_{};
};
static_assert(Symmetric<ReplicationModel>);

/// "broker 1 becomes leader of epoch 0 with ISR 0, 1, 2", of an action that is possible in `state`.
std::string describe(const ReplicationState& state, ReplicationAction action);
/// One line for each replica and one for the controller.
std::string describe(const ReplicationState& state);

}  // namespace highwater::model
