#pragma once

#include <span>

#include "broker/engine/request.h"

namespace highwater::engine {

class Node;

/// Carries out one request: decodes `body`, and replies now or later, or closes the connection.
using Handler = void (*)(Node& node, const RequestInfo& request, std::span<const std::byte> body);

/// A served API. ApiVersions advertises exactly these (KIP-511), with the versions of the wire catalog.
struct ServedApi {
    wire::ApiKey key{};
    Handler handle = nullptr;
};

/// By ascending key.
std::span<const ServedApi> served_apis();

/// Reads the header and calls the handler. Whatever does not decode closes the connection, as Kafka's broker does;
/// only an unknown version of ApiVersions is answered (KIP-511).
void dispatch(Node& node, ConnectionId connection, std::span<const std::byte> frame, Moment now);

}  // namespace highwater::engine
