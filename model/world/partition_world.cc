#include "model/world/partition_world.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xxhash.h>

#include "core/base/describe.h"
#include "model/check/property.h"
#include "model/explore/invariant_trap.h"
#include "model/world/occurrence.h"

namespace highwater::model {
namespace {

static_assert(std::is_trivially_copyable_v<World::Outside> && std::has_unique_object_representations_v<World::Outside>);
static_assert(std::is_trivially_copyable_v<Driver> && std::has_unique_object_representations_v<Driver>);
static_assert(std::is_trivially_copyable_v<Disk> && std::has_unique_object_representations_v<Disk>);

void tell(StepContext& context, std::string line) {
    if (context.story != nullptr) context.story->push_back(std::move(line));
}

/// Whether the machine takes an input in a step of this kind.
bool reaches_broker(ActionKind kind) {
    switch (kind) {
        case ActionKind::disconnect:
        case ActionKind::epoch_bump:
        case ActionKind::deliver_answer:
        case ActionKind::notice_disconnect:
            return false;
        default:
            return true;
    }
}

}  // namespace

bool operator==(const World& a, const World& b) {
    return a.node.replica == b.node.replica && a.node.driver == b.node.driver && a.node.disk == b.node.disk &&
           a.outside == b.outside;
}

PartitionWorld::PartitionWorld(const Scope& scope) : scope_(scope) {
    HIGHWATER_INVARIANT(scope.producers <= kMaxProducers && scope.batches <= kMaxBatches && scope.max_in_flight <= 5,
                        "the scope is larger than the model");
    link_invariant_trap();
}

World PartitionWorld::initial(Story* story) const {
    World world;
    StepEvents events;
    Coverage coverage;
    StepContext context{scope_, events, coverage, story};
    world.outside.budgets = scope_.budgets;
    world.node.start(context, world.outside.network);
    for (std::uint8_t p = 0; p < scope_.producers; ++p) send(context, world, p);
    return world;
}

std::optional<Violation> PartitionWorld::enabled(const World& world, std::vector<Action>& actions,
                                                 Coverage& coverage) const {
    const Network& network = world.outside.network;
    const Driver& driver = world.node.driver;
    const auto add = [&](ActionKind kind, std::size_t a = 0, std::size_t b = 0) {
        actions.push_back({kind, static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)});
    };
    const auto may_arrive = [&](std::uint8_t producer) {
        return driver.up && (!scope_.symmetry || world.outside.request_arrived || producer == 0);
    };

    for (std::uint8_t p = 0; p < scope_.producers; ++p) {
        const Connection& connection = network.connections[p];
        if (!connection.broken && !connection.requests.empty() && may_arrive(p)) add(ActionKind::deliver_request, p);
        if (!connection.exchanges.empty() && connection.exchanges.front().answered) add(ActionKind::deliver_answer, p);
        if (connection.broken) add(ActionKind::notice_disconnect, p);
    }
    for (std::size_t s = 0; s < network.strays.size(); ++s) {
        if (s > 0 && network.strays[s] == network.strays[s - 1]) continue;
        if (may_arrive(network.strays[s].producer)) add(ActionKind::deliver_stray, 0, s);
    }
    if (world.node.append_under_way()) add(ActionKind::complete_append);
    if (driver.flush_under_way) add(ActionKind::complete_flush);
    if (!driver.up) add(ActionKind::restart);

    if (actions.empty()) {
        count(coverage, Occurrence::came_to_rest);
        if (auto violation = judge_rest(world)) return violation;
    }

    const auto left = [&](ActionKind kind) { return world.outside.budgets[static_cast<std::size_t>(kind)] > 0; };
    for (std::uint8_t p = 0; p < scope_.producers; ++p) {
        const Connection& connection = network.connections[p];
        const IdempotentProducer& producer = world.outside.producers[p];
        if (left(ActionKind::disconnect) && driver.up && !connection.broken && producer.has_in_flight()) {
            for (std::size_t keep = 0; keep <= connection.requests.size(); ++keep) add(ActionKind::disconnect, p, keep);
        }
        if (connection.broken || !may_arrive(p)) continue;
        if (left(ActionKind::duplicate) && !connection.requests.empty()) add(ActionKind::duplicate, p);
        if (left(ActionKind::overtake) && connection.requests.size() >= 2 &&
            (producer.has_acknowledged() || scope_.first_request_may_be_overtaken)) {
            add(ActionKind::overtake, p);
        }
    }
    for (std::uint8_t p = 0; p < scope_.producers; ++p) {
        const IdempotentProducer& producer = world.outside.producers[p];
        if (left(ActionKind::epoch_bump) && producer.new_epoch_from == kMaxBatches && !producer.wants_new_epoch &&
            producer.has_unsent(scope_)) {
            add(ActionKind::epoch_bump, p);
        }
    }
    if (!driver.up) return std::nullopt;
    if (left(ActionKind::kill)) add(ActionKind::kill);
    if (left(ActionKind::power_loss)) {
        const Disk& disk = world.node.disk;
        const std::size_t end = std::min<std::size_t>(disk.log.size(), disk.lost_from);
        const std::size_t open = end - disk.durable_batches;
        if (scope_.controls.disk_loses_nothing) {
            add(ActionKind::power_loss, 0, open);
        } else {
            for (std::size_t survive = 0; survive <= open; ++survive) add(ActionKind::power_loss, 0, survive);
        }
    }
    if (left(ActionKind::append_failure) && world.node.append_under_way()) add(ActionKind::append_failure);
    if (left(ActionKind::flush_failure) && driver.flush_under_way) add(ActionKind::flush_failure);
    if (left(ActionKind::request_timeout) && driver.clock.timer != 0) add(ActionKind::request_timeout);
    if (left(ActionKind::retention) && world.node.disk.end_offset() > world.node.disk.log_start) {
        add(ActionKind::retention);
    }
    return std::nullopt;
}

std::optional<Violation> PartitionWorld::apply(World& world, Action action, Coverage& coverage, Story* story) const {
    StepEvents events;
    StepContext context{scope_, events, coverage, story};
    act(context, world, action);
    // The consumer asks whenever the driver has nothing to do: an answer would wait for that anyway.
    if (world.node.driver.up && world.node.driver.queue.empty() && reaches_broker(action.kind)) {
        // It goes on at the log start where retention overtook it (auto.offset.reset=earliest).
        world.node.fetch(context, std::max(world.outside.history.delivered_end, world.node.disk.log_start));
    }
    const Observed observed(scope_, events, world.outside.history, world.node.disk, world.node.driver.up);
    auto violation = properties().judge(observed, scope_.controls.silenced_properties);
    const std::uint8_t read_before = world.outside.history.delivered_end;
    world.outside.history.add(events, world.node.disk);
    if (world.outside.history.delivered_end > read_before) {
        count(coverage, Occurrence::consumer_read);
        if (story != nullptr) {
            story->push_back(fmt::format("the consumer reads up to offset {}", world.outside.history.delivered_end));
        }
    }
    return violation;
}

void PartitionWorld::act(StepContext& context, World& world, Action action) const {
    Node& node = world.node;
    Network& network = world.outside.network;
    if (disturbs(action)) --world.outside.budgets[static_cast<std::size_t>(action.kind)];
    switch (action.kind) {
        case ActionKind::disconnect: {
            Connection& connection = network.connections[action.a];
            const bool lost_answers = !connection.exchanges.empty();
            if (lost_answers) count(context.coverage, Occurrence::answer_lost);
            if (action.b < connection.requests.size()) count(context.coverage, Occurrence::request_lost);
            if (context.story != nullptr) {
                tell(context, fmt::format("the connection of producer {} breaks: {} of its {} unread requests still "
                                          "arrive, {} answers are lost",
                                          action.a, action.b, connection.requests.size(), connection.exchanges.size()));
            }
            if (action.b > 0) {
                Stray stray{action.a, connection.requests};
                stray.requests.truncate(action.b);
                network.add_stray(stray);
            }
            lose_connection(context, world, action.a);
            break;
        }
        case ActionKind::duplicate: {
            Connection& connection = network.connections[action.a];
            const std::uint8_t batch = connection.requests.front();
            Stray stray{action.a, {}};
            stray.requests.push_back(batch);
            network.add_stray(stray);
            connection.requests.erase(0);
            tell(context, "the network makes a copy of the next request");
            deliver(context, world, action.a, batch, true);
            break;
        }
        case ActionKind::overtake: {
            Connection& connection = network.connections[action.a];
            const std::uint8_t batch = connection.requests[1];
            connection.requests.erase(1);
            tell(context, "a request overtakes the one before it");
            deliver(context, world, action.a, batch, true);
            break;
        }
        case ActionKind::kill:
            if (node.disk.durable_batches < node.disk.log.size()) {
                count(context.coverage, Occurrence::kill_with_undurable_batches);
            }
            tell(context, "the broker's process is killed; what it wrote stays");
            node.stop(context, network);
            settle_after_stop(context, world);
            return;
        case ActionKind::power_loss: {
            std::size_t kept = node.disk.durable_batches + std::size_t{action.b};
            if (scope_.controls.disk_loses_durable && kept > 0 && action.b == 0) --kept;
            if (kept < node.disk.log.size()) {
                count(context.coverage, Occurrence::power_loss_took_batches);
                if (std::ranges::any_of(world.outside.history.acknowledged, [](std::uint8_t a) { return a != 0; })) {
                    count(context.coverage, Occurrence::power_loss_spared_acknowledged_batches);
                }
            }
            if (context.story != nullptr) {
                tell(context, fmt::format("power loss: {} of {} batches survive, {} were durable", kept,
                                          node.disk.log.size(), node.disk.durable_batches));
            }
            node.disk.cut_to_batches(kept);
            node.stop(context, network);
            settle_after_stop(context, world);
            return;
        }
        case ActionKind::append_failure:
            node.fail_append(context, network);
            break;
        case ActionKind::flush_failure:
            node.fail_flush(context, network);
            break;
        case ActionKind::request_timeout:
            node.reach_deadline(context, network);
            break;
        case ActionKind::epoch_bump:
            world.outside.producers[action.a].wants_new_epoch = true;
            if (context.story != nullptr) tell(context, fmt::format("producer {} wants a new epoch", action.a));
            send(context, world, action.a);
            break;
        case ActionKind::retention:
            node.retention(context, network);
            break;
        case ActionKind::deliver_request: {
            Connection& connection = network.connections[action.a];
            const std::uint8_t batch = connection.requests.front();
            connection.requests.erase(0);
            deliver(context, world, action.a, batch, true);
            break;
        }
        case ActionKind::deliver_stray: {
            const std::uint8_t producer = network.strays[action.b].producer;
            const std::uint8_t batch = network.take_from_stray(action.b);
            tell(context, "a request that was under way for long arrives");
            if (world.outside.producers[producer].status[batch] == BatchStatus::acknowledged) {
                count(context.coverage, Occurrence::stray_arrived_after_its_batch_was_acknowledged);
            }
            deliver(context, world, producer, batch, false);
            break;
        }
        case ActionKind::deliver_answer:
            deliver_answer(context, world, action.a);
            break;
        case ActionKind::notice_disconnect:
            if (context.story != nullptr)
                tell(context, fmt::format("producer {} notices that the broker is gone", action.a));
            if (!network.connections[action.a].exchanges.empty()) count(context.coverage, Occurrence::answer_lost);
            lose_connection(context, world, action.a);
            break;
        case ActionKind::complete_append:
            node.complete_append(context, network);
            break;
        case ActionKind::complete_flush:
            node.complete_flush(context, network);
            break;
        case ActionKind::restart:
            node.start(context, network);
            break;
    }
    // The machine may have ended the process.
    if (context.events.stopped) settle_after_stop(context, world);
}

void PartitionWorld::send(StepContext& context, World& world, std::uint8_t p) const {
    IdempotentProducer& producer = world.outside.producers[p];
    Connection& connection = world.outside.network.connections[p];
    const bool wanted_epoch = producer.wants_new_epoch;
    for (const std::uint8_t batch : producer.send(scope_)) {
        connection.requests.push_back(batch);
        if (context.story != nullptr) {
            tell(context,
                 fmt::format("producer {} sends {} (epoch {}, sequence {}, {} records)", p, to_text(BatchId{p, batch}),
                             producer.epoch_of(batch), producer.sequence_of(batch), BatchId{p, batch}.records()));
        }
    }
    if (wanted_epoch && !producer.wants_new_epoch) count(context.coverage, Occurrence::new_epoch_began);
}

void PartitionWorld::lose_connection(StepContext& context, World& world, std::uint8_t producer) const {
    world.outside.network.connections[producer] = Connection{};
    world.outside.producers[producer].disconnected();
    send(context, world, producer);
}

void PartitionWorld::deliver(StepContext& context, World& world, std::uint8_t producer, std::uint8_t batch,
                             bool connected) const {
    const IdempotentProducer& client = world.outside.producers[producer];
    world.outside.request_arrived = true;
    const BatchId id{producer, batch};
    if (context.story != nullptr) tell(context, fmt::format("the broker reads {}", to_text(id)));
    const auto stored = std::ranges::find(world.node.disk.log, id, &StoredBatch::id);
    if (stored != world.node.disk.log.end() && world.outside.history.acknowledged[id.number()] == 0) {
        count(context.coverage, Occurrence::retry_met_its_original_before_it_was_acknowledged);
    }
    world.node.receive(context, world.outside.network, id, client.epoch_of(batch), client.sequence_of(batch),
                       connected);
}

void PartitionWorld::deliver_answer(StepContext& context, World& world, std::uint8_t p) const {
    Connection& connection = world.outside.network.connections[p];
    const Exchange exchange = connection.exchanges.front();
    connection.exchanges.erase(0);
    IdempotentProducer& producer = world.outside.producers[p];
    if (context.story != nullptr) {
        tell(context,
             fmt::format("producer {} hears about {}: {}", p, to_text(exchange.request.batch), exchange.error()));
    }
    if (!producer.answered(scope_, exchange.request.batch.index, exchange.error())) {
        context.events.refused.push_back(exchange.request.batch);
        return;
    }
    if (connection.broken) {
        // It reads what is left of a connection that is gone; what it sends goes nowhere until it notices.
        if (connection.exchanges.empty()) lose_connection(context, world, p);
    } else {
        send(context, world, p);
    }
}

void PartitionWorld::settle_after_stop(StepContext& context, World& world) const {
    for (std::uint8_t p = 0; p < scope_.producers; ++p) {
        // Without an answer to read there is nothing to learn but that the connection is gone.
        if (world.outside.network.connections[p].exchanges.empty()) lose_connection(context, world, p);
    }
}

std::optional<Violation> PartitionWorld::judge_rest(const World& world) const {
    const auto violated = [](std::string facts) { return Violation{kRestProperty, std::move(facts)}; };
    const Disk& disk = world.node.disk;
    for (std::uint8_t p = 0; p < scope_.producers; ++p) {
        if (!world.outside.producers[p].is_done(scope_)) {
            return violated(fmt::format("nothing is under way, and producer {} has no answer to all its batches", p));
        }
    }
    if (!world.node.driver.pending.empty()) {
        return violated(fmt::format("nothing is under way, and {} has no answer",
                                    to_text(world.node.driver.pending.front().batch)));
    }
    if (disk.log_start == 0 && disk.log.size() != std::size_t{scope_.producers} * scope_.batches) {
        return violated(
            fmt::format("the log has {} batches, sent were {}", disk.log.size(), scope_.producers * scope_.batches));
    }
    if (world.outside.history.delivered_end != disk.end_offset()) {
        return violated(fmt::format("the log ends at {}, a consumer can read up to {}", disk.end_offset(),
                                    world.outside.history.delivered_end));
    }
    return std::nullopt;
}

std::uint64_t PartitionWorld::fingerprint(const World& world) const {
    std::uint64_t hash = XXH3_64bits(&world.node.driver, sizeof(Driver));
    hash = XXH3_64bits_withSeed(&world.node.disk, sizeof(Disk), hash);
    if (scope_.controls.fingerprint_omits_network) {
        World::Outside outside = world.outside;
        outside.network = Network{};
        hash = XXH3_64bits_withSeed(&outside, sizeof(World::Outside), hash);
    } else {
        hash = XXH3_64bits_withSeed(&world.outside, sizeof(World::Outside), hash);
    }
    if (world.node.replica) hash = mix_bits(hash ^ mix_bits(world.node.replica->hash()));
    const unsigned bits = scope_.controls.fingerprint_bits;
    return bits < 64 ? hash & ((std::uint64_t{1} << bits) - 1) : hash;
}

std::string print(const World& world, const Scope& scope) {
    static constexpr std::array<std::string_view, 4> kStatus = {"unsent", "in flight", "to retry", "acknowledged"};
    std::string text;
    const auto line = [&text](const std::string& l) { text += l + "\n"; };
    for (std::uint8_t p = 0; p < scope.producers; ++p) {
        std::vector<std::string> parts;
        for (std::uint8_t b = 0; b < scope.batches; ++b) {
            const auto status = static_cast<std::size_t>(world.outside.producers[p].status[b]);
            parts.push_back(fmt::format("{} {}", to_text(BatchId{p, b}), kStatus[status]));
        }
        const Connection& connection = world.outside.network.connections[p];
        line(fmt::format("producer {}: {}; {} requests and {} exchanges on its {} connection", p,
                         fmt::join(parts, ", "), connection.requests.size(), connection.exchanges.size(),
                         connection.broken ? "broken" : "open"));
    }
    for (const Stray& stray : world.outside.network.strays) {
        std::vector<std::string> parts;
        for (const std::uint8_t batch : stray.requests) parts.push_back(to_text(BatchId{stray.producer, batch}));
        line(fmt::format("stray: {}", fmt::join(parts, ", ")));
    }
    std::vector<std::string> log;
    for (std::size_t i = 0; i < world.node.disk.log.size(); ++i) {
        const StoredBatch& stored = world.node.disk.log[i];
        log.push_back(fmt::format("{}@{}{}", to_text(stored.id), stored.base_offset,
                                  i < world.node.disk.durable_batches ? "" : " (not durable)"));
    }
    line(fmt::format("log: [{}], {} effects wait, flush {}", fmt::join(log, ", "), world.node.driver.queue.size(),
                     world.node.driver.flush_under_way ? "under way" : "idle"));
    line(world.node.replica ? highwater::print(*world.node.replica) : "the broker is down");
    return text;
}

}  // namespace highwater::model
