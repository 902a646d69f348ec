#include "net/transport/testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include <gtest/gtest.h>

namespace highwater::transport {

TestClient::TestClient(const Endpoint& server, int receive_buffer_bytes) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer_bytes > 0)
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(receive_buffer_bytes));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port);
    ::inet_pton(AF_INET, server.address.c_str(), &address.sin_addr);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
        ADD_FAILURE() << "connect: " << std::strerror(errno);
}

TestClient::~TestClient() {
    if (socket_ >= 0) ::close(socket_);
}

bool TestClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void TestClient::end_sending() {
    ::shutdown(socket_, SHUT_WR);
}

std::optional<std::string> TestClient::receive_some() {
    std::string bytes(65536, '\0');
    const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return std::string{};
    if (got <= 0) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
}

std::string framed(std::string_view content) {
    std::string frame;
    for (int shift = 24; shift >= 0; shift -= 8) frame += static_cast<char>(content.size() >> shift & 0xFF);
    frame += content;
    return frame;
}

wire::OutputBuffer reply(std::string_view bytes) {
    wire::OutputBuffer buffer;
    buffer.append(std::as_bytes(std::span(bytes)));
    return buffer;
}

void TestService::opened(ConnectionId id, std::string_view listener, const Endpoint&) {
    open.push_back(id);
    listener_name = listener;
}

void TestService::frame_received(ConnectionId id, std::span<const std::byte> frame) {
    const std::string_view text(reinterpret_cast<const char*>(frame.data()), frame.size());
    frames.emplace_back(text);
    if (on_frame) on_frame(id, text);
    if (answers) server->send(id, reply(framed(text)));
}

void TestService::closed(ConnectionId id, const Endpoint&, CloseReason reason, std::string_view detail) {
    EXPECT_EQ(std::ranges::count(open, id), 1) << "closed without having been opened, or twice";
    std::erase(open, id);
    closings.push_back({reason, std::string(detail)});
}

void TestService::refused(const Endpoint&, CloseReason reason) {
    refusals.push_back(reason);
}

void TestService::accept_failed(const SystemError& error) {
    accept_failures.push_back(error.message);
}

TestServer::TestServer(const Limits& limits, const ListenOptions& options) : loop(make_asio_event_loop()) {
    server = std::make_unique<Server>(*loop, service, limits);
    service.server = server.get();
    auto bound = server->listen("PLAINTEXT", "127.0.0.1", 0, options);
    EXPECT_TRUE(bound.has_value()) << bound.error().message;
    if (bound) endpoint = *bound;
}

TestServer::~TestServer() = default;

void TestServer::run_until(const std::function<bool()>& done) {
    while (!done()) {
        if (!loop->run_ready()) std::this_thread::yield();
    }
}

std::string TestServer::receive(TestClient& client, std::size_t count) {
    std::string received;
    bool closed = false;
    run_until([&] {
        const auto some = client.receive_some();
        if (some)
            received += *some;
        else
            closed = true;
        return closed || received.size() >= count;
    });
    return received;
}

std::string TestServer::receive_all(TestClient& client) {
    return receive(client, std::string::npos);
}

TestClient TestServer::connect(int receive_buffer_bytes) {
    const std::uint64_t before = server->counters().accepted;
    TestClient client(endpoint, receive_buffer_bytes);
    run_until([&] { return server->counters().accepted > before; });
    return client;
}

}  // namespace highwater::transport
