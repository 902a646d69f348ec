#include "broker/simulation/node_host.h"

#include <algorithm>
#include <utility>

#include "broker/engine/node.h"

namespace highwater::simulation {

void NodeHost::start() {
    engine::EngineConfig config;
    config.log_dirs = {"/data"};
    config.advertised_listeners = {{.name = "PLAINTEXT", .host = "node", .port = 9092, .security_protocol = 0}};
    config.flush_mode = world_.scenario().flush_mode;
    config.topic_defaults.segment_bytes = 1 << 16;
    config.topic_defaults.segment_index_bytes = 1 << 12;
    ++incarnation_;
    world_.trace("the node starts for the {}. time", incarnation_);
    auto started =
        engine::Engine::start(config, files_, *this, {world_.scenario().seed, incarnation_, 3, 4}, world_.now());
    if (!started) return world_.violated("Starts", started.error().message);
    engine_ = *std::move(started);
    if (world_.is_traced()) trace_logs();
    clients_.node_started();
}

void NodeHost::schedule_stops() {
    world_.in(world_.delay(microseconds{1000}, 2 * world_.scenario().mean_time_between_stops), [this] {
        stop();
        schedule_stops();
    });
}

void NodeHost::stop() {
    if (!engine_) return;
    const Scenario& scenario = world_.scenario();
    const int total = scenario.clean_stop_weight + scenario.process_kill_weight + scenario.power_loss_weight +
                      scenario.sync_failure_weight;
    if (total == 0) return;
    int drawn = static_cast<int>(world_.up_to(static_cast<std::uint64_t>(total - 1)));
    ++world_.outcome().stops;
    world_.note(static_cast<std::uint64_t>(drawn));
    if ((drawn -= scenario.clean_stop_weight) < 0) {
        world_.trace("clean stop");
        shut_down();
        return gone();
    }
    if ((drawn -= scenario.process_kill_weight) < 0) {
        world_.trace("process kill");
        files_.crash(storage::CrashKind::process_kill, storage::keep_nothing());
        return gone();
    }
    if ((drawn -= scenario.power_loss_weight) < 0) {
        ++world_.outcome().power_losses;
        world_.trace("power loss");
        files_.crash(storage::CrashKind::power_loss, storage::seeded_choice(world_.up_to(~0ULL - 1)));
        return gone();
    }
    world_.trace("syncs fail from here on");
    files_.fail_matching("sync", ".log", EIO);
}

void NodeHost::gone() {
    engine_.reset();
    flush_.reset();
    armed_.reset();
    storage_failed_ = false;
    files_.heal();
    open_.clear();
    last_departure_.clear();
    clients_.node_stopped();
    world_.in(world_.delay(microseconds{100}, milliseconds{300}), [this] { start(); });
}

/// The flush under way first, then the engine.
void NodeHost::shut_down() {
    if (flush_) {
        const engine::FlushJob job = *std::exchange(flush_, std::nullopt);
        engine_->flush_completed(job.run(), world_.now());
    }
    engine_->shutdown(world_.now());
}

void NodeHost::restart_cleanly() {
    if (engine_) {
        shut_down();
        engine_.reset();
    }
    files_.heal();
    open_.clear();
    start();
}

void NodeHost::turn() {
    if (!engine_) return;
    const engine::Moment now = world_.now();
    while (const auto due = engine_->next_deadline()) {
        if (*due > now.time) break;
        engine_->deadline_reached(now);
    }
    engine_->end_of_turn(now);
    if (storage_failed_) {
        // The process stops, and the machine is restarted before it starts again: after a failed sync the page cache
        // says what the disk does not have (fsyncgate).
        files_.crash(storage::CrashKind::power_loss, storage::seeded_choice(world_.up_to(~0ULL - 1)));
        return gone();
    }
    if (const auto due = engine_->next_deadline()) {
        if (!armed_ || *due < *armed_ || *armed_ <= now.time) {
            armed_ = *due;
            world_.at(*due, [this, incarnation = incarnation_] {
                if (engine_ && incarnation == incarnation_) engine_->deadline_reached(world_.now());
            });
        }
    }
}

std::uint64_t NodeHost::connect() {
    const std::uint64_t connection = ++last_connection_;
    open_.insert(connection);
    engine_->connection_opened(engine::ConnectionId{connection},
                               {.listener_name = "PLAINTEXT", .peer_address = "client"});
    return connection;
}

void NodeHost::disconnect(std::uint64_t connection) {
    last_departure_.erase(connection);
    last_arrival_.erase(connection);
    if (open_.erase(connection) > 0 && engine_) {
        engine_->connection_closed(engine::ConnectionId{connection}, world_.now());
    }
}

void NodeHost::send(std::uint64_t connection, std::vector<std::byte> frame) {
    Time& last = last_departure_[connection];
    last = std::max(last, world_.now().time + world_.delay(microseconds{50}, milliseconds{5}));
    auto bytes = std::make_shared<const std::vector<std::byte>>(std::move(frame));
    world_.at(last, [this, connection, bytes, incarnation = incarnation_] {
        if (incarnation != incarnation_ || !is_open(connection)) return;
        ++world_.outcome().requests;
        world_.note_frame(connection, *bytes);
        engine_->frame_received(engine::ConnectionId{connection}, std::span(*bytes).subspan(4), world_.now());
    });
}

std::vector<std::byte> NodeHost::ask(std::uint64_t connection, std::span<const std::byte> frame) {
    std::vector<std::byte> answer;
    asked_ = &answer;
    engine_->frame_received(engine::ConnectionId{connection}, frame.subspan(4), world_.now());
    asked_ = nullptr;
    return answer;
}

void NodeHost::send(engine::ConnectionId connection, wire::OutputBuffer response) {
    if (asked_ != nullptr) {
        *asked_ = response.to_vector();
        return;
    }
    Time& last = last_arrival_[connection.value()];
    last = std::max(last, world_.now().time + world_.delay(microseconds{50}, milliseconds{5}));
    auto bytes = std::make_shared<const std::vector<std::byte>>(response.to_vector());
    world_.at(last, [this, connection, bytes] {
        ++world_.outcome().responses;
        world_.note_frame(connection.value(), *bytes);
        clients_.heard(connection.value(), std::span(*bytes).subspan(4));
    });
}

void NodeHost::close(engine::ConnectionId connection, engine::CloseReason, std::string detail) {
    world_.violated("AnswersInOrder", fmt::format("connection {} was closed: {}", connection, detail));
}

void NodeHost::start_flush(engine::FlushJob job) {
    flush_ = std::move(job);
    world_.in(world_.delay(microseconds{200}, milliseconds{15}), [this, incarnation = incarnation_] {
        if (!engine_ || incarnation != incarnation_ || !flush_) return;
        const engine::FlushJob done = *std::exchange(flush_, std::nullopt);
        engine_->flush_completed(done.run(), world_.now());
    });
}

void NodeHost::start_compaction(engine::CompactionJob job) {
    world_.in(world_.delay(milliseconds{1}, milliseconds{100}), [this, incarnation = incarnation_, job] {
        if (!engine_ || incarnation != incarnation_) return;
        engine_->compaction_completed(job.run(), world_.now());
    });
}

void NodeHost::trace_logs() {
    for (const auto& [name, topic] : engine_->node().topics().by_name()) {
        for (const auto& partition : topic.partitions) {
            const ReplicaLog& log = partition->replica().log();
            world_.trace("partition {}: [{}, {})", partition->identity().name.partition, log.start_offset(),
                         log.end_offset());
            if (partition->log() != nullptr) {
                const Offset from{std::max(log.start_offset().value(), log.end_offset().value() - 25)};
                static_cast<void>(partition->log()->replay(
                    from, [&](const BatchFacts& batch) { world_.trace("  {}", highwater::print(batch)); }));
            }
            for (const ProducerState& producer : log.producers()) {
                world_.trace("  knows {}", highwater::print(producer));
            }
        }
    }
}

}  // namespace highwater::simulation
