#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/transport/event_loop.h"
#include "net/transport/server.h"

namespace highwater::transport {

/// A plain blocking socket to a server on this machine.
class TestClient {
  public:
    explicit TestClient(const Endpoint& server, int receive_buffer_bytes = 0);
    ~TestClient();
    TestClient(TestClient&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
    TestClient& operator=(TestClient&&) = delete;

    /// False when the server closed.
    bool send(std::string_view bytes);
    void end_sending();
    /// What is there now, without waiting; nullopt once the server has closed and all was read.
    std::optional<std::string> receive_some();

  private:
    int socket_ = -1;
};

/// A frame: length and content.
std::string framed(std::string_view content);

/// Records what happens; answers every frame with itself, unless told otherwise.
class TestService final : public Service {
  public:
    struct Closed {
        CloseReason reason;
        std::string detail;
        friend bool operator==(const Closed&, const Closed&) = default;
    };

    void opened(ConnectionId id, std::string_view listener, const Endpoint& peer) override;
    void frame_received(ConnectionId id, std::span<const std::byte> frame) override;
    void closed(ConnectionId id, const Endpoint& peer, CloseReason reason, std::string_view detail) override;
    void refused(const Endpoint& peer, CloseReason reason) override;
    void accept_failed(const SystemError& error) override;
    void end_of_turn() override { ++turns; }

    Server* server = nullptr;
    bool answers = true;
    std::function<void(ConnectionId, std::string_view)> on_frame;

    std::vector<ConnectionId> open;
    std::vector<std::string> frames;
    std::vector<Closed> closings;
    std::vector<CloseReason> refusals;
    std::vector<std::string> accept_failures;
    std::string listener_name;
    int turns = 0;
};

/// A server on a free loopback port, driven by the test.
class TestServer {
  public:
    explicit TestServer(const Limits& limits = {}, const ListenOptions& options = {});
    ~TestServer();

    /// Turns of the loop until `done` holds. A test whose condition never comes is ended by ctest's time limit.
    void run_until(const std::function<bool()>& done);
    /// Runs until the client has received `count` bytes, or the server has closed it.
    std::string receive(TestClient& client, std::size_t count);
    /// Runs until the server has closed the client; what it received before.
    std::string receive_all(TestClient& client);
    /// Connects, and waits until the server has seen it.
    TestClient connect(int receive_buffer_bytes = 0);

    /// The loop's clock plus `ahead`.
    [[nodiscard]] Time later(Duration ahead) const { return loop->now() + ahead; }

    std::unique_ptr<EventLoop> loop;
    TestService service;
    std::unique_ptr<Server> server;
    Endpoint endpoint;
};

/// A reply of `bytes`.
wire::OutputBuffer reply(std::string_view bytes);

}  // namespace highwater::transport
