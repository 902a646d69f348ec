#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "core/base/result.h"
#include "net/wire/record/compression/decompressor.h"
#include "net/wire/record/record_bytes.h"

namespace highwater::wire {

/// One codec's reader behind Decompressor. Instances are kept and started anew for each section.
class CodecReader {
  public:
    virtual ~CodecReader() = default;
    CodecReader() = default;
    CodecReader(const CodecReader&) = delete;
    CodecReader& operator=(const CodecReader&) = delete;

    /// `output_limit` lets a codec that must hold a block refuse it before it allocates; the sum is Decompressor's
    /// to watch.
    virtual void start(RecordBytes compressed, std::size_t output_limit, Lz4Header lz4_header) = 0;
    /// Up to `into.size()` decompressed bytes (how many is returned); 0 at the section's proper end only.
    virtual Result<std::size_t, DecompressError> read(std::span<std::byte> into) = 0;
    /// Gives back memory that is unusually large to keep between sections.
    virtual void end_section() {}
};

/// One codec's writer behind Compressor.
class CodecWriter {
  public:
    virtual ~CodecWriter() = default;
    CodecWriter() = default;
    CodecWriter(const CodecWriter&) = delete;
    CodecWriter& operator=(const CodecWriter&) = delete;

    virtual void start(std::optional<int> level, RecordBuffer& out, Lz4Header lz4_header) = 0;
    virtual void write(RecordBytes bytes) = 0;
    virtual void finish() = 0;
};

std::unique_ptr<CodecReader> make_gzip_reader();
std::unique_ptr<CodecReader> make_snappy_reader();
std::unique_ptr<CodecReader> make_lz4_reader();
std::unique_ptr<CodecReader> make_zstd_reader();
std::unique_ptr<CodecWriter> make_gzip_writer();
std::unique_ptr<CodecWriter> make_snappy_writer();
std::unique_ptr<CodecWriter> make_lz4_writer();
std::unique_ptr<CodecWriter> make_zstd_writer();

/// Room for `count` more bytes at the end of `out`, which grows by them at once.
inline std::byte* grow(RecordBuffer& out, std::size_t count) {
    const std::size_t before = out.size();
    out.resize(before + count);
    return out.data() + before;
}

}  // namespace highwater::wire
