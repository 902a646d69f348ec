#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/partition/replica.h"
#include "model/explore/system.h"
#include "model/world/clock.h"
#include "model/world/disk.h"
#include "model/explore/story.h"
#include "model/world/network.h"
#include "model/world/scope.h"
#include "model/world/step_events.h"

namespace highwater::model {

/// What a step may use besides the world: all of it belongs to the step, none to the state.
struct StepContext {
    const Scope& scope;
    StepEvents& events;
    Coverage& coverage;
    Story* story = nullptr;
};

/// An effect that the driver has not carried out yet.
struct QueuedEffect {
    enum class Kind : std::uint8_t {
        append,
        flush,
        truncate,
        start_epoch,
        advance_start,
        reply,
        set_timer,
        go_offline
    };

    Kind kind = Kind::append;
    /// append, reply: whose.
    Request request;
    /// append: the batch as it will stand in the log.
    StoredBatch stored;
    std::uint8_t append_token = 0;
    /// flush, truncate, start_epoch, advance_start, set_timer: an offset or tick; reply: base offset plus one or 0.
    std::uint8_t number = 0;
    /// start_epoch
    std::uint8_t leader_epoch = 0;
    /// reply
    std::uint8_t error_plus_one = 0;
    bool duplicate = false;

    friend bool operator==(const QueuedEffect&, const QueuedEffect&) = default;
};

/// The driver's own state: docs/driver-contract.md, as the production engine keeps it too.
struct Driver {
    bool up = false;
    /// Effects in the order in which the machine gave them. A write takes time; what is behind it does not wait, but for
    /// the next write and a truncation.
    FixedVector<QueuedEffect, 20> queue;
    /// Produces that the machine has not answered.
    FixedVector<Request, 24> pending;
    bool flush_under_way = false;
    std::uint8_t flush_end = 0;
    /// Of the next leadership: the controller never reuses one.
    std::uint8_t next_leader_epoch = 0;
    Clock clock;

    friend bool operator==(const Driver&, const Driver&) = default;
};

/// A broker with one replica of the partition: the machine, its driver, and its disk.
struct Node {
    std::optional<Replica> replica;
    Driver driver;
    Disk disk;

    /// Recovers from the disk and becomes the leader of a new epoch. Requires: not up.
    void start(StepContext& context, Network& network);
    /// A producer's request arrives. Requires: up.
    void receive(StepContext& context, Network& network, BatchId batch, std::uint8_t producer_epoch,
                 std::uint8_t base_sequence, bool connected);
    /// Requires: a write is at the head of the queue.
    void complete_append(StepContext& context, Network& network);
    void fail_append(StepContext& context, Network& network);
    /// Requires: a flush is under way.
    void complete_flush(StepContext& context, Network& network);
    void fail_flush(StepContext& context, Network& network);
    /// Requires: a timer is set.
    void reach_deadline(StepContext& context, Network& network);
    void retention(StepContext& context, Network& network);
    /// The process ends, for whatever reason. What is on the disk stays as it is.
    void stop(StepContext& context, Network& network);
    /// A consumer asks for everything from `offset`. Changes nothing.
    void fetch(StepContext& context, std::uint8_t offset);

    [[nodiscard]] bool append_under_way() const {
        return !driver.queue.empty() && driver.queue.front().kind == QueuedEffect::Kind::append;
    }

  private:
    void give(StepContext& context, Network& network, const Input& input);
    void queue_effect(StepContext& context, const Effect& effect);
    /// Carries out all that takes no time.
    void carry_out(StepContext& context, Network& network);
    void write(StepContext& context, Network& network);
    void reply(StepContext& context, Network& network, const QueuedEffect& effect);
};

}  // namespace highwater::model
