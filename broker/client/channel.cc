#include "broker/client/channel.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <vector>

#include <fmt/format.h>

namespace highwater::client {

namespace {

class TcpChannel final : public Channel {
  public:
    TcpChannel(int socket, Address address, std::chrono::milliseconds timeout)
        : socket_(socket), address_(std::move(address)), timeout_(timeout) {}
    ~TcpChannel() override { ::close(socket_); }
    TcpChannel(const TcpChannel&) = delete;
    TcpChannel& operator=(const TcpChannel&) = delete;

    Result<void, std::string> write(std::span<const std::byte> bytes) override {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent > 0) {
                bytes = bytes.subspan(static_cast<std::size_t>(sent));
                continue;
            }
            if (auto ready = wait_after_error(POLLOUT); !ready) return ready;
        }
        return {};
    }

    Result<void, std::string> read(std::span<std::byte> into) override {
        while (!into.empty()) {
            const ssize_t got = ::recv(socket_, into.data(), into.size(), MSG_DONTWAIT);
            if (got > 0) {
                into = into.subspan(static_cast<std::size_t>(got));
                continue;
            }
            if (got == 0) return unexpected(fmt::format("{} closed the connection", to_text(address_)));
            if (auto ready = wait_after_error(POLLIN); !ready) return ready;
        }
        return {};
    }

  private:
    Result<void, std::string> wait_after_error(short events) {
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            return unexpected(fmt::format("the connection to {} broke: {}", to_text(address_), std::strerror(errno)));
        pollfd wanted{.fd = socket_, .events = events, .revents = 0};
        const int ready = ::poll(&wanted, 1, static_cast<int>(timeout_.count()));
        if (ready == 0)
            return unexpected(fmt::format("{} did not answer within {} ms", to_text(address_), timeout_.count()));
        if (ready < 0 && errno == EINTR) return unexpected(std::string("interrupted"));
        return {};
    }

    int socket_;
    Address address_;
    std::chrono::milliseconds timeout_;
};

/// One attempt; the errno of a failure.
Result<int, int> connect_to(const addrinfo& where, std::chrono::milliseconds timeout) {
    const int socket = ::socket(where.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) return unexpected(errno);
    int error = ::connect(socket, where.ai_addr, where.ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        pollfd wanted{.fd = socket, .events = POLLOUT, .revents = 0};
        error = ::poll(&wanted, 1, static_cast<int>(timeout.count())) == 1 ? 0 : ETIMEDOUT;
        socklen_t size = sizeof(error);
        if (error == 0) ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error != 0) {
        ::close(socket);
        return unexpected(error);
    }
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return socket;
}

Result<std::unique_ptr<Channel>, std::string> connect(const Address& address, std::chrono::milliseconds timeout) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int error = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found))
        return unexpected(fmt::format("cannot find the host {}: {}", address.host, ::gai_strerror(error)));
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, ::freeaddrinfo);
    int error = ENOENT;
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        const auto socket = connect_to(*one, timeout);
        if (socket) return std::make_unique<TcpChannel>(*socket, address, timeout);
        error = socket.error();
    }
    return unexpected(
        fmt::format("cannot connect to {}: {}; is a broker running there? (--bootstrap-server says where)",
                    to_text(address), std::strerror(error)));
}

}  // namespace

std::string to_text(const Address& address) {
    if (address.host.find(':') != std::string::npos) return fmt::format("[{}]:{}", address.host, address.port);
    return fmt::format("{}:{}", address.host, address.port);
}

Result<std::vector<Address>, std::string> parse_addresses(std::string_view text) {
    std::vector<Address> addresses;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        std::string_view part = text.substr(0, comma);
        text.remove_prefix(std::min(comma + 1, text.size()));
        if (part.empty()) continue;
        const auto bad = [&] {
            return unexpected(fmt::format("\"{}\" is not host:port, for example 127.0.0.1:9092", part));
        };
        Address address{.host = {}, .port = 9092};
        std::size_t host_end = part.rfind(':');
        if (part.starts_with('[')) {
            const std::size_t bracket = part.find(']');
            if (bracket == std::string_view::npos) return bad();
            address.host = part.substr(1, bracket - 1);
            host_end = bracket + 1 < part.size() ? bracket + 1 : std::string_view::npos;
            if (host_end != std::string_view::npos && part[host_end] != ':') return bad();
        } else {
            address.host = part.substr(0, host_end);
        }
        if (host_end != std::string_view::npos) {
            const std::string_view port = part.substr(host_end + 1);
            const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
            if (error != std::errc{} || end != port.data() + port.size() || address.port == 0) return bad();
        }
        if (address.host.empty()) return bad();
        addresses.push_back(std::move(address));
    }
    if (addresses.empty()) return unexpected(std::string("no broker is named"));
    return addresses;
}

Connector tcp_connector(std::chrono::milliseconds timeout) {
    return [timeout](const Address& address) { return connect(address, timeout); };
}

}  // namespace highwater::client
