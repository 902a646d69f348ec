#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

#include "core/partition/replica.h"
#include "model/explore/step_store.h"
#include "model/transaction/message.h"
#include "model/transaction/offsets_coordinator.h"
#include "model/world/fixed_vector.h"

namespace highwater::model::transaction {

/// A batch in a partition's log, by what is in it. Its place is its offset: every batch has one record.
struct Stored {
    Claim claim;
    /// Of whose transaction the record is; none: a marker.
    Transaction transaction = kNoTransaction;
    /// kNoSequence: of offsets.
    std::uint8_t sequence = 0;
    /// Of a marker.
    std::uint8_t commit = 0;
    std::uint8_t coordinator_epoch = 0;

    [[nodiscard]] bool is_marker() const { return transaction == kNoTransaction; }
    friend bool operator==(const Stored&, const Stored&) = default;
};
inline constexpr std::size_t kLogSize = 20;
inline constexpr std::uint8_t kNoSequence = 0xFF;

/// What properties look at: the log, and what a consumer reads that begins at its start.
struct DataView {
    FixedVector<Stored, kLogSize> log;
    std::uint8_t last_stable_offset = 0;
    /// Bit i: a read_committed consumer is given the record at offset i.
    std::uint32_t delivered = 0;
    /// Bit i: the machine remembers guard i.
    std::uint32_t guards = 0;
    /// Of a partition with offsets: what whoever asks is told, and that it may change.
    Transaction committed_offset = kNoTransaction;
    std::uint8_t is_unstable = 0;
};

/// A partition that transactions write to, on a broker of its own: the shipped replica, and its log; with offsets, also
/// the shipped group coordinator.
struct DataPartition {
    DataPartition(const Scope& scope, bool has_offsets);
    DataPartition() = default;

    std::optional<Replica> replica;
    /// nullopt: it is one of the topic.
    std::optional<OffsetsCoordinator> offsets;
    std::vector<Stored> log;
    /// How often its broker has come back: its leader epoch.
    std::uint8_t restarts = 0;

    /// KIP-890: nobody has to be asked whether a record of this producer belongs to a transaction here.
    [[nodiscard]] bool has_open(Claim claim) const;

    std::uint64_t hash = 0;
    std::uint32_t index = 0;
    DataView view;
};

struct DataInput {
    enum class Kind : std::uint8_t {
        produce,       // message; guard: its coordinator vouched for it since then (0: nobody was asked)
        begin_verify,  // message, guard: its coordinator is asked
        end_verify,    // message: nothing will come under its guard
        marker,        // marker
        restart
    };

    Kind kind = Kind::restart;
    std::uint8_t guard = 0;
    std::uint8_t version = 0;
    Message message;
    Marker marker;
};
static_assert(std::has_unique_object_representations_v<DataInput>);

/// What a step let out.
struct DataOutput {
    /// Of a produce or a marker.
    std::uint8_t error_plus_one = 0;
    std::uint8_t duplicate = 0;
    /// It was appended at the end of the log.
    std::uint8_t appended = 0;
    /// What the machine did that no driver can carry out.
    std::uint8_t breach = 0;
};

[[nodiscard]] DataOutput step(const Scope& scope, DataPartition& partition, const DataInput& input);

using DataStore = StepStore<DataPartition, DataInput, DataOutput>;

}  // namespace highwater::model::transaction
