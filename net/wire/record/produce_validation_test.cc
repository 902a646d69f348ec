#include "net/wire/record/produce_validation.h"

#include <limits>

#include <gtest/gtest.h>

#include "net/wire/record/crc32c.h"
#include "net/wire/record/legacy_message.h"
#include "net/wire/record/testing.h"

// What a leader checks before it appends a client's records: `ProduceRequest`, `LogValidator`, `UnifiedLog`.
namespace highwater::wire {
namespace {

using namespace testing;
using Layout = BatchLayout;

constexpr std::int64_t kNow = 1'700'000'000'000;

ProduceRules rules() {
    return {.now = Timestamp{kNow}, .produce_version = 9};
}

Result<AcceptedBatch, ProduceRefusal> validated(RecordBytes bytes, const ProduceRules& with = rules()) {
    RecordScratch scratch;
    return validate_produce(bytes, with, scratch);
}

ErrorCode code(RecordBytes bytes, const ProduceRules& with = rules()) {
    const auto result = validated(bytes, with);
    return result ? ErrorCode::none : result.error().error;
}

/// The batch as it will stand in the log.
RecordBuffer stored(RecordBytes bytes, const ProduceRules& with = rules()) {
    const auto accepted = validated(bytes, with);
    EXPECT_TRUE(accepted) << accepted.error().message;
    if (!accepted) return RecordBatchBuilder().finish();
    RecordBuffer out(accepted->facts.size_bytes);
    write_accepted_batch(*accepted, bytes, Offset{500}, LeaderEpoch{8}, out);
    EXPECT_TRUE(check_batch(*read_batch(out)));
    return out;
}

RecordBuffer batch(CompressionCodec codec = CompressionCodec::none, int count = 3) {
    return a_batch(some_records(count, kNow), {.compression = {codec}});
}

RecordBuffer compressed_around(const RecordBuffer& section, std::int32_t count, CompressionCodec codec) {
    Compressor compressor;
    RecordBuffer stream;
    compress(compressor, {codec}, section, stream);
    return batch_around(stream, count, codec);
}

RecordBuffer joined(RecordBytes a, RecordBytes b) {
    RecordBuffer out(a.begin(), a.end());
    append_bytes(out, b);
    return out;
}

constexpr auto kInvalid = ErrorCode::invalid_record;
constexpr auto kCorrupt = ErrorCode::corrupt_message;

// The rows B61 to B97 of the bad-input table that a batch's bytes alone decide.
TEST(ProduceValidation, RefusesEveryBadBatchWithItsCode) {
    struct Case {
        const char* name;
        RecordBuffer bytes;
        ErrorCode expected;
    };
    const RecordBuffer good = batch();
    const RecordBuffer idempotent =
        a_batch(some_records(3, kNow), {.producer = ProducerStamp{ProducerId{5}, ProducerEpoch{0}, Sequence{0}}});
    const auto truncated = [&](std::size_t size) {
        return RecordBuffer(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    };
    const Case cases[] = {
        {"B61 magic 0", with_field(good, Layout::kMagic, std::int8_t{0}), kInvalid},
        {"B61 magic 1", with_field(good, Layout::kMagic, std::int8_t{1}), kInvalid},
        {"B62 magic 3", with_field(good, Layout::kMagic, std::int8_t{3}), kInvalid},
        {"B62 magic -1", with_field(good, Layout::kMagic, std::int8_t{-1}), kInvalid},
        {"B64 no bytes", {}, kInvalid},
        {"B65 length -1", with_field(good, Layout::kLength, std::int32_t{-1}), kCorrupt},
        {"B65 length 0", with_field(good, Layout::kLength, std::int32_t{0}), kCorrupt},
        {"B65 length 48", with_field(good, Layout::kLength, std::int32_t{48}), kCorrupt},
        {"B65 longer than the field", with_field(good, Layout::kLength, static_cast<std::int32_t>(good.size() - 11)),
         kCorrupt},
        {"B65 INT_MAX", with_field(good, Layout::kLength, std::numeric_limits<std::int32_t>::max()), kCorrupt},
        {"B65 cut in the length", truncated(10), kCorrupt},
        {"B65 cut in the header", truncated(40), kCorrupt},
        {"B65 shorter than the field", with_field(good, Layout::kLength, static_cast<std::int32_t>(good.size() - 13)),
         kInvalid},
        {"two batches", joined(good, good), kInvalid},
        {"checksum", with_field(good, Layout::kCrc, std::uint32_t{0}), kCorrupt},
        {"B67 last offset delta above count - 1", with_field(good, Layout::kLastOffsetDelta, std::int32_t{3}),
         kInvalid},
        {"B67 last offset delta below count - 1", with_field(good, Layout::kLastOffsetDelta, std::int32_t{1}),
         kInvalid},
        {"B67 last offset delta negative", with_field(good, Layout::kLastOffsetDelta, std::int32_t{-1}), kInvalid},
        {"count 0", with_field(good, Layout::kRecordCount, std::int32_t{0}), kInvalid},
        {"count -1", with_field(good, Layout::kRecordCount, std::int32_t{-1}), kInvalid},
        {"no records at all", RecordBatchBuilder().finish(), kInvalid},
        {"B68 record length negative", batch_around(buffer_of({1}), 1), kInvalid},
        {"B68 record length 0", batch_around(buffer_of({0}), 1), kInvalid},
        {"B68 record length past the batch", batch_around(buffer_of({0x80, 1, 0, 0, 0, 1, 1, 0}), 1), kInvalid},
        {"B68 fewer records than the count", batch_around(RecordBytes(good).subspan(61), 4), kInvalid},
        {"B68 more records than the count", batch_around(RecordBytes(good).subspan(61), 2), kInvalid},
        {"B70 key length -5", batch_around(record_with_body(buffer_of({0, 0, 0, 9, 1, 0})), 1), kInvalid},
        {"B70 value length 2^31 - 1",
         batch_around(record_with_body(buffer_of({0, 0, 0, 1, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0})), 1), kInvalid},
        {"B71 offset delta above 32 bits",
         batch_around(record_with_body(buffer_of({0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1, 1, 0})), 1),
         kInvalid},
        {"B71 timestamp delta that overflows",
         with_field(batch_around(record_with_body(buffer_of({0, 4, 0, 1, 1, 0})), 1), Layout::kBaseTimestamp,
                    std::numeric_limits<std::int64_t>::max()),
         kInvalid},
        {"B73 codec 5", with_field(good, Layout::kAttributes, std::uint16_t{5}),
         ErrorCode::unsupported_compression_type},
        {"B73 codec 6", with_field(good, Layout::kAttributes, std::uint16_t{6}),
         ErrorCode::unsupported_compression_type},
        {"B73 codec 7", with_field(good, Layout::kAttributes, std::uint16_t{7}),
         ErrorCode::unsupported_compression_type},
        {"B74 control bit", with_field(good, Layout::kAttributes, kControlBit), kInvalid},
        {"delete horizon", with_field(good, Layout::kAttributes, kDeleteHorizonBit), kInvalid},
        {"B76 producer id without sequence", with_field(idempotent, Layout::kBaseSequence, std::int32_t{-1}), kInvalid},
        {"producer id without epoch", with_field(idempotent, Layout::kProducerEpoch, std::int16_t{-1}), kInvalid},
        {"producer id below -1", with_field(good, Layout::kProducerId, std::int64_t{-2}), kInvalid},
        {"transaction without producer id", with_field(good, Layout::kAttributes, kTransactionalBit), kInvalid},
        {"LogAppendTime from a client", with_field(good, Layout::kAttributes, kLogAppendTimeBit),
         ErrorCode::invalid_timestamp},
    };
    EXPECT_EQ(code(good), ErrorCode::none);
    EXPECT_EQ(code(idempotent), ErrorCode::none);
    for (const Case& c : cases) EXPECT_EQ(code(c.bytes), c.expected) << c.name;
}

// The same damage inside of a compressed batch: B68 to B71, B83 to B89.
TEST(ProduceValidation, RefusesDamageInsideOfCompressedBatches) {
    const RecordBuffer section = [] {
        const RecordBuffer good = batch();
        return RecordBuffer(good.begin() + 61, good.end());
    }();
    for (const CompressionCodec codec : kEveryCodec) {
        EXPECT_EQ(
            code(compressed_around(section, 3, codec), {.timestamp_after_max_ms = kNow * 2, .produce_version = 9}),
            ErrorCode::none);
        EXPECT_EQ(code(compressed_around(section, 2, codec)), kInvalid);
        EXPECT_EQ(code(compressed_around(section, 4, codec)), kInvalid);
        EXPECT_EQ(code(compressed_around(buffer_of({1}), 1, codec)), kInvalid);
        EXPECT_EQ(code(compressed_around(record_with_body(buffer_of({0, 0, 0, 9, 1, 0})), 1, codec)), kInvalid);
        EXPECT_EQ(code(compressed_around(buffer_of({0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0}), 1, codec)), kInvalid);
        if (codec == CompressionCodec::none) continue;
        EXPECT_EQ(code(batch_around(buffer_of({1, 2, 3, 4, 5, 6, 7, 8, 9}), 1, codec)), kInvalid);
        EXPECT_EQ(code(batch_around({}, 1, codec)), kInvalid);
    }
}

// B83: refused after the limit's worth of work, whatever the bomb holds; a bomb of one record at its first bytes.
TEST(ProduceValidation, BombsAreRefusedAtTheLimit) {
    constexpr std::size_t kBomb = std::size_t{16} << 20;
    ProduceRules with = rules();
    with.max_decompressed_bytes = kBomb / 2;
    Compressor compressor;
    RecordBuffer stream;
    compressor.start({CompressionCodec::gzip}, stream);
    RecordBuffer records;
    const RecordBuffer small = record_with_body(buffer_of({0, 0, 0, 1, 1, 0}));
    while (records.size() < 700'000) append_bytes(records, small);
    std::int32_t count = 0;
    for (std::size_t written = 0; written < kBomb; written += records.size()) {
        compressor.write(records);
        count += 100'000;
    }
    compressor.finish();
    EXPECT_LT(stream.size(), 100'000U);
    // The count alone does not fit the limit.
    EXPECT_EQ(code(batch_around(stream, count, CompressionCodec::gzip), with), kInvalid);
    // More records than are worth their walk; and fewer, with more bytes behind them.
    EXPECT_EQ(code(batch_around(stream, 600'000, CompressionCodec::gzip), with), ErrorCode::message_too_large);
    EXPECT_EQ(code(batch_around(stream, 500'000, CompressionCodec::gzip), with), kInvalid);
    const RecordBuffer large =
        a_batch({{"k", std::string(1000, 'x'), kNow, {}}, {"k", std::string(1000, 'x'), kNow, {}}},
                {.compression = {CompressionCodec::gzip}});
    with.max_decompressed_bytes = 1500;
    EXPECT_EQ(code(large, with), ErrorCode::message_too_large);
    const RecordBuffer filled = a_batch(some_records(100, kNow), {.compression = {CompressionCodec::gzip}});
    with.max_decompressed_bytes = 1000;
    EXPECT_EQ(code(filled, with), ErrorCode::message_too_large);
    with.max_decompressed_bytes = 1600;  // 100 records at their least charge
    EXPECT_EQ(code(filled, with), ErrorCode::none);
    with.max_decompressed_bytes = 1599;
    EXPECT_EQ(code(filled, with), ErrorCode::message_too_large);

    RecordBuffer one;
    compressor.start({CompressionCodec::zstd}, one);
    RecordBuffer head;
    append_zig_zag(head, std::int32_t{1} << 30);
    compressor.write(head);
    compressor.write(RecordBuffer(1 << 20, std::byte{0}));
    compressor.finish();
    EXPECT_EQ(code(batch_around(one, 1, CompressionCodec::zstd)), kInvalid);
}

TEST(ProduceValidation, SizesAreHeldToMessageAndSegment) {
    const RecordBuffer good = batch();
    ProduceRules with = rules();
    with.max_message_bytes = static_cast<std::uint32_t>(good.size());
    with.segment_bytes = with.max_message_bytes;
    EXPECT_EQ(code(good, with), ErrorCode::none);
    with.max_message_bytes -= 1;
    EXPECT_EQ(code(good, with), ErrorCode::message_too_large);
    with.max_message_bytes += 1;
    with.segment_bytes -= 1;  // B82
    EXPECT_EQ(code(good, with), ErrorCode::record_list_too_large);

    // After recompression, too.
    const RecordBuffer tight =
        a_batch({{"k", std::string(10'000, 'x'), kNow, {}}}, {.compression = {CompressionCodec::gzip}});
    with = rules();
    with.max_message_bytes = 5'000;
    EXPECT_EQ(code(tight, with), ErrorCode::none);
    with.compression = CompressionChoice{CompressionCodec::none};
    EXPECT_EQ(code(tight, with), ErrorCode::message_too_large);
}

// KIP-110: zstd came with Produce 7.
TEST(ProduceValidation, ZstdNeedsProduceSeven) {
    ProduceRules with = rules();
    with.produce_version = 6;
    EXPECT_EQ(code(batch(CompressionCodec::zstd), with), ErrorCode::unsupported_compression_type);
    with.produce_version = 7;
    EXPECT_EQ(code(batch(CompressionCodec::zstd), with), ErrorCode::none);
}

// B92 and KIP-467: the batch is refused as a whole, and the answer names the records.
TEST(ProduceValidation, CompactedTopicsTakeNoRecordWithoutAKey) {
    auto records = some_records(4, kNow);
    records[1].key = std::nullopt;
    records[3].key = std::nullopt;
    ProduceRules with = rules();
    with.compacted = true;
    for (const CompressionCodec codec : kEveryCodec) {
        for (const bool verify : {true, false}) {
            with.verify_compressed_records = verify;
            const auto result = validated(a_batch(records, {.compression = {codec}}), with);
            ASSERT_FALSE(result);
            EXPECT_EQ(result.error().error, kInvalid);
            ASSERT_EQ(result.error().records.size(), 2U);
            EXPECT_EQ(result.error().records[0].batch_index, 1);
            EXPECT_EQ(result.error().records[1].batch_index, 3);
        }
    }
    with.compacted = false;
    EXPECT_EQ(code(a_batch(records), with), ErrorCode::none);
}

TEST(ProduceValidation, RefusedRecordsAreListedUpToTheirLimitAndCountedBeyond) {
    auto many = some_records(250, kNow);
    for (auto& record : many) record.key = std::nullopt;
    ProduceRules with = rules();
    with.compacted = true;
    const auto result = validated(a_batch(many), with);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().records.size(), kMaxRecordRefusals);
    EXPECT_EQ(result.error().message, "250 of 250 records are refused, of which 100 are listed");
}

// message.timestamp.before.max.ms and .after.max.ms, inclusive; -1 is no time and passes.
TEST(ProduceValidation, CreateTimesMustBeNearTheBrokersClock) {
    ProduceRules with = rules();
    with.timestamp_before_max_ms = 1000;
    with.timestamp_after_max_ms = 500;
    const auto at = [&](std::int64_t timestamp) { return a_batch({{"k", "v", timestamp, {}}}); };
    EXPECT_EQ(code(at(kNow - 1000), with), ErrorCode::none);
    EXPECT_EQ(code(at(kNow - 1001), with), ErrorCode::invalid_timestamp);
    EXPECT_EQ(code(at(kNow + 500), with), ErrorCode::none);
    EXPECT_EQ(code(at(kNow + 501), with), ErrorCode::invalid_timestamp);
    EXPECT_EQ(code(at(-1), with), ErrorCode::none);
    with.timestamp_type = TimestampType::log_append_time;
    EXPECT_EQ(code(at(5), with), ErrorCode::none);

    with = rules();  // The defaults: no lower bound, an hour ahead.
    EXPECT_EQ(code(at(0), with), ErrorCode::none);
    EXPECT_EQ(code(at(kNow + 3'600'000), with), ErrorCode::none);
    EXPECT_EQ(code(at(kNow + 3'600'001), with), ErrorCode::invalid_timestamp);
    with.verify_compressed_records = false;
    EXPECT_EQ(code(a_batch({{"k", "v", kNow + 3'600'001, {}}}, {.compression = {CompressionCodec::lz4}}), with),
              ErrorCode::invalid_timestamp);
}

// B97: what stands there is the broker's to say, so it is not looked at.
TEST(ProduceValidation, BaseOffsetAndLeaderEpochOfTheClientAreIgnored) {
    for (const std::int64_t offset : {std::int64_t{0}, std::int64_t{-7}, std::numeric_limits<std::int64_t>::max()}) {
        RecordBuffer bytes = batch();
        stamp_batch(bytes, Offset{offset}, LeaderEpoch{std::numeric_limits<std::int32_t>::max()});
        const RecordBuffer out = stored(bytes);
        EXPECT_EQ(read_batch(out)->header.base_offset, Offset{500});
        EXPECT_EQ(read_batch(out)->header.leader_epoch, LeaderEpoch{8});
    }
}

TEST(ProduceValidation, TheClientsBytesAreKeptWhereTheyCanBe) {
    for (const CompressionCodec codec : kEveryCodec) {
        const RecordBuffer bytes = batch(codec);
        const auto accepted = validated(bytes);
        ASSERT_TRUE(accepted);
        EXPECT_FALSE(accepted->rewritten);
        EXPECT_FALSE(accepted->timestamp_change);
        EXPECT_EQ(accepted->record_count, 3);
        EXPECT_EQ(accepted->facts, (BatchFacts{.base_offset = Offset{0},
                                               .last_offset_delta = 2,
                                               .leader_epoch = LeaderEpoch{0},
                                               .producer = std::nullopt,
                                               .transactional = false,
                                               .marker = std::nullopt,
                                               .max_timestamp = Timestamp{kNow + 2},
                                               .size_bytes = static_cast<std::uint32_t>(bytes.size())}));
    }
}

TEST(ProduceValidation, LogAppendTimeIsStampedIntoTheHeader) {
    ProduceRules with = rules();
    with.timestamp_type = TimestampType::log_append_time;
    for (const CompressionCodec codec : kEveryCodec) {
        const RecordBuffer bytes = a_batch(some_records(3, 5), {.compression = {codec}});
        EXPECT_EQ(validated(bytes, with)->facts.max_timestamp, Timestamp{kNow});
        const RecordBuffer out = stored(bytes, with);
        const auto records = read_all(*read_batch(out));
        ASSERT_TRUE(records);
        for (const auto& record : *records) EXPECT_EQ(record.timestamp, kNow);
        EXPECT_EQ(read_batch(out)->header.codec(), codec);
    }
}

TEST(ProduceValidation, AWrongMaxTimestampIsCorrected) {
    const RecordBuffer bytes = with_field(batch(), Layout::kMaxTimestamp, std::int64_t{3});
    EXPECT_EQ(validated(bytes)->facts.max_timestamp, Timestamp{kNow + 2});
    EXPECT_EQ(read_batch(stored(bytes))->header.max_timestamp, Timestamp{kNow + 2});
}

TEST(ProduceValidation, AnotherCodecIsWrittenWhereTheTopicWantsIt) {
    auto records = some_records(200, kNow);
    records[3].headers = {{"h", "v"}, {"n", std::nullopt}};
    for (auto& record : records) record.offset += 500;
    for (const CompressionCodec from : kEveryCodec) {
        for (const CompressionCodec to : kEveryCodec) {
            ProduceRules with = rules();
            with.compression = CompressionChoice{to};
            const RecordBuffer bytes =
                a_batch(records, {.compression = {from},
                                  .producer = ProducerStamp{ProducerId{1}, ProducerEpoch{2}, Sequence{3}},
                                  .transactional = true});
            EXPECT_EQ(validated(bytes, with)->rewritten.has_value(), from != to);
            const RecordBuffer out = stored(bytes, with);
            EXPECT_EQ(read_batch(out)->header.codec(), to);
            EXPECT_EQ(read_all(*read_batch(out)), records);
            EXPECT_EQ(facts(*read_batch(out)).producer, facts(*read_batch(bytes)).producer);
            EXPECT_TRUE(read_batch(out)->header.is_transactional());
        }
    }
}

TEST(ProduceValidation, InnerOffsetsThatAreNotInOrderAreRenumbered) {
    for (const CompressionCodec codec : kEveryCodec) {
        RecordBatchBuilder builder({.compression = {codec}});
        const auto key = bytes_of("k");
        const RecordHeader header{bytes_of("h"), bytes_of("x")};
        builder.add_at(4, {.key = key, .timestamp = Timestamp{kNow}, .headers = {&header, 1}});
        builder.add_at(9, {.value = key, .timestamp = Timestamp{kNow + 7}});
        const RecordBuffer bytes = with_field(builder.finish(), Layout::kLastOffsetDelta, std::int32_t{1});
        const RecordBuffer out = stored(bytes);
        EXPECT_EQ(read_all(*read_batch(out)), (std::vector<OwnedRecord>{{"k", std::nullopt, kNow, {{"h", "x"}}, 500},
                                                                        {std::nullopt, "k", kNow + 7, {}, 501}}));
        EXPECT_EQ(read_batch(out)->header.codec(), codec);
    }
}

TEST(ProduceValidation, WithoutVerifyingCompressedRecordsOnlyTheHeaderIsRead) {
    ProduceRules with = rules();
    with.verify_compressed_records = false;
    EXPECT_EQ(code(batch_around(buffer_of({1, 2, 3}), 1, CompressionCodec::lz4), with), ErrorCode::none);
    EXPECT_EQ(code(batch_around(buffer_of({1, 2, 3}), 1), with), kInvalid);  // Not compressed: always walked.
}

RecordBuffer message_set(std::int8_t magic, std::uint8_t attributes = 0) {
    RecordBuffer out;
    append_legacy_entry(out, {.magic = magic, .attributes = attributes, .timestamp = kNow, .value = bytes_of("v")});
    return out;
}

TEST(ProduceValidation, MessageSetsOfOldClientsAreChecked) {
    ProduceRules with = rules();
    with.produce_version = 2;
    const auto with_byte = [](RecordBuffer bytes, std::size_t at, unsigned value) {
        bytes[at] = static_cast<std::byte>(value);
        return bytes;
    };
    EXPECT_EQ(code(message_set(0), with), ErrorCode::none);
    EXPECT_EQ(code(message_set(1), with), ErrorCode::none);
    EXPECT_EQ(code({}, with), kInvalid);
    EXPECT_EQ(code(with_byte(message_set(1), 33, 'x'), with), kCorrupt);  // checksum
    const RecordBuffer torn = message_set(1);
    EXPECT_EQ(code(RecordBytes(torn).first(torn.size() - 1), with), kCorrupt);
    EXPECT_EQ(code(batch(), with), kInvalid);  // magic 2
    EXPECT_EQ(code(message_set(1, 8), with), ErrorCode::invalid_timestamp);
    EXPECT_EQ(code(message_set(1, 4), with), ErrorCode::unsupported_compression_type);
    EXPECT_EQ(code(message_set(1, 7), with), ErrorCode::unsupported_compression_type);
    EXPECT_EQ(code(joined(message_set(0), message_set(1)), with), kInvalid);
    with.compacted = true;
    EXPECT_EQ(code(message_set(1), with), kInvalid);
    with.compacted = false;
    with.max_message_bytes = 20;
    EXPECT_EQ(code(message_set(1), with), ErrorCode::message_too_large);

    with = rules();
    with.produce_version = 1;
    with.timestamp_type = TimestampType::log_append_time;
    with.compression = CompressionChoice{CompressionCodec::zstd};
    const RecordBuffer out = stored(message_set(0), with);
    EXPECT_EQ(read_batch(out)->header.codec(), CompressionCodec::zstd);
    EXPECT_EQ(read_all(*read_batch(out)), (std::vector<OwnedRecord>{{std::nullopt, "v", kNow, {}, 500}}));
}

}  // namespace
}  // namespace highwater::wire
