#pragma once

#include <utility>

#include "core/transaction/transaction_coordinator.h"

namespace highwater {

/// KIP-360: the epoch after the last one is for fencing. Nobody is given it, for there is none after it to fence with
/// or to end a transaction with (KAFKA-20090).
[[nodiscard]] constexpr bool is_for_fencing(ProducerEpoch epoch) {
    return epoch > kLastClientEpoch;
}

/// What a step of the coordinator may use besides its state.
struct TransactionCoordinator::Step {
    Time now;
    Timestamp wall;
    TransactionEffects& effects;

    void answer(Answer&& answer) {
        if (auto* producer = std::get_if<InitProducerIdAnswer>(&answer)) {
            effects.emplace_back(*producer);
        } else if (auto* partitions = std::get_if<PartitionsAnswer>(&answer)) {
            effects.emplace_back(std::move(*partitions));
        } else if (auto* ended = std::get_if<EndTransactionAnswer>(&answer)) {
            effects.emplace_back(*ended);
        }
    }
    /// Says `error` in place of what `answer` would have said.
    void refuse(const Answer& instead, ErrorCode error) {
        if (const auto* producer = std::get_if<InitProducerIdAnswer>(&instead)) {
            answer(InitProducerIdAnswer{.token = producer->token, .error = error});
        } else if (const auto* partitions = std::get_if<PartitionsAnswer>(&instead)) {
            answer(PartitionsAnswer{.token = partitions->token, .error = error, .missing = {}});
        } else if (const auto* ended = std::get_if<EndTransactionAnswer>(&instead)) {
            answer(EndTransactionAnswer{.token = ended->token, .error = error});
        }
    }
};

}  // namespace highwater
