// One thread, one epoll. Requests are templates (request_template.h): small ones are copied into the connection's
// outgoing buffer and leave in one send, large ones leave by writev from the shared template, without a copy.

#include "broker/bench/generator.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <memory>
#include <random>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "broker/bench/fsync_probe.h"
#include "broker/bench/process_cpu.h"
#include "broker/bench/request_template.h"

namespace highwater::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kCopiedUpTo = 20 * 1024;
constexpr std::size_t kReplyHead = 128;  // of a reply, what is looked at

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

class Socket {
  public:
    explicit Socket(int descriptor) : descriptor_(descriptor) {}
    Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~Socket() {
        if (descriptor_ >= 0) {
            close(descriptor_);
        }
    }
    int get() const { return descriptor_; }

  private:
    int descriptor_;
};

std::optional<Socket> try_connect(std::uint16_t port) {
    Socket result(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(result.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return std::nullopt;
    }
    const int on = 1;
    setsockopt(result.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return result;
}

Socket connect_to(std::uint16_t port) {
    auto connected = try_connect(port);
    if (!connected) {
        fail("connecting");
    }
    return std::move(*connected);
}

void send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0) {
            fail("sending");
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string receive_exactly(int socket, std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t got = 0; got < size;) {
        const ssize_t part = recv(socket, bytes.data() + got, size - got, 0);
        if (part < 0) {
            fail("receiving");
        }
        if (part == 0) {
            throw std::runtime_error("the broker closed the connection");
        }
        got += static_cast<std::size_t>(part);
    }
    return bytes;
}

/// One request and its reply with its length in front, blocking.
std::string ask(int socket, std::string_view request) {
    send_all(socket, request);
    std::string reply = receive_exactly(socket, 4);
    return reply + receive_exactly(socket, static_cast<std::size_t>(read_int32(reply.data())));
}

ProduceShape shape_of(const Load& load, std::int32_t partition) {
    return {.topic = load.topic,
            .partition = partition,
            .acks = load.acks,
            .records = load.records,
            .record_bytes = load.record_bytes};
}

struct Connection {
    explicit Connection(Socket connected) : socket(std::move(connected)) {}

    Socket socket;
    const RequestTemplate* request = nullptr;
    std::optional<RequestTemplate> own_request;  // idempotent: one producer id for each connection

    std::int32_t next_correlation = 0;
    std::int32_t expected_correlation = 0;
    std::int32_t next_sequence = 0;
    std::int64_t next_offset = 0;

    std::deque<Clock::time_point> intended;  // of requests sent and not answered
    std::string out;                         // copied requests that the socket has not taken
    std::size_t out_sent = 0;
    std::string head;  // of the large request being sent
    std::size_t large_sent = 0;
    int large_waiting = 0;  // large requests to send, the one being sent included
    bool wants_write = false;

    std::array<char, kReplyHead> reply{};
    std::size_t reply_size = 0;  // of the bytes in `reply`
    std::size_t skip = 0;        // bytes of the present reply that nobody looks at
};

class Generator {
  public:
    explicit Generator(const Load& load) : load_(load), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
        prctl(PR_SET_TIMERSLACK, 1UL);
        for (int i = 0; i < load.partitions; ++i) {
            templates_.push_back(load.fetches ? RequestTemplate::fetch(load.topic, i, load.fetch_bytes, 1, 500)
                                              : RequestTemplate::produce(shape_of(load, i)));
        }
        for (int i = 0; i < load.connections; ++i) {
            open_connection(i);
        }
        received_.resize(std::size_t{2} << 20);
    }

    Outcome run() {
        const auto begin = Clock::now();
        measure_from_ = begin + load_.warm_up;
        const auto end = measure_from_ + load_.duration;
        const bool closed = load_.arrivals == Arrivals::closed;
        if (closed) {
            for (auto& connection : connections_) {
                for (int i = 0; i < load_.depth; ++i) {
                    enqueue(*connection, begin);
                }
                flush(*connection);
            }
        }
        next_arrival_ = begin;
        std::optional<FsyncProbe> probe;
        for (auto now = begin; now < end; now = Clock::now()) {
            if (!measuring_ && now >= measure_from_) {
                start_measuring(now);
                if (load_.probe) {
                    probe.emplace(*load_.probe);
                }
            }
            if (!closed) {
                send_what_is_due(now);
            }
            const auto wake = closed ? end : std::min(end, next_arrival_);
            wait(std::max(Clock::duration::zero(), wake - Clock::now()));
        }
        finish(Clock::now());
        if (probe) {
            outcome_.probe = probe->stop();
        }
        return std::move(outcome_);
    }

  private:
    void open_connection(int index) {
        auto connection = std::make_unique<Connection>(connect_to(load_.port));
        const int partition = index % load_.partitions;
        connection->request = &templates_[static_cast<std::size_t>(partition)];
        if (load_.idempotent && !load_.fetches) {
            const auto producer = init_producer_id_reply(ask(connection->socket.get(), init_producer_id_request(-2)));
            if (producer.error != 0) {
                throw std::runtime_error(fmt::format("InitProducerId: error {}", producer.error));
            }
            ProduceShape shape = shape_of(load_, partition);
            shape.producer_id = producer.id;
            shape.producer_epoch = producer.epoch;
            connection->own_request = RequestTemplate::produce(shape);
            connection->request = &*connection->own_request;
        }
        if (load_.fetches) {  // each connection reads its own part first
            connection->next_offset = load_.fetch_end / load_.connections * index / load_.fetch_step * load_.fetch_step;
        }
        const int receive_buffer = 4 << 20;
        if (load_.fetches) {
            setsockopt(connection->socket.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        }
        epoll_event event{.events = EPOLLIN, .data = {.ptr = connection.get()}};
        epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection->socket.get(), &event);
        connections_.push_back(std::move(connection));
    }

    void patch(Connection& connection, char* head) {
        const RequestTemplate& request = *connection.request;
        request.set_correlation(head, connection.next_correlation++);
        if (load_.fetches) {
            request.set_fetch_offset(head, connection.next_offset);
            connection.next_offset += load_.fetch_step;
            if (connection.next_offset + load_.fetch_step > load_.fetch_end) {
                connection.next_offset = 0;
            }
        } else if (load_.idempotent) {
            request.set_sequence(head, connection.next_sequence);
            // Sequences go on at 0 after 2^31 - 1.
            connection.next_sequence = static_cast<std::int32_t>(
                (static_cast<std::uint32_t>(connection.next_sequence) + static_cast<std::uint32_t>(load_.records)) &
                0x7FFFFFFFU);
        }
    }

    void enqueue(Connection& connection, Clock::time_point intended) {
        connection.intended.push_back(intended);
        ++unanswered_;
        const std::string& bytes = connection.request->bytes();
        if (bytes.size() <= kCopiedUpTo) {
            const std::size_t at = connection.out.size();
            connection.out += bytes;
            patch(connection, connection.out.data() + at);
        } else {
            ++connection.large_waiting;
        }
    }

    void flush(Connection& connection) {
        bool all = true;
        if (connection.out_sent < connection.out.size()) {
            const ssize_t sent = send(connection.socket.get(), connection.out.data() + connection.out_sent,
                                      connection.out.size() - connection.out_sent, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent < 0 && errno != EAGAIN) {
                fail("sending");
            }
            connection.out_sent += static_cast<std::size_t>(std::max<ssize_t>(0, sent));
            all = connection.out_sent == connection.out.size();
            if (all) {
                connection.out.clear();
                connection.out_sent = 0;
            }
        }
        while (all && connection.large_waiting > 0) {
            all = send_large(connection);
        }
        if (all == connection.wants_write) {
            connection.wants_write = !all;
            epoll_event event{.events = all ? EPOLLIN : EPOLLIN | EPOLLOUT, .data = {.ptr = &connection}};
            epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.socket.get(), &event);
        }
    }

    /// False if the socket took only a part.
    bool send_large(Connection& connection) {
        const RequestTemplate& request = *connection.request;
        const std::string& bytes = request.bytes();
        if (connection.large_sent == 0 && connection.head.empty()) {
            connection.head.assign(bytes, 0, request.head_size());
            patch(connection, connection.head.data());
        }
        std::array<iovec, 2> parts{};
        int count = 0;
        std::size_t at = connection.large_sent;
        if (at < request.head_size()) {
            parts[static_cast<std::size_t>(count++)] = {connection.head.data() + at, request.head_size() - at};
            at = request.head_size();
        }
        parts[static_cast<std::size_t>(count++)] = {const_cast<char*>(bytes.data()) + at, bytes.size() - at};
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = static_cast<std::size_t>(count);
        const ssize_t sent = sendmsg(connection.socket.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN) {
            fail("sending");
        }
        connection.large_sent += static_cast<std::size_t>(std::max<ssize_t>(0, sent));
        if (connection.large_sent < bytes.size()) {
            return false;
        }
        connection.large_sent = 0;
        connection.head.clear();
        --connection.large_waiting;
        return true;
    }

    void send_what_is_due(Clock::time_point now) {
        while (next_arrival_ <= now) {
            Connection& connection = *connections_[next_connection_++ % connections_.size()];
            if (measuring_ && now - next_arrival_ > std::chrono::milliseconds(1)) {
                ++outcome_.late_sends;
            }
            enqueue(connection, next_arrival_);
            if (unanswered_ > load_.max_backlog) {
                throw std::runtime_error(fmt::format("more than {} requests unanswered", load_.max_backlog));
            }
            const double gap = load_.arrivals == Arrivals::poisson ? exponential_(random_) : 1.0;
            next_arrival_ += std::chrono::nanoseconds(static_cast<std::int64_t>(gap * 1e9 / load_.rate));
        }
        for (auto& connection : connections_) {
            if (!connection->out.empty() || connection->large_waiting > 0) {
                flush(*connection);
            }
        }
    }

    void wait(Clock::duration longest) {
        std::array<epoll_event, 64> events;
        const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(longest).count();
        const timespec timeout{.tv_sec = nanoseconds / 1'000'000'000, .tv_nsec = nanoseconds % 1'000'000'000};
        const int count = epoll_pwait2(epoll_.get(), events.data(), events.size(), &timeout, nullptr);
        if (count < 0 && errno != EINTR) {
            fail("waiting");
        }
        for (int i = 0; i < count; ++i) {
            auto& connection = *static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
            if ((events[static_cast<std::size_t>(i)].events & ~EPOLLOUT) != 0) {
                receive(connection);
            }
            flush(connection);
        }
    }

    void receive(Connection& connection) {
        const ssize_t got = recv(connection.socket.get(), received_.data(), received_.size(), MSG_DONTWAIT);
        if (got < 0) {
            if (errno == EAGAIN) {
                return;
            }
            fail("receiving");
        }
        if (got == 0) {
            throw std::runtime_error("the broker closed the connection");
        }
        if (load_.fetches && measuring_) {
            outcome_.bytes += static_cast<std::uint64_t>(got);
        }
        const auto now = Clock::now();
        const char* at = received_.data();
        auto left = static_cast<std::size_t>(got);
        while (left > 0) {
            if (connection.skip > 0) {
                const std::size_t part = std::min(connection.skip, left);
                connection.skip -= part;
                at += part;
                left -= part;
                if (connection.skip == 0) {
                    answered(connection, now);
                }
                continue;
            }
            const std::size_t wanted =
                connection.reply_size < 4
                    ? 4
                    : std::min(kReplyHead, 4 + static_cast<std::size_t>(read_int32(connection.reply.data())));
            const std::size_t part = std::min(wanted - connection.reply_size, left);
            std::memcpy(connection.reply.data() + connection.reply_size, at, part);
            connection.reply_size += part;
            at += part;
            left -= part;
            if (connection.reply_size == wanted && wanted > 4) {
                check(connection);
                connection.skip = 4 + static_cast<std::size_t>(read_int32(connection.reply.data())) - wanted;
                connection.reply_size = 0;
                if (connection.skip == 0) {
                    answered(connection, now);
                }
            }
        }
    }

    void check(Connection& connection) {
        const char* reply = connection.reply.data();
        if (read_int32(reply + 4) != connection.expected_correlation++) {
            throw std::runtime_error("a reply with another correlation id than the request's");
        }
        std::int16_t error = 0;
        if (load_.fetches) {
            error = read_int16(reply + RequestTemplate::kFetchReplyTopErrorAt);
            if (error == 0) {
                error = read_int16(reply + connection.request->fetch_reply_error_at());
            }
        } else {
            error = read_int16(reply + connection.request->produce_reply_error_at());
        }
        ++outcome_.errors[error];
    }

    void answered(Connection& connection, Clock::time_point now) {
        const auto intended = connection.intended.front();
        connection.intended.pop_front();
        --unanswered_;
        if (measuring_) {
            ++outcome_.requests;
            if (!load_.fetches) {
                outcome_.bytes += connection.request->bytes().size();
            }
            // The first tenth of the measured part settles and is left out of the latencies.
            if (intended >= measure_from_ + load_.duration / 10) {
                outcome_.latencies.add(static_cast<std::uint64_t>((now - intended).count()));
            }
        }
        if (load_.arrivals == Arrivals::closed) {
            enqueue(connection, now);
        }
    }

    void start_measuring(Clock::time_point now) {
        measuring_ = true;
        measured_from_ = now;
        own_cpu_before_ = own_cpu_seconds();
        broker_cpu_before_ = load_.broker ? cpu_seconds_of(*load_.broker) : 0;
    }

    void finish(Clock::time_point now) {
        outcome_.seconds = std::chrono::duration<double>(now - measured_from_).count();
        outcome_.own_cpu = own_cpu_seconds() - own_cpu_before_;
        outcome_.broker_cpu = load_.broker ? cpu_seconds_of(*load_.broker) - broker_cpu_before_ : 0;
    }

    const Load load_;
    Socket epoll_;
    std::vector<RequestTemplate> templates_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::vector<char> received_;
    Outcome outcome_;

    bool measuring_ = false;
    Clock::time_point measure_from_;
    Clock::time_point measured_from_;
    double own_cpu_before_ = 0;
    double broker_cpu_before_ = 0;

    Clock::time_point next_arrival_;
    std::size_t next_connection_ = 0;
    int unanswered_ = 0;
    std::mt19937_64 random_{1};
    std::exponential_distribution<double> exponential_{1.0};
};

}  // namespace

Outcome run(const Load& load) {
    return Generator(load).run();
}

std::int16_t create_topic(const Load& load) {
    const Socket socket = connect_to(load.port);
    const std::string reply = ask(socket.get(), create_topic_request(load.topic, load.partitions, -1));
    return create_topic_reply_error(reply, load.topic);
}

std::int16_t first_ack(const Load& load, bool create) {
    std::optional<Socket> socket;
    while (!socket) {
        socket = try_connect(load.port);
    }
    if (create) {
        const std::string reply = ask(socket->get(), create_topic_request(load.topic, load.partitions, -1));
        if (const std::int16_t error = create_topic_reply_error(reply, load.topic); error != 0) {
            return error;
        }
    }
    const auto request = RequestTemplate::produce(shape_of(load, 0));
    return read_int16(ask(socket->get(), request.bytes()).data() + request.produce_reply_error_at());
}

}  // namespace highwater::bench
