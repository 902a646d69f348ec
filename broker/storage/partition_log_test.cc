#include "broker/storage/partition_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/storage/testing.h"

namespace highwater::storage {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct PartitionLogTest : ::testing::Test {
    SimulatedFileSystem files;
};

// DefaultRecordBatch: base offset and leader epoch lie outside the CRC, so the log stamps what the client left blank.
TEST_F(PartitionLogTest, StampsOffsetAndEpochIntoTheBatchWithoutTouchingTheCallersBytes) {
    auto [log, state] = open_log(files);
    append_batches(*log, 3);
    const TestBatch batch = a_batch(Offset{3}, {.epoch = LeaderEpoch{7}});
    const auto before = batch.bytes;
    append(*log, batch);
    EXPECT_EQ(batch.bytes, before);
    const auto bytes = read(*log, Offset{3}, Offset{4});
    const auto stored = wire::read_batch(bytes);
    ASSERT_TRUE(stored.has_value());
    EXPECT_EQ(stored->header.base_offset, Offset{3});
    EXPECT_EQ(stored->header.leader_epoch, LeaderEpoch{7});
    EXPECT_TRUE(stored->crc_matches());
}

TEST_F(PartitionLogTest, BeginsASegmentWhereTheOldOneWouldGrowBeyondSegmentBytes) {
    auto [log, state] = open_log(files);
    append_batches(*log, 30);
    EXPECT_GT(log->segment_count(), 2U);
    for (const auto& [path, content] : files.image()) {
        if (path.ends_with(".log")) {
            EXPECT_LE(content.size(), 1000U) << path;
        }
    }
    EXPECT_THAT(batches_in(*log), SizeIs(30));
}

// LogSegment.shouldRoll: by the time between the first batch of the segment and the one to append.
TEST_F(PartitionLogTest, BeginsASegmentWhenTheFirstBatchIsOlderThanSegmentMs) {
    LogSettings settings = small_settings();
    settings.segment_time = std::chrono::milliseconds{100};
    settings.segment_jitter = std::chrono::milliseconds{10};
    auto [log, state] = open_log(files, parameters(settings));
    append(*log, a_batch(Offset{0}, {.timestamp = Timestamp{1000}}));
    append(*log, a_batch(Offset{1}, {.timestamp = Timestamp{1090}}));
    EXPECT_EQ(log->segment_count(), 1U);
    append(*log, a_batch(Offset{2}, {.timestamp = Timestamp{1091}}));
    EXPECT_EQ(log->segment_count(), 2U);
}

// LogSegment.canConvertToRelativeOffset: offsets in a segment are int32 above its base.
TEST_F(PartitionLogTest, BeginsASegmentWhenTheRelativeOffsetWouldPassInt32) {
    LogSettings settings = small_settings();
    settings.compacted = true;
    auto [log, state] = open_log(files, parameters(settings));
    append(*log, a_batch(Offset{0}));
    append(*log, a_batch(Offset{std::int64_t{1} << 31}));
    EXPECT_EQ(log->segment_count(), 2U);
}

TEST_F(PartitionLogTest, ReadsWholeBatchesFromTheOneThatHoldsTheOffset) {
    auto [log, state] = open_log(files);
    for (int i = 0; i < 20; ++i) append(*log, a_batch(log->log_end(), {.records = 3}));
    for (std::int64_t from = 0; from < 60; ++from) {
        const auto offsets = base_offsets(read(*log, Offset{from}, Offset{60}));
        ASSERT_FALSE(offsets.empty());
        EXPECT_EQ(offsets.front(), from / 3 * 3);
        EXPECT_EQ(offsets.back(), 57);
        EXPECT_EQ(offsets.size(), static_cast<std::size_t>(20 - from / 3));
    }
}

TEST_F(PartitionLogTest, StopsBeforeTheEndOffsetAndWithinMaxBytes) {
    auto [log, state] = open_log(files);
    append_batches(*log, 40);
    const std::uint64_t one = a_batch(Offset{0}).bytes.size();
    for (std::int64_t from = 0; from < 40; ++from) {
        for (std::int64_t end = from + 1; end <= 40; ++end) {
            for (const std::uint64_t batches : {1U, 2U, 7U, 50U}) {
                const auto slices = log->locate(Offset{from}, Offset{end}, one * batches + 3, false);
                ASSERT_TRUE(slices.has_value());
                const std::int64_t expected = std::min<std::int64_t>(end - from, static_cast<std::int64_t>(batches));
                ASSERT_EQ(slices->total_bytes, one * static_cast<std::uint64_t>(expected)) << from << " " << end;
                ASSERT_EQ(slices->end_offset, Offset{from + expected});
            }
        }
    }
}

// KIP-74: the first batch is given whatever its size, or a consumer would be stuck.
TEST_F(PartitionLogTest, GivesOneBatchThatIsTooLargeOnlyWhenAskedTo) {
    auto [log, state] = open_log(files);
    append(*log, a_batch(Offset{0}, {.value_bytes = 500}));
    append(*log, a_batch(Offset{1}, {.value_bytes = 10}));
    EXPECT_EQ(log->locate(Offset{0}, Offset{2}, 100, false)->total_bytes, 0U);
    const auto one = log->locate(Offset{0}, Offset{2}, 100, true);
    EXPECT_EQ(one->end_offset, Offset{1});
    EXPECT_GT(one->total_bytes, 500U);
}

// ListOffsets: the first record whose timestamp is at least the one asked for.
TEST_F(PartitionLogTest, FindsTheFirstRecordAtOrAfterATimestamp) {
    auto [log, state] = open_log(files);
    for (int i = 0; i < 50; ++i)
        append(*log, a_batch(log->log_end(), {.records = 2, .timestamp = Timestamp{1000 + 10 * i}}));
    for (std::int64_t time = 990; time <= 1491; ++time) {
        std::optional<TimestampOffset> expected;  // batch i holds the times 1000 + 10i and one more
        for (std::int64_t i = 0; i < 100 && !expected; ++i) {
            const std::int64_t record_time = 1000 + 10 * (i / 2) + i % 2;
            if (record_time >= time) expected = TimestampOffset{Timestamp{record_time}, Offset{i}, LeaderEpoch{0}};
        }
        EXPECT_EQ(*log->find_timestamp(Timestamp{time}, log->log_end()), expected) << time;
    }
    EXPECT_EQ(*log->find_timestamp(Timestamp{1480}, Offset{96}), std::nullopt);
}

// KIP-734: the offset of the record with the largest timestamp, wherever it is.
TEST_F(PartitionLogTest, FindsTheRecordWithTheLargestTimestamp) {
    auto [log, state] = open_log(files);
    EXPECT_EQ(*log->find_max_timestamp(Offset{0}), std::nullopt);
    for (int i = 0; i < 30; ++i) {
        const std::int64_t time = i == 7 ? 9000 : i == 3 ? 8000 : 1000 + i;
        append(*log, a_batch(log->log_end(), {.timestamp = Timestamp{time}}));
    }
    EXPECT_EQ(*log->find_max_timestamp(Offset{30}), (TimestampOffset{Timestamp{9000}, Offset{7}, LeaderEpoch{0}}));
    EXPECT_EQ(*log->find_max_timestamp(Offset{7}), (TimestampOffset{Timestamp{8000}, Offset{3}, LeaderEpoch{0}}));
    ASSERT_TRUE(log->advance_log_start(Offset{10}, kNow).has_value());
    EXPECT_EQ(*log->find_max_timestamp(Offset{30}), (TimestampOffset{Timestamp{1029}, Offset{29}, LeaderEpoch{0}}));
}

TEST_F(PartitionLogTest, TruncatesAtABatchAndForgetsWhatCameAfter) {
    auto [log, state] = open_log(files);
    append_batches(*log, 10, {.epoch = LeaderEpoch{1}});
    append_batches(*log, 20, {.epoch = LeaderEpoch{2}});
    for (const std::int64_t end : {27, 12, 10, 3, 0}) {
        ASSERT_TRUE(log->truncate_to(Offset{end}, kNow).has_value());
        EXPECT_EQ(log->log_end(), Offset{end});
        EXPECT_THAT(batches_in(*log), SizeIs(static_cast<std::size_t>(end)));
        EXPECT_EQ(log->epochs().size(), end > 10 ? 2U : end > 0 ? 1U : 0U);
    }
    append_batches(*log, 5);
    EXPECT_THAT(base_offsets(read(*log, Offset{0}, Offset{5})), ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(PartitionLogTest, RefusesToTruncateInsideABatch) {
    auto [log, state] = open_log(files);
    append(*log, a_batch(Offset{0}, {.records = 3}));
    const auto cut = log->truncate_to(Offset{1}, kNow);
    ASSERT_FALSE(cut.has_value());
    EXPECT_EQ(cut.error().error_number, EINVAL);
    EXPECT_EQ(log->log_end(), Offset{3});
    EXPECT_FALSE(log->failed());
}

// Without this a power loss could leave torn bytes below a recovery point that vouches for them.
TEST_F(PartitionLogTest, LowersTheRecoveryPointBeforeItCuts) {
    std::optional<Offset> lowered;
    OpenParameters with = parameters();
    with.lower_recovery_point = [&](Offset offset) -> IoResult<void> {
        lowered = offset;
        return {};
    };
    auto [log, state] = open_log(files, std::move(with));
    append_batches(*log, 5);
    ASSERT_TRUE(log->flush().has_value());
    EXPECT_EQ(log->recovery_point(), Offset{5});
    ASSERT_TRUE(log->truncate_to(Offset{2}, kNow).has_value());
    EXPECT_EQ(lowered, Offset{2});
    EXPECT_EQ(log->recovery_point(), Offset{2});
}

TEST_F(PartitionLogTest, DoesNotCountAFlushFromBeforeATruncationAsDurable) {
    auto [log, state] = open_log(files);
    append_batches(*log, 5);
    const FlushPlan plan = log->plan_flush();
    ASSERT_TRUE(plan.run().has_value());
    ASSERT_TRUE(log->truncate_to(Offset{2}, kNow).has_value());
    append_batches(*log, 8);
    log->flush_completed(plan);
    // What that flush put in place is from before the cut: a recovery must not trust it.
    EXPECT_EQ(log->recovery_point(), Offset{0});
    ASSERT_TRUE(log->flush().has_value());
    EXPECT_EQ(log->recovery_point(), log->log_end());
}

TEST_F(PartitionLogTest, DeletesOnlySegmentsThatLieWhollyBelowTheLogStart) {
    auto [log, state] = open_log(files);
    append_batches(*log, 40);
    const std::size_t before = log->segment_count();
    ASSERT_TRUE(log->advance_log_start(Offset{5}, kNow).has_value());
    EXPECT_EQ(log->segment_count(), before);
    EXPECT_TRUE(log->log_start_is_checkpointed());
    ASSERT_TRUE(log->advance_log_start(Offset{30}, kNow).has_value());
    EXPECT_LT(log->segment_count(), before);
    EXPECT_EQ(base_offsets(read(*log, Offset{30}, Offset{40})).front(), 30);
    // file.delete.delay.ms: the files go later.
    EXPECT_FALSE(files.content(file(Offset{0}, ".log.deleted")).empty());
    ASSERT_TRUE(log->remove_deleted_files(Timestamp{kNow.value() - 1}).has_value());
    EXPECT_FALSE(files.content(file(Offset{0}, ".log.deleted")).empty());
    ASSERT_TRUE(log->remove_deleted_files(kNow).has_value());
    EXPECT_TRUE(files.content(file(Offset{0}, ".log.deleted")).empty());
}

// DeleteRecords up to the high watermark when that is the log's end.
TEST_F(PartitionLogTest, BeginsAnEmptySegmentWhenEverythingIsDeleted) {
    auto [log, state] = open_log(files);
    append_batches(*log, 25);
    ASSERT_TRUE(log->advance_log_start(Offset{25}, kNow).has_value());
    EXPECT_EQ(log->segment_count(), 1U);
    EXPECT_EQ(log->size_bytes(), 0U);
    EXPECT_FALSE(log->log_start_is_checkpointed());
    append_batches(*log, 1);
    EXPECT_THAT(base_offsets(read(*log, Offset{25}, Offset{26})), ElementsAre(25));
}

TEST_F(PartitionLogTest, RetentionNeverReachesBeyondTheHighWatermark) {
    auto [log, state] = open_log(files);
    for (int i = 0; i < 40; ++i) append(*log, a_batch(log->log_end(), {.timestamp = Timestamp{1000 + i}}));
    const RetentionSettings by_size{.bytes = 0, .time = {}};
    const RetentionSettings by_time{.bytes = {}, .time = std::chrono::milliseconds{10}};
    const Timestamp later{2000};
    const std::int64_t first_end = log->retention_offset(by_size, later, Offset{20}).value();
    EXPECT_GT(first_end, 0);
    EXPECT_LE(first_end, 20);
    EXPECT_EQ(log->retention_offset(by_time, later, Offset{20}), Offset{first_end});
    EXPECT_EQ(log->retention_offset(by_time, later, Offset{0}), Offset{0});
    EXPECT_EQ(log->retention_offset(by_time, Timestamp{1005}, Offset{40}), Offset{0});
    EXPECT_EQ(log->retention_offset({}, later, Offset{40}), Offset{0});
    // All records have expired: the active segment goes too, once a new one is begun.
    EXPECT_EQ(log->retention_offset(by_time, later, Offset{40}), Offset{40});
    // By size the active segment stays.
    EXPECT_LT(log->retention_offset(by_size, later, Offset{40}), Offset{40});
}

// KIP-98: a reader of committed records must know every aborted transaction that overlaps what it reads.
TEST_F(PartitionLogTest, ListsTheAbortedTransactionsThatOverlapARead) {
    auto [log, state] = open_log(files);
    append(*log, a_batch(Offset{0}, {.producer = stamp(1, 0), .transactional = true}));
    append(*log, a_batch(Offset{1}, {.producer = stamp(2, 0), .transactional = true}));
    append(*log, a_marker(Offset{2}, ProducerId{1}, ProducerEpoch{0}, false));
    append(*log, a_marker(Offset{3}, ProducerId{2}, ProducerEpoch{0}, true));
    append(*log, a_batch(Offset{4}, {.producer = stamp(1, 1), .transactional = true}));
    append(*log, a_marker(Offset{5}, ProducerId{1}, ProducerEpoch{0}, false));
    const AbortedTransaction first{.producer = ProducerId{1},
                                   .first_offset = Offset{0},
                                   .marker_offset = Offset{2},
                                   .last_stable_offset = Offset{1}};
    const AbortedTransaction second{.producer = ProducerId{1},
                                    .first_offset = Offset{4},
                                    .marker_offset = Offset{5},
                                    .last_stable_offset = Offset{6}};
    EXPECT_THAT(*log->aborted_transactions(Offset{0}, Offset{6}), ElementsAre(first, second));
    EXPECT_THAT(*log->aborted_transactions(Offset{3}, Offset{6}), ElementsAre(second));
    EXPECT_THAT(*log->aborted_transactions(Offset{0}, Offset{4}), ElementsAre(first));
    EXPECT_THAT(*log->aborted_transactions(Offset{6}, Offset{7}), IsEmpty());
}

TEST_F(PartitionLogTest, AFailedWriteIsFinal) {
    auto [log, state] = open_log(files);
    append_batches(*log, 2);
    files.fail_matching("write", ".log", ENOSPC);
    const TestBatch batch = a_batch(Offset{2});
    const auto failed = log->append(batch.facts, batch.bytes, kNow);
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().error_number, ENOSPC);
    files.heal();
    EXPECT_TRUE(log->failed());
    EXPECT_FALSE(log->append(batch.facts, batch.bytes, kNow).has_value());
    EXPECT_FALSE(log->flush().has_value());
    EXPECT_FALSE(log->close().has_value());
}

// storage-faults S6: a sync that failed once may say yes the next time although the data is gone.
TEST_F(PartitionLogTest, AFailedSyncIsFinal) {
    auto [log, state] = open_log(files);
    append_batches(*log, 2);
    files.fail_matching("sync", ".log", EIO);
    const FlushPlan plan = log->plan_flush();
    const auto done = plan.run();
    ASSERT_FALSE(done.has_value());
    log->flush_failed(done.error());
    files.heal();
    EXPECT_TRUE(log->failed());
    EXPECT_EQ(log->recovery_point(), Offset{0});
    const TestBatch batch = a_batch(Offset{2});
    EXPECT_FALSE(log->append(batch.facts, batch.bytes, kNow).has_value());
}

// storage-faults S10: indexes and producer snapshots are shortcuts; the log goes on without them.
TEST_F(PartitionLogTest, GoesOnWhenAnIndexOrASnapshotCanNotBeWritten) {
    auto [log, state] = open_log(files);
    for (const char* suffix : {".index", ".timeindex", ".snapshot"}) files.fail_matching("write", suffix, ENOSPC);
    append_batches(*log, 40, {.producer = ProducerStamp{ProducerId{1}, ProducerEpoch{0}, Sequence{0}}});
    EXPECT_TRUE(log->flush().has_value());
    EXPECT_THAT(base_offsets(read(*log, Offset{0}, Offset{40})), SizeIs(40));
    files.heal();
    auto reopened = open_log(files);
    EXPECT_EQ(reopened.state.log_end, Offset{40});
    EXPECT_EQ(reopened.log->producers(), log->producers());
}

TEST_F(PartitionLogTest, KeepsTheEpochThatHasNoBatchUntilTheNextOneReplacesIt) {
    auto [log, state] = open_log(files);
    log->start_epoch({LeaderEpoch{1}, Offset{0}});
    log->start_epoch({LeaderEpoch{2}, Offset{0}});
    append_batches(*log, 1, {.epoch = LeaderEpoch{2}});
    log->start_epoch({LeaderEpoch{3}, Offset{1}});
    EXPECT_THAT(log->epochs(),
                ElementsAre(EpochEntry{LeaderEpoch{2}, Offset{0}}, EpochEntry{LeaderEpoch{3}, Offset{1}}));
    ASSERT_TRUE(log->flush().has_value());
    const auto text = read_text(files, join(kPath, "leader-epoch-checkpoint"), 1000);
    EXPECT_EQ(text.value(), "0\n2\n2 0\n3 1\n");
}

}  // namespace
}  // namespace highwater::storage
