#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace highwater::transport {

/// The protocol that a connection's first bytes belong to, if it is one that people point at a Kafka port by mistake:
/// "HTTP", "TLS", "SSH", "AMQP", "Redis", "MQTT", "PROXY". Empty: none of these. Only asked about bytes that are no
/// acceptable frame length, so a Kafka request is never taken for one.
std::string_view foreign_protocol(std::span<const std::byte> first_bytes);

}  // namespace highwater::transport
