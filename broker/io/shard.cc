#include "broker/io/shard.h"

#include <utility>

#include "broker/io/clock.h"
#include "broker/io/memory.h"

namespace highwater::io {

namespace {

engine::ConnectionId to_engine(transport::ConnectionId id) {
    return engine::ConnectionId{id.value()};
}
transport::ConnectionId to_transport(engine::ConnectionId id) {
    return transport::ConnectionId{id.value()};
}

transport::CloseReason to_transport(engine::CloseReason reason) {
    switch (reason) {
        case engine::CloseReason::malformed_request:
            return transport::CloseReason::malformed_request;
        case engine::CloseReason::unsupported_request:
            return transport::CloseReason::unsupported_request;
        case engine::CloseReason::failed_acks_0_produce:
            return transport::CloseReason::failed_acks_0_produce;
        case engine::CloseReason::no_reply_possible:
            return transport::CloseReason::no_reply_possible;
    }
    return transport::CloseReason::malformed_request;
}

/// Compaction can wait, requests can't: on a core that both want it gets about a tenth.
constexpr int kCompactionNice = 10;
constexpr std::chrono::seconds kHouseInterval{1};
/// Less than this in a second is no load.
constexpr std::uint64_t kQuietBytes = 4UL << 20;
constexpr std::size_t kKeptFreeMemory = 4UL << 20;

/// Clients come, go and fall silent all the time; what only a broken or hostile one does is worth a warning.
LogLevel level_of(transport::CloseReason reason) {
    switch (reason) {
        case transport::CloseReason::peer_closed:
        case transport::CloseReason::connection_lost:
        case transport::CloseReason::idle:
        case transport::CloseReason::shutdown:
            return LogLevel::debug;
        default:
            return LogLevel::warning;
    }
}

}  // namespace

Shard::Shard(transport::EventLoop& loop, const transport::Limits& limits, Log& log)
    : loop_(loop),
      log_(log),
      moment_{.time = loop.now(), .wall = wall_clock()},
      deadline_timer_(loop.make_timer([this] {
          armed_for_.reset();
          engine_->deadline_reached(now());
      })),
      house_timer_(loop.make_timer([this] { keep_house(); })),
      server_(loop, *this, limits) {}

Shard::~Shard() = default;

Result<transport::Endpoint, transport::SystemError> Shard::listen(const std::string& listener_name,
                                                                  const std::string& host, std::uint16_t port,
                                                                  const transport::ListenOptions& options) {
    return server_.listen(listener_name, host, port, options);
}

Result<void, engine::StartError> Shard::start_engine(engine::EngineConfig config, storage::FileSystem& files) {
    const auto keep_for_the_loop = [this](auto& kept) {
        return [this, &kept](auto result) {
            {
                const std::lock_guard lock(done_mutex_);
                kept.push_back(std::move(result));
            }
            loop_.post([this] { hand_in(); });
        };
    };
    flush_worker_ = std::make_unique<JobWorker<engine::FlushJob>>(keep_for_the_loop(flushed_));
    compaction_worker_ =
        std::make_unique<JobWorker<engine::CompactionJob>>(keep_for_the_loop(compacted_), kCompactionNice);
    moment_ = {.time = monotonic_clock(), .wall = wall_clock()};
    auto started = engine::Engine::start(std::move(config), files, *this, random_seed(), moment_);
    if (!started) return unexpected(std::move(started.error()));
    engine_ = std::move(*started);
    return {};
}

bool Shard::run() {
    loop_.post([] {});  // a first turn, so that the engine's deadline is armed
    loop_.run();
    shut_down();
    return !storage_failed_;
}

void Shard::shut_down() {
    in_shutdown_ = true;
    server_.stop_listening();
    compaction_worker_.reset();
    flush_worker_.reset();  // finishes what it was given
    moment_ = {.time = monotonic_clock(), .wall = wall_clock()};
    hand_in();
    if (!storage_failed_) engine_->shutdown(moment_);
    server_.close_all(transport::CloseReason::shutdown);
    log_counters();
}

void Shard::log_counters() {
    std::string closed;
    for (std::size_t i = 0; i < transport::kCloseReasons; ++i) {
        const auto reason = static_cast<transport::CloseReason>(i);
        if (const std::uint64_t count = server_.counters().closed.of(reason); count > 0)
            closed += fmt::format(" {}={}", name_of(reason), count);
    }
    log_.write(LogLevel::info, LogKind::node, "served {} requests of {} connections; closed:{}",
               server_.counters().frames, server_.counters().accepted, closed.empty() ? " none" : closed);
}

void Shard::hand_in() {
    for (;;) {
        std::vector<engine::FlushResult> flushed;
        std::vector<engine::CompactionOutcome> compacted;
        {
            const std::lock_guard lock(done_mutex_);
            flushed.swap(flushed_);
            compacted.swap(compacted_);
        }
        if (flushed.empty() && compacted.empty()) return;
        for (const engine::FlushResult& result : flushed) engine_->flush_completed(result, now());
        for (engine::CompactionOutcome& outcome : compacted) engine_->compaction_completed(std::move(outcome), now());
    }
}

engine::Moment Shard::now() {
    if (!in_shutdown_ && moment_.time != loop_.now()) moment_ = {.time = loop_.now(), .wall = wall_clock()};
    return moment_;
}

void Shard::arm_deadline() {
    const std::optional<Time> deadline = engine_->next_deadline();
    // A later deadline leaves the timer as it is: it fires early, and is armed again then. Moving it costs a system
    // call.
    if (!deadline || (armed_for_ && *armed_for_ <= *deadline)) return;
    armed_for_ = deadline;
    deadline_timer_->arm(*deadline);
}

void Shard::keep_house() {
    house_armed_ = false;
    const std::uint64_t bytes = server_.counters().bytes_in + server_.counters().bytes_out;
    const bool quiet = bytes - std::exchange(bytes_at_last_look_, bytes) < kQuietBytes;
    if (quiet) return release_free_memory(kKeptFreeMemory);
    house_armed_ = true;  // under load the freed memory is about to be used again
    house_timer_->arm(loop_.now() + kHouseInterval);
}

void Shard::opened(transport::ConnectionId connection, std::string_view listener_name,
                   const transport::Endpoint& peer) {
    engine_->connection_opened(to_engine(connection),
                               {.listener_name = std::string(listener_name), .peer_address = to_text(peer)});
}

void Shard::frame_received(transport::ConnectionId connection, std::span<const std::byte> frame) {
    if (!std::exchange(house_armed_, true)) house_timer_->arm(loop_.now() + kHouseInterval);
    engine_->frame_received(to_engine(connection), frame, now());
}

void Shard::closed(transport::ConnectionId connection, const transport::Endpoint& peer, transport::CloseReason reason,
                   std::string_view detail) {
    log_.write(level_of(reason), LogKind::connection, "connection from {} closed, {}: {}{}{}", to_text(peer),
               name_of(reason), sentence_of(reason), detail.empty() ? "" : "; ", detail);
    if (!in_shutdown_) engine_->connection_closed(to_engine(connection), now());
}

void Shard::refused(const transport::Endpoint& peer, transport::CloseReason reason) {
    log_.write(LogLevel::warning, LogKind::refused_connection, "connection from {} refused, {}: {}", to_text(peer),
               name_of(reason), sentence_of(reason));
}

void Shard::accept_failed(const transport::SystemError& error) {
    log_.write(
        LogLevel::warning, LogKind::accept,
        "no connection can be accepted at the moment: {}; raise the limit of open files, or lower max.connections",
        error.message);
}

void Shard::end_of_turn() {
    engine_->end_of_turn(now());
    arm_deadline();
}

void Shard::send(engine::ConnectionId connection, wire::OutputBuffer response) {
    server_.send(to_transport(connection), std::move(response));
}

void Shard::close(engine::ConnectionId connection, engine::CloseReason reason, std::string detail) {
    server_.close(to_transport(connection), to_transport(reason), std::move(detail));
}

void Shard::pause_reading(engine::ConnectionId connection) {
    server_.pause_reading(to_transport(connection));
}
void Shard::resume_reading(engine::ConnectionId connection) {
    server_.resume_reading(to_transport(connection));
}
void Shard::start_flush(engine::FlushJob job) {
    flush_worker_->start(std::move(job));
}
void Shard::start_compaction(engine::CompactionJob job) {
    compaction_worker_->start(std::move(job));
}

void Shard::compacted(std::string_view partition, const storage::CompactionResult& result) {
    log_.write(LogLevel::info, LogKind::node, "{} compacted up to offset {}: {} bytes from {}, {} records from {}",
               partition, result.clean_end, result.bytes_after, result.bytes_before, result.records_after,
               result.records_before);
}

void Shard::compaction_failed(std::string_view partition, std::string_view detail, bool is_damage) {
    log_.write(LogLevel::error, LogKind::node, "{} was not compacted: {}; {}", partition, detail,
               is_damage ? "it is left alone until the node starts again: restore the file, or delete the topic"
                         : "it is tried again: look at the space that is left");
}

void Shard::storage_failed(std::string_view directory, std::string_view detail, bool all_failed) {
    log_.write(
        LogLevel::error, LogKind::node,
        "the log directory {} failed and is not served any more: {}; look at the disk, then start the node again",
        directory, detail);
    if (!all_failed) return;
    storage_failed_ = true;
    loop_.stop();
}

void Shard::coordinator_unreadable(std::string_view topic, std::int32_t partition, std::string_view detail) {
    log_.write(
        LogLevel::error, LogKind::node,
        "requests that {}-{} coordinates are refused, since its log can't be read: {}; restore the file, or move it "
        "away to begin with nothing, and start the node again",
        topic, partition, detail);
}

}  // namespace highwater::io
