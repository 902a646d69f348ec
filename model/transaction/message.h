#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/base/error_code.h"
#include "model/transaction/scope.h"
#include "model/world/fixed_vector.h"

namespace highwater::model::transaction {

/// A transaction as its application has it: its number plus one; 0: none. Each producer has kMaxTransactions numbers of
/// its own. Properties compare these, never producer ids or epochs.
using Transaction = std::uint8_t;
inline constexpr Transaction kNoTransaction = 0;
inline constexpr std::size_t kTransactions = kMaxProducers * kMaxTransactions;

[[nodiscard]] constexpr Transaction transaction_of(std::uint8_t producer, std::uint8_t number) {
    return static_cast<Transaction>(producer * kMaxTransactions + number + 1U);
}

/// A producer id and epoch as bytes: see names.h. A later one of the same transactional id is greater.
struct Claim {
    /// The number of the producer id plus one; 0: there is none.
    std::uint8_t producer = 0;
    std::uint8_t epoch = 0;

    friend auto operator<=>(const Claim&, const Claim&) = default;
};

/// Between a producer and coordinators or partitions. What a kind does not use is zero.
struct Message {
    enum class Kind : std::uint8_t { none, init, add, produce, end };

    Kind kind = Kind::none;
    std::uint8_t is_answer = 0;
    /// Who sends it, or hears the answer.
    std::uint8_t producer = 0;
    /// init, add, end: the broker that it is sent to, or that answers.
    std::uint8_t broker = 0;
    /// Who the producer says that it is; in an answer, what it is from now on.
    Claim claim;
    /// add, produce, end: of which transaction its application speaks. Nobody but properties looks at it.
    Transaction transaction = kNoTransaction;
    /// add, produce
    std::uint8_t partition = 0;
    std::uint8_t sequence = 0;
    /// end
    std::uint8_t commit = 0;
    std::uint8_t error_plus_one = 0;
    /// An answer that asks to try again, and things have changed since it was given.
    std::uint8_t is_outdated = 0;

    [[nodiscard]] ErrorCode error() const { return static_cast<ErrorCode>(error_plus_one - 1); }
    friend auto operator<=>(const Message&, const Message&) = default;
};
static_assert(std::has_unique_object_representations_v<Message>);

[[nodiscard]] constexpr std::uint8_t plus_one(ErrorCode error) {
    return static_cast<std::uint8_t>(static_cast<int>(error) + 1);
}

/// The answer to `request`, with an error or without.
[[nodiscard]] inline Message answer_to(const Message& request, ErrorCode error) {
    Message answer = request;
    answer.is_answer = 1;
    answer.error_plus_one = plus_one(error);
    return answer;
}

/// A transaction's marker on its way into a partition, or the answer on its way back.
struct Marker {
    std::uint8_t is_answer = 0;
    /// Its sender does not wait for it any longer.
    std::uint8_t is_late = 0;
    std::uint8_t partition = 0;
    /// The transactional id's number.
    std::uint8_t id = 0;
    /// The broker that sent it, its leadership, and the sending.
    std::uint8_t broker = 0;
    std::uint8_t coordinator_epoch = 0;
    std::uint8_t round = 0;
    Claim claim;
    std::uint8_t commit = 0;
    std::uint8_t version = 0;
    std::uint8_t error_plus_one = 0;

    friend auto operator<=>(const Marker&, const Marker&) = default;
};
static_assert(std::has_unique_object_representations_v<Marker>);

}  // namespace highwater::model::transaction
