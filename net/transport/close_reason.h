#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace highwater::transport {

/// Why a connection ended: X(enumerator, sentence for the log).
// clang-format off
#define HIGHWATER_CLOSE_REASONS(X) \
    X(peer_closed, "the peer closed the connection") \
    X(connection_lost, "the connection broke") \
    X(frame_too_large, "a request is larger than socket.request.max.bytes") \
    X(invalid_frame_length, "a request's length is zero or negative") \
    X(foreign_protocol, "the peer speaks another protocol") \
    X(frame_timeout, "a request was begun but not finished in time") \
    X(first_frame_timeout, "no whole request arrived in time after the connect") \
    X(idle, "nothing happened for connections.max.idle.ms") \
    X(slow_reader, "the peer hardly reads its replies") \
    X(too_many_connections, "max.connections is reached") \
    X(too_many_connections_per_ip, "max.connections.per.ip is reached for this address") \
    X(malformed_request, "a request can't be decoded") \
    X(unsupported_request, "a request's api key or version is not served") \
    X(failed_acks_0_produce, "a produce without acknowledgement failed") \
    X(no_reply_possible, "the reply can't be said in the request's version") \
    X(shutdown, "the node shuts down")
// clang-format on

enum class CloseReason : std::uint8_t {
#define HIGHWATER_ENUMERATOR(name, sentence) name,
    HIGHWATER_CLOSE_REASONS(HIGHWATER_ENUMERATOR)
#undef HIGHWATER_ENUMERATOR
};

#define HIGHWATER_COUNT(name, sentence) +1
inline constexpr std::size_t kCloseReasons = 0 HIGHWATER_CLOSE_REASONS(HIGHWATER_COUNT);
#undef HIGHWATER_COUNT

/// The enumerator's name ("frame_too_large"), for counters.
std::string_view name_of(CloseReason reason);
/// A sentence for the log.
std::string_view sentence_of(CloseReason reason);

/// How often each reason closed a connection, since the start.
class CloseCounters {
  public:
    void count(CloseReason reason) { ++counts_[static_cast<std::size_t>(reason)]; }
    [[nodiscard]] std::uint64_t of(CloseReason reason) const { return counts_[static_cast<std::size_t>(reason)]; }

  private:
    std::array<std::uint64_t, kCloseReasons> counts_{};
};

}  // namespace highwater::transport
