#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/base/error_code.h"
#include "model/cluster/scope.h"
#include "model/world/disk.h"
#include "model/world/fixed_vector.h"

// The state of a cluster with one partition, in bytes: offsets, epochs and ids of a scope are small. Every batch has
// one record, so the record at offset o is the o-th of its log.

namespace highwater::model::cluster {

inline constexpr std::size_t kMaxBrokers = 3;
inline constexpr std::size_t kMaxBatches = 4;
/// A log can hold more than was sent only when the core is wrong; then there is room to show it.
inline constexpr std::size_t kMaxRecords = kMaxBatches + 2;
inline constexpr std::size_t kMaxEpochs = 12;
inline constexpr std::uint8_t kNobody = 0xff;

/// A record in a log: which batch it is by its content, and the epoch of the leader that appended it.
struct Record {
    std::uint8_t batch = 0;
    std::uint8_t leader_epoch = 0;

    friend bool operator==(const Record&, const Record&) = default;
};
using Records = FixedVector<Record, kMaxRecords>;

/// What a broker has of the partition outside its process. A power loss keeps any prefix that holds what is durable.
struct Disk {
    Records log;
    std::uint8_t durable = 0;
    FixedVector<StoredEpoch, 8> epochs;
    /// The checkpoint of the log start: nobody reads below it, and properties do not look there.
    std::uint8_t log_start = 0;
    /// Where the log began anew: of what is below it this broker has nothing, not even who produced it.
    std::uint8_t first = 0;

    /// Below the log start there is nothing that could be wrong.
    [[nodiscard]] bool has(std::size_t offset, std::uint8_t batch) const {
        return offset < log_start || (offset < log.size() && log[offset].batch == batch);
    }
    friend bool operator==(const Disk&, const Disk&) = default;
};

/// The partition and its brokers, as the metadata has them at one moment.
struct Metadata {
    std::uint8_t leader = kNobody;
    std::uint8_t leader_epoch = 0;
    std::uint8_t partition_epoch = 0;
    Brokers replicas = 0;
    Brokers isr = 0;
    /// Registered, unfenced, not in controlled shutdown.
    Brokers active = 0;
    std::array<std::uint8_t, kMaxBrokers> broker_epochs{};
    /// Whether the partition changed, and not only its brokers.
    std::uint8_t partition_changed = 0;

    friend bool operator==(const Metadata&, const Metadata&) = default;
};

/// All that the controller knows, in a compact form.
struct ControllerState {
    std::uint8_t leader = 0;
    std::uint8_t leader_epoch = 0;
    std::uint8_t partition_epoch = 0;
    Brokers replicas = 0;
    Brokers adding = 0;
    Brokers removing = 0;
    Brokers isr = 0;
    Brokers eligible = 0;
    std::uint8_t last_known_leader = kNobody;
    /// KIP-704: the leader was elected uncleanly and has not said yet that it has recovered.
    std::uint8_t recovering = 0;
    Brokers fenced = 0;
    /// In controlled shutdown.
    Brokers stopping = 0;
    std::array<std::uint8_t, kMaxBrokers> broker_epochs{};

    friend bool operator==(const ControllerState&, const ControllerState&) = default;
};

/// One kind of message for all, so that a network is an array of them. What a kind does not use is zero.
struct Message {
    enum class Kind : std::uint8_t { none, fetch, fetch_answer, alter, alter_answer };

    Kind kind = Kind::none;
    /// The broker that sent the request, and (fetch) the leader that it is for.
    std::uint8_t requester = 0;
    std::uint8_t leader = 0;
    std::uint8_t leader_epoch = 0;
    /// Of the requester's incarnation.
    std::uint8_t broker_epoch = 0;
    /// fetch: where from, and the epoch of the last record before that plus one.
    std::uint8_t fetch_offset = 0;
    std::uint8_t last_epoch_plus_one = 0;
    /// fetch: of the follower; fetch_answer: of the leader.
    std::uint8_t log_start = 0;
    /// fetch_answer: what the leader said. OFFSET_OUT_OF_RANGE: its log ends at diverging_end.
    std::uint8_t high_watermark = 0;
    std::uint8_t diverging_epoch_plus_one = 0;
    std::uint8_t diverging_end = 0;
    Records records;
    /// alter: the epoch that it was proposed at, the members, and their broker epochs (0: not known).
    std::uint8_t proposed_at = 0;
    Brokers isr = 0;
    std::array<std::uint8_t, kMaxBrokers> member_epochs{};
    /// alter_answer: the new epoch; fetch_answer, alter_answer: the error plus one.
    std::uint8_t partition_epoch = 0;
    std::uint8_t error_plus_one = 0;

    [[nodiscard]] ErrorCode error() const { return static_cast<ErrorCode>(error_plus_one - 1); }
    [[nodiscard]] bool is_request() const { return kind == Kind::fetch || kind == Kind::alter; }
    friend bool operator==(const Message&, const Message&) = default;
};

/// Each follower has one fetch under way, each leader one AlterPartition: requests and answers take turns in the slot.
/// What its requester gave up may be late.
struct Network {
    std::array<Message, 2 * kMaxBrokers> slots;
    /// A multiset, kept sorted.
    FixedVector<Message, 3> late;

    friend bool operator==(const Network&, const Network&) = default;
};
inline constexpr std::uint8_t kFirstAlterSlot = kMaxBrokers;

/// Where a batch stands with its producer.
struct Producer {
    static constexpr std::uint8_t kToSend = 0;
    static constexpr std::uint8_t kAcknowledged = 0xff;

    /// kToSend, kAcknowledged, or the broker plus one whose answer it waits for.
    std::array<std::uint8_t, kMaxBatches> status{};
    /// Bit i: batch i was sent to somebody.
    std::uint8_t sent = 0;

    friend bool operator==(const Producer&, const Producer&) = default;
};

/// What has happened so far, as far as properties need it.
struct History {
    /// Offset plus one at which a success answer put the batch; 0: no success answer left.
    std::array<std::uint8_t, kMaxBatches> acknowledged{};
    /// By offset: the batch plus one that a consumer could read there first, and the epoch of the leader that gave it.
    std::array<std::uint8_t, kMaxRecords> read{};
    std::array<std::uint8_t, kMaxRecords> read_in_epoch{};
    /// By leader epoch: who led, (broker plus one) * 16 + broker epoch.
    std::array<std::uint8_t, kMaxEpochs> led_by{};
    /// The latest offset that a client was told, and the highest epoch in which one was.
    std::uint8_t latest = 0;
    std::uint8_t latest_in_epoch = 0;
    /// The epoch of the last unclean election: what leaders before it did and say may be lost. 0: there was none.
    std::uint8_t unclean_epoch = 0;

    friend bool operator==(const History&, const History&) = default;
};

/// An unclean election was decided, and nobody leads since then.
[[nodiscard]] constexpr bool is_unclean_epoch_to_come(const History& history) {
    if (history.unclean_epoch == 0) return false;
    for (std::size_t epoch = history.unclean_epoch; epoch < kMaxEpochs; ++epoch) {
        if (history.led_by[epoch] != 0) return false;
    }
    return true;
}

struct Broker;

/// A value of bytes and pointers: brokers are kept elsewhere, once each, and never change (see broker_store.h).
struct State {
    std::array<const Broker*, kMaxBrokers> brokers{};
    struct Rest {
        ControllerState controller;
        /// What some running broker has not applied yet, oldest first, and of how many of the last ones each has not.
        FixedVector<Metadata, 9> news;
        std::array<std::uint8_t, kMaxBrokers> unseen{};
        Network network;
        Producer producer;
        History history;
        Budgets budgets{};

        friend bool operator==(const Rest&, const Rest&) = default;
    } rest;
};
static_assert(std::has_unique_object_representations_v<State::Rest>, "hashed as bytes");
static_assert(std::is_trivially_copyable_v<State>);

}  // namespace highwater::model::cluster
