#pragma once

#include <memory>

#include "net/wire/record/codec.h"
#include "net/wire/record/compression/decompressor.h"
#include "net/wire/record/record_bytes.h"

namespace highwater::wire {

/// Streams bytes into one compressed section, as Kafka's clients write it: gzip (RFC 1952), snappy in xerial framing
/// with blocks of 32 KiB, an LZ4 frame of independent 64 KiB blocks without checksums, a zstd frame. CompressionCodec
/// none copies. The codec's context is kept from one section to the next. Not thread-safe: one per thread.
class Compressor {
  public:
    Compressor();
    ~Compressor();
    Compressor(Compressor&&) noexcept;
    Compressor& operator=(Compressor&&) noexcept;

    /// Begins a section at the end of `out`, which must stay alive until finish().
    void start(CompressionChoice choice, RecordBuffer& out, Lz4Header lz4_header = Lz4Header::standard);
    /// Requires: start() before.
    void write(RecordBytes bytes);
    /// Ends the section: `out` is complete. Requires: start() before.
    void finish();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Appends all of `bytes`, compressed, to `out`.
void compress(Compressor& compressor, CompressionChoice choice, RecordBytes bytes, RecordBuffer& out,
              Lz4Header lz4_header = Lz4Header::standard);

}  // namespace highwater::wire
