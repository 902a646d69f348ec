#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <climits>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/base/invariant.h"
#include "net/transport/event_loop.h"

// Asio is the reactor only: it says when a descriptor is ready. Reading and writing are plain system calls on the
// descriptor, so a waiting connection needs no buffer and one writev can carry many replies.

namespace highwater::transport {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

Endpoint endpoint_of(const tcp::endpoint& endpoint) {
    asio::ip::address address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return {address.to_string(), endpoint.port()};
}

class AsioLoop;

/// What the handlers that Asio still holds may touch after the stream is gone.
struct StreamState {
    StreamState(tcp::socket connected, AsioLoop& owner) : socket(std::move(connected)), loop(owner) {}
    tcp::socket socket;
    AsioLoop& loop;
    StreamEvents* events = nullptr;
    bool waits_readable = false;
    bool waits_writable = false;
};

class AsioStream final : public Stream {
  public:
    AsioStream(tcp::socket socket, AsioLoop& loop, Endpoint peer)
        : state_(std::make_shared<StreamState>(std::move(socket), loop)), peer_(std::move(peer)) {}
    ~AsioStream() override {
        state_->events = nullptr;
        error_code ignored;
        state_->socket.close(ignored);
    }

    void attach(StreamEvents& events) override { state_->events = &events; }
    void wait_readable() override;
    void wait_writable() override;

    Transfer read(std::span<std::byte> into) override {
        for (;;) {
            const ssize_t got = ::recv(state_->socket.native_handle(), into.data(), into.size(), 0);
            if (got > 0) return {Transfer::Status::ok, static_cast<std::size_t>(got)};
            if (got == 0) return {Transfer::Status::ended, 0};
            if (errno != EINTR) return failed();
        }
    }

    Transfer write(std::span<const std::span<const std::byte>> pieces) override {
        std::array<iovec, kMaxPieces> parts;
        const std::size_t count = std::min(pieces.size(), parts.size());
        for (std::size_t i = 0; i < count; ++i) parts[i] = {const_cast<std::byte*>(pieces[i].data()), pieces[i].size()};
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = count;
        for (;;) {
            const ssize_t sent = ::sendmsg(state_->socket.native_handle(), &message, MSG_NOSIGNAL);
            if (sent >= 0) return {Transfer::Status::ok, static_cast<std::size_t>(sent)};
            if (errno != EINTR) return failed();
        }
    }

    [[nodiscard]] const Endpoint& peer() const override { return peer_; }

  private:
    static constexpr std::size_t kMaxPieces = 64;

    static Transfer failed() {
        const bool later = errno == EAGAIN || errno == EWOULDBLOCK;
        return {later ? Transfer::Status::would_block : Transfer::Status::failed, 0};
    }

    std::shared_ptr<StreamState> state_;
    Endpoint peer_;
};

class AsioLoop final : public EventLoop {
  public:
    [[nodiscard]] Time now() const override { return now_; }

    void post(Task task) override {
        asio::post(context_, [this, task = std::move(task)]() mutable {
            in_turn();
            task();
        });
    }
    void stop() override {
        asio::post(context_, [this] { context_.stop(); });
    }

    std::unique_ptr<Timer> make_timer(Task fired) override;
    Result<std::unique_ptr<Listener>, SystemError> listen(const std::string& host, std::uint16_t port,
                                                          const ListenOptions& options,
                                                          ListenerEvents& events) override;
    void at_end_of_turn(Task hook) override { end_of_turn_ = std::move(hook); }

    void run() override {
        const auto keep_running = asio::make_work_guard(context_);
        context_.restart();
        context_.run();
    }
    bool run_ready() override {
        context_.restart();
        return context_.poll() > 0;
    }

    /// Every handler calls this first. The first of a turn queues the turn's end behind all that is ready: Asio asks
    /// epoll once more, without waiting, between the two, and what that finds belongs to the next turn.
    void in_turn() {
        if (turn_open_) return;
        turn_open_ = true;
        read_clock();
        asio::post(context_, [this] {
            turn_open_ = false;
            if (end_of_turn_) end_of_turn_();
        });
    }

    asio::io_context& context() { return context_; }

  private:
    void read_clock() {
        now_ = Time{std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds{1}};
    }

    asio::io_context context_{1};
    Task end_of_turn_;
    Time now_{std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds{1}};
    bool turn_open_ = false;
};

void AsioStream::wait_readable() {
    if (std::exchange(state_->waits_readable, true)) return;
    state_->socket.async_wait(tcp::socket::wait_read, [state = state_](const error_code&) {
        state->waits_readable = false;
        if (state->events == nullptr) return;
        state->loop.in_turn();
        state->events->readable();
    });
}

void AsioStream::wait_writable() {
    if (std::exchange(state_->waits_writable, true)) return;
    state_->socket.async_wait(tcp::socket::wait_write, [state = state_](const error_code&) {
        state->waits_writable = false;
        if (state->events == nullptr) return;
        state->loop.in_turn();
        state->events->writable();
    });
}

class AsioTimer final : public Timer {
  public:
    AsioTimer(AsioLoop& loop, EventLoop::Task fired)
        : state_(std::make_shared<State>(State{loop, asio::steady_timer(loop.context()), std::move(fired)})) {}
    ~AsioTimer() override {
        state_->fired = nullptr;
        state_->timer.cancel();
    }
    void arm(Time deadline) override {
        state_->timer.expires_at(std::chrono::steady_clock::time_point{Duration{deadline.value()}});
        state_->timer.async_wait([state = state_](const error_code& error) {
            if (error || !state->fired) return;
            state->loop.in_turn();
            state->fired();
        });
    }
    void cancel() override { state_->timer.cancel(); }

  private:
    struct State {
        AsioLoop& loop;
        asio::steady_timer timer;
        EventLoop::Task fired;
    };
    std::shared_ptr<State> state_;
};

std::unique_ptr<Timer> AsioLoop::make_timer(Task fired) {
    return std::make_unique<AsioTimer>(*this, std::move(fired));
}

class AsioListener final : public Listener {
  public:
    AsioListener(AsioLoop& loop, tcp::acceptor acceptor, Endpoint endpoint, const ListenOptions& options,
                 ListenerEvents& events)
        : state_(std::make_shared<State>(
              State{loop, std::move(acceptor), asio::steady_timer(loop.context()), options, &events})),
          endpoint_(std::move(endpoint)) {
        wait(state_);
    }
    ~AsioListener() override {
        state_->events = nullptr;
        error_code ignored;
        state_->acceptor.close(ignored);
        state_->pause.cancel();
    }
    [[nodiscard]] const Endpoint& endpoint() const override { return endpoint_; }

  private:
    struct State {
        AsioLoop& loop;
        tcp::acceptor acceptor;
        asio::steady_timer pause;
        ListenOptions options;
        ListenerEvents* events;
    };

    static void wait(const std::shared_ptr<State>& state) {
        state->acceptor.async_wait(tcp::acceptor::wait_read, [state](const error_code& error) {
            if (error || state->events == nullptr) return;
            state->loop.in_turn();
            accept_some(state);
        });
    }

    static void accept_some(const std::shared_ptr<State>& state) {
        for (std::int32_t i = 0; i < state->options.accepts_per_turn; ++i) {
            error_code error;
            tcp::endpoint peer;
            tcp::socket socket = state->acceptor.accept(peer, error);
            if (error == asio::error::would_block || error == asio::error::try_again) break;
            if (error == asio::error::connection_aborted || error == asio::error::interrupted) continue;
            if (error) {
                // Out of descriptors or memory: the connection stays in the system's queue.
                state->events->accept_failed({error.message(), error.value()});
                if (state->events == nullptr) return;
                state->pause.expires_after(state->options.pause_after_failure);
                state->pause.async_wait([state](const error_code& cancelled) {
                    if (!cancelled && state->events != nullptr) wait(state);
                });
                return;
            }
            error_code ignored;
            socket.non_blocking(true, ignored);
            socket.native_non_blocking(true, ignored);
            socket.set_option(tcp::no_delay(true), ignored);
            state->events->accepted(std::make_unique<AsioStream>(std::move(socket), state->loop, endpoint_of(peer)));
            if (state->events == nullptr) return;
        }
        wait(state);
    }

    std::shared_ptr<State> state_;
    Endpoint endpoint_;
};

Result<std::unique_ptr<Listener>, SystemError> AsioLoop::listen(const std::string& host, std::uint16_t port,
                                                                const ListenOptions& options, ListenerEvents& events) {
    error_code error;
    const auto refused = [&](std::string_view what) {
        return unexpected(SystemError{
            fmt::format("{} {}: {}", what, to_text(Endpoint{host.empty() ? "*" : host, port}), error.message()),
            error.value()});
    };
    tcp::endpoint where;
    if (host.empty()) {
        where = {tcp::v6(), port};
    } else if (const auto address = asio::ip::make_address(host, error); !error) {
        where = {address, port};
    } else {
        tcp::resolver resolver(context_);
        const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, error);
        if (error || found.empty()) return refused("cannot find the address of");
        where = found.begin()->endpoint();
    }
    tcp::acceptor acceptor(context_);
    acceptor.open(where.protocol(), error);
    if (error && host.empty()) {  // a machine without IPv6
        where = {tcp::v4(), port};
        acceptor.open(where.protocol(), error);
    }
    if (error) return refused("cannot open a socket for");
    acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (host.empty() && where.address().is_v6()) acceptor.set_option(asio::ip::v6_only(false), error);
    // Accepted sockets inherit the sizes; set before listen so that the window is negotiated for them.
    if (options.send_buffer_bytes > 0)
        acceptor.set_option(asio::socket_base::send_buffer_size(options.send_buffer_bytes), error);
    if (options.receive_buffer_bytes > 0)
        acceptor.set_option(asio::socket_base::receive_buffer_size(options.receive_buffer_bytes), error);
    acceptor.bind(where, error);
    if (error) return refused("cannot listen on");
    acceptor.listen(options.backlog, error);
    if (error) return refused("cannot listen on");
    acceptor.non_blocking(true, error);
    if (error) return refused("cannot listen on");
    Endpoint endpoint = endpoint_of(acceptor.local_endpoint(error));
    if (error) return refused("cannot listen on");
    return std::make_unique<AsioListener>(*this, std::move(acceptor), std::move(endpoint), options, events);
}

}  // namespace

std::string to_text(const Endpoint& endpoint) {
    if (endpoint.address.find(':') != std::string::npos) return fmt::format("[{}]:{}", endpoint.address, endpoint.port);
    return fmt::format("{}:{}", endpoint.address, endpoint.port);
}

std::unique_ptr<EventLoop> make_asio_event_loop() {
    return std::make_unique<AsioLoop>();
}

}  // namespace highwater::transport
