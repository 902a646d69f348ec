#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "core/transaction/transaction_coordinator.h"
#include "model/explore/step_store.h"
#include "model/transaction/message.h"
#include "model/world/fixed_vector.h"

namespace highwater::model::transaction {

inline constexpr std::size_t kBrokers = 2;

/// What is known of a transactional id for good.
struct IdView {
    std::uint8_t state_plus_one = 0;
    Claim claim;
};

/// What properties and actions look at.
struct StateView {
    std::uint8_t leader = 0;
    std::uint8_t loaded = 0;
    std::uint8_t writes = 0;
    /// A deadline that is no matter of ticks has come.
    std::uint8_t wakes = 0;
    /// By transactional id.
    std::array<IdView, kMaxProducers> ids;
};

/// A partition of `__transaction_state` on two brokers of which one leads: the shipped coordinator of each, the log,
/// and the writes that are under way into it.
struct StatePartition {
    using Record = std::shared_ptr<const TransactionRecord>;
    struct Write {
        TransactionWrite id;
        Record record;
    };

    explicit StatePartition(const Scope& scope);
    StatePartition() = default;

    std::vector<TransactionCoordinator> brokers;
    /// Committed.
    std::vector<Record> log;
    std::vector<Write> writes;
    std::uint8_t leader = 0;
    bool loaded = true;
    /// Of the present leadership.
    std::uint8_t coordinator_epoch = 0;
    std::uint8_t ticks = 0;
    /// Beside the ticks, a few nanoseconds: deadlines that are no matter of ticks.
    std::uint8_t instants = 0;
    std::uint8_t next_producer_id = 0;
    /// The last WakeTransactionsAt of the broker that leads.
    std::optional<Time> wake_at;
    /// R2: what the new coordinator has to know once it has loaded.
    std::optional<std::string> expected;

    std::uint64_t hash = 0;
    std::uint32_t index = 0;
    StateView view;
};

struct StateInput {
    enum class Kind : std::uint8_t {
        request,  // token, message
        verify,   // token, message: a produce; of version 2 the partition is added with it
        marker,   // the answer to a marker
        write_committed,
        fail_write,
        failover,  // keep: so many of the writes under way are in the log
        load,
        tick,
        wake
    };

    Kind kind = Kind::tick;
    std::uint8_t token = 0;
    std::uint8_t keep = 0;
    Message message;
    Marker marker;
};
static_assert(std::has_unique_object_representations_v<StateInput>);

[[nodiscard]] inline StateInput input_of(StateInput::Kind kind) {
    StateInput input;
    input.kind = kind;
    return input;
}

/// A record whose write began: a move of a transactional id.
struct Moved {
    std::uint8_t id = 0;
    TransactionState to = TransactionState::empty;
    Claim claim;
};

/// What a step let out.
struct StateOutput {
    struct Answer {
        std::uint8_t token = 0;
        std::uint8_t error_plus_one = 0;
        std::uint8_t missing = 0;
        Claim claim;
    };
    FixedVector<Answer, 8> answers;
    FixedVector<Marker, 4> markers;
    FixedVector<Moved, 4> began;
    /// Moves that did not get into the log.
    FixedVector<Moved, 4> lost;
    /// R2: two coordinators were compared; what the new one does not know as the former did (nullptr: nothing).
    std::uint8_t compared = 0;
    std::shared_ptr<const std::string> differs;
};

[[nodiscard]] StateOutput step(const Scope& scope, StatePartition& partition, const StateInput& input);

using StateStore = StepStore<StatePartition, StateInput, StateOutput>;

}  // namespace highwater::model::transaction
