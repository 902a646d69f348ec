#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "broker/engine/engine.h"
#include "broker/engine/outbox.h"

namespace highwater::engine {

/// The place of one request's reply among those of its connection.
struct ReplySlot {
    ConnectionId connection;
    std::uint64_t sequence = 0;

    friend auto operator<=>(const ReplySlot&, const ReplySlot&) = default;
};

/// The open connections, and the order of their replies: a later request may be ready first, but its reply waits for
/// those before it.
class Connections {
  public:
    /// Requires: max_in_flight > 0.
    Connections(Outbox& outbox, std::size_t max_in_flight) : outbox_(&outbox), max_in_flight_(max_in_flight) {}

    void opened(ConnectionId connection, ConnectionInfo info);
    /// The connection is gone; replies for it are dropped from here on.
    void closed(ConnectionId connection);
    /// nullptr: gone, or asked to close.
    [[nodiscard]] const ConnectionInfo* find(ConnectionId connection) const;
    [[nodiscard]] std::size_t size() const { return connections_.size(); }

    /// Takes the next place. Requires: find(connection).
    ReplySlot reserve(ConnectionId connection);
    /// The reply for this place; leaves as soon as all before it have left.
    void reply(ReplySlot slot, wire::OutputBuffer response);
    /// This place gets no reply (acks=0).
    void no_reply(ReplySlot slot);
    /// Asks the shell to close; replies that still wait are dropped.
    void close(ConnectionId connection, CloseReason reason, std::string_view detail);

  private:
    struct Place {
        bool ready = false;
        std::optional<wire::OutputBuffer> response;
    };
    struct Connection {
        ConnectionInfo info;
        /// Sequence of places.front().
        std::uint64_t first = 0;
        std::deque<Place> places;
        bool closing = false;
        bool paused = false;
    };

    void settle(ReplySlot slot, std::optional<wire::OutputBuffer> response);

    Outbox* outbox_;
    std::size_t max_in_flight_;
    std::unordered_map<std::uint64_t, Connection> connections_;
};

/// `text` as it may stand in a log line: printable ASCII, the rest escaped, at most `max_characters`.
std::string printable(std::string_view text, std::size_t max_characters = 200);

}  // namespace highwater::engine
