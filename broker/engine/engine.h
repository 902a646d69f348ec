#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "broker/engine/engine_config.h"
#include "broker/engine/moment.h"
#include "broker/engine/outbox.h"
#include "core/base/ids.h"
#include "core/base/result.h"

namespace highwater::storage {
class FileSystem;
}

namespace highwater::engine {

class Node;

/// Where a connection came in, which decides the address that Metadata answers.
struct ConnectionInfo {
    std::string listener_name;
    /// "192.0.2.7:50122": for logs and quotas.
    std::string peer_address;
};

/// Why the node did not start. Nothing was changed unless the directory was empty.
struct StartError {
    enum class Kind : std::uint8_t {
        directory_in_use,  ///< another process holds the lock
        wrong_directory,   ///< meta.properties names another node or cluster, or can't be read
        corrupt_metadata,  ///< the metadata log does not replay
        storage,           ///< the file system refused something
        configuration,     ///< EngineConfig contradicts itself
    };
    Kind kind;
    /// One line for a person, naming the file or key.
    std::string message;
};

/// Chance that the engine uses (topic ids, session ids). A simulator passes a constant, the shell what the kernel gave.
using RandomSeed = std::array<std::uint64_t, 4>;

/// The node without I/O: bytes of requests in, bytes of replies and file operations out. One thread calls it. Nothing
/// here blocks but file system calls; fsync of produced data leaves as a FlushJob.
///
/// A turn of the event loop: any number of the entry points below, then end_of_turn once. Each entry point may call
/// the Outbox.
class Engine {
  public:
    /// Locks the log directories, recovers what they hold, formats empty ones. The file system and the outbox outlive
    /// the engine.
    static Result<std::unique_ptr<Engine>, StartError> start(EngineConfig config, storage::FileSystem& files,
                                                             Outbox& outbox, RandomSeed seed, Moment now);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    void connection_opened(ConnectionId connection, ConnectionInfo info);

    /// A whole request frame without its 4-byte length. `frame` must stay valid during the call only.
    /// Requires: the connection is open and was not asked to close.
    void frame_received(ConnectionId connection, std::span<const std::byte> frame, Moment now);

    /// The connection is gone, whoever closed it: what waits for it is dropped.
    void connection_closed(ConnectionId connection, Moment now);

    /// A job given to Outbox::start_flush is done.
    void flush_completed(const FlushResult& result, Moment now);

    /// A job given to Outbox::start_compaction is done.
    void compaction_completed(CompactionOutcome outcome, Moment now);

    /// The event loop has nothing more at hand: starts one group commit for all partitions that wait for one, unless
    /// one is under way.
    void end_of_turn(Moment now);

    /// When to call deadline_reached, if nothing else happens before. Ask after every turn.
    [[nodiscard]] std::optional<Time> next_deadline() const;

    /// The deadline has come. Harmless at any other time.
    void deadline_reached(Moment now);

    /// Clean stop: answers what can be answered, makes everything durable, writes the checkpoints and the
    /// clean-shutdown file. Only the destructor may follow. Without it the next start recovers as after a crash.
    /// Requires: the result of every flush job was handed in.
    void shutdown(Moment now);

    /// Identity as stored in meta.properties (the cluster id is made at the first start unless configured).
    [[nodiscard]] const std::string& cluster_id() const;

    [[nodiscard]] Node& node() { return *node_; }

  private:
    explicit Engine(std::unique_ptr<Node> node);
    std::unique_ptr<Node> node_;
};

}  // namespace highwater::engine
