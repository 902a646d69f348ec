#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "net/wire/record/compression/decompressor.h"
#include "net/wire/record/record_bytes.h"
#include "net/wire/record/record_defect.h"

namespace highwater::wire {

/// What a leader must know of a record: everything but the contents.
struct RecordOutline {
    std::int64_t timestamp_delta = 0;
    std::int32_t offset_delta = 0;
    bool has_key = false;
    bool has_value = false;

    friend bool operator==(const RecordOutline&, const RecordOutline&) = default;
};

/// Walks a compressed records section while it is decompressed, a piece at a time: memory does not depend on the
/// section or on what it claims. Accepts exactly what RecordReader accepts of the same section in the clear.
///     RecordStream stream(decompressor, CompressionCodec::zstd, batch.records(), count, limit);
///     while (auto outline = stream.next()) ...
///     if (stream.defect()) ...
class RecordStream {
  public:
    /// `decompressor` is this stream's until it is done. `output_limit` counts decompressed bytes, inclusive. A record
    /// that claims to pass it ends the walk at once, without reading on: as malformed if it alone is longer than the
    /// limit, which no honest one is, else as too_large.
    RecordStream(Decompressor& decompressor, CompressionCodec codec, RecordBytes compressed, std::int32_t record_count,
                 std::size_t output_limit);

    /// The next record; nullopt after the last one or at a defect, and from then on.
    [[nodiscard]] std::optional<RecordOutline> next();
    /// Set when the section is not `record_count` well-formed records and nothing else. Positions are of the
    /// decompressed section; too_large when it is longer than the limit.
    [[nodiscard]] const std::optional<RecordDefect>& defect() const { return defect_; }

  private:
    std::optional<RecordOutline> stop(const char* what, RecordFault fault = RecordFault::malformed);
    /// Makes the next piece the current one. False at the section's end and at a defect.
    bool next_piece();
    bool next_byte(std::uint8_t& byte);
    /// Bytes of the record that is being read across pieces, which must not run past record_left_.
    bool record_byte(std::uint8_t& byte);
    bool skip_in_record(std::uint32_t count);
    template <class Int>
    bool record_number(Int& value);
    bool skip_record_bytes(bool& present);
    const char* read_across_pieces(RecordOutline& outline);
    [[nodiscard]] std::size_t position() const { return before_piece_ + at_; }

    Decompressor& decompressor_;
    std::size_t limit_;
    std::int32_t left_;
    RecordBytes piece_;
    std::size_t at_ = 0;
    /// Decompressed bytes before the current piece.
    std::size_t before_piece_ = 0;
    std::size_t record_left_ = 0;
    std::optional<RecordDefect> defect_;
};

}  // namespace highwater::wire
