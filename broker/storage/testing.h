#pragma once

// Builders and verbs of the storage tests.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "broker/storage/partition_log.h"
#include "broker/storage/simulated_file_system.h"
#include "core/log/batch_facts.h"
#include "net/wire/record/control_record.h"
#include "net/wire/record/record_batch.h"
#include "net/wire/record/record_batch_builder.h"

namespace highwater::storage::testing {

inline constexpr Timestamp kNow{1'700'000'000'000};
inline const std::string kPath = "data/events-0";

/// A batch as the leader has it: facts with its place, bytes without (base offset and epoch are the log's to write).
struct TestBatch {
    BatchFacts facts;
    std::vector<std::byte> bytes;
};

struct BatchOf {
    int records = 1;
    std::size_t value_bytes = 10;
    LeaderEpoch epoch{0};
    Timestamp timestamp = kNow;
    std::optional<ProducerStamp> producer = std::nullopt;
    bool transactional = false;
};

inline TestBatch finish(wire::RecordBuffer bytes, Offset base, LeaderEpoch epoch) {
    const auto view = wire::read_batch(bytes);
    EXPECT_TRUE(view.has_value());
    TestBatch batch{.facts = wire::facts(*view), .bytes = std::move(bytes)};
    batch.facts.base_offset = base;
    batch.facts.leader_epoch = epoch;
    return batch;
}

/// The record at `offset` has a value that tells the offset, so that no two batches are alike.
inline TestBatch a_batch(Offset base, const BatchOf& of = {}) {
    wire::RecordBatchBuilder builder(wire::BatchOptions{.producer = of.producer, .transactional = of.transactional});
    for (int i = 0; i < of.records; ++i) {
        std::vector<std::byte> value(of.value_bytes, static_cast<std::byte>(base.value() * 31 + i));
        builder.add({.key = {}, .value = value, .timestamp = Timestamp{of.timestamp.value() + i}, .headers = {}});
    }
    return finish(builder.finish(), base, of.epoch);
}

inline TestBatch a_marker(Offset base, ProducerId id, ProducerEpoch producer_epoch, bool commit,
                          LeaderEpoch epoch = LeaderEpoch{0}) {
    const auto bytes = wire::transaction_marker_batch(
        id, producer_epoch, {.commit = commit, .coordinator_epoch = CoordinatorEpoch{0}}, kNow);
    return finish(wire::RecordBuffer(bytes.begin(), bytes.end()), base, epoch);
}

inline ProducerStamp stamp(std::int64_t id, std::int32_t sequence, std::int16_t epoch = 0) {
    return {.id = ProducerId{id}, .epoch = ProducerEpoch{epoch}, .base_sequence = Sequence{sequence}};
}

/// Small segments and dense indexes, so that little data shows everything.
inline LogSettings small_settings() {
    LogSettings settings;
    settings.segment_bytes = 1000;
    settings.index_interval_bytes = 150;
    return settings;
}

inline OpenParameters parameters(LogSettings settings = small_settings()) {
    return {.path = kPath,
            .settings = settings,
            .clean_shutdown = false,
            .recovery_point = Offset{0},
            .log_start = {},
            .high_watermark = {},
            .lower_recovery_point = {}};
}

/// Opens the log in kPath; the directory is made when missing.
inline PartitionLog::Opened open_log(FileSystem& files, OpenParameters with = parameters()) {
    EXPECT_TRUE(files.create_directories(with.path).has_value());
    auto opened = PartitionLog::open(files, std::move(with), kNow);
    EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().text());
    return std::move(*opened);
}

inline void append(PartitionLog& log, const TestBatch& batch) {
    const auto done = log.append(batch.facts, batch.bytes, kNow);
    ASSERT_TRUE(done.has_value()) << done.error().text();
}

/// `count` batches of one record each.
inline void append_batches(PartitionLog& log, int count, const BatchOf& of = {}) {
    for (int i = 0; i < count; ++i) append(log, a_batch(log.log_end(), of));
}

/// The facts of all batches, as a replay gives them.
inline std::vector<BatchFacts> batches_in(const PartitionLog& log, Offset from = Offset{0}) {
    std::vector<BatchFacts> facts;
    const auto done = log.replay(from, [&](const BatchFacts& batch) { facts.push_back(batch); });
    EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().text());
    return facts;
}

/// The bytes that a read of [from, end) gives.
inline std::vector<std::byte> read(const PartitionLog& log, Offset from, Offset end,
                                   std::uint64_t max_bytes = 1 << 20) {
    const auto slices = log.locate(from, end, max_bytes, true);
    EXPECT_TRUE(slices.has_value()) << (slices ? "" : slices.error().text());
    if (!slices) return {};
    std::vector<std::byte> bytes(slices->total_bytes);
    const auto done = read_slices(*slices, bytes);
    EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().text());
    return bytes;
}

/// First offsets of the batches in the bytes; fails the test unless the bytes are whole batches.
inline std::vector<std::int64_t> base_offsets(const std::vector<std::byte>& bytes) {
    std::vector<std::int64_t> offsets;
    wire::BatchReader reader(bytes);
    while (const auto batch = reader.next()) {
        EXPECT_TRUE(batch->crc_matches());
        offsets.push_back(batch->header.base_offset.value());
    }
    EXPECT_EQ(reader.end(), wire::BatchesEnd::complete);
    return offsets;
}

inline std::string file(Offset base, std::string_view suffix) {
    return join(kPath, fmt::format("{:020}{}", base.value(), suffix));
}

}  // namespace highwater::storage::testing
