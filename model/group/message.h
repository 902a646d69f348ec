#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/base/error_code.h"
#include "model/group/scope.h"
#include "model/world/fixed_vector.h"

namespace highwater::model::group {

/// The number of a member id plus one; 0: none. Each client has kIdsPerClient numbers of its own.
using Member = std::uint8_t;
inline constexpr std::size_t kIdsPerClient = 8;
inline constexpr Member kNoMember = 0;

[[nodiscard]] constexpr std::uint8_t client_of(Member member) {
    return static_cast<std::uint8_t>((member - 1U) / kIdsPerClient);
}

/// In place of a member epoch plus one: -2, with which a static member leaves for a while (KIP-848).
inline constexpr std::uint8_t kLeavesForAWhile = 0xFF;

/// A set of partitions: bit i for partition i.
using Partitions = std::uint8_t;
inline constexpr Partitions kAllPartitions = (1U << kPartitions) - 1;

[[nodiscard]] constexpr bool has(Partitions partitions, std::size_t partition) {
    return (partitions >> partition & 1U) != 0;
}

/// A member in the list that a leader is given, or in the assignment that it sends.
struct Listed {
    Member member = kNoMember;
    /// What it says that it owns, and since which generation.
    Partitions owned = 0;
    std::uint8_t owned_generation = 0;
    /// What the leader gives it.
    Partitions assigned = 0;

    friend bool operator==(const Listed&, const Listed&) = default;
};

/// One kind of message for all, so that a network is an array of them. What a kind does not use is zero.
struct Message {
    enum class Kind : std::uint8_t { none, join, sync, heartbeat, leave, commit, consumer_heartbeat };

    Kind kind = Kind::none;
    std::uint8_t is_answer = 0;
    std::uint8_t client = 0;
    /// The broker that it is sent to, or that answers.
    std::uint8_t broker = 0;
    /// Who speaks; join answer: what it is called from now on.
    Member member = kNoMember;
    /// The generation or member epoch that the member claims, or is told, plus one: 0 is -1.
    std::uint8_t generation_plus_one = 0;
    /// join, consumer heartbeat: what the member says that it owns.
    Partitions owned = 0;
    std::uint8_t owned_generation = 0;
    /// consumer heartbeat: it says all there is to say, what it owns; its answer: says what the member has.
    std::uint8_t is_full = 0;
    std::uint8_t says_owned = 0;
    /// sync answer, consumer heartbeat answer: what it is given; commit: of which partitions.
    Partitions partitions = 0;
    /// commit: the offset.
    std::uint8_t offset = 0;
    /// join answer: it leads; it need not assign.
    std::uint8_t leads = 0;
    std::uint8_t skips_assignment = 0;
    std::uint8_t error_plus_one = 0;
    /// join answer of the leader, sync of the leader.
    FixedVector<Listed, kMaxClients + 2> members;

    [[nodiscard]] ErrorCode error() const { return static_cast<ErrorCode>(error_plus_one - 1); }
    friend bool operator==(const Message&, const Message&) = default;
};
static_assert(std::has_unique_object_representations_v<Message>);

/// The client number of whoever commits without being in the group.
inline constexpr std::uint8_t kSimpleConsumer = kMaxClients;

/// The answer to `request`, with an error.
[[nodiscard]] inline Message refusal_of(const Message& request, ErrorCode error) {
    Message answer;
    answer.kind = request.kind;
    answer.is_answer = 1;
    answer.client = request.client;
    answer.broker = request.broker;
    answer.member = request.member;
    answer.error_plus_one = static_cast<std::uint8_t>(static_cast<int>(error) + 1);
    return answer;
}

}  // namespace highwater::model::group
