#include "net/wire/record/legacy_message_set.h"

#include <gtest/gtest.h>

#include "net/wire/record/legacy_message.h"
#include "net/wire/record/testing.h"

// Message sets of magic 0 and 1 (`LegacyRecord`, `AbstractLegacyRecordBatch`; KIP-31, KIP-32).
namespace highwater::wire {
namespace {

using namespace testing;

constexpr std::size_t kLimit = std::size_t{1} << 20;

struct Seen {
    std::int64_t offset;
    std::optional<std::string> value;
    std::optional<std::int64_t> timestamp;
    CompressionCodec codec = CompressionCodec::none;
    friend bool operator==(const Seen&, const Seen&) = default;
};

Result<std::vector<Seen>, RecordDefect> seen(RecordBytes set, std::size_t limit = kLimit) {
    Decompressor decompressor;
    std::vector<Seen> out;
    const auto walked = for_each_legacy_message(set, decompressor, limit, [&](const LegacyMessage& message) {
        out.push_back({message.offset.value(), message.value ? std::optional(text_of(*message.value)) : std::nullopt,
                       message.timestamp ? std::optional(message.timestamp->value()) : std::nullopt, message.codec});
    });
    if (!walked) return refuse(walked.error());
    return out;
}

RecordBuffer set_of(const std::vector<LegacyEntry>& entries) {
    RecordBuffer out;
    for (const auto& entry : entries) append_legacy_entry(out, entry);
    return out;
}

RecordBuffer wrapped(LegacyEntry wrapper, const RecordBuffer& inner, CompressionCodec codec) {
    Compressor compressor;
    RecordBuffer value;
    compress(compressor, {codec}, inner, value, wrapper.magic == 0 ? Lz4Header::legacy : Lz4Header::standard);
    wrapper.attributes |= static_cast<std::uint8_t>(codec);
    wrapper.value = value;
    return set_of({wrapper});
}

LegacyEntry entry(std::int8_t magic, std::int64_t offset, const char* value, std::int64_t timestamp = 10) {
    return {.offset = offset, .magic = magic, .timestamp = timestamp, .value = bytes_of(value)};
}

TEST(LegacyMessage, IsLaidOutAsTheFormatSays) {
    const RecordBuffer v0 = set_of({entry(0, 5, "v")});
    EXPECT_EQ(v0, buffer_of({0,
                             0,
                             0,
                             0,
                             0,
                             0,
                             0,
                             5,
                             0,
                             0,
                             0,
                             15,
                             std::to_integer<unsigned>(v0[12]),
                             std::to_integer<unsigned>(v0[13]),
                             std::to_integer<unsigned>(v0[14]),
                             std::to_integer<unsigned>(v0[15]),
                             0,
                             0,
                             0xFF,
                             0xFF,
                             0xFF,
                             0xFF,
                             0,
                             0,
                             0,
                             1,
                             'v'}));
    EXPECT_EQ(set_of({entry(1, 5, "v")}).size(), 35U);
    EXPECT_EQ(seen(v0), (std::vector<Seen>{{5, "v", std::nullopt}}));
    EXPECT_EQ(seen(set_of({entry(1, 5, "v"), {.offset = 6, .magic = 1, .timestamp = -1}})),
              (std::vector<Seen>{{5, "v", 10}, {6, std::nullopt, std::nullopt}}));
}

TEST(LegacyMessage, DamageIsRefused) {
    const RecordBuffer good = set_of({entry(1, 5, "value")});
    const auto fault = [](RecordBytes bytes) { return seen(bytes).error().fault; };
    for (std::size_t cut = 1; cut < good.size(); ++cut) {
        EXPECT_EQ(fault(RecordBytes(good).first(cut)), RecordFault::truncated) << cut;
    }
    for (std::size_t bit = 12 * 8; bit < good.size() * 8; ++bit) {
        RecordBuffer flipped = good;
        flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        EXPECT_FALSE(seen(flipped)) << bit;
    }
    EXPECT_EQ(fault(with_field(good, BatchLayout::kLength, std::int32_t{13})), RecordFault::malformed);
    EXPECT_EQ(fault(with_field(good, BatchLayout::kLength, std::int32_t{-1})), RecordFault::malformed);
}

// KIP-31: inner offsets of magic 1 are relative, the wrapper has the last one's; those of magic 0 are absolute.
TEST(LegacyWrapper, OffsetsBecomeAbsolute) {
    for (const auto codec : {CompressionCodec::gzip, CompressionCodec::snappy, CompressionCodec::lz4}) {
        const RecordBuffer relative = set_of({entry(1, 0, "a"), entry(1, 1, "b", 11), entry(1, 3, "d", 12)});
        EXPECT_EQ(seen(wrapped(entry(1, 103, ""), relative, codec)),
                  (std::vector<Seen>{{100, "a", 10, codec}, {101, "b", 11, codec}, {103, "d", 12, codec}}));
        // Old librdkafka left 0 in the wrapper.
        EXPECT_EQ(seen(wrapped(entry(1, 0, ""), relative, codec)),
                  (std::vector<Seen>{{0, "a", 10, codec}, {1, "b", 11, codec}, {3, "d", 12, codec}}));
        const RecordBuffer absolute = set_of({entry(0, 7, "a"), entry(0, 8, "b")});
        EXPECT_EQ(seen(wrapped(entry(0, 8, ""), absolute, codec)),
                  (std::vector<Seen>{{7, "a", std::nullopt, codec}, {8, "b", std::nullopt, codec}}));
        EXPECT_EQ(seen(wrapped(entry(1, 2, ""), relative, codec)).error().fault, RecordFault::malformed);
    }
}

// KIP-32: the broker's time on the wrapper counts for every message in it.
TEST(LegacyWrapper, LogAppendTimeOverridesTheTimesInside) {
    LegacyEntry wrapper = entry(1, 1, "", 999);
    wrapper.attributes = 8;
    const auto codec = CompressionCodec::gzip;
    EXPECT_EQ(seen(wrapped(wrapper, set_of({entry(1, 0, "a"), entry(1, 1, "b")}), codec)),
              (std::vector<Seen>{{0, "a", 999, codec}, {1, "b", 999, codec}}));
}

TEST(LegacyWrapper, RefusesWhatKafkaRefuses) {
    const auto gzip = CompressionCodec::gzip;
    const RecordBuffer inner = set_of({entry(1, 0, "a")});
    EXPECT_EQ(seen(wrapped(entry(1, 0, ""), wrapped(entry(1, 0, ""), inner, gzip), gzip)).error().fault,
              RecordFault::malformed);                                                               // nested
    EXPECT_EQ(seen(wrapped(entry(0, 0, ""), inner, gzip)).error().fault, RecordFault::malformed);    // another magic
    EXPECT_EQ(seen(wrapped(entry(1, 0, ""), {}, gzip)).error().fault, RecordFault::malformed);       // empty
    EXPECT_EQ(seen(set_of({{.magic = 1, .attributes = 1}})).error().fault, RecordFault::malformed);  // null value
    RecordBuffer bad_crc = inner;
    bad_crc.back() = std::byte{'x'};
    EXPECT_EQ(seen(wrapped(entry(1, 0, ""), bad_crc, gzip)).error().fault, RecordFault::checksum);
    EXPECT_EQ(seen(wrapped(entry(1, 0, ""), inner, CompressionCodec::zstd)).error().fault, RecordFault::unsupported);
    EXPECT_EQ(seen(wrapped(entry(1, 0, ""), inner, gzip), inner.size() - 1).error().fault, RecordFault::too_large);
}

TEST(UpConvert, MakesOneBatchOfTheSet) {
    Decompressor decompressor;
    Compressor compressor;
    RecordBuffer set =
        wrapped(entry(1, 1, ""), set_of({entry(1, 0, "a"), entry(1, 1, "b", 11)}), CompressionCodec::lz4);
    append_bytes(set, set_of({{.offset = 9, .magic = 1, .timestamp = 12, .key = bytes_of("k")}}));
    const auto batch = up_convert(set, decompressor, compressor, kLimit);
    ASSERT_TRUE(batch);
    const auto view = read_batch(*batch);
    ASSERT_TRUE(view && check_batch(*view));
    EXPECT_EQ(view->header.codec(), CompressionCodec::lz4);
    EXPECT_EQ(view->header.max_timestamp, Timestamp{12});
    EXPECT_EQ(read_all(*view),
              (std::vector<OwnedRecord>{
                  {std::nullopt, "a", 10, {}, 0}, {std::nullopt, "b", 11, {}, 1}, {"k", std::nullopt, 12, {}, 2}}));
}

RecordBuffer at_offset(RecordBuffer batch, std::int64_t offset) {
    stamp_batch(batch, Offset{offset}, LeaderEpoch{1});
    return batch;
}

Result<DownConverted> down(RecordBytes batches, std::int8_t magic, std::int64_t first, std::size_t max = kLimit) {
    Decompressor decompressor;
    Compressor compressor;
    return down_convert(batches, magic, Offset{first}, max, decompressor, compressor, kLimit);
}

TEST(DownConvert, KeepsOffsetsTimesAndCodec) {
    for (const auto codec :
         {CompressionCodec::none, CompressionCodec::gzip, CompressionCodec::snappy, CompressionCodec::lz4}) {
        RecordBatchBuilder builder({.compression = {codec}});
        const auto value = bytes_of("v");
        builder.add_at(0, {.value = value, .timestamp = Timestamp{10}});
        builder.add_at(2, {.value = value, .timestamp = Timestamp{30}});
        builder.add_at(3, {.value = value, .timestamp = Timestamp{20}});
        const RecordBuffer batches = at_offset(builder.finish(), 100);
        auto result = down(batches, 1, 0);
        ASSERT_TRUE(result);
        EXPECT_EQ(result->consumed_bytes, batches.size());
        EXPECT_EQ(seen(result->message_set),
                  (std::vector<Seen>{{100, "v", 10, codec}, {102, "v", 30, codec}, {103, "v", 20, codec}}));
        result = down(batches, 0, 0);
        EXPECT_EQ(seen(result->message_set), (std::vector<Seen>{{100, "v", std::nullopt, codec},
                                                                {102, "v", std::nullopt, codec},
                                                                {103, "v", std::nullopt, codec}}));
        result = down(batches, 1, 103);
        EXPECT_EQ(seen(result->message_set), (std::vector<Seen>{{103, "v", 20, codec}}));
        result = down(batches, 1, 104);
        EXPECT_TRUE(result->message_set.empty());
        EXPECT_EQ(result->consumed_bytes, batches.size());
    }
}

TEST(DownConvert, LogAppendTimeStays) {
    for (const auto codec : {CompressionCodec::none, CompressionCodec::gzip}) {
        const RecordBuffer batches = a_batch(some_records(2), {.compression = {codec},
                                                               .timestamp_type = TimestampType::log_append_time,
                                                               .log_append_time = Timestamp{77}});
        EXPECT_EQ(seen(down(batches, 1, 0)->message_set),
                  (std::vector<Seen>{{0, "v0", 77, codec}, {1, "v1", 77, codec}}));
    }
}

TEST(DownConvert, ControlBatchesAreLeftOut) {
    RecordBuffer batches = a_batch(some_records(1), {.control = true});
    append_bytes(batches, at_offset(a_batch(some_records(1)), 1));
    const auto result = down(batches, 1, 0);
    EXPECT_EQ(result->consumed_bytes, batches.size());
    EXPECT_EQ(seen(result->message_set), (std::vector<Seen>{{1, "v0", 1'000'000}}));
}

TEST(DownConvert, StopsAtTheLimitAndBeforeWhatItCannotConvert) {
    const RecordBuffer one = a_batch(some_records(1));
    RecordBuffer batches = one;
    append_bytes(batches, at_offset(a_batch(some_records(2)), 1));
    EXPECT_EQ(down(batches, 1, 0, 1)->consumed_bytes, one.size());
    EXPECT_EQ(seen(down(batches, 1, 0, 1)->message_set)->size(), 1U);
    EXPECT_EQ(seen(down(batches, 1, 0)->message_set)->size(), 3U);
    const RecordBuffer torn(batches.begin(), batches.end() - 1);
    EXPECT_EQ(down(torn, 1, 0)->consumed_bytes, one.size());

    const RecordBuffer zstd = a_batch(some_records(1), {.compression = {CompressionCodec::zstd}});
    EXPECT_EQ(down(zstd, 1, 0).error(), ErrorCode::unsupported_compression_type);
    const RecordBuffer damaged = batch_around(buffer_of({1}), 1);
    EXPECT_EQ(down(damaged, 1, 0).error(), ErrorCode::corrupt_message);
    for (const RecordBuffer& bad : {zstd, damaged}) {
        RecordBuffer later = one;
        append_bytes(later, at_offset(bad, 1));
        const auto result = down(later, 1, 0);
        ASSERT_TRUE(result);
        EXPECT_EQ(result->consumed_bytes, one.size());
        EXPECT_EQ(seen(result->message_set)->size(), 1U);
    }
}

}  // namespace
}  // namespace highwater::wire
