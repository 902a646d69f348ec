#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "core/group/group_coordinator.h"
#include "model/explore/step_store.h"
#include "model/group/message.h"
#include "model/group/names.h"

namespace highwater::model::group {

inline constexpr std::size_t kBrokers = 2;
/// Names a request at the coordinator: of its client, so many can wait.
inline constexpr std::size_t kTokensPerClient = 4;

/// What can be seen of the partition without looking into a machine, or by asking one.
struct PartitionView {
    std::uint8_t leader = 0;
    std::uint8_t loaded = 0;
    /// How many writes are under way.
    std::uint8_t writes = 0;
    /// Bit i: member i + 1 is somewhere in the machine or its log, so its number is not free.
    std::uint32_t members = 0;
    /// Whether whoever asks is told offsets, and which: plus one, 0: none.
    std::uint8_t tells_offsets = 0;
    std::array<std::uint8_t, kPartitions> offset_plus_one{};
};

/// A partition of `__consumer_offsets` on two brokers of which one leads: the shipped coordinator of each, the log, and
/// the writes that are under way into it.
struct OffsetsPartition {
    using Batch = std::shared_ptr<const GroupRecords>;
    struct Write {
        GroupWrite id;
        Batch records;
    };
    /// R2: what a coordinator knows for good, as text.
    struct Durable {
        std::string offsets;
        /// nullopt: the group was ahead of the log, in a rebalance.
        std::optional<std::string> group;
        std::int32_t generation = 0;
    };

    explicit OffsetsPartition(const Scope& scope);
    OffsetsPartition() = default;

    std::vector<GroupCoordinator> brokers;
    /// Committed.
    std::vector<Batch> log;
    std::vector<Write> writes;
    std::uint8_t leader = 0;
    bool loaded = true;
    std::uint8_t ticks = 0;
    /// So often the retention of offsets has passed: the wall clock, which nothing else looks at.
    std::uint8_t retentions = 0;
    /// The last WakeGroupsAt of the broker that leads.
    std::optional<Time> wake_at;
    /// A record of the group did not get into the log: the live group is ahead of it until the next one does.
    bool group_write_failed = false;
    /// What the new coordinator has to know once it has loaded.
    std::optional<Durable> expected;

    std::uint64_t hash = 0;
    std::uint32_t index = 0;
    PartitionView view;
};

struct PartitionInput {
    enum class Kind : std::uint8_t {
        request,  // message, token, fresh
        write_committed,
        fail_write,
        failover,  // keep: so many of the writes under way are in the log
        load,
        tick,
        expire
    };

    Kind kind = Kind::tick;
    std::uint8_t token = 0;
    Member fresh = kNoMember;
    std::uint8_t keep = 0;
    Message message;
};

[[nodiscard]] inline PartitionInput input_of(PartitionInput::Kind kind) {
    PartitionInput input;
    input.kind = kind;
    return input;
}

/// What a step let out.
struct PartitionOutput {
    struct Answer {
        std::uint8_t token = 0;
        Message answer;
    };
    FixedVector<Answer, 10> answers;
    /// Offsets whose write began, and those that did not get into the log.
    FixedVector<WrittenOffset, 8> written;
    FixedVector<WrittenOffset, 8> lost;
    /// The group's tombstone got into the log; and the generation of the last group record that did after that, plus
    /// one (0: none did).
    std::uint8_t group_deleted = 0;
    std::uint8_t logged_generation_plus_one = 0;
    /// R2: two coordinators were compared; what the new one does not know as the former did (nullptr: nothing).
    std::uint8_t compared_offsets = 0;
    std::uint8_t compared_group = 0;
    std::shared_ptr<const std::string> differs;
};

[[nodiscard]] PartitionOutput step(const Scope& scope, OffsetsPartition& partition, const PartitionInput& input);

using PartitionStore = StepStore<OffsetsPartition, PartitionInput, PartitionOutput>;

}  // namespace highwater::model::group
