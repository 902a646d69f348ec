#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace highwater::model {

/// Some bits of a word that hold a small number.
template <unsigned first_bit, unsigned bits>
struct BitField {
    static constexpr std::uint32_t kMax = (std::uint32_t{1} << bits) - 1;
    static constexpr std::uint32_t get(std::uint32_t word) { return (word >> first_bit) & kMax; }
    static constexpr void set(std::uint32_t& word, std::uint32_t value) {
        word = (word & ~(kMax << first_bit)) | (value << first_bit);
    }
};

/// A leader and an ISR in five bits: what a LeaderAndIsr request says and what a replica remembers of it.
struct LeaderAndIsr {
    static constexpr std::uint32_t kNoLeader = 3;
    static constexpr std::uint32_t kNothing = kNoLeader;  ///< no leader, an empty ISR
    static constexpr std::uint32_t of(std::uint32_t leader, std::uint32_t isr) { return leader | isr << 2; }
    static constexpr std::uint32_t leader(std::uint32_t code) { return code & 3; }
    static constexpr std::uint32_t isr(std::uint32_t code) { return code >> 2; }  ///< one bit a replica
};

/// A replica: what it heard last from the controller, its high watermark and its log, in 30 bits.
struct ReplicaWord {
    static constexpr unsigned kMaxOffsets = 4;
    static constexpr std::uint32_t kInitial = LeaderAndIsr::kNothing;

    using LeaderAndIsrCode = BitField<0, 5>;
    using EpochsSeen = BitField<5, 3>;  ///< the leader epoch plus one; 0: heard of none
    using HighWatermark = BitField<8, 3>;
    using LogEnd = BitField<11, 3>;
    /// One nibble for each offset: record id, then leader epoch. Zero from the log end on.
    using Log = BitField<14, 16>;

    static constexpr std::uint32_t record(std::uint32_t id, std::uint32_t epoch) { return id | epoch << 2; }
    static constexpr std::uint32_t epoch_of(std::uint32_t record) { return record >> 2; }
    static constexpr std::uint32_t id_of(std::uint32_t record) { return record & 3; }

    static constexpr std::uint32_t leader(std::uint32_t word) { return word & 3; }
    static constexpr std::uint32_t isr(std::uint32_t word) { return word >> 2 & 7; }
    /// Requires: offset < log end.
    static constexpr std::uint32_t record_at(std::uint32_t word, std::uint32_t offset) {
        return word >> (14 + 4 * offset) & 15;
    }
    /// The records below `end`, to be compared as a whole.
    static constexpr std::uint32_t records_below(std::uint32_t word, std::uint32_t end) {
        return Log::get(word) & ((std::uint32_t{1} << 4 * end) - 1);
    }
    static constexpr void append(std::uint32_t& word, std::uint32_t record) {
        const std::uint32_t end = LogEnd::get(word);
        word |= record << (14 + 4 * end);
        LogEnd::set(word, end + 1);
    }
    static constexpr void truncate(std::uint32_t& word, std::uint32_t end) {
        Log::set(word, records_below(word, end));
        LogEnd::set(word, end);
    }
};

/// What is not a replica's: the controller's state and all LeaderAndIsr requests that it ever sent, in 31 bits. A
/// request may arrive at any time and any number of times, so none is ever removed; each has an epoch of its own.
struct ControllerWord {
    static constexpr unsigned kMaxEpochs = 4;
    using Quorum = BitField<0, 5>;  ///< the leader and ISR that count
    using EpochsUsed = BitField<5, 3>;
    using RecordsWritten = BitField<8, 3>;
    static constexpr unsigned kFirstRequest = 11;

    static constexpr std::uint32_t request(std::uint32_t word, std::uint32_t epoch) {
        return word >> (kFirstRequest + 5 * epoch) & 31;
    }
    static constexpr void set_request(std::uint32_t& word, std::uint32_t epoch, std::uint32_t code) {
        const unsigned first_bit = kFirstRequest + 5 * epoch;
        word = (word & ~(std::uint32_t{31} << first_bit)) | code << first_bit;
    }
};

/// One partition on three replicas, in two machine words.
struct ReplicationState {
    static constexpr std::size_t kReplicas = 3;
    std::array<std::uint32_t, kReplicas> replicas{};
    std::uint32_t controller = 0;
    friend bool operator==(const ReplicationState&, const ReplicationState&) = default;
};
static_assert(sizeof(ReplicationState) == 16);

}  // namespace highwater::model
