#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/transport/close_reason.h"
#include "net/transport/event_loop.h"
#include "net/transport/output_queue.h"
#include "net/transport/receive_buffer.h"
#include "net/transport/server.h"

namespace highwater::transport {

/// One accepted stream: bytes to frames, replies to bytes, and the limits of one peer. Belongs to its Server.
///
/// States: open -> (closing: sends what is queued, reads nothing ->) dead -> destroyed at the end of the turn. A peer
/// that has shut down its sending side is still answered for Limits::half_close_linger.
class Connection final : public StreamEvents {
  public:
    Connection(Server& server, ConnectionId id, std::unique_ptr<Stream> stream, Time now);

    void readable() override;
    void writable() override;

    void send(wire::OutputBuffer frame);
    void close(CloseReason reason, std::string detail);
    void close_now(CloseReason reason, std::string detail = {});
    void pause();
    void resume();

    void flush();
    /// Hands out the frames that are there, then asks for more bytes if it may.
    void read_on();
    void sweep(Time now);

    [[nodiscard]] ConnectionId id() const { return id_; }
    [[nodiscard]] const Endpoint& peer() const { return stream_->peer(); }
    [[nodiscard]] CloseReason close_reason() const { return reason_; }
    [[nodiscard]] const std::string& close_detail() const { return detail_; }
    [[nodiscard]] std::size_t buffered_bytes() const { return input_.capacity() + output_.bytes(); }

    bool flush_queued = false;
    bool read_queued = false;

  private:
    [[nodiscard]] bool may_read() const;
    void hand_out_frames();
    void refuse_length(std::int32_t length);
    /// Closes a half-closed connection as soon as all its requests are answered.
    void finish_half_close();

    Server& server_;
    const ConnectionId id_;
    std::unique_ptr<Stream> stream_;
    ReceiveBuffer input_;
    OutputQueue output_;
    /// Frames handed out minus frames sent; more than what is really open if some requests have no reply.
    std::int64_t unanswered_ = 0;

    Time opened_at_;
    Time last_bytes_at_;
    Time frame_began_at_;
    Time output_since_;
    Time ended_at_;
    std::uint64_t sent_since_ = 0;

    bool paused_ = false;
    bool closing_ = false;
    bool dead_ = false;
    bool peer_ended_ = false;
    bool had_frame_ = false;
    CloseReason reason_ = CloseReason::peer_closed;
    std::string detail_;
};

}  // namespace highwater::transport
