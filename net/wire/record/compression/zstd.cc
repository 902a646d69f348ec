#include <algorithm>

#include <zstd.h>

#include "core/base/invariant.h"
#include "net/wire/record/compression/codec_stream.h"

namespace highwater::wire {

namespace {

// Largest window a frame may ask for, as a power of two: what Kafka's reader allows.
constexpr int kLargestWindowLog = 27;
// A reader this large has met a large window; it is not kept for the next section.
constexpr std::size_t kKeptBytes = 4 * 1024 * 1024;
// Skippable frames have these 16 magic numbers, the last four bits being free.
constexpr std::uint32_t kSkippableMagic = 0x184D2A50, kSkippableMask = 0xFFFFFFF0;

class ZstdReader final : public CodecReader {
  public:
    ~ZstdReader() override { ZSTD_freeDCtx(context_); }

    void start(RecordBytes compressed, std::size_t, Lz4Header) override {
        if (context_ == nullptr) {
            context_ = ZSTD_createDCtx();
            HIGHWATER_INVARIANT(context_ != nullptr, "no memory for a zstd context");
            ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kLargestWindowLog);
        } else {
            ZSTD_DCtx_reset(context_, ZSTD_reset_session_only);
        }
        rest_ = compressed;
        in_frame_ = false;
        began_ = false;
    }

    Result<std::size_t, DecompressError> read(std::span<std::byte> into) override {
        while (true) {
            if (!in_frame_) {
                if (rest_.empty()) {
                    if (!began_) return refuse(DecompressError::corrupt);
                    return std::size_t{0};
                }
                if (is_skippable()) return refuse(DecompressError::corrupt);
                in_frame_ = true;
                began_ = true;
            }
            ZSTD_inBuffer from{rest_.data(), rest_.size(), 0};
            ZSTD_outBuffer to{into.data(), into.size(), 0};
            const std::size_t hint = ZSTD_decompressStream(context_, &to, &from);
            if (ZSTD_isError(hint) != 0) return refuse(DecompressError::corrupt);
            rest_ = rest_.subspan(from.pos);
            // A hint of 0 is the end of a frame.
            if (hint == 0) in_frame_ = false;
            if (to.pos != 0) return to.pos;
            if (hint != 0 && from.pos == 0) return refuse(DecompressError::corrupt);
        }
    }

    void end_section() override {
        if (ZSTD_sizeof_DCtx(context_) <= kKeptBytes) return;
        ZSTD_freeDCtx(context_);
        context_ = nullptr;
    }

  private:
    bool is_skippable() const {
        if (rest_.size() < 4) return false;
        std::uint32_t magic;
        std::memcpy(&magic, rest_.data(), 4);
        return (magic & kSkippableMask) == kSkippableMagic;
    }

    ZSTD_DCtx* context_ = nullptr;
    RecordBytes rest_;
    bool in_frame_ = false;
    bool began_ = false;
};

class ZstdWriter final : public CodecWriter {
  public:
    ZstdWriter() : context_(ZSTD_createCCtx()) {
        HIGHWATER_INVARIANT(context_ != nullptr, "no memory for a zstd context");
    }
    ~ZstdWriter() override { ZSTD_freeCCtx(context_); }

    void start(std::optional<int> level, RecordBuffer& out, Lz4Header) override {
        out_ = &out;
        ZSTD_CCtx_reset(context_, ZSTD_reset_session_only);
        const int wanted = level ? std::clamp(*level, ZSTD_minCLevel(), ZSTD_maxCLevel()) : ZSTD_CLEVEL_DEFAULT;
        ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, wanted);
    }

    void write(RecordBytes bytes) override { run(bytes, ZSTD_e_continue); }
    void finish() override { run({}, ZSTD_e_end); }

  private:
    void run(RecordBytes bytes, ZSTD_EndDirective directive) {
        std::byte piece[16 * 1024];
        ZSTD_inBuffer from{bytes.data(), bytes.size(), 0};
        while (true) {
            ZSTD_outBuffer to{piece, sizeof(piece), 0};
            const std::size_t left = ZSTD_compressStream2(context_, &to, &from, directive);
            HIGHWATER_INVARIANT(ZSTD_isError(left) == 0, "{}", ZSTD_getErrorName(left));
            append_bytes(*out_, RecordBytes(piece, to.pos));
            if (directive == ZSTD_e_end ? left == 0 : from.pos == from.size) return;
        }
    }

    ZSTD_CCtx* context_;
    RecordBuffer* out_ = nullptr;
};

}  // namespace

std::unique_ptr<CodecReader> make_zstd_reader() {
    return std::make_unique<ZstdReader>();
}
std::unique_ptr<CodecWriter> make_zstd_writer() {
    return std::make_unique<ZstdWriter>();
}

}  // namespace highwater::wire
