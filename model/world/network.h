#pragma once

#include <array>
#include <cstdint>

#include "core/base/error_code.h"
#include "model/world/batch.h"
#include "model/world/fixed_vector.h"

namespace highwater::model {

/// One arrival of a batch at the broker. Copies of the same request are numbered, so that each arrival is answered
/// once.
struct Request {
    BatchId batch;
    std::uint8_t copy = 0;

    friend bool operator==(const Request&, const Request&) = default;
};

/// A request that the broker has read, and what it answered.
struct Exchange {
    Request request;
    bool answered = false;
    /// The error code plus one, so that it fits.
    std::uint8_t error_plus_one = 0;

    [[nodiscard]] ErrorCode error() const { return static_cast<ErrorCode>(error_plus_one - 1); }
    friend bool operator==(const Exchange&, const Exchange&) = default;
};

/// A producer's connection: TCP to one life of the broker. Requests arrive in order; answers leave in the order of
/// their requests (Kafka's rule for a connection) and arrive in order.
struct Connection {
    /// Sent and not yet read by the broker: batch indices, oldest first.
    FixedVector<std::uint8_t, kMaxBatches> requests;
    /// Read by the broker, oldest first. An answer arrives when it is the first and answered.
    FixedVector<Exchange, kMaxBatches> exchanges;
    /// The broker's end is gone; the producer may still read the answers that left before.
    bool broken = false;

    friend bool operator==(const Connection&, const Connection&) = default;
};

/// Requests of a connection that the producer gave up: they still arrive, in order, at any time, unless the broker
/// stops before. Nobody hears the answers.
struct Stray {
    std::uint8_t producer = 0;
    FixedVector<std::uint8_t, kMaxBatches> requests;

    friend bool operator==(const Stray&, const Stray&) = default;
};

/// Loss is a broken connection whose requests or answers do not arrive; duplication is a stray that arrives besides its
/// retry, or a copy; reordering is a stray that arrives after later requests, or one that overtakes.
struct Network {
    std::array<Connection, kMaxProducers> connections;
    /// A multiset: kept sorted, since which connection broke first makes no difference.
    FixedVector<Stray, 6> strays;

    void add_stray(const Stray& stray);
    /// Takes the first request of the stray. Requires: at < strays.size().
    std::uint8_t take_from_stray(std::size_t at);
    /// The broker stops: nothing that it has not read arrives any more, and no answer that has not left.
    void broker_stopped();

    friend bool operator==(const Network&, const Network&) = default;
};

}  // namespace highwater::model
