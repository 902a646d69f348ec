#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "model/group/client.h"
#include "model/group/message.h"
#include "model/group/offsets_partition.h"
#include "model/group/scope.h"
#include "model/world/fixed_vector.h"

namespace highwater::model::group {

/// A request that the coordinator has taken and not answered.
struct Parked {
    std::uint8_t client = 0;
    /// Names it at the coordinator, beside the client.
    std::uint8_t token = 0;
    Message::Kind kind = Message::Kind::none;
    /// Its client waits for the answer; otherwise nobody hears it.
    std::uint8_t heard = 0;
    Member member = kNoMember;
    std::uint8_t generation_plus_one = 0;
    Partitions partitions = 0;
    std::uint8_t offset = 0;

    friend auto operator<=>(const Parked&, const Parked&) = default;
};

/// What has happened so far, as far as properties need it: only what clients were told and what was written.
struct History {
    /// The highest generation that the present coordinator told a member when it joined, plus one; and that any did.
    std::uint8_t told_generation_plus_one = 0;
    std::uint8_t ever_told_generation_plus_one = 0;
    /// The generation that the log has, plus one: the next coordinator goes on in it.
    std::uint8_t logged_generation_plus_one = 0;
    /// The highest generation of which anybody was told an assignment, and who was given which partition in it: the
    /// member, or 0x80 and the instance of a static one.
    std::uint8_t assigned_generation_plus_one = 0;
    std::array<std::uint8_t, kPartitions> given_to{};
    /// By partition: the last offset that is known to be committed (0: none), and after it those whose writes began
    /// since, in the order of the log.
    std::array<FixedVector<std::uint8_t, 12>, kPartitions> offsets;
    /// How many commits were sent.
    std::uint8_t commits = 0;
    /// By instance - 1: the newest member that was told that it is in a generation whose assignment is in the log.
    std::array<Member, kMaxClients> newest{};
    /// By client: the tick, plus one, at which it was last told that it belongs to the group. 0: by this coordinator
    /// not.
    std::array<std::uint8_t, kMaxClients> well_at_plus_one{};
    /// By client: the tick, plus one, at which its heartbeat that waits came to the coordinator (KIP-848): whatever is
    /// written because of it, its session counts from then.
    std::array<std::uint8_t, kMaxClients> arrived_at_plus_one{};
    /// By client: the highest member epoch that it was told (KIP-848), plus one, and under which id.
    std::array<std::uint8_t, kMaxClients> told_epoch_plus_one{};
    std::array<Member, kMaxClients> told_epoch_as{};
    /// Ticks since the last disturbance that passed because nothing else could happen.
    std::uint8_t waits = 0;

    friend bool operator==(const History&, const History&) = default;
};

/// A value of bytes and a pointer: partitions are kept elsewhere, once each, and never change (StepStore).
struct State {
    const OffsetsPartition* partition = nullptr;
    struct Rest {
        std::array<Client, kMaxClients> clients;
        /// By client: its request, or the answer to it.
        std::array<Message, kMaxClients> slots;
        /// Requests that were given up. A multiset, kept sorted.
        FixedVector<Message, 2> late;
        /// Kept sorted.
        FixedVector<Parked, 10> parked;
        History history;
        Budgets budgets{};

        friend bool operator==(const Rest&, const Rest&) = default;
    } rest;
};
static_assert(std::has_unique_object_representations_v<State::Rest>, "hashed as bytes");
static_assert(std::is_trivially_copyable_v<State>);

}  // namespace highwater::model::group
