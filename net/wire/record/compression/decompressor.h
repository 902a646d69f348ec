#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/base/result.h"
#include "net/wire/record/codec.h"
#include "net/wire/record/record_bytes.h"

namespace highwater::wire {

enum class DecompressError : std::uint8_t {
    /// The stream is not what its codec allows, ends early, goes on after its end, or asks for a zstd window above 2^27
    /// bytes.
    corrupt,
    /// The stream holds more than the output limit.
    too_large,
};

/// How the LZ4 frame header's checksum byte is made. Magic 0 has it over the frame's magic number too, an old bug that
/// readers must not trip over (KAFKA-3160).
enum class Lz4Header : std::uint8_t { standard, legacy };

/// Streams one compressed section out, a piece at a time. Memory is bounded whatever the bytes claim: nothing is
/// allocated from a claimed length, and no more than the output limit is ever produced. The codec's context is kept
/// from one section to the next, so that starting costs no allocation in the steady state; unusually large contexts
/// are given back. Not thread-safe: one per thread.
class Decompressor {
  public:
    /// Size of the piece that read_piece returns at most, in bytes.
    static constexpr std::size_t kPieceBytes = 64 * 1024;

    Decompressor();
    ~Decompressor();
    Decompressor(Decompressor&&) noexcept;
    Decompressor& operator=(Decompressor&&) noexcept;

    /// Begins a section of `compressed`, which must stay alive until the last read. `output_limit` counts decompressed
    /// bytes, inclusive: a section of exactly that size is read, one byte more is DecompressError::too_large.
    void start(CompressionCodec codec, RecordBytes compressed, std::size_t output_limit,
               Lz4Header lz4_header = Lz4Header::standard);

    /// The next decompressed bytes, 1 to kPieceBytes of them; empty at the section's proper end. The span is valid
    /// until the next call. After an error every further call gives the same error. CompressionCodec quirks that are
    /// accepted: gzip in several members; snappy as a bare block, or in xerial framing with a header anywhere; zstd in
    /// several frames. Refused: lz4 with dependent blocks, skippable zstd frames, anything after the end.
    [[nodiscard]] Result<RecordBytes, DecompressError> read_piece();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The whole section. Errors as read_piece's. The result never exceeds `output_limit`.
[[nodiscard]] Result<RecordBuffer, DecompressError> decompress(Decompressor& decompressor, CompressionCodec codec,
                                                               RecordBytes compressed, std::size_t output_limit,
                                                               Lz4Header lz4_header = Lz4Header::standard);

}  // namespace highwater::wire
