#pragma once

#include <optional>
#include <string>

#include "broker/engine/request.h"
#include "core/group/group_input.h"
#include "net/wire/bytes_text.h"
#include "net/wire/string.h"

// What group messages carry, between the wire's types and the machine's.

namespace highwater::engine {

inline std::optional<std::string> owned(const std::optional<wire::String>& text) {
    return text ? std::optional(text->to_string()) : std::nullopt;
}
inline std::optional<wire::String> on_wire(const std::optional<std::string>& text) {
    return text ? std::optional(wire::String(*text)) : std::nullopt;
}

/// "/192.0.2.7": where a member is, as DescribeGroups shows it.
inline std::string client_host(const RequestInfo& request) {
    const std::string& peer = request.connection->peer_address;
    return "/" + peer.substr(0, peer.rfind(':'));
}

}  // namespace highwater::engine
