#include "broker/engine/connections.h"

#include <fmt/format.h>

#include "core/base/invariant.h"

namespace highwater::engine {

void Connections::opened(ConnectionId connection, ConnectionInfo info) {
    connections_[connection.value()].info = std::move(info);
}

void Connections::closed(ConnectionId connection) {
    connections_.erase(connection.value());
}

const ConnectionInfo* Connections::find(ConnectionId connection) const {
    const auto found = connections_.find(connection.value());
    return found == connections_.end() || found->second.closing ? nullptr : &found->second.info;
}

ReplySlot Connections::reserve(ConnectionId id) {
    const auto found = connections_.find(id.value());
    HIGHWATER_INVARIANT(found != connections_.end(), "connection {} is not open", id);
    Connection& connection = found->second;
    const ReplySlot slot{.connection = id, .sequence = connection.first + connection.places.size()};
    connection.places.emplace_back();
    if (connection.places.size() >= max_in_flight_ && !connection.paused) {
        connection.paused = true;
        outbox_->pause_reading(id);
    }
    return slot;
}

void Connections::reply(ReplySlot slot, wire::OutputBuffer response) {
    settle(slot, std::move(response));
}

void Connections::no_reply(ReplySlot slot) {
    settle(slot, std::nullopt);
}

void Connections::settle(ReplySlot slot, std::optional<wire::OutputBuffer> response) {
    const auto found = connections_.find(slot.connection.value());
    if (found == connections_.end() || found->second.closing) return;
    Connection& connection = found->second;
    HIGHWATER_INVARIANT(
        slot.sequence >= connection.first && slot.sequence - connection.first < connection.places.size(),
        "place {} of [{}, +{})", slot.sequence, connection.first, connection.places.size());
    Place& place = connection.places[slot.sequence - connection.first];
    HIGHWATER_INVARIANT(!place.ready, "request {} is answered twice", slot.sequence);
    place.ready = true;
    place.response = std::move(response);
    while (!connection.places.empty() && connection.places.front().ready) {
        std::optional<wire::OutputBuffer> next = std::move(connection.places.front().response);
        connection.places.pop_front();
        ++connection.first;
        if (next) outbox_->send(slot.connection, *std::move(next));
    }
    if (connection.paused && connection.places.size() <= max_in_flight_ / 2) {
        connection.paused = false;
        outbox_->resume_reading(slot.connection);
    }
}

void Connections::close(ConnectionId id, CloseReason reason, std::string_view detail) {
    const auto found = connections_.find(id.value());
    if (found == connections_.end() || found->second.closing) return;
    found->second.closing = true;
    found->second.places.clear();
    outbox_->close(id, reason, printable(detail));
}

std::string printable(std::string_view text, std::size_t max_characters) {
    std::string out;
    for (const char c : text) {
        std::string piece;
        if (c >= ' ' && c <= '~' && c != '\\') {
            piece = c;
        } else {
            piece = fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
        if (out.size() + piece.size() > max_characters) break;
        out += piece;
    }
    return out;
}

}  // namespace highwater::engine
