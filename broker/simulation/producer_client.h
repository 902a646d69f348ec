#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/base/error_code.h"

namespace highwater::simulation {

/// An idempotent producer as Kafka's clients are (KIP-98): up to five batches under way, answers in order, and after a
/// lost connection or a retriable error everything unanswered again, in order, with the same sequences. Writes to one
/// partition. Pure: what it wants to send comes out of next(), what it hears goes into answered() and disconnected().
class ProducerClient {
  public:
    static constexpr std::size_t kMaxInFlight = 5;

    ProducerClient(int number, std::int32_t partition) : number_(number), partition_(partition) {}

    struct Batch {
        std::int32_t base_sequence = 0;
        std::vector<std::string> values;
        /// Already sent on an earlier connection.
        bool is_retry = false;
    };
    struct Acknowledged {
        std::int64_t base_offset = 0;
        std::vector<std::string> values;
    };

    [[nodiscard]] std::int32_t partition() const { return partition_; }
    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] std::optional<std::int64_t> producer_id() const { return producer_id_; }
    void take_id(std::int64_t producer_id) { producer_id_ = producer_id; }

    /// A new batch of `records` records of `bytes` bytes each, to be sent when there is room.
    void write(int records, std::size_t bytes);
    /// The next batch to send on the present connection; nullptr: none, or five are under way.
    const Batch* next();
    /// Answers of one connection come in the order of its requests. Returns what it acknowledges; an error other than
    /// a retriable one is a violation, whose text lands in `violation`.
    std::optional<Acknowledged> answered(ErrorCode error, std::int64_t base_offset, std::string& violation);
    /// The connection is gone: everything unanswered has to be sent again.
    void disconnected();
    [[nodiscard]] bool idle() const { return batches_.empty(); }
    [[nodiscard]] std::size_t unsent() const { return batches_.size() - sent_; }
    /// The answer asked for the connection to be renewed.
    [[nodiscard]] bool wants_reconnect() const { return wants_reconnect_; }
    [[nodiscard]] std::uint64_t retries() const { return retries_; }

  private:
    int number_;
    std::int32_t partition_;
    std::optional<std::int64_t> producer_id_;
    std::int32_t next_sequence_ = 0;
    std::uint64_t next_value_ = 0;
    /// Unanswered, oldest first; the first `sent_` are on the present connection.
    std::deque<Batch> batches_;
    std::size_t sent_ = 0;
    bool wants_reconnect_ = false;
    std::uint64_t retries_ = 0;
};

}  // namespace highwater::simulation
