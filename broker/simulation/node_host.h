#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "broker/engine/engine.h"
#include "broker/simulation/world.h"
#include "broker/storage/simulated_file_system.h"

namespace highwater::simulation {

/// What talks to the node over its network.
class Clients {
  public:
    virtual ~Clients() = default;
    /// A whole response frame, behind its length.
    virtual void heard(std::uint64_t connection, std::span<const std::byte> frame) = 0;
    virtual void node_started() = 0;
    /// It is down; what it had sent may still arrive.
    virtual void node_stopped() = 0;
};

/// The node's machine: the engine on a simulated disk, its network, and what stops it. As the shell of the broker does,
/// it runs flushes, feeds deadlines, and restarts the process.
class NodeHost final : private engine::Outbox {
  public:
    NodeHost(World& world, Clients& clients) : world_(world), clients_(clients) {}

    void start();
    /// Stops come from now on, and after each one a start.
    void schedule_stops();
    /// After every event: the end of the event loop's turn.
    void turn();
    /// Stops cleanly, if it runs, and starts once more.
    void restart_cleanly();

    [[nodiscard]] bool is_up() const { return engine_ != nullptr; }
    [[nodiscard]] engine::Engine& engine() { return *engine_; }

    /// Requires: is_up().
    std::uint64_t connect();
    void disconnect(std::uint64_t connection);
    [[nodiscard]] bool is_open(std::uint64_t connection) const { return engine_ && open_.contains(connection); }
    /// A frame with its length on its way: frames of one connection arrive in order, or with the node's stop not at
    /// all.
    void send(std::uint64_t connection, std::vector<std::byte> frame);
    /// A request that the node answers at once, without network and time. Empty: it did not.
    std::vector<std::byte> ask(std::uint64_t connection, std::span<const std::byte> frame);

  private:
    void stop();
    void shut_down();
    void gone();
    void trace_logs();

    void send(engine::ConnectionId connection, wire::OutputBuffer response) override;
    void close(engine::ConnectionId connection, engine::CloseReason reason, std::string detail) override;
    void pause_reading(engine::ConnectionId) override {}
    void resume_reading(engine::ConnectionId) override {}
    void storage_failed(std::string_view, std::string_view, bool) override { storage_failed_ = true; }
    void coordinator_unreadable(std::string_view, std::int32_t, std::string_view) override {}
    void start_flush(engine::FlushJob job) override;
    void start_compaction(engine::CompactionJob job) override;
    void compacted(std::string_view, const storage::CompactionResult&) override {}
    void compaction_failed(std::string_view, std::string_view, bool) override {}

    World& world_;
    Clients& clients_;
    storage::SimulatedFileSystem files_;
    std::unique_ptr<engine::Engine> engine_;
    std::uint64_t incarnation_ = 0;
    std::optional<engine::FlushJob> flush_;
    std::optional<Time> armed_;
    bool storage_failed_ = false;
    std::set<std::uint64_t> open_;
    std::uint64_t last_connection_ = 0;
    std::vector<std::byte>* asked_ = nullptr;
    std::unordered_map<std::uint64_t, Time> last_arrival_;
    std::unordered_map<std::uint64_t, Time> last_departure_;
};

}  // namespace highwater::simulation
