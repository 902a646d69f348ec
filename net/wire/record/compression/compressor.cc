#include "net/wire/record/compression/compressor.h"

#include <array>
#include <utility>

#include "core/base/invariant.h"
#include "net/wire/record/compression/codec_stream.h"

namespace highwater::wire {

struct Compressor::Impl {
    std::array<std::unique_ptr<CodecWriter>, 5> writers;
    CodecWriter* writer = nullptr;
    RecordBuffer* out = nullptr;

    CodecWriter& writer_of(CompressionCodec codec) {
        auto& kept = writers[static_cast<std::size_t>(codec)];
        if (kept) return *kept;
        switch (codec) {
            case CompressionCodec::none:
                break;
            case CompressionCodec::gzip:
                kept = make_gzip_writer();
                break;
            case CompressionCodec::snappy:
                kept = make_snappy_writer();
                break;
            case CompressionCodec::lz4:
                kept = make_lz4_writer();
                break;
            case CompressionCodec::zstd:
                kept = make_zstd_writer();
                break;
        }
        HIGHWATER_INVARIANT(kept != nullptr, "codec {}", static_cast<int>(codec));
        return *kept;
    }
};

Compressor::Compressor() : impl_(std::make_unique<Impl>()) {}
Compressor::~Compressor() = default;
Compressor::Compressor(Compressor&&) noexcept = default;
Compressor& Compressor::operator=(Compressor&&) noexcept = default;

void Compressor::start(CompressionChoice choice, RecordBuffer& out, Lz4Header lz4_header) {
    impl_->out = &out;
    impl_->writer = nullptr;
    if (choice.codec == CompressionCodec::none) return;
    impl_->writer = &impl_->writer_of(choice.codec);
    impl_->writer->start(choice.level, out, lz4_header);
}

void Compressor::write(RecordBytes bytes) {
    HIGHWATER_INVARIANT(impl_->out != nullptr, "write before start");
    if (impl_->writer != nullptr) {
        impl_->writer->write(bytes);
    } else {
        append_bytes(*impl_->out, bytes);
    }
}

void Compressor::finish() {
    HIGHWATER_INVARIANT(impl_->out != nullptr, "finish before start");
    if (impl_->writer != nullptr) impl_->writer->finish();
    impl_->writer = nullptr;
    impl_->out = nullptr;
}

void compress(Compressor& compressor, CompressionChoice choice, RecordBytes bytes, RecordBuffer& out,
              Lz4Header lz4_header) {
    compressor.start(choice, out, lz4_header);
    compressor.write(bytes);
    compressor.finish();
}

}  // namespace highwater::wire
