#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "net/wire/record/legacy_message_set.h"
#include "net/wire/record/produce_validation.h"
#include "net/wire/record/testing.h"

// Batches and message sets that kafka-python 2.0.2 wrote (testdata/make_golden.py): bytes that nobody here wrote.
namespace highwater::wire {
namespace {

using namespace testing;

constexpr std::int64_t kStart = 1'600'000'000'000;

std::vector<OwnedRecord> golden_records() {
    std::string all_bytes;
    for (int i = 0; i < 300; ++i) {
        for (int byte = 0; byte < 256; ++byte) all_bytes.push_back(static_cast<char>(byte));
    }
    std::string twos;
    for (int i = 0; i < 40; ++i) twos += "two";
    return {
        {"alpha", "one", kStart, {{"trace", std::string("\0\1", 2)}, {"empty", ""}}, 0},
        {std::nullopt, twos, kStart + 10, {}, 1},
        {"gamma", std::nullopt, kStart + 20, {}, 2},
        {"", "", kStart + 30, {}, 3},
        {"long", all_bytes, kStart + 40, {}, 4},
    };
}

RecordBuffer file(const std::string& name) {
    std::ifstream in(std::string(HIGHWATER_SOURCE_DIR) + "/net/wire/record/testdata/" + name, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    EXPECT_FALSE(text.empty()) << name;
    const auto bytes = bytes_of(text);
    return {bytes.begin(), bytes.end()};
}

TEST(Golden, BatchesOfEveryCodecAreReadAndAccepted) {
    RecordScratch scratch;
    for (const CompressionCodec codec : kEveryCodec) {
        const RecordBuffer bytes = file("batch_v2_" + std::string(codec_name(codec)) + ".bin");
        const auto batch = read_batch(bytes);
        ASSERT_TRUE(batch && check_batch(*batch)) << codec_name(codec);
        EXPECT_EQ(batch->header.codec(), codec);
        EXPECT_EQ(read_all(*batch), golden_records()) << codec_name(codec);

        const auto accepted = validate_produce(bytes, {.now = Timestamp{kStart}, .produce_version = 7}, scratch);
        ASSERT_TRUE(accepted) << accepted.error().message;
        EXPECT_FALSE(accepted->rewritten || accepted->timestamp_change) << codec_name(codec);
        EXPECT_EQ(accepted->facts.producer, (ProducerStamp{ProducerId{4711}, ProducerEpoch{3}, Sequence{12}}));
        EXPECT_EQ(accepted->facts.max_timestamp, Timestamp{kStart + 40});
    }
}

TEST(Golden, MessageSetsOfEveryCodecBecomeBatches) {
    RecordScratch scratch;
    for (const std::int16_t magic : {0, 1}) {
        auto expected = golden_records();
        for (auto& record : expected) {
            record.headers.clear();
            if (magic == 0) record.timestamp = -1;
        }
        for (const CompressionCodec codec : kEveryCodec) {
            if (codec == CompressionCodec::zstd) continue;
            const RecordBuffer bytes =
                file("message_set_v" + std::to_string(magic) + "_" + std::string(codec_name(codec)) + ".bin");
            const auto accepted = validate_produce(bytes, {.now = Timestamp{kStart}, .produce_version = 2}, scratch);
            ASSERT_TRUE(accepted) << accepted.error().message << codec_name(codec);
            ASSERT_TRUE(accepted->rewritten);
            const auto batch = read_batch(*accepted->rewritten);
            ASSERT_TRUE(batch && check_batch(*batch));
            EXPECT_EQ(batch->header.codec(), codec);
            EXPECT_EQ(read_all(*batch), expected) << codec_name(codec);
        }
    }
}

}  // namespace
}  // namespace highwater::wire
