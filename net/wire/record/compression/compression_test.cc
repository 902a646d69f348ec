#include <string>

#include <gtest/gtest.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include "net/wire/record/compression/compressor.h"
#include "net/wire/record/compression/decompressor.h"
#include "net/wire/record/testing.h"

// What each codec's reader takes and refuses: `compress/*.java`, and the lies of bad-input's B83 to B89.
namespace highwater::wire {
namespace {

using namespace testing;
using enum DecompressError;

constexpr std::size_t kLimit = std::size_t{8} << 20;

RecordBuffer compressed(CompressionChoice choice, RecordBytes bytes, Lz4Header lz4 = Lz4Header::standard) {
    Compressor compressor;
    RecordBuffer out;
    compress(compressor, choice, bytes, out, lz4);
    return out;
}

Result<RecordBuffer, DecompressError> opened(CompressionCodec codec, RecordBytes bytes, std::size_t limit = kLimit,
                                             Lz4Header lz4 = Lz4Header::standard) {
    Decompressor decompressor;
    return decompress(decompressor, codec, bytes, limit, lz4);
}

RecordBuffer joined(RecordBytes a, RecordBytes b) {
    RecordBuffer out(a.begin(), a.end());
    append_bytes(out, b);
    return out;
}

/// Bytes that compress a little, the same on every run.
RecordBuffer text_like(std::size_t size) {
    RecordBuffer out(size);
    std::uint32_t state = 12345;
    for (auto& byte : out) {
        state = state * 1'664'525 + 1'013'904'223;
        byte = static_cast<std::byte>('a' + (state >> 28));
    }
    return out;
}

RecordBuffer plain_snappy(RecordBytes bytes) {
    std::string out;
    snappy::Compress(reinterpret_cast<const char*>(bytes.data()), bytes.size(), &out);
    const auto view = bytes_of(out);
    return {view.begin(), view.end()};
}

TEST(Compression, EveryCodecGivesBackWhatItTookAtEverySizeAndLevel) {
    Compressor compressor;
    Decompressor decompressor;
    for (const CompressionCodec codec : kEveryCodec) {
        for (const std::size_t size : {0U, 1U, 100U, 32'767U, 32'768U, 32'769U, 65'536U, 65'537U, 700'000U}) {
            for (const std::optional<int> level : {std::optional<int>(), std::optional(1), std::optional(9),
                                                   std::optional(-500'000), std::optional(99)}) {
                // The thorough levels are slow, not different.
                if (size > 100 && level && *level > 1) continue;
                const RecordBuffer bytes = text_like(size);
                RecordBuffer out;
                compress(compressor, {codec, level}, bytes, out);
                const auto back = decompress(decompressor, codec, out, size);
                ASSERT_TRUE(back) << codec_name(codec) << " " << size;
                ASSERT_EQ(*back, bytes);
                if (size > 0) {
                    ASSERT_EQ(decompress(decompressor, codec, out, size - 1), refuse(too_large)) << codec_name(codec);
                }
            }
        }
    }
}

TEST(Compression, EveryCutOfASectionIsRefused) {
    Decompressor decompressor;
    const RecordBuffer bytes = text_like(2000);
    for (const CompressionCodec codec : kEveryCodec) {
        if (codec == CompressionCodec::none) continue;
        const RecordBuffer whole = compressed({codec}, bytes);
        for (std::size_t cut = 0; cut < whole.size(); ++cut) {
            const auto result = decompress(decompressor, codec, RecordBytes(whole).first(cut), kLimit);
            // Snappy's framing has no end: a cut between its header and its first block is an empty stream.
            if (codec == CompressionCodec::snappy && cut == 16) {
                EXPECT_EQ(result, RecordBuffer());
                continue;
            }
            EXPECT_EQ(result, refuse(corrupt)) << codec_name(codec) << " " << cut;
        }
        EXPECT_EQ(decompress(decompressor, codec, joined(whole, buffer_of({1, 2, 3, 4, 5, 6, 7, 8})), kLimit),
                  refuse(corrupt))
            << codec_name(codec);
    }
}

TEST(Compression, AFailedSectionDoesNotSpoilTheNext) {
    Compressor compressor;
    Decompressor decompressor;
    const RecordBuffer bytes = text_like(100'000);
    for (const CompressionCodec codec : kEveryCodec) {
        if (codec == CompressionCodec::none) continue;
        RecordBuffer whole;
        compress(compressor, {codec}, bytes, whole);
        RecordBuffer broken = whole;
        for (std::size_t i = whole.size() / 2; i < whole.size(); ++i) broken[i] ^= std::byte{0x55};
        EXPECT_FALSE(decompress(decompressor, codec, broken, kLimit));
        decompressor.start(codec, whole, kLimit);
        ASSERT_TRUE(decompressor.read_piece());  // Left halfway.
        RecordBuffer abandoned;
        compressor.start({codec}, abandoned);
        compressor.write(bytes);
        RecordBuffer again;
        compress(compressor, {codec}, bytes, again);
        EXPECT_EQ(again, whole) << codec_name(codec);
        EXPECT_EQ(decompress(decompressor, codec, again, kLimit), bytes) << codec_name(codec);
    }
}

TEST(Gzip, TakesSeveralMembersAndLongHeaders) {
    const RecordBuffer a = compressed({CompressionCodec::gzip}, bytes_of("one "));
    const RecordBuffer b = compressed({CompressionCodec::gzip}, bytes_of("two"));
    EXPECT_EQ(text_of(*opened(CompressionCodec::gzip, joined(a, b))), "one two");

    // RFC 1952 2.3: flag 8 is a file name that ends with a zero byte, flag 4 an extra field of 65,535 bytes.
    const auto with_header = [&](unsigned flag, const RecordBuffer& field) {
        RecordBuffer out(a.begin(), a.begin() + 10);
        out[3] = static_cast<std::byte>(flag);
        append_bytes(out, field);
        append_bytes(out, RecordBytes(a).subspan(10));
        return out;
    };
    RecordBuffer name(1 << 20, std::byte{'n'});
    name.push_back(std::byte{0});
    EXPECT_EQ(text_of(*opened(CompressionCodec::gzip, with_header(8, name))), "one ");
    RecordBuffer extra(65'537, std::byte{0xFF});
    EXPECT_EQ(text_of(*opened(CompressionCodec::gzip, with_header(4, extra))), "one ");
}

TEST(Snappy, TakesBareBlocksAndRepeatedHeaders) {
    const RecordBuffer bare = plain_snappy(bytes_of("bare bare bare bare"));
    EXPECT_EQ(text_of(*opened(CompressionCodec::snappy, bare)), "bare bare bare bare");
    const RecordBuffer a = compressed({CompressionCodec::snappy}, bytes_of("one "));
    const RecordBuffer b = compressed({CompressionCodec::snappy}, bytes_of("two"));
    EXPECT_EQ(text_of(*opened(CompressionCodec::snappy, joined(a, b))), "one two");
    EXPECT_EQ(RecordBuffer(a.begin(), a.begin() + 16),
              buffer_of({0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1}));
}

TEST(Snappy, RefusesClaimsThatNoBlockCanKeep) {
    EXPECT_EQ(opened(CompressionCodec::snappy, buffer_of({0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0})), refuse(corrupt));
    RecordBuffer framed = compressed({CompressionCodec::snappy}, bytes_of("hello"));
    store_big_endian(framed.data() + 16, std::int32_t{0x7FFFFFFF});
    EXPECT_EQ(opened(CompressionCodec::snappy, framed), refuse(corrupt));
    store_big_endian(framed.data() + 16, std::int32_t{-1});
    EXPECT_EQ(opened(CompressionCodec::snappy, framed), refuse(corrupt));
}

// Frame: magic, flags, block descriptor, header checksum, blocks, end mark.
TEST(Lz4, WritesTheFrameThatKafkaWrites) {
    const RecordBuffer frame = compressed({CompressionCodec::lz4}, bytes_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    EXPECT_EQ(RecordBuffer(frame.begin(), frame.begin() + 7), buffer_of({0x04, 0x22, 0x4D, 0x18, 0x60, 0x40, 0x82}));
    EXPECT_EQ(RecordBuffer(frame.end() - 4, frame.end()), buffer_of({0, 0, 0, 0}));
}

TEST(Lz4, RefusesWhatKafkaRefuses) {
    const RecordBuffer good = compressed({CompressionCodec::lz4}, text_like(1000));
    const auto with = [&](std::size_t at, unsigned byte) {
        RecordBuffer bytes = good;
        bytes[at] = static_cast<std::byte>(byte);
        return opened(CompressionCodec::lz4, bytes);
    };
    EXPECT_EQ(with(4, 0x40), refuse(corrupt));   // dependent blocks
    EXPECT_EQ(with(4, 0xA0), refuse(corrupt));   // version 2
    EXPECT_EQ(with(4, 0x61), refuse(corrupt));   // dictionary id
    EXPECT_EQ(with(4, 0x62), refuse(corrupt));   // reserved bit
    EXPECT_EQ(with(5, 0x30), refuse(corrupt));   // block size code 3
    EXPECT_EQ(with(6, 0x00), refuse(corrupt));   // header checksum
    EXPECT_EQ(with(10, 0x7F), refuse(corrupt));  // block length near INT_MAX
    RecordBuffer no_end(good.begin(), good.end() - 4);
    EXPECT_EQ(opened(CompressionCodec::lz4, no_end), refuse(corrupt));
}

// KAFKA-3160: magic 0 has the header checksum over the magic number, too; readers ignore it.
TEST(Lz4, LegacyHeaderChecksumIsWrittenAndIgnored) {
    const RecordBuffer bytes = text_like(5000);
    const RecordBuffer legacy = compressed({CompressionCodec::lz4}, bytes, Lz4Header::legacy);
    EXPECT_NE(legacy[6], compressed({CompressionCodec::lz4}, bytes)[6]);
    EXPECT_EQ(opened(CompressionCodec::lz4, legacy), refuse(corrupt));
    EXPECT_EQ(opened(CompressionCodec::lz4, legacy, kLimit, Lz4Header::legacy), bytes);
    EXPECT_EQ(opened(CompressionCodec::lz4, compressed({CompressionCodec::lz4}, bytes), kLimit, Lz4Header::legacy),
              bytes);
}

RecordBuffer zstd_frame(RecordBytes bytes, int window_log, bool content_size) {
    ZSTD_CCtx* context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, content_size ? 1 : 0);
    RecordBuffer out(ZSTD_compressBound(bytes.size()));
    ZSTD_inBuffer from{bytes.data(), bytes.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    // Flushed before its end, so that the frame keeps the window it was asked for.
    EXPECT_EQ(ZSTD_compressStream2(context, &to, &from, ZSTD_e_flush), 0U);
    EXPECT_EQ(ZSTD_compressStream2(context, &to, &from, ZSTD_e_end), 0U);
    ZSTD_freeCCtx(context);
    out.resize(to.pos);
    return out;
}

TEST(Zstd, WindowsUpTo2To27AreTaken) {
    const RecordBuffer bytes = text_like(1000);
    EXPECT_EQ(opened(CompressionCodec::zstd, zstd_frame(bytes, 27, false)), bytes);
    EXPECT_EQ(opened(CompressionCodec::zstd, zstd_frame(bytes, 28, false)), refuse(corrupt));
    EXPECT_EQ(opened(CompressionCodec::zstd, zstd_frame(bytes, 31, false)), refuse(corrupt));
}

TEST(Zstd, TakesSeveralFramesAndRefusesLies) {
    const RecordBuffer a = compressed({CompressionCodec::zstd}, bytes_of("one "));
    const RecordBuffer b = compressed({CompressionCodec::zstd}, bytes_of("two"));
    EXPECT_EQ(text_of(*opened(CompressionCodec::zstd, joined(a, b))), "one two");

    RecordBuffer skippable;
    for (int i = 0; i < 100'000; ++i) append_bytes(skippable, buffer_of({0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0}));
    EXPECT_EQ(opened(CompressionCodec::zstd, joined(skippable, a)), refuse(corrupt));
    // RFC 8878 3.1.1: descriptor E0 is an 8-byte content size in a single segment, 03 a 4-byte dictionary id.
    const RecordBuffer raw_block = buffer_of({0x09, 0, 0, 'x'});
    RecordBuffer size_lie = buffer_of({0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0x40});
    EXPECT_EQ(opened(CompressionCodec::zstd, joined(size_lie, raw_block)), refuse(corrupt));
    const RecordBuffer small_lie = buffer_of({0x28, 0xB5, 0x2F, 0xFD, 0x20, 9});  // says 9 bytes, has 1
    EXPECT_EQ(opened(CompressionCodec::zstd, joined(small_lie, raw_block)), refuse(corrupt));
    const RecordBuffer honest = buffer_of({0x28, 0xB5, 0x2F, 0xFD, 0x20, 1});
    EXPECT_EQ(text_of(*opened(CompressionCodec::zstd, joined(honest, raw_block))), "x");
    const RecordBuffer dictionary = buffer_of({0x28, 0xB5, 0x2F, 0xFD, 0x23, 1, 2, 3, 4, 1});
    EXPECT_EQ(opened(CompressionCodec::zstd, joined(dictionary, raw_block)), refuse(corrupt));
}

}  // namespace
}  // namespace highwater::wire
