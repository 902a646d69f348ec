#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "model/transaction/data_partition.h"
#include "model/transaction/message.h"
#include "model/transaction/state_partition.h"
#include "model/world/clients/transactional_producer.h"
#include "model/world/fixed_vector.h"

namespace highwater::model::transaction {

/// A request that the coordinator has taken and not answered.
struct Parked {
    /// Names it at the coordinator.
    std::uint8_t token = 0;
    /// Its producer waits for the answer; otherwise nobody hears it.
    std::uint8_t heard = 0;
    Message request;

    friend auto operator<=>(const Parked&, const Parked&) = default;
};

/// A record that waits in its partition until its coordinator vouches for the transaction (KIP-890).
struct Waiting {
    Message request;
    std::uint8_t heard = 0;
    /// 0: those of its producer that came before are first.
    std::uint8_t guard = 0;
    /// What the coordinator said; 0: nothing yet.
    std::uint8_t error_plus_one = 0;
    /// The coordinator has moved since.
    std::uint8_t is_outdated = 0;
    /// Its broker has come back since, and knows of nothing: only the coordinator's answer is still to come.
    std::uint8_t is_forgotten = 0;

    friend bool operator==(const Waiting&, const Waiting&) = default;
};

/// Tokens from here on name verifications, by partition and guard.
inline constexpr std::uint8_t kVerificationTokens = 64;
inline constexpr std::uint8_t kGuards = 16;
[[nodiscard]] constexpr std::uint8_t verification_token(const Waiting& waiting) {
    return static_cast<std::uint8_t>(kVerificationTokens + waiting.request.partition * kGuards + waiting.guard);
}

/// What has happened so far, as far as properties need it: only what producers asked and were told.
struct History {
    /// By producer: how many transactions it has begun.
    std::array<std::uint8_t, kMaxProducers> begun{};
    /// By transaction - 1. Bit 0: its end was asked for as a commit, bit 1: as an abort; bits 2 and 3: it was answered
    /// that this is decided; bit 4 + p: its record in partition p was acknowledged.
    std::array<std::uint8_t, kTransactions> seen{};
    /// By transactional id: who the last InitProducerId said holds it.
    std::array<Claim, kMaxProducers> holder{};
    /// By transactional id: the transaction that was open there last, as far as writes began.
    std::array<Transaction, kMaxProducers> open{};
    /// Ticks since the last disturbance that passed because nothing else could happen.
    std::uint8_t waits = 0;

    friend bool operator==(const History&, const History&) = default;
};

inline constexpr std::uint8_t kCommitAsked = 1;
inline constexpr std::uint8_t kAbortAsked = 2;
inline constexpr std::uint8_t kCommitTold = 4;
inline constexpr std::uint8_t kAbortTold = 8;
[[nodiscard]] constexpr std::uint8_t acknowledged(std::size_t partition) {
    return static_cast<std::uint8_t>(16U << partition);
}

/// A value of bytes and pointers: partitions are kept elsewhere, once each, and never change (StepStore).
struct State {
    const StatePartition* coordinator = nullptr;
    std::array<const DataPartition*, kPartitions> data{};
    struct Rest {
        std::array<TransactionalProducer, kMaxProducers> producers;
        /// By producer: its request, or the answer to it.
        std::array<Message, kMaxProducers> slots;
        /// Requests that were given up. A multiset, kept sorted.
        FixedVector<Message, 2> late;
        /// Kept sorted.
        FixedVector<Parked, 6> parked;
        /// In the order in which they came.
        FixedVector<Waiting, 4> waiting;
        /// A multiset, kept sorted.
        FixedVector<Marker, 10> markers;
        History history;
        Budgets budgets{};

        friend bool operator==(const Rest&, const Rest&) = default;
    } rest;
};
static_assert(std::has_unique_object_representations_v<State::Rest>, "hashed as bytes");
static_assert(std::is_trivially_copyable_v<State>);

}  // namespace highwater::model::transaction
