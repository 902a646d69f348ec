#include "net/wire/record/record_batch.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/wire/record/control_record.h"
#include "net/wire/record/testing.h"

// `DefaultRecordBatch`: 61 bytes of header, CRC-32C from byte 21 on (KIP-98).
namespace highwater::wire {
namespace {

using namespace testing;

RecordBuffer joined(const std::vector<RecordBuffer>& batches) {
    RecordBuffer out;
    for (const auto& batch : batches) append_bytes(out, batch);
    return out;
}

TEST(RecordBatch, HeaderFieldsAreWhereTheFormatSays) {
    const RecordBuffer batch = a_batch({{"k", "v", 1000, {}}, {"k", "v", 1500, {}}},
                                       {.producer = ProducerStamp{ProducerId{7}, ProducerEpoch{2}, Sequence{40}},
                                        .transactional = true,
                                        .base_offset = Offset{99},
                                        .leader_epoch = LeaderEpoch{5}});
    const auto view = read_batch(batch);
    ASSERT_TRUE(view);
    const BatchHeader expected{.base_offset = Offset{99},
                               .length = static_cast<std::int32_t>(batch.size()) - 12,
                               .leader_epoch = LeaderEpoch{5},
                               .crc = load_big_endian<std::uint32_t>(batch.data() + 17),
                               .attributes = kTransactionalBit,
                               .last_offset_delta = 1,
                               .base_timestamp = Timestamp{1000},
                               .max_timestamp = Timestamp{1500},
                               .producer_id = ProducerId{7},
                               .producer_epoch = ProducerEpoch{2},
                               .base_sequence = Sequence{40},
                               .record_count = 2};
    EXPECT_EQ(view->header, expected);
    EXPECT_TRUE(view->crc_matches());
    EXPECT_EQ(static_cast<int>(batch[16]), 2);
    EXPECT_EQ(batch.size(), 61U + 2 * 9 + 1);  // The second timestamp delta, 500, takes two bytes.
}

TEST(RecordBatch, EmptyBatchHasNoTimes) {
    const RecordBuffer batch = RecordBatchBuilder().finish();
    const auto view = read_batch(batch);
    ASSERT_TRUE(view);
    EXPECT_EQ(batch.size(), kBatchHeaderBytes);
    EXPECT_EQ(view->header.base_timestamp, Timestamp{-1});
    EXPECT_EQ(facts(*view).max_timestamp, std::nullopt);
    EXPECT_EQ(facts(*view).producer, std::nullopt);
}

TEST(RecordBatch, StampingLeavesTheChecksumValid) {
    RecordBuffer batch = a_batch(some_records(3));
    stamp_batch(batch, Offset{123456789012}, LeaderEpoch{42});
    auto view = read_batch(batch);
    EXPECT_TRUE(check_batch(*view));
    EXPECT_EQ(view->header.base_offset, Offset{123456789012});
    EXPECT_EQ(view->header.leader_epoch, LeaderEpoch{42});

    stamp_timestamp(batch, TimestampType::log_append_time, Timestamp{777});
    view = read_batch(batch);
    EXPECT_TRUE(check_batch(*view));
    EXPECT_EQ(view->header.timestamp_type(), TimestampType::log_append_time);
    const auto records = read_all(*view);
    ASSERT_TRUE(records);
    for (const auto& record : *records) EXPECT_EQ(record.timestamp, 777);
}

TEST(RecordBatch, ReaderWalksBatchesAndSaysWhyItStopped) {
    const RecordBuffer one = a_batch(some_records(1));
    const RecordBuffer two = a_batch(some_records(2));
    const auto walk = [](const RecordBuffer& bytes) {
        BatchReader reader(bytes);
        int count = 0;
        while (reader.next()) ++count;
        return std::tuple(count, reader.position(), reader.end());
    };
    RecordBuffer both = joined({one, two});
    EXPECT_EQ(walk(both), std::tuple(2, both.size(), BatchesEnd::complete));
    EXPECT_EQ(walk({}), std::tuple(0, 0U, BatchesEnd::complete));
    for (std::size_t cut = 1; cut < two.size(); ++cut) {
        ASSERT_EQ(walk(RecordBuffer(both.begin(), both.end() - static_cast<std::ptrdiff_t>(cut))),
                  std::tuple(1, one.size(), BatchesEnd::truncated));
    }
    both[one.size() + BatchLayout::kMagic] = std::byte{1};
    EXPECT_EQ(walk(both), std::tuple(1, one.size(), BatchesEnd::legacy));
    both[one.size() + BatchLayout::kMagic] = std::byte{3};
    EXPECT_EQ(walk(both), std::tuple(1, one.size(), BatchesEnd::malformed));
    EXPECT_EQ(walk(joined({one, with_field(two, BatchLayout::kLength, std::int32_t{48})})),
              std::tuple(1, one.size(), BatchesEnd::malformed));
    EXPECT_EQ(walk(joined({one, with_field(two, BatchLayout::kLength, std::int32_t{-1})})),
              std::tuple(1, one.size(), BatchesEnd::malformed));
}

TEST(RecordBatch, CheckRefusesHeadersThatCannotStandInALog) {
    using Layout = BatchLayout;
    const RecordBuffer good =
        a_batch(some_records(3), {.producer = ProducerStamp{ProducerId{1}, ProducerEpoch{0}, Sequence{0}}});
    const auto passes = [](const RecordBuffer& batch) { return check_batch(*read_batch(batch)).has_value(); };
    EXPECT_TRUE(passes(good));
    EXPECT_FALSE(passes(with_field(good, Layout::kAttributes, std::uint16_t{5})));
    EXPECT_FALSE(passes(with_field(good, Layout::kBaseOffset, std::int64_t{-1})));
    EXPECT_FALSE(passes(with_field(good, Layout::kBaseOffset, std::numeric_limits<std::int64_t>::max() - 2)));
    EXPECT_TRUE(passes(with_field(good, Layout::kBaseOffset, std::numeric_limits<std::int64_t>::max() - 3)));
    EXPECT_FALSE(passes(with_field(good, Layout::kLastOffsetDelta, std::int32_t{-1})));
    EXPECT_FALSE(passes(with_field(good, Layout::kLastOffsetDelta, std::int32_t{1})));
    EXPECT_TRUE(passes(with_field(good, Layout::kLastOffsetDelta, std::int32_t{9})));  // What compaction leaves.
    EXPECT_FALSE(passes(with_field(good, Layout::kRecordCount, std::int32_t{-1})));
    EXPECT_TRUE(passes(with_field(good, Layout::kRecordCount, std::int32_t{0})));
    EXPECT_FALSE(passes(with_field(good, Layout::kProducerEpoch, std::int16_t{-1})));
    EXPECT_EQ(check_batch(*read_batch(with_field(good, Layout::kCrc, std::uint32_t{1}))).error().fault,
              RecordFault::checksum);
}

TEST(RecordBatch, FactsAreTheHeaders) {
    const RecordBuffer batch =
        a_batch(some_records(3, 5000), {.producer = ProducerStamp{ProducerId{9}, ProducerEpoch{1}, Sequence{17}},
                                        .transactional = true,
                                        .base_offset = Offset{10},
                                        .leader_epoch = LeaderEpoch{4}});
    EXPECT_EQ(facts(*read_batch(batch)),
              (BatchFacts{.base_offset = Offset{10},
                          .last_offset_delta = 2,
                          .leader_epoch = LeaderEpoch{4},
                          .producer = ProducerStamp{ProducerId{9}, ProducerEpoch{1}, Sequence{17}},
                          .transactional = true,
                          .marker = std::nullopt,
                          .max_timestamp = Timestamp{5002},
                          .size_bytes = static_cast<std::uint32_t>(batch.size())}));
}

// KIP-98: key version 0 and type, value version 0 and coordinator epoch; 78 bytes in all.
TEST(ControlRecord, TransactionMarkerIsWhatTheFormatSays) {
    const auto marker =
        transaction_marker_batch(ProducerId{77}, ProducerEpoch{3}, {true, CoordinatorEpoch{12}}, Timestamp{123});
    ASSERT_EQ(marker.size(), 78U);
    const auto view = read_batch(marker);
    ASSERT_TRUE(view && check_batch(*view));
    EXPECT_EQ(view->header.attributes, kTransactionalBit | kControlBit);
    EXPECT_EQ(view->header.base_sequence, Sequence{-1});
    const auto tail = RecordBytes(marker).subspan(61);
    EXPECT_EQ(RecordBuffer(tail.begin(), tail.end()),
              buffer_of({0x20, 0, 0, 0, 8, 0, 0, 0, 1, 12, 0, 0, 0, 0, 0, 12, 0}));
    EXPECT_EQ(facts(*view), (BatchFacts{.base_offset = Offset{0},
                                        .last_offset_delta = 0,
                                        .leader_epoch = LeaderEpoch{-1},
                                        .producer = ProducerStamp{ProducerId{77}, ProducerEpoch{3}, std::nullopt},
                                        .transactional = true,
                                        .marker = TransactionMarker{true, CoordinatorEpoch{12}},
                                        .max_timestamp = Timestamp{123},
                                        .size_bytes = 78}));
}

TEST(ControlRecord, NewerVersionsReadAsVersionZeroAndUnknownTypesAreNoMarkers) {
    const auto value = buffer_of({0, 3, 0, 0, 0, 9, 1, 1});
    EXPECT_EQ(read_transaction_marker(buffer_of({0, 7, 0, 0, 5}), value),
              (TransactionMarker{false, CoordinatorEpoch{9}}));
    EXPECT_EQ(read_transaction_marker(buffer_of({0, 0, 0, 2}), value), std::nullopt);
    EXPECT_EQ(read_transaction_marker(buffer_of({0, 0, 0}), value), std::nullopt);
    EXPECT_EQ(read_transaction_marker(buffer_of({0, 0, 0, 1}), buffer_of({0, 0, 0, 0, 0})), std::nullopt);
    EXPECT_EQ(read_control_key(buffer_of({0xFF, 0xFF, 0, 1})), std::nullopt);

    const RecordBuffer kraft =
        kraft_control_batch(ControlRecordType::leader_change, value, Offset{3}, LeaderEpoch{1}, Timestamp{5});
    EXPECT_TRUE(read_batch(kraft)->header.is_control());
    EXPECT_EQ(facts(*read_batch(kraft)).marker, std::nullopt);
}

}  // namespace
}  // namespace highwater::wire
