#include <algorithm>
#include <array>

#include <snappy.h>

#include "net/wire/record/compression/codec_stream.h"

namespace highwater::wire {

namespace {

// The framing of snappy-java ("xerial"), which Kafka's snappy is: a 16-byte header, then blocks of int32 length and
// a raw snappy block.
constexpr std::array<unsigned char, 16> kHeader{0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1};
constexpr std::size_t kMagicBytes = 8;
constexpr std::size_t kBlockBytes = 32 * 1024;
// A copy of 64 bytes takes 3: no block expands more, so a larger claim is a lie.
constexpr std::size_t kLargestExpansion = 22;
constexpr std::size_t kKeptBytes = 1024 * 1024;

bool has_magic(RecordBytes bytes) {
    return bytes.size() >= kHeader.size() && std::memcmp(bytes.data(), kHeader.data(), kMagicBytes) == 0;
}

const char* chars(RecordBytes bytes) {
    return reinterpret_cast<const char*>(bytes.data());
}

class SnappyReader final : public CodecReader {
  public:
    void start(RecordBytes compressed, std::size_t output_limit, Lz4Header) override {
        rest_ = compressed;
        limit_ = output_limit;
        framed_ = has_magic(compressed);
        block_.clear();
        block_position_ = 0;
        began_ = false;
    }

    Result<std::size_t, DecompressError> read(std::span<std::byte> into) override {
        while (block_position_ == block_.size()) {
            if (framed_) {
                // Streams that were concatenated have a header in the middle.
                while (has_magic(rest_)) rest_ = rest_.subspan(kHeader.size());
            }
            // No bytes at all are no bare block: even an empty one has its length.
            if (rest_.empty()) {
                if (!framed_ && !began_) return refuse(DecompressError::corrupt);
                return std::size_t{0};
            }
            if (!framed_ && began_) return refuse(DecompressError::corrupt);
            began_ = true;
            const auto compressed = next_compressed_block();
            if (!compressed) return refuse(DecompressError::corrupt);
            if (const auto opened = open_block(*compressed); !opened) return refuse(opened.error());
        }
        const std::size_t count = std::min(into.size(), block_.size() - block_position_);
        std::memcpy(into.data(), block_.data() + block_position_, count);
        block_position_ += count;
        return count;
    }

    void end_section() override {
        if (block_.capacity() > kKeptBytes) RecordBuffer().swap(block_);
        block_.clear();
        block_position_ = 0;
    }

  private:
    std::optional<RecordBytes> next_compressed_block() {
        RecordBytes block = rest_;
        if (framed_) {
            if (rest_.size() < 4) return std::nullopt;
            const auto length = load_big_endian<std::uint32_t>(rest_.data());
            if (length == 0 || length > rest_.size() - 4) return std::nullopt;
            block = rest_.subspan(4, length);
        }
        rest_ = rest_.subspan(static_cast<std::size_t>(block.data() + block.size() - rest_.data()));
        return block;
    }

    Result<void, DecompressError> open_block(RecordBytes compressed) {
        std::size_t size = 0;
        if (!snappy::GetUncompressedLength(chars(compressed), compressed.size(), &size)) {
            return refuse(DecompressError::corrupt);
        }
        if (size > compressed.size() * kLargestExpansion) return refuse(DecompressError::corrupt);
        if (size > limit_) return refuse(DecompressError::too_large);
        block_.resize(size);
        block_position_ = 0;
        if (!snappy::RawUncompress(chars(compressed), compressed.size(), reinterpret_cast<char*>(block_.data()))) {
            return refuse(DecompressError::corrupt);
        }
        return {};
    }

    RecordBytes rest_;
    std::size_t limit_ = 0;
    bool framed_ = false;
    bool began_ = false;
    RecordBuffer block_;
    std::size_t block_position_ = 0;
};

class SnappyWriter final : public CodecWriter {
  public:
    void start(std::optional<int>, RecordBuffer& out, Lz4Header) override {
        out_ = &out;
        pending_.clear();
        append_bytes(out, std::as_bytes(std::span(kHeader)));
    }

    void write(RecordBytes bytes) override {
        while (!bytes.empty()) {
            const std::size_t count = std::min(bytes.size(), kBlockBytes - pending_.size());
            append_bytes(pending_, bytes.first(count));
            bytes = bytes.subspan(count);
            if (pending_.size() == kBlockBytes) write_block();
        }
    }

    void finish() override {
        if (!pending_.empty()) write_block();
    }

  private:
    void write_block() {
        const std::size_t before = out_->size();
        std::byte* const block = grow(*out_, 4 + snappy::MaxCompressedLength(pending_.size()));
        std::size_t size = 0;
        snappy::RawCompress(chars(pending_), pending_.size(), reinterpret_cast<char*>(block + 4), &size);
        store_big_endian(block, static_cast<std::uint32_t>(size));
        out_->resize(before + 4 + size);
        pending_.clear();
    }

    RecordBuffer* out_ = nullptr;
    RecordBuffer pending_;
};

}  // namespace

std::unique_ptr<CodecReader> make_snappy_reader() {
    return std::make_unique<SnappyReader>();
}
std::unique_ptr<CodecWriter> make_snappy_writer() {
    return std::make_unique<SnappyWriter>();
}

}  // namespace highwater::wire
