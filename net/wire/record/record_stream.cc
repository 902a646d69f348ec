#include "net/wire/record/record_stream.h"

#include <algorithm>
#include <type_traits>

#include "net/wire/record/record_parse.h"

namespace highwater::wire {

RecordStream::RecordStream(Decompressor& decompressor, CompressionCodec codec, RecordBytes compressed,
                           std::int32_t record_count, std::size_t output_limit)
    : decompressor_(decompressor), limit_(output_limit), left_(record_count) {
    decompressor_.start(codec, compressed, output_limit);
}

std::optional<RecordOutline> RecordStream::stop(const char* what, RecordFault fault) {
    // The first defect is the cause; what fails after it only follows.
    if (!defect_) defect_ = RecordDefect{fault, what, position()};
    return std::nullopt;
}

bool RecordStream::next_piece() {
    if (defect_) return false;
    const auto piece = decompressor_.read_piece();
    if (!piece) {
        if (piece.error() == DecompressError::too_large) {
            stop("records decompress above the limit", RecordFault::too_large);
        } else {
            stop("records do not decompress");
        }
        return false;
    }
    before_piece_ += piece_.size();
    piece_ = *piece;
    at_ = 0;
    return !piece_.empty();
}

bool RecordStream::next_byte(std::uint8_t& byte) {
    if (at_ == piece_.size() && !next_piece()) return false;
    byte = std::to_integer<std::uint8_t>(piece_[at_++]);
    return true;
}

bool RecordStream::record_byte(std::uint8_t& byte) {
    if (record_left_ == 0 || !next_byte(byte)) return false;
    --record_left_;
    return true;
}

bool RecordStream::skip_in_record(std::uint32_t count) {
    if (count > record_left_) return false;
    record_left_ -= count;
    for (std::size_t left = count; left != 0;) {
        if (at_ == piece_.size() && !next_piece()) return false;
        const std::size_t step = std::min(left, piece_.size() - at_);
        at_ += step;
        left -= step;
    }
    return true;
}

template <class Int>
bool RecordStream::record_number(Int& value) {
    using Assembler = VarintAssembler<std::make_unsigned_t<Int>>;
    Assembler number;
    typename Assembler::State state;
    do {
        std::uint8_t byte = 0;
        if (!record_byte(byte)) return false;
        state = number.feed(byte);
    } while (state == Assembler::State::more);
    value = from_zig_zag(number.bits());
    return state == Assembler::State::done;
}

bool RecordStream::skip_record_bytes(bool& present) {
    std::int32_t length = 0;
    if (!record_number(length) || length < -1) return false;
    present = length >= 0;
    return !present || skip_in_record(static_cast<std::uint32_t>(length));
}

const char* RecordStream::read_across_pieces(RecordOutline& outline) {
    std::uint8_t attributes = 0;
    std::int32_t header_count = 0;
    bool present = false;
    if (!record_byte(attributes)) return "record without attributes";
    if (!record_number(outline.timestamp_delta)) return "bad timestamp delta";
    if (!record_number(outline.offset_delta) || outline.offset_delta < 0) return "bad offset delta";
    if (!skip_record_bytes(outline.has_key)) return "bad key length";
    if (!skip_record_bytes(outline.has_value)) return "bad value length";
    if (!record_number(header_count) || header_count < 0 || static_cast<std::size_t>(header_count) > record_left_ / 2) {
        return "bad header count";
    }
    for (std::int32_t i = 0; i < header_count; ++i) {
        if (!skip_record_bytes(present) || !present) return "bad header key length";
        if (!skip_record_bytes(present)) return "bad header value length";
    }
    if (record_left_ != 0) return "record longer than its fields";
    return nullptr;
}

std::optional<RecordOutline> RecordStream::next() {
    if (defect_) return std::nullopt;
    if (left_ <= 0) {
        if (left_ < 0) return stop("record count negative");
        // The stream's own end must be proper, too.
        if (at_ != piece_.size() || next_piece()) return stop("bytes after the last record");
        return std::nullopt;
    }

    VarintAssembler<std::uint32_t> number;
    auto state = VarintAssembler<std::uint32_t>::State::more;
    while (state == VarintAssembler<std::uint32_t>::State::more) {
        std::uint8_t byte = 0;
        if (!next_byte(byte)) return stop("fewer records than the header's count");
        state = number.feed(byte);
    }
    const std::int32_t length = from_zig_zag(number.bits());
    if (state == VarintAssembler<std::uint32_t>::State::overflow || length < 0) return stop("bad record length");
    record_left_ = static_cast<std::size_t>(length);
    if (record_left_ > limit_) return stop("record longer than the limit");
    if (record_left_ > limit_ - position()) {
        return stop("records decompress above the limit", RecordFault::too_large);
    }

    RecordOutline outline;
    if (record_left_ <= piece_.size() - at_) {
        const std::byte* const at = piece_.data() + at_;
        if (const char* what = outline_record_body(at, at + length, outline)) return stop(what);
        at_ += record_left_;
    } else if (const char* what = read_across_pieces(outline)) {
        return stop(what);
    }
    --left_;
    return outline;
}

}  // namespace highwater::wire
