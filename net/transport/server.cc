#include "net/transport/server.h"

#include "net/transport/connection.h"

namespace highwater::transport {

/// A listener and its name.
class Server::Port final : public ListenerEvents {
  public:
    Port(Server& server, std::string name) : server_(server), name_(std::move(name)) {}

    Result<Endpoint, SystemError> open(const std::string& host, std::uint16_t port, const ListenOptions& options) {
        auto listener = server_.loop_.listen(host, port, options, *this);
        if (!listener) return unexpected(std::move(listener.error()));
        listener_ = std::move(*listener);
        return listener_->endpoint();
    }
    void accepted(std::unique_ptr<Stream> stream) override { server_.accepted(name_, std::move(stream)); }
    void accept_failed(const SystemError& error) override { server_.service_.accept_failed(error); }

  private:
    Server& server_;
    std::string name_;
    std::unique_ptr<Listener> listener_;
};

Server::Server(EventLoop& loop, Service& service, const Limits& limits)
    : loop_(loop), service_(service), limits_(limits), sweep_timer_(loop.make_timer([this] {
          sweep_armed_ = false;
          sweep(loop_.now());
      })) {
    loop_.at_end_of_turn([this] { end_of_turn(); });
}

Server::~Server() {
    loop_.at_end_of_turn({});
}

Result<Endpoint, SystemError> Server::listen(std::string listener_name, const std::string& host, std::uint16_t port,
                                             const ListenOptions& options) {
    auto opened = std::make_unique<Port>(*this, std::move(listener_name));
    auto endpoint = opened->open(host, port, options);
    if (endpoint) ports_.push_back(std::move(opened));
    return endpoint;
}

void Server::stop_listening() {
    ports_.clear();
}

void Server::accepted(std::string_view listener_name, std::unique_ptr<Stream> stream) {
    ++counters_.accepted;
    const auto refuse = [&](CloseReason reason) {
        counters_.closed.count(reason);
        service_.refused(stream->peer(), reason);
    };
    if (connections_.size() >= static_cast<std::size_t>(limits_.max_connections))
        return refuse(CloseReason::too_many_connections);
    std::int32_t& of_address = per_address_[stream->peer().address];
    if (of_address >= limits_.max_connections_per_ip) {
        if (of_address == 0) per_address_.erase(stream->peer().address);
        return refuse(CloseReason::too_many_connections_per_ip);
    }
    ++of_address;
    const ConnectionId id{++last_id_};
    auto connection = std::make_unique<Connection>(*this, id, std::move(stream), loop_.now());
    const Endpoint peer = connection->peer();
    connections_.emplace(id.value(), std::move(connection));
    service_.opened(id, listener_name, peer);
    if (!std::exchange(sweep_armed_, true)) sweep_timer_->arm(loop_.now() + kSweepInterval);
}

Connection* Server::find(ConnectionId id) {
    const auto found = connections_.find(id.value());
    return found == connections_.end() ? nullptr : found->second.get();
}

void Server::send(ConnectionId id, wire::OutputBuffer frame) {
    if (Connection* connection = find(id)) connection->send(std::move(frame));
}

void Server::close(ConnectionId id, CloseReason reason, std::string detail) {
    if (Connection* connection = find(id)) connection->close(reason, std::move(detail));
}

void Server::pause_reading(ConnectionId id) {
    if (Connection* connection = find(id)) connection->pause();
}

void Server::resume_reading(ConnectionId id) {
    if (Connection* connection = find(id)) connection->resume();
}

void Server::needs_flush(Connection& connection) {
    if (!std::exchange(connection.flush_queued, true)) to_flush_.push_back(connection.id());
}

void Server::needs_read(Connection& connection) {
    if (std::exchange(connection.read_queued, true)) return;
    if (to_read_.empty()) {
        loop_.post([this] {
            for (const ConnectionId id : std::exchange(to_read_, {})) {
                Connection* waiting = find(id);
                if (waiting == nullptr) continue;
                waiting->read_queued = false;
                waiting->read_on();
            }
        });
    }
    to_read_.push_back(connection.id());
}

void Server::is_dead(Connection& connection) {
    dead_.push_back(connection.id());
}

void Server::end_of_turn() {
    service_.end_of_turn();
    settle();
}

void Server::settle() {
    while (!to_flush_.empty() || !dead_.empty()) {
        for (std::size_t i = 0; i < to_flush_.size(); ++i) {
            Connection* connection = find(to_flush_[i]);
            if (connection == nullptr) continue;
            connection->flush_queued = false;
            connection->flush();
        }
        to_flush_.clear();
        for (const ConnectionId id : std::exchange(dead_, {})) {
            const auto found = connections_.find(id.value());
            if (found == connections_.end()) continue;
            const std::unique_ptr<Connection> connection = std::move(found->second);
            connections_.erase(found);
            const auto of_address = per_address_.find(connection->peer().address);
            if (of_address != per_address_.end() && --of_address->second == 0) per_address_.erase(of_address);
            counters_.closed.count(connection->close_reason());
            service_.closed(id, connection->peer(), connection->close_reason(), connection->close_detail());
        }
    }
}

void Server::close_all(CloseReason reason) {
    for (const auto& [id, connection] : connections_) {
        connection->flush();
        connection->close_now(reason);
    }
    settle();
}

void Server::sweep(Time now) {
    for (const auto& [id, connection] : connections_) connection->sweep(now);
    settle();
    if (!connections_.empty() && !std::exchange(sweep_armed_, true)) sweep_timer_->arm(loop_.now() + kSweepInterval);
}

std::size_t Server::buffered_bytes() const {
    std::size_t bytes = 0;
    for (const auto& [id, connection] : connections_) bytes += connection->buffered_bytes();
    return bytes;
}

}  // namespace highwater::transport
