#include <algorithm>

#include <zlib.h>

#include "core/base/invariant.h"
#include "net/wire/record/compression/codec_stream.h"

namespace highwater::wire {

namespace {

// Window bits 15 with the gzip wrapper (zlib's own encoding of "gzip only").
constexpr int kGzipWindowBits = 15 + 16;
// zlib counts in uInt.
constexpr std::size_t kLongestCall = std::size_t{1} << 30;

Bytef* zlib_bytes(const std::byte* bytes) {
    // zlib only reads its input; its C interface lacks the const.
    return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes));
}

class GzipReader final : public CodecReader {
  public:
    GzipReader() {
        const int status = inflateInit2(&stream_, kGzipWindowBits);
        HIGHWATER_INVARIANT(status == Z_OK, "inflateInit2: {}", status);
    }
    ~GzipReader() override { inflateEnd(&stream_); }

    void start(RecordBytes compressed, std::size_t, Lz4Header) override {
        rest_ = compressed;
        ended_ = false;
        inflateReset(&stream_);
    }

    Result<std::size_t, DecompressError> read(std::span<std::byte> into) override {
        stream_.next_out = zlib_bytes(into.data());
        stream_.avail_out = static_cast<uInt>(into.size());
        while (!ended_ && stream_.avail_out == into.size()) {
            stream_.next_in = zlib_bytes(rest_.data());
            const auto given = static_cast<uInt>(std::min(rest_.size(), kLongestCall));
            stream_.avail_in = given;
            const int status = inflate(&stream_, Z_NO_FLUSH);
            rest_ = rest_.subspan(given - stream_.avail_in);
            if (status == Z_STREAM_END) {
                // Another member may follow (RFC 1952 2.2); what is none fails at its header.
                ended_ = rest_.empty();
                if (!ended_) inflateReset(&stream_);
            } else if (status != Z_OK) {
                return refuse(DecompressError::corrupt);
            }
        }
        return into.size() - stream_.avail_out;
    }

  private:
    z_stream stream_{};
    RecordBytes rest_;
    bool ended_ = true;
};

class GzipWriter final : public CodecWriter {
  public:
    ~GzipWriter() override {
        if (level_) deflateEnd(&stream_);
    }

    void start(std::optional<int> level, RecordBuffer& out, Lz4Header) override {
        const int wanted = level && *level != -1 ? std::clamp(*level, 1, 9) : Z_DEFAULT_COMPRESSION;
        out_ = &out;
        if (level_ == wanted) {
            deflateReset(&stream_);
            return;
        }
        if (level_) deflateEnd(&stream_);
        stream_ = {};
        const int status = deflateInit2(&stream_, wanted, Z_DEFLATED, kGzipWindowBits, 8, Z_DEFAULT_STRATEGY);
        HIGHWATER_INVARIANT(status == Z_OK, "deflateInit2: {}", status);
        level_ = wanted;
    }

    void write(RecordBytes bytes) override {
        while (!bytes.empty()) {
            const std::size_t count = std::min(bytes.size(), kLongestCall);
            run(bytes.first(count), Z_NO_FLUSH);
            bytes = bytes.subspan(count);
        }
    }

    void finish() override { run({}, Z_FINISH); }

  private:
    void run(RecordBytes bytes, int flush) {
        stream_.next_in = zlib_bytes(bytes.data());
        stream_.avail_in = static_cast<uInt>(bytes.size());
        std::byte piece[16 * 1024];
        do {
            stream_.next_out = zlib_bytes(piece);
            stream_.avail_out = sizeof(piece);
            deflate(&stream_, flush);
            append_bytes(*out_, RecordBytes(piece, sizeof(piece) - stream_.avail_out));
        } while (stream_.avail_out == 0);
    }

    z_stream stream_{};
    std::optional<int> level_;
    RecordBuffer* out_ = nullptr;
};

}  // namespace

std::unique_ptr<CodecReader> make_gzip_reader() {
    return std::make_unique<GzipReader>();
}
std::unique_ptr<CodecWriter> make_gzip_writer() {
    return std::make_unique<GzipWriter>();
}

}  // namespace highwater::wire
