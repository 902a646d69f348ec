#include "net/transport/connection.h"

#include <algorithm>
#include <array>

#include "net/wire/frame.h"

namespace highwater::transport {

namespace {

constexpr std::size_t kLengthBytes = 4;

std::int32_t length_at(std::span<const std::byte> bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < kLengthBytes; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
    return static_cast<std::int32_t>(value);
}

}  // namespace

Connection::Connection(Server& server, ConnectionId id, std::unique_ptr<Stream> stream, Time now)
    : server_(server),
      id_(id),
      stream_(std::move(stream)),
      opened_at_(now),
      last_bytes_at_(now),
      frame_began_at_(now),
      output_since_(now),
      ended_at_(now) {
    stream_->attach(*this);
    stream_->wait_readable();
}

bool Connection::may_read() const {
    return !dead_ && !closing_ && !paused_ && output_.bytes() <= server_.limits_.max_unread_reply_bytes;
}

void Connection::readable() {
    if (!may_read() || peer_ended_) return;
    std::size_t wanted = server_.limits_.max_read_ahead_bytes;
    if (const auto held = input_.received(); held.size() >= kLengthBytes)
        wanted = std::max(wanted, kLengthBytes + static_cast<std::size_t>(length_at(held)));
    const Transfer transfer = stream_->read(input_.room(server_.limits_.read_buffer_bytes, wanted));
    ++server_.counters_.reads;
    switch (transfer.status) {
        case Transfer::Status::ok:
            if (input_.received().empty()) frame_began_at_ = server_.loop_.now();
            input_.filled(transfer.bytes);
            server_.counters_.bytes_in += transfer.bytes;
            last_bytes_at_ = server_.loop_.now();
            break;
        case Transfer::Status::would_block:
            break;
        case Transfer::Status::ended:
            peer_ended_ = true;
            ended_at_ = server_.loop_.now();
            break;
        case Transfer::Status::failed:
            return close_now(CloseReason::connection_lost);
    }
    read_on();
}

void Connection::read_on() {
    hand_out_frames();
    if (peer_ended_) return finish_half_close();
    if (may_read()) stream_->wait_readable();
}

void Connection::hand_out_frames() {
    while (may_read()) {
        const auto held = input_.received();
        if (held.size() < kLengthBytes) return;
        const std::int32_t length = length_at(held);
        if (length <= 0 || length > server_.limits_.max_frame_bytes) return refuse_length(length);
        const std::size_t whole = kLengthBytes + static_cast<std::size_t>(length);
        if (held.size() < whole) return;
        had_frame_ = true;
        ++unanswered_;
        ++server_.counters_.frames;
        server_.service_.frame_received(id_, held.subspan(kLengthBytes, static_cast<std::size_t>(length)));
        input_.taken(whole);
        frame_began_at_ = server_.loop_.now();
    }
}

void Connection::refuse_length(std::int32_t length) {
    const wire::FrameError error{
        length <= 0 ? wire::FrameError::Kind::not_positive : wire::FrameError::Kind::over_limit, length};
    const std::string_view protocol = had_frame_ ? "" : error.foreign_protocol();
    if (!protocol.empty())
        close(CloseReason::foreign_protocol, fmt::format("the first bytes look like {}", protocol));
    else if (length <= 0)
        close(CloseReason::invalid_frame_length, fmt::format("length {}", length));
    else
        close(CloseReason::frame_too_large,
              fmt::format("length {}, the limit is {}", length, server_.limits_.max_frame_bytes));
}

void Connection::send(wire::OutputBuffer frame) {
    if (dead_ || closing_) return;
    if (output_.bytes() == 0) {
        output_since_ = server_.loop_.now();
        sent_since_ = 0;
    }
    --unanswered_;
    output_.push(std::move(frame));
    server_.needs_flush(*this);
}

void Connection::flush() {
    const bool was_blocked = output_.bytes() > server_.limits_.max_unread_reply_bytes;
    while (!dead_ && output_.bytes() > 0) {
        std::array<std::span<const std::byte>, 64> pieces;
        const OutputQueue::Gathered gathered = output_.gather(pieces);
        const Transfer transfer = stream_->write(std::span(pieces).first(gathered.pieces));
        ++server_.counters_.writes;
        if (transfer.status == Transfer::Status::failed) return close_now(CloseReason::connection_lost);
        if (transfer.status == Transfer::Status::ok) {
            output_.sent(transfer.bytes);
            sent_since_ += transfer.bytes;
            server_.counters_.bytes_out += transfer.bytes;
            last_bytes_at_ = server_.loop_.now();
        }
        if (transfer.bytes < gathered.bytes) {  // the system's buffer is full
            stream_->wait_writable();
            break;
        }
    }
    if (output_.bytes() == 0 && closing_) return close_now(reason_, std::move(detail_));
    if (was_blocked && may_read()) server_.needs_read(*this);
    if (peer_ended_) finish_half_close();
}

void Connection::writable() {
    flush();
}

void Connection::finish_half_close() {
    if (dead_ || closing_ || output_.bytes() > 0) return;
    if (unanswered_ <= 0) close_now(CloseReason::peer_closed);
}

void Connection::close(CloseReason reason, std::string detail) {
    if (dead_ || closing_) return;
    if (output_.bytes() == 0) return close_now(reason, std::move(detail));
    closing_ = true;
    reason_ = reason;
    detail_ = std::move(detail);
    server_.needs_flush(*this);
}

void Connection::close_now(CloseReason reason, std::string detail) {
    if (std::exchange(dead_, true)) return;
    if (!closing_ || reason == CloseReason::shutdown) reason_ = reason;
    if (!detail.empty()) detail_ = std::move(detail);
    server_.is_dead(*this);
}

void Connection::pause() {
    paused_ = true;
}

void Connection::resume() {
    if (!std::exchange(paused_, false)) return;
    frame_began_at_ = server_.loop_.now();
    server_.needs_read(*this);
}

void Connection::sweep(Time now) {
    const Limits& limits = server_.limits_;
    if (dead_) return;
    input_.trim();
    if (output_.bytes() > 0 && now - output_since_ >= limits.slow_reader_period) {
        if (sent_since_ < limits.slow_reader_floor_bytes)
            return close_now(CloseReason::slow_reader,
                             fmt::format("took {} bytes in {} s, {} wait", sent_since_,
                                         limits.slow_reader_period / std::chrono::seconds{1}, output_.bytes()));
        output_since_ = now;
        sent_since_ = 0;
    }
    if (peer_ended_ && !closing_ && now - ended_at_ >= limits.half_close_linger && output_.bytes() == 0)
        return close_now(CloseReason::peer_closed);
    if (!had_frame_ && now - opened_at_ >= limits.first_frame_timeout)
        return close_now(CloseReason::first_frame_timeout, fmt::format("{} bytes arrived", input_.received().size()));
    if (may_read() && !input_.received().empty() && now - frame_began_at_ >= limits.frame_timeout)
        return close_now(CloseReason::frame_timeout, fmt::format("{} bytes arrived", input_.received().size()));
    if (now - last_bytes_at_ >= limits.max_idle) close_now(CloseReason::idle);
}

}  // namespace highwater::transport
