#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/error_code.h"
#include "model/world/batch.h"
#include "model/world/fixed_vector.h"
#include "model/world/scope.h"

namespace highwater::model {

enum class BatchStatus : std::uint8_t { unsent, in_flight, to_retry, acknowledged };

/// An idempotent producer (KIP-98) as the Java client is one, for one partition, that never gives up:
/// - A batch gets its sequence when it is first sent and keeps it. Up to max_in_flight batches are unresolved.
/// - While something is to be retried nothing new is sent, and a retry is sent only when it is the oldest unresolved
///   batch: so sequences reach a connection in order.
/// - OUT_OF_ORDER_SEQUENCE_NUMBER for the oldest unresolved batch cannot be retried: the client would have to report
///   loss. Everything else that is an error is retried.
/// - A new epoch begins with sequence 0, once nothing is unresolved.
/// It sends as soon as it may: how long a request is under way is the network's choice, so a later sending is a longer
/// way.
struct IdempotentProducer {
    std::array<BatchStatus, kMaxBatches> status{};
    /// First batch of producer epoch 1; kMaxBatches while there is none.
    std::uint8_t new_epoch_from = kMaxBatches;
    /// A new epoch was asked for and waits for what is in flight.
    bool wants_new_epoch = false;

    /// What the producer sends now, in order.
    using Sends = FixedVector<std::uint8_t, kMaxBatches>;
    Sends send(const Scope& scope);

    /// The connection is gone: everything in flight has to be retried.
    void disconnected();

    /// Takes an answer. Returns false when the producer is refused for good.
    [[nodiscard]] bool answered(const Scope& scope, std::uint8_t batch, ErrorCode error);

    [[nodiscard]] bool has_in_flight() const;
    [[nodiscard]] bool has_acknowledged() const;
    [[nodiscard]] bool is_done(const Scope& scope) const;
    [[nodiscard]] bool has_unsent(const Scope& scope) const;
    [[nodiscard]] std::uint8_t epoch_of(std::uint8_t batch) const { return batch >= new_epoch_from ? 1 : 0; }
    /// Sequence of the batch's first record.
    [[nodiscard]] std::uint8_t sequence_of(std::uint8_t batch) const;

    friend bool operator==(const IdempotentProducer&, const IdempotentProducer&) = default;
};

}  // namespace highwater::model
