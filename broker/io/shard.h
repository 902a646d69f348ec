#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "broker/engine/engine.h"
#include "broker/io/job_worker.h"
#include "broker/io/log.h"
#include "net/transport/event_loop.h"
#include "net/transport/server.h"

namespace highwater::io {

/// One event loop and the engine it drives: sockets on one side, the workers for flushes and compaction on the other.
/// All of it but the workers runs on the thread that calls run().
class Shard final : private transport::Service, private engine::Outbox {
  public:
    Shard(transport::EventLoop& loop, const transport::Limits& limits, Log& log);
    ~Shard() override;
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    /// Binds; connections are accepted once run() runs.
    Result<transport::Endpoint, transport::SystemError> listen(const std::string& listener_name,
                                                               const std::string& host, std::uint16_t port,
                                                               const transport::ListenOptions& options);
    /// Requires: once, before run().
    Result<void, engine::StartError> start_engine(engine::EngineConfig config, storage::FileSystem& files);

    /// Serves until the loop is stopped, then stops cleanly: no new requests, what waits is answered, files are
    /// durable. False: it stopped by itself, since no log directory is left that works.
    bool run();
    /// The clean stop alone, for a node that never ran. Requires: the engine was started. Only the destructor may
    /// follow.
    void shut_down();

    [[nodiscard]] const engine::Engine& engine() const { return *engine_; }
    [[nodiscard]] const transport::ServerCounters& counters() const { return server_.counters(); }

  private:
    void opened(transport::ConnectionId connection, std::string_view listener_name,
                const transport::Endpoint& peer) override;
    void frame_received(transport::ConnectionId connection, std::span<const std::byte> frame) override;
    void closed(transport::ConnectionId connection, const transport::Endpoint& peer, transport::CloseReason reason,
                std::string_view detail) override;
    void refused(const transport::Endpoint& peer, transport::CloseReason reason) override;
    void accept_failed(const transport::SystemError& error) override;
    void end_of_turn() override;

    void send(engine::ConnectionId connection, wire::OutputBuffer response) override;
    void close(engine::ConnectionId connection, engine::CloseReason reason, std::string detail) override;
    void pause_reading(engine::ConnectionId connection) override;
    void resume_reading(engine::ConnectionId connection) override;
    void start_flush(engine::FlushJob job) override;
    void start_compaction(engine::CompactionJob job) override;
    void compacted(std::string_view partition, const storage::CompactionResult& result) override;
    void compaction_failed(std::string_view partition, std::string_view detail, bool is_damage) override;
    void storage_failed(std::string_view directory, std::string_view detail, bool all_failed) override;
    void coordinator_unreadable(std::string_view topic, std::int32_t partition, std::string_view detail) override;

    /// The clocks as of this turn.
    engine::Moment now();
    void arm_deadline();
    /// A second after traffic began, and every second while it lasts: gives memory back once there is little of it.
    void keep_house();
    /// The last line of the log: what was served, and how often each reason closed a connection.
    void log_counters();
    /// Gives what the workers did to the engine.
    void hand_in();

    transport::EventLoop& loop_;
    Log& log_;
    engine::Moment moment_;
    bool in_shutdown_ = false;
    bool storage_failed_ = false;
    std::unique_ptr<transport::Timer> deadline_timer_;
    std::optional<Time> armed_for_;
    std::unique_ptr<transport::Timer> house_timer_;
    bool house_armed_ = false;
    std::uint64_t bytes_at_last_look_ = 0;
    transport::Server server_;
    std::unique_ptr<engine::Engine> engine_;
    std::mutex done_mutex_;
    /// What the workers did and the engine has not heard of yet.
    std::vector<engine::FlushResult> flushed_;
    std::vector<engine::CompactionOutcome> compacted_;
    std::unique_ptr<JobWorker<engine::FlushJob>> flush_worker_;
    std::unique_ptr<JobWorker<engine::CompactionJob>> compaction_worker_;
};

}  // namespace highwater::io
