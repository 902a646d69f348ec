#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/strong_type.h"
#include "net/transport/close_reason.h"
#include "net/transport/event_loop.h"
#include "net/transport/limits.h"
#include "net/wire/output_buffer.h"

namespace highwater::transport {

class Connection;

/// Names a connection for as long as the server lives; never reused, never 0.
struct ConnectionId : StrongType<ConnectionId, std::uint64_t> {
    using StrongType::StrongType;
};

/// What takes the frames. Calls come on the loop's thread, never from inside a call to Server.
class Service {
  public:
    virtual ~Service() = default;
    virtual void opened(ConnectionId connection, std::string_view listener_name, const Endpoint& peer) = 0;
    /// A whole frame without its length field, valid during the call. Not called after close or pause_reading.
    virtual void frame_received(ConnectionId connection, std::span<const std::byte> frame) = 0;
    /// Once for each opened connection. `detail` is for the log: printable.
    virtual void closed(ConnectionId connection, const Endpoint& peer, CloseReason reason, std::string_view detail) = 0;
    /// A connection that was closed instead of opened, or could not be accepted.
    virtual void refused(const Endpoint& peer, CloseReason reason) = 0;
    virtual void accept_failed(const SystemError& error) = 0;
    /// All that was ready has been read. What is sent from inside this call still leaves in this turn.
    virtual void end_of_turn() = 0;
};

/// What a server did so far.
struct ServerCounters {
    std::uint64_t accepted = 0;
    std::uint64_t frames = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::uint64_t reads = 0;   ///< system calls
    std::uint64_t writes = 0;  ///< system calls
    CloseCounters closed;
};

/// Listeners and their connections on one loop: cuts what arrives into frames, writes what is sent, once per connection
/// and turn, and holds every peer to the limits.
class Server {
  public:
    /// Requires: the loop and the service outlive the server. Takes over the loop's end-of-turn hook.
    Server(EventLoop& loop, Service& service, const Limits& limits);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Accepts connections from now on.
    Result<Endpoint, SystemError> listen(std::string listener_name, const std::string& host, std::uint16_t port,
                                         const ListenOptions& options);
    void stop_listening();

    /// Queues a whole frame, length field included. Dropped when the connection is gone.
    void send(ConnectionId connection, wire::OutputBuffer frame);
    /// Closes after what was sent has left; reads nothing more.
    void close(ConnectionId connection, CloseReason reason, std::string detail);
    void pause_reading(ConnectionId connection);
    void resume_reading(ConnectionId connection);

    /// Sends what the system takes at once, then closes every connection.
    void close_all(CloseReason reason);

    /// Enforces the time limits as of `now` and frees unused buffers. The server calls it twice a second while there
    /// are connections; tests call it with a time of their own.
    void sweep(Time now);

    [[nodiscard]] std::size_t connections() const { return connections_.size(); }
    [[nodiscard]] const ServerCounters& counters() const { return counters_; }
    /// Bytes of receive buffers and unsent replies, all connections together.
    [[nodiscard]] std::size_t buffered_bytes() const;

  private:
    friend class Connection;
    class Port;
    static constexpr std::chrono::milliseconds kSweepInterval{500};

    void accepted(std::string_view listener_name, std::unique_ptr<Stream> stream);
    void end_of_turn();
    /// Writes what was queued and lets go of the dead, until neither is left.
    void settle();
    Connection* find(ConnectionId id);
    void needs_flush(Connection& connection);
    void needs_read(Connection& connection);
    void is_dead(Connection& connection);

    EventLoop& loop_;
    Service& service_;
    Limits limits_;
    std::vector<std::unique_ptr<Port>> ports_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
    std::unordered_map<std::string, std::int32_t> per_address_;
    std::vector<ConnectionId> to_flush_;
    std::vector<ConnectionId> to_read_;
    std::vector<ConnectionId> dead_;
    std::unique_ptr<Timer> sweep_timer_;
    bool sweep_armed_ = false;
    std::uint64_t last_id_ = 0;
    ServerCounters counters_;
};

}  // namespace highwater::transport
