#include <algorithm>
#include <array>

#include <lz4frame.h>
#include <lz4hc.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/base/invariant.h"
#include "net/wire/record/compression/codec_stream.h"

namespace highwater::wire {

namespace {

constexpr std::uint32_t kMagic = 0x184D2204;
// The descriptor's first byte: version 01 in the top bits, then independent blocks, block checksums, content size,
// content checksum; a dictionary id and a reserved bit, which Kafka refuses.
constexpr unsigned kVersionMask = 0xC0, kVersion = 0x40, kIndependentBlocks = 0x20, kContentSize = 0x08,
                   kRefusedBits = 0x03;
// Frame header: magic, descriptor (2 bytes, 8 more with a content size), a checksum of the descriptor.
constexpr std::size_t kLongestHeader = 4 + 2 + 8 + 1;

std::uint8_t header_checksum(RecordBytes covered) {
    return static_cast<std::uint8_t>(XXH32(covered.data(), covered.size(), 0) >> 8);
}

/// Bytes of the frame header at the start of `bytes`, or nullopt when it is cut off or Kafka would refuse it.
std::optional<std::size_t> frame_header_size(RecordBytes bytes) {
    if (bytes.size() < 7) return std::nullopt;
    std::uint32_t magic;
    std::memcpy(&magic, bytes.data(), 4);
    const auto flags = std::to_integer<unsigned>(bytes[4]);
    if (magic != kMagic || (flags & kVersionMask) != kVersion) return std::nullopt;
    if ((flags & kIndependentBlocks) == 0 || (flags & kRefusedBits) != 0) return std::nullopt;
    const std::size_t size = (flags & kContentSize) != 0 ? kLongestHeader : kLongestHeader - 8;
    if (bytes.size() < size) return std::nullopt;
    return size;
}

class Lz4Reader final : public CodecReader {
  public:
    ~Lz4Reader() override { LZ4F_freeDecompressionContext(context_); }

    void start(RecordBytes compressed, std::size_t, Lz4Header lz4_header) override {
        if (context_ == nullptr) {
            const auto status = LZ4F_createDecompressionContext(&context_, LZ4F_VERSION);
            HIGHWATER_INVARIANT(LZ4F_isError(status) == 0, "{}", LZ4F_getErrorName(status));
        } else {
            LZ4F_resetDecompressionContext(context_);
        }
        header_left_ = {};
        rest_ = compressed;
        ended_ = false;
        const auto size = frame_header_size(compressed);
        well_formed_ = size.has_value();
        if (!well_formed_) return;
        large_blocks_ = (std::to_integer<unsigned>(compressed[5]) >> 4 & 7U) > 5;
        // The library gets a copy of the header with the checksum it expects where the legacy one must be ignored.
        std::copy_n(compressed.begin(), *size, header_.begin());
        header_left_ = RecordBytes(header_).first(*size);
        if (lz4_header == Lz4Header::legacy) {
            header_[*size - 1] = static_cast<std::byte>(header_checksum(header_left_.subspan(4, *size - 5)));
        }
        rest_ = compressed.subspan(*size);
    }

    Result<std::size_t, DecompressError> read(std::span<std::byte> into) override {
        if (!well_formed_) return refuse(DecompressError::corrupt);
        while (!ended_) {
            RecordBytes& from = header_left_.empty() ? rest_ : header_left_;
            std::size_t consumed = from.size();
            std::size_t produced = into.size();
            const std::size_t hint = LZ4F_decompress(context_, into.data(), &produced, from.data(), &consumed, nullptr);
            if (LZ4F_isError(hint) != 0) return refuse(DecompressError::corrupt);
            from = from.subspan(consumed);
            // A hint of 0 is the end mark, with its checksum if there is one. Nothing may follow.
            if (hint == 0) {
                ended_ = true;
                if (!rest_.empty()) return refuse(DecompressError::corrupt);
            }
            if (produced != 0) return produced;
            // No end mark.
            if (!ended_ && consumed == 0) return refuse(DecompressError::corrupt);
        }
        return std::size_t{0};
    }

    void end_section() override {
        // Blocks of 1 and 4 MiB leave buffers of that size behind.
        if (!large_blocks_) return;
        LZ4F_freeDecompressionContext(context_);
        context_ = nullptr;
        large_blocks_ = false;
    }

  private:
    LZ4F_dctx* context_ = nullptr;
    std::array<std::byte, kLongestHeader> header_{};
    RecordBytes header_left_;
    RecordBytes rest_;
    bool well_formed_ = false;
    bool ended_ = false;
    bool large_blocks_ = false;
};

class Lz4Writer final : public CodecWriter {
  public:
    ~Lz4Writer() override { LZ4F_freeCompressionContext(context_); }

    void start(std::optional<int> level, RecordBuffer& out, Lz4Header lz4_header) override {
        if (context_ == nullptr) {
            const auto status = LZ4F_createCompressionContext(&context_, LZ4F_VERSION);
            HIGHWATER_INVARIANT(LZ4F_isError(status) == 0, "{}", LZ4F_getErrorName(status));
        }
        out_ = &out;
        preferences_ = {};
        preferences_.frameInfo.blockSizeID = LZ4F_max64KB;
        preferences_.frameInfo.blockMode = LZ4F_blockIndependent;
        // Kafka's default is its fast compressor; any level that is given is the thorough one's.
        preferences_.compressionLevel = level ? std::clamp(*level, 1, LZ4HC_CLEVEL_MAX) : 0;
        std::byte* const header = grow(out, LZ4F_HEADER_SIZE_MAX);
        const std::size_t size = LZ4F_compressBegin(context_, header, LZ4F_HEADER_SIZE_MAX, &preferences_);
        HIGHWATER_INVARIANT(LZ4F_isError(size) == 0, "{}", LZ4F_getErrorName(size));
        if (lz4_header == Lz4Header::legacy) {
            header[size - 1] = static_cast<std::byte>(header_checksum(RecordBytes(header, size - 1)));
        }
        out.resize(out.size() - LZ4F_HEADER_SIZE_MAX + size);
    }

    void write(RecordBytes bytes) override {
        while (!bytes.empty()) {
            const RecordBytes piece = bytes.first(std::min(bytes.size(), Decompressor::kPieceBytes));
            put(LZ4F_compressBound(piece.size(), &preferences_), [&](std::byte* at, std::size_t room) {
                return LZ4F_compressUpdate(context_, at, room, piece.data(), piece.size(), nullptr);
            });
            bytes = bytes.subspan(piece.size());
        }
    }

    void finish() override {
        put(LZ4F_compressBound(0, &preferences_),
            [&](std::byte* at, std::size_t room) { return LZ4F_compressEnd(context_, at, room, nullptr); });
    }

  private:
    template <class Step>
    void put(std::size_t room, Step&& step) {
        const std::size_t before = out_->size();
        std::byte* const at = grow(*out_, room);
        const std::size_t size = step(at, room);
        HIGHWATER_INVARIANT(LZ4F_isError(size) == 0, "{}", LZ4F_getErrorName(size));
        out_->resize(before + size);
    }

    LZ4F_cctx* context_ = nullptr;
    LZ4F_preferences_t preferences_{};
    RecordBuffer* out_ = nullptr;
};

}  // namespace

std::unique_ptr<CodecReader> make_lz4_reader() {
    return std::make_unique<Lz4Reader>();
}
std::unique_ptr<CodecWriter> make_lz4_writer() {
    return std::make_unique<Lz4Writer>();
}

}  // namespace highwater::wire
