#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace highwater::transport {

/// What a peer may cost. Every limit can be configured; docs/configuration.md names the keys.
struct Limits {
    /// `socket.request.max.bytes`: largest frame, its length field aside. A larger one closes the connection before
    /// anything of it is read.
    std::int32_t max_frame_bytes = 104'857'600;
    /// `connections.max.idle.ms`: no bytes in either direction, nothing being answered.
    std::chrono::milliseconds max_idle{600'000};
    /// From the first byte of a frame to its last.
    std::chrono::milliseconds frame_timeout{30'000};
    /// From the accept to the end of the first frame.
    std::chrono::milliseconds first_frame_timeout{10'000};
    /// No further request of a connection is read while this many bytes of its replies are unsent.
    std::size_t max_unread_reply_bytes = 1'048'576;
    /// A peer that leaves replies unread must take `slow_reader_floor` bytes in each of these periods.
    std::chrono::milliseconds slow_reader_period{60'000};
    std::size_t slow_reader_floor_bytes = 65'536;
    /// A peer that sends no more (half-close) is answered for this long; then what still waits is dropped.
    std::chrono::milliseconds half_close_linger{500};
    /// `max.connections`, `max.connections.per.ip`. One more is closed as soon as it is accepted.
    std::int32_t max_connections = 2'147'483'647;
    std::int32_t max_connections_per_ip = 2'147'483'647;
    /// What is read at once from one connection, and all that a connection keeps while it is idle or half a frame is
    /// there. Grows with the bytes that arrive, for frames that are larger.
    std::size_t read_buffer_bytes = 65'536;
    /// A buffer may grow up to this without a frame that needs it, when the peer fills it at every read.
    std::size_t max_read_ahead_bytes = 1'048'576;
};

}  // namespace highwater::transport
