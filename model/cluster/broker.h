#pragma once

#include <cstdint>
#include <optional>

#include "core/partition/replica.h"
#include "model/cluster/state.h"

namespace highwater::model::cluster {

/// What can be seen of a broker without looking into its machine, or by asking it.
struct BrokerView {
    bool up = false;
    bool leads = false;
    bool follows = false;
    /// Has applied some metadata.
    bool knows_the_metadata = false;
    /// Wants to stop, and asks the controller until it may.
    bool stops = false;
    std::uint8_t leader_epoch = 0;
    std::uint8_t high_watermark = 0;
    std::uint8_t end = 0;
    std::uint8_t log_start = 0;
    /// It answers a consumer's fetch: a leader, and a follower where consumers read from followers. What may be read
    /// (exclusive).
    bool gives_to_consumers = false;
    std::uint8_t readable_end = 0;
    /// Leader: what ListOffsets says plus one (0: an error).
    std::uint8_t latest_plus_one = 0;
    /// Leader: the committed ISR as it knows it, and with what it proposed.
    Brokers isr = 0;
    Brokers widest_isr = 0;
    /// Follower: ready to fetch, from whom and what.
    bool may_fetch = false;
    Message fetch;
};

/// A broker: the machine of its replica with the driver around it. One turn of the driver is one step: what was
/// appended is written at its end. A flush takes its time.
struct Broker {
    /// nullopt: it is down.
    std::optional<Replica> replica;
    struct Driver {
        Disk disk;
        /// What the flush under way will report; 0: none is.
        std::uint8_t flush_end_plus_one = 0;
        /// What it makes durable: less when the log is cut meanwhile.
        std::uint8_t flush_covers = 0;
        std::uint8_t broker_epoch = 0;
        /// KIP-966: the mark of a clean shutdown on its disk, as the broker epoch that stopped; 0: there is none.
        std::uint8_t clean_mark = 0;
        std::uint8_t stops = 0;
        /// Its clock, in steps longer than replica.lag.time.max.
        std::uint8_t tick = 0;

        friend bool operator==(const Driver&, const Driver&) = default;
    } driver;
    std::uint64_t hash = 0;
    /// Its number in the store that keeps it.
    std::uint32_t index = 0;
    BrokerView view;

    [[nodiscard]] const Disk& disk() const { return driver.disk; }
};

struct BrokerInput {
    enum class Kind : std::uint8_t {
        start,           // broker_epoch
        kill,            // -
        shut_down,       // -: it begins to ask the controller
        stop,            // broker_epoch: all is flushed, the mark with this epoch is written, the process ends
        power_loss,      // keep
        wipe,            // -
        metadata,        // metadata, skipped_a_change
        message,         // message: a fetch, or an answer
        alter_timeout,   // -
        flush_done,      // -
        produce,         // batch
        delete_records,  // -
        clock_jump       // -
    };

    Kind kind = Kind::kill;
    std::uint8_t broker_epoch = 0;
    std::uint8_t keep = 0;
    std::uint8_t batch = 0;
    /// Pieces of metadata that were skipped said something of the partition.
    std::uint8_t skipped_a_change = 0;
    Metadata metadata;
    Message message;
};
static_assert(std::has_unique_object_representations_v<BrokerInput>);

[[nodiscard]] inline BrokerInput input_of(BrokerInput::Kind kind) {
    BrokerInput input;
    input.kind = kind;
    return input;
}
[[nodiscard]] inline BrokerInput input_of(const Message& message) {
    BrokerInput input = input_of(BrokerInput::Kind::message);
    input.message = message;
    return input;
}

/// A produce answer that left the broker.
struct ProduceAnswer {
    std::uint8_t batch = 0;
    std::uint8_t error_plus_one = 0;
    std::uint8_t offset_plus_one = 0;
    std::uint8_t duplicate = 0;

    [[nodiscard]] ErrorCode error() const { return static_cast<ErrorCode>(error_plus_one - 1); }
    friend bool operator==(const ProduceAnswer&, const ProduceAnswer&) = default;
};

/// What a step of a broker let out.
struct BrokerOutput {
    FixedVector<ProduceAnswer, 8> produced;
    /// Kind none: nothing.
    Message fetch_answer;
    Message alter;
    std::uint8_t appended_as_leader = 0;
    std::uint8_t truncated = 0;
    /// Its log began anew at the leader's log start.
    std::uint8_t began_anew = 0;
    /// Its replica was deleted.
    std::uint8_t deleted = 0;
    /// Told to cut below its high watermark: it forgets that and starts anew.
    std::uint8_t reloaded = 0;
    /// What the machine did that its contract forbids; nullptr: nothing.
    const char* breach = nullptr;
};

/// What can be seen of it now.
[[nodiscard]] BrokerView view_of(const Scope& scope, std::uint8_t id, const Broker& broker);

/// A new broker with an empty disk, down.
[[nodiscard]] Broker new_broker(const Scope& scope, std::uint8_t id);

/// Carries out `input` on `broker`, to the end of the driver's turn.
[[nodiscard]] BrokerOutput step(const Scope& scope, std::uint8_t id, Broker& broker, const BrokerInput& input);

}  // namespace highwater::model::cluster
