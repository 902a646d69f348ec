#include "net/wire/record/record.h"

#include <gtest/gtest.h>

#include "net/wire/record/record_parse.h"
#include "net/wire/record/record_stream.h"
#include "net/wire/record/testing.h"

// `DefaultRecord`: a record fills exactly its declared length. Both walkers must judge alike, the one that sees the
// whole section and the one that sees pieces of it.
namespace highwater::wire {
namespace {

using namespace testing;

/// The defect of a section with `count` records, by RecordReader. RecordStream must find the same.
std::optional<RecordDefect> defect_of(RecordBytes section, std::int32_t count) {
    RecordReader reader(section, count);
    while (reader.next()) {
    }
    Decompressor decompressor;
    RecordStream stream(decompressor, CompressionCodec::none, section, count, std::size_t{1} << 20);
    while (stream.next()) {
    }
    EXPECT_EQ(reader.defect().has_value(), stream.defect().has_value());
    EXPECT_EQ(reader.defect(), outline_section(section, count, [](const RecordOutline&) { return true; }));
    return reader.defect();
}

// attributes, timestamp delta, offset delta, key "k", value null, one header "h" -> null
const RecordBuffer kBody = buffer_of({0, 0, 0, 2, 'k', 1, 2, 2, 'h', 1});

RecordBuffer body_with(std::size_t at, std::initializer_list<unsigned> bytes) {
    RecordBuffer body = kBody;
    const auto replaced = body.erase(body.begin() + static_cast<std::ptrdiff_t>(at));
    const RecordBuffer with = buffer_of(bytes);
    body.insert(replaced, with.begin(), with.end());
    return record_with_body(body);
}

TEST(Record, FieldsAreRead) {
    const RecordBuffer section = record_with_body(kBody);
    RecordReader reader(section, 1);
    const auto record = reader.next();
    ASSERT_TRUE(record);
    EXPECT_EQ(text_of(*record->key), "k");
    EXPECT_FALSE(record->value);
    RecordHeaders headers(*record);
    const auto header = headers.next();
    ASSERT_TRUE(header);
    EXPECT_EQ(text_of(header->key), "h");
    EXPECT_FALSE(header->value);
    EXPECT_FALSE(headers.next());
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.defect());
}

TEST(Record, DamageIsRefusedAndNamed) {
    struct Case {
        const char* what;
        RecordBuffer section;
        std::int32_t count = 1;
    };
    RecordBuffer trailing = record_with_body(kBody);
    trailing.push_back(std::byte{0});
    const Case cases[] = {
        {"bad record length", buffer_of({1})},                                // -1
        {"bad record length", buffer_of({0xFF, 0xFF, 0xFF, 0xFF, 0x1F})},     // above 32 bits
        {"bad record length", buffer_of({0x80, 0x80, 0x80, 0x80, 0x80, 0})},  // more than 5 bytes
        {"record passes the section's end", buffer_of({0x10, 0})},            // 8 bytes claimed, 1 there
        {"record without attributes", buffer_of({0})},                        // length 0
        {"fewer records than the header's count", record_with_body(kBody), 2},
        {"bytes after the last record", trailing},
        {"bytes after the last record", record_with_body(kBody), 0},
        {"record count negative", {}, -1},
        {"bad timestamp delta",
         body_with(1, {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02})},  // above 64 bits
        {"bad offset delta", body_with(2, {1})},                                       // -1
        {"bad offset delta", body_with(2, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1})},
        {"bad key length", body_with(3, {9})},                             // -5
        {"bad key length", body_with(3, {0xFE, 0xFF, 0xFF, 0xFF, 0x0F})},  // 2^31 - 1
        {"bad value length", body_with(5, {3})},                           // -2
        {"bad value length", body_with(5, {0xFE, 0xFF, 0xFF, 0xFF, 0x0F})},
        {"bad header count", body_with(6, {1})},           // -1
        {"bad header count", body_with(6, {0x80, 0x01})},  // 64, which 3 bytes cannot hold
        {"bad header key length", body_with(7, {1})},      // null
        {"bad header value length", body_with(9, {3})},
        {"record longer than its fields", body_with(6, {0})},
    };
    for (const Case& c : cases) {
        const auto defect = defect_of(c.section, c.count);
        ASSERT_TRUE(defect) << c.what;
        EXPECT_STREQ(defect->what, c.what);
    }
}

TEST(Record, EveryCutOfASectionIsRefused) {
    const RecordBuffer batch = a_batch({{"key", std::string(300, 'v'), 1, {{"h", "x"}}}, {"key", "value", 2, {}}});
    const RecordBytes section = RecordBytes(batch).subspan(kBatchHeaderBytes);
    EXPECT_FALSE(defect_of(section, 2));
    for (std::size_t cut = 0; cut < section.size(); ++cut) EXPECT_TRUE(defect_of(section.first(cut), 2)) << cut;
}

TEST(RecordStream, RecordsAcrossPiecesAreRead) {
    // Values around the size of a piece, so that every field comes to lie across the border at some point.
    for (const std::size_t size : {65'500U, 65'520U, 65'525U, 65'530U, 65'531U, 65'532U, 65'536U, 200'000U}) {
        const std::vector<OwnedRecord> records{{std::nullopt, std::string(size, 'x'), 100, {}},
                                               {"key", std::string(70'000, 'y'), 70'000, {{"h", "v"}, {"n", {}}}},
                                               {"key", std::nullopt, 3, {}}};
        for (const CompressionCodec codec : kEveryCodec) {
            const RecordBuffer batch = a_batch(records, {.compression = {codec}});
            const auto view = read_batch(batch);
            Decompressor decompressor;
            RecordStream stream(decompressor, codec, view->records(), 3, std::size_t{1} << 20);
            EXPECT_EQ(stream.next(), (RecordOutline{0, 0, false, true}));
            EXPECT_EQ(stream.next(), (RecordOutline{69'900, 1, true, true}));
            EXPECT_EQ(stream.next(), (RecordOutline{-97, 2, true, false}));
            EXPECT_FALSE(stream.next());
            EXPECT_FALSE(stream.defect()) << stream.defect()->what << codec_name(codec);
        }
    }
}

TEST(RecordStream, TheLimitIsInclusiveAndAClaimAboveItStopsAtOnce) {
    const RecordBuffer batch =
        a_batch({{"k", std::string(1000, 'x'), 1, {}}, {"k", "v", 1, {}}}, {.compression = {CompressionCodec::gzip}});
    const auto view = read_batch(batch);
    Decompressor decompressor;
    RecordBuffer clear;
    const std::size_t size = clear_records(*view, decompressor, 100'000, clear)->size();
    const auto defect_within = [&](std::size_t limit) {
        RecordStream stream(decompressor, CompressionCodec::gzip, view->records(), 2, limit);
        while (stream.next()) {
        }
        return stream.defect();
    };
    EXPECT_EQ(defect_within(size), std::nullopt);
    EXPECT_EQ(defect_within(size - 1)->fault, RecordFault::too_large);

    const RecordBuffer claim = buffer_of({0xC8, 0x01, 0});
    RecordStream above(decompressor, CompressionCodec::none, claim, 1, 101);  // The length's own 2 bytes count, too.
    EXPECT_FALSE(above.next());
    EXPECT_EQ(above.defect()->fault, RecordFault::too_large);
    RecordStream alone(decompressor, CompressionCodec::none, claim, 1, 99);
    EXPECT_FALSE(alone.next());
    EXPECT_STREQ(alone.defect()->what, "record longer than the limit");
}

}  // namespace
}  // namespace highwater::wire
