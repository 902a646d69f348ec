#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/producer_claim.h"
#include "core/base/time.h"
#include "core/base/transaction_version.h"
#include "core/coordinator/topic_partition.h"
#include "core/transaction/transaction_effect.h"
#include "core/transaction/transaction_input.h"
#include "model/transaction/message.h"

// From the numbers that states are made of to the machines' ids, epochs and times, and back.

namespace highwater::model::transaction {

/// So often the clock's hand moves. Two ticks are more than a transaction may take.
inline constexpr Duration kTick = std::chrono::minutes{1};
inline constexpr Duration kTimeout = 2 * kTick - std::chrono::seconds{1};

[[nodiscard]] std::string transactional_id(std::uint8_t id);
[[nodiscard]] std::uint8_t id_from(const std::string& transactional_id);
[[nodiscard]] TopicPartition partition_name(std::uint8_t partition);
[[nodiscard]] std::uint8_t partition_from(const TopicPartition& name);

/// Epochs are bytes: the first 128 and the last 128 of all. Stops the run when the scope needs another one.
[[nodiscard]] Claim claim_from(const ProducerClaim& claim);
[[nodiscard]] ProducerClaim claim_of(Claim claim);
/// "1000 at epoch 3", "nobody"
[[nodiscard]] std::string claim_text(Claim claim);

/// A request to a coordinator as the machine takes it. Requires: its kind is init, add or end.
[[nodiscard]] TransactionInput input_of(const Scope& scope, const Message& request, TransactionToken token);

/// The answer of a machine, and to which request; nullopt: the effect is none. `missing`: of the partition that was to
/// be verified.
struct TokenAnswer {
    TransactionToken token;
    ErrorCode error = ErrorCode::none;
    Claim claim;
    bool missing = false;
};
[[nodiscard]] std::optional<TokenAnswer> answer_of(const TransactionEffect& effect);

}  // namespace highwater::model::transaction
