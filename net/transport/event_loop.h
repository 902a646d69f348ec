#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"

namespace highwater::transport {

/// An IP address in text form and a port.
struct Endpoint {
    std::string address;
    std::uint16_t port = 0;
    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// "192.0.2.7:9092", "[2001:db8::1]:9092".
std::string to_text(const Endpoint& endpoint);

/// Why the operating system refused something: one line for a person, and its errno.
struct SystemError {
    std::string message;
    int number = 0;
};

/// What one attempt to move bytes did. Neither call ever waits.
struct Transfer {
    enum class Status : std::uint8_t {
        ok,           ///< `bytes` were moved, at least one
        would_block,  ///< nothing at the moment; wait_readable or wait_writable tells when
        ended,        ///< the peer sends no more (reads only)
        failed,       ///< the connection is broken
    };
    Status status = Status::would_block;
    std::size_t bytes = 0;
};

/// Told when a stream is ready. Called by the loop, on its thread.
class StreamEvents {
  public:
    virtual ~StreamEvents() = default;
    virtual void readable() = 0;
    virtual void writable() = 0;
};

/// One connection as two byte streams. Destruction closes it at once; no event follows. Readiness instead of
/// completion, so that a connection which waits holds no buffer.
class Stream {
  public:
    virtual ~Stream() = default;

    /// Requires: `events` outlives the stream.
    virtual void attach(StreamEvents& events) = 0;
    /// Asks for one readable(), also when the peer ended or reset the connection. Asking again before it came is
    /// harmless.
    virtual void wait_readable() = 0;
    virtual void wait_writable() = 0;

    virtual Transfer read(std::span<std::byte> into) = 0;
    /// Takes from the pieces in order, as one system call. Pieces beyond the system's limit are left for the next.
    virtual Transfer write(std::span<const std::span<const std::byte>> pieces) = 0;

    [[nodiscard]] virtual const Endpoint& peer() const = 0;
};

/// Accepts connections until it is destroyed.
class Listener {
  public:
    virtual ~Listener() = default;
    /// Where it really listens: the port that the system chose if 0 was asked for.
    [[nodiscard]] virtual const Endpoint& endpoint() const = 0;
};

/// Told about new connections. Called by the loop, on its thread.
class ListenerEvents {
  public:
    virtual ~ListenerEvents() = default;
    virtual void accepted(std::unique_ptr<Stream> stream) = 0;
    /// The system can't give a descriptor now; accepting goes on after a pause.
    virtual void accept_failed(const SystemError& error) = 0;
};

struct ListenOptions {
    std::int32_t backlog = 128;          ///< connections the system queues
    std::int32_t accepts_per_turn = 64;  ///< so that a flood of connects leaves time for those who are in
    Duration pause_after_failure = std::chrono::milliseconds{100};
    std::int32_t send_buffer_bytes = -1;  ///< -1: what the system thinks best
    std::int32_t receive_buffer_bytes = -1;
};

/// A deadline that can be moved. Destruction cancels it.
class Timer {
  public:
    virtual ~Timer() = default;
    /// Fires once, not before `deadline`; replaces what was armed.
    virtual void arm(Time deadline) = 0;
    virtual void cancel() = 0;
};

/// One thread's source of everything that happens: the only interface through which the shell waits. Asio stands
/// behind it in production (make_asio_event_loop); a simulated or an io_uring one can take its place.
///
/// Callbacks run in turns: all that is ready, then the end-of-turn hook, which does in one go what the callbacks asked
/// for (one commit for all partitions, one write per connection). Only post and stop may be called by other threads.
class EventLoop {
  public:
    using Task = std::move_only_function<void()>;

    virtual ~EventLoop() = default;

    /// The monotonic clock as of the start of this turn.
    [[nodiscard]] virtual Time now() const = 0;
    /// Runs `task` on the loop's thread, soon.
    virtual void post(Task task) = 0;
    /// Stops run() after the present turn.
    virtual void stop() = 0;

    virtual std::unique_ptr<Timer> make_timer(Task fired) = 0;
    /// `host`: a name, an address, or empty for every address of the machine. Port 0: the system chooses.
    /// Requires: `events` outlives the listener.
    virtual Result<std::unique_ptr<Listener>, SystemError> listen(const std::string& host, std::uint16_t port,
                                                                  const ListenOptions& options,
                                                                  ListenerEvents& events) = 0;

    virtual void at_end_of_turn(Task hook) = 0;

    /// Turns until stop().
    virtual void run() = 0;
    /// One turn with what is ready now, without waiting. False: nothing was.
    virtual bool run_ready() = 0;
};

/// The loop on Boost.Asio (epoll on Linux). nullptr never.
std::unique_ptr<EventLoop> make_asio_event_loop();

}  // namespace highwater::transport
