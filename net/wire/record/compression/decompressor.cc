#include "net/wire/record/compression/decompressor.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/base/invariant.h"
#include "net/wire/record/compression/codec_stream.h"

namespace highwater::wire {

struct Decompressor::Impl {
    std::array<std::unique_ptr<CodecReader>, 5> readers;
    CodecReader* reader = nullptr;
    // The section itself, where the codec is none.
    RecordBytes plain;
    std::size_t left = 0;
    bool ended = true;
    std::optional<DecompressError> error;
    std::array<std::byte, kPieceBytes> piece;

    CodecReader& reader_of(CompressionCodec codec) {
        auto& kept = readers[static_cast<std::size_t>(codec)];
        if (kept) return *kept;
        switch (codec) {
            case CompressionCodec::none:
                break;
            case CompressionCodec::gzip:
                kept = make_gzip_reader();
                break;
            case CompressionCodec::snappy:
                kept = make_snappy_reader();
                break;
            case CompressionCodec::lz4:
                kept = make_lz4_reader();
                break;
            case CompressionCodec::zstd:
                kept = make_zstd_reader();
                break;
        }
        HIGHWATER_INVARIANT(kept != nullptr, "codec {}", static_cast<int>(codec));
        return *kept;
    }

    Result<RecordBytes, DecompressError> fail(DecompressError why) {
        error = why;
        end();
        return refuse(why);
    }

    void end() {
        ended = true;
        if (reader != nullptr) reader->end_section();
        reader = nullptr;
    }
};

Decompressor::Decompressor() : impl_(std::make_unique<Impl>()) {}
Decompressor::~Decompressor() = default;
Decompressor::Decompressor(Decompressor&&) noexcept = default;
Decompressor& Decompressor::operator=(Decompressor&&) noexcept = default;

void Decompressor::start(CompressionCodec codec, RecordBytes compressed, std::size_t output_limit,
                         Lz4Header lz4_header) {
    Impl& self = *impl_;
    if (self.reader != nullptr) self.reader->end_section();
    self.reader = nullptr;
    self.error.reset();
    self.ended = false;
    self.left = output_limit;
    self.plain = compressed;
    if (codec == CompressionCodec::none) return;
    self.reader = &self.reader_of(codec);
    self.reader->start(compressed, output_limit, lz4_header);
}

Result<RecordBytes, DecompressError> Decompressor::read_piece() {
    Impl& self = *impl_;
    if (self.error) return refuse(*self.error);
    if (self.ended) return RecordBytes();
    if (self.reader == nullptr) {
        const RecordBytes piece = self.plain.first(std::min(self.plain.size(), kPieceBytes));
        self.plain = self.plain.subspan(piece.size());
        if (piece.size() > self.left) return self.fail(DecompressError::too_large);
        self.left -= piece.size();
        return piece;
    }
    const auto count = self.reader->read(self.piece);
    if (!count) return self.fail(count.error());
    if (*count > self.left) return self.fail(DecompressError::too_large);
    self.left -= *count;
    if (*count == 0) self.end();
    return RecordBytes(self.piece).first(*count);
}

Result<RecordBuffer, DecompressError> decompress(Decompressor& decompressor, CompressionCodec codec,
                                                 RecordBytes compressed, std::size_t output_limit,
                                                 Lz4Header lz4_header) {
    decompressor.start(codec, compressed, output_limit, lz4_header);
    RecordBuffer result;
    while (true) {
        const auto piece = decompressor.read_piece();
        if (!piece) return refuse(piece.error());
        if (piece->empty()) return result;
        append_bytes(result, *piece);
    }
}

}  // namespace highwater::wire
