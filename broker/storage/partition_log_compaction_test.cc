// Compaction of one log: what stays, what goes, and what a crash leaves (KIP-58, KIP-354, KIP-534).
#include <map>

#include "broker/storage/testing.h"
#include "net/wire/record/record.h"

namespace highwater::storage::testing {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kPlenty = 1 << 20;
constexpr milliseconds kDeleteRetention{1000};

Bytes bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

struct KeyValue {
    std::string key;
    /// nullopt: a tombstone.
    std::optional<std::string> value;
};

struct Keyed {
    std::optional<ProducerStamp> producer = std::nullopt;
    bool transactional = false;
    wire::CompressionCodec codec = wire::CompressionCodec::none;
};

TestBatch keyed(Offset base, const std::vector<KeyValue>& records, const Keyed& with = {}) {
    wire::RecordBatchBuilder builder(wire::BatchOptions{
        .compression = {.codec = with.codec}, .producer = with.producer, .transactional = with.transactional});
    for (const KeyValue& record : records) {
        std::optional<wire::RecordBytes> value;
        if (record.value) value = bytes_of(*record.value);
        builder.add({.key = bytes_of(record.key), .value = value, .timestamp = kNow, .headers = {}});
    }
    return finish(builder.finish(), base, LeaderEpoch{0});
}

/// "offset key=value", "offset key=null": every record of data batches, as a reader of the whole log sees them.
std::vector<std::string> records_in(const PartitionLog& log) {
    std::vector<std::string> found;
    const std::vector<std::byte> bytes = read(log, log.log_start(), log.log_end());
    wire::Decompressor decompressor;
    for (wire::BatchReader reader(bytes); const auto batch = reader.next();) {
        EXPECT_TRUE(batch->crc_matches());
        if (batch->header.is_control()) continue;
        wire::RecordBuffer clear;
        const auto section = wire::clear_records(*batch, decompressor, 1 << 20, clear);
        wire::RecordReader records(*section, batch->header.record_count);
        while (const auto record = records.next()) {
            if (!record->key) continue;
            const auto text = [](wire::RecordBytes of) {
                return std::string(reinterpret_cast<const char*>(of.data()), of.size());
            };
            EXPECT_EQ(wire::record_timestamp(batch->header, *record), kNow);
            found.push_back(fmt::format("{} {}={}", batch->header.base_offset.value() + record->offset_delta,
                                        text(*record->key), record->value ? text(*record->value) : "null"));
        }
        EXPECT_FALSE(records.defect());
    }
    return found;
}

/// The latest value of each key, tombstones being no value.
std::map<std::string, std::string> table_of(const PartitionLog& log) {
    std::map<std::string, std::string> table;
    for (const std::string& record : records_in(log)) {
        const auto space = record.find(' ');
        const auto equals = record.find('=');
        const std::string key = record.substr(space + 1, equals - space - 1);
        const std::string value = record.substr(equals + 1);
        table.erase(key);
        if (value != "null") table.emplace(key, value);
    }
    return table;
}

class Compaction : public ::testing::Test {
  protected:
    static CompactionSettings settings() { return {.min_dirty_ratio = 0, .delete_retention = kDeleteRetention}; }

    static OpenParameters compacted() {
        LogSettings settings = small_settings();
        settings.compacted = true;
        settings.segment_bytes = 300;
        return parameters(settings);
    }

    void append_keyed(const std::vector<KeyValue>& records, const Keyed& with = {}) {
        append(*log, keyed(log->log_end(), records, with));
    }
    /// So that everything before it is in segments that are no longer written.
    void roll() {
        append(*log, a_batch(log->log_end(), {.value_bytes = 300}));
        append(*log, a_batch(log->log_end(), {.value_bytes = 1}));
        ASSERT_TRUE(log->flush());
    }
    CompactionPlan plan(Timestamp now = kNow, std::uint64_t key_memory = kPlenty) {
        return log->plan_compaction(settings(), now, log->log_end(), key_memory);
    }
    CompactionResult compact(Timestamp now = kNow, std::uint64_t key_memory = kPlenty) {
        const CompactionPlan pass = plan(now, key_memory);
        auto result = pass.run();
        EXPECT_TRUE(result) << result.error().text();
        CompactionResult told = result->summary();
        const auto done = log->compaction_completed(pass, std::move(*result), now);
        EXPECT_TRUE(done && *done);
        return told;
    }
    void reopen(std::optional<Offset> clean_end) {
        log.reset();
        OpenParameters with = compacted();
        with.clean_end = clean_end;
        log = open_log(files, with).log;
    }

    SimulatedFileSystem files;
    std::unique_ptr<PartitionLog> log = open_log(files, compacted()).log;
};

TEST_F(Compaction, LeavesTheLatestRecordOfEachKeyWhereItWas) {
    for (int i = 0; i < 30; ++i) append_keyed({{"a", fmt::format("a{}", i)}, {"b", fmt::format("b{}", i)}});
    append_keyed({{"c", "once"}});
    roll();
    const Offset end = log->log_end();
    EXPECT_TRUE(log->compaction_need(settings(), kNow, end).is_due);
    const CompactionResult told = compact();
    EXPECT_EQ(records_in(*log), (std::vector<std::string>{"58 a=a29", "59 b=b29", "60 c=once"}));
    EXPECT_EQ(log->log_end(), end);
    EXPECT_LT(told.bytes_after, told.bytes_before / 2);
    EXPECT_EQ(told.records_before, 62U);
    EXPECT_FALSE(log->compaction_need(settings(), kNow, end).is_due);
}

TEST_F(Compaction, IsReadFromAnyOffsetAlsoWhereNothingIsLeft) {
    for (int i = 0; i < 40; ++i) append_keyed({{"a", fmt::format("{}", i)}});
    roll();
    compact();
    for (std::int64_t from = 0; from < 40; ++from) {
        const auto slices = log->locate(Offset{from}, log->log_end(), 1 << 20, true);
        ASSERT_TRUE(slices) << slices.error().text();
        std::vector<std::byte> bytes(slices->total_bytes);
        ASSERT_TRUE(read_slices(*slices, bytes));
        EXPECT_EQ(wire::read_batch_header(bytes)->last_offset().value() >= from, true);
    }
}

TEST_F(Compaction, KeepsATombstoneForItsTime) {
    append_keyed({{"a", "1"}});
    append_keyed({{"b", "1"}});
    append_keyed({{"a", std::nullopt}});
    roll();
    compact();
    EXPECT_EQ(records_in(*log), (std::vector<std::string>{"1 b=1", "2 a=null"}));
    // A later pass, before the horizon and at it.
    append_keyed({{"c", "1"}});
    roll();
    compact(Timestamp{kNow.value() + kDeleteRetention.count() - 1});
    EXPECT_EQ(records_in(*log).at(1), "2 a=null");
    append_keyed({{"c", "2"}});
    roll();
    compact(Timestamp{kNow.value() + kDeleteRetention.count()});
    EXPECT_EQ(table_of(*log), (std::map<std::string, std::string>{{"b", "1"}, {"c", "2"}}));
    EXPECT_EQ(records_in(*log).size(), 2U);
}

TEST_F(Compaction, ReadsAndWritesCompressedBatches) {
    for (const auto codec : {wire::CompressionCodec::gzip, wire::CompressionCodec::snappy, wire::CompressionCodec::lz4,
                             wire::CompressionCodec::zstd}) {
        append_keyed({{"a", "1"}, {"b", "2"}, {"c", std::string(wire::codec_name(codec))}}, {.codec = codec});
    }
    append_keyed({{"a", "last"}});
    roll();
    compact();
    EXPECT_EQ(records_in(*log), (std::vector<std::string>{"10 b=2", "11 c=zstd", "12 a=last"}));
}

TEST_F(Compaction, GoesAsFarAsTheKeysFitAndOnInTheNextPass) {
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 60; ++i) append_keyed({{fmt::format("key{}", i), fmt::format("{}", round)}});
    }
    roll();
    const std::uint64_t room_for_few = 64 * 24;
    Offset clean_end = log->clean_end();
    int passes = 0;
    while (log->compaction_need(settings(), kNow, log->log_end()).is_due) {
        ASSERT_LT(++passes, 10);
        EXPECT_GT(compact(kNow, room_for_few).clean_end, clean_end);
        clean_end = log->clean_end();
        std::map<std::string, std::string> expected;
        for (int i = 0; i < 60; ++i) expected.emplace(fmt::format("key{}", i), "1");
        ASSERT_EQ(table_of(*log), expected);
    }
    EXPECT_GT(passes, 1);
}

// Found by a property test: a pass that does not know a tombstone's key does not know what it takes, either.
TEST_F(Compaction, KeepsATombstoneUntilItsKeyIsKnown) {
    append_keyed({{"x", "1"}, {"k1", "1"}, {"k2", "1"}});
    append_keyed({{"k3", "1"}, {"k4", "1"}, {"k5", "1"}, {"k6", "1"}, {"x", std::nullopt}});
    roll();
    const std::uint64_t room_for_three = 4 * 24;
    const Timestamp later{kNow.value() + kDeleteRetention.count()};
    EXPECT_EQ(compact(kNow, room_for_three).clean_end, Offset{3});
    EXPECT_EQ(compact(later, room_for_three).clean_end, Offset{6});
    EXPECT_FALSE(table_of(*log).contains("x"));
    while (log->compaction_need(settings(), later, log->log_end()).is_due) compact(later, room_for_three);
    EXPECT_FALSE(table_of(*log).contains("x"));
    EXPECT_EQ(table_of(*log).size(), 6U);
}

// KIP-98: retries of what was compacted away are still recognised (D09).
TEST_F(Compaction, KeepsTheBatchesThatRetriesAreRecognisedBy) {
    for (int i = 0; i < 12; ++i) append_keyed({{"a", fmt::format("{}", i)}}, {.producer = stamp(7, i)});
    roll();
    const auto before = log->producers();
    compact();
    EXPECT_EQ(records_in(*log), (std::vector<std::string>{"11 a=11"}));
    reopen(log->clean_end());
    ASSERT_EQ(log->producers().size(), 1U);
    EXPECT_EQ(log->producers().front().batches, before.front().batches);
}

TEST_F(Compaction, TakesWhatWasAbortedAndItsMarkerLast) {
    append_keyed({{"a", "committed"}}, {.producer = stamp(1, 0), .transactional = true});
    append(*log, a_marker(log->log_end(), ProducerId{1}, ProducerEpoch{0}, true));
    append_keyed({{"a", "aborted"}}, {.producer = stamp(2, 0), .transactional = true});
    append(*log, a_marker(log->log_end(), ProducerId{2}, ProducerEpoch{0}, false));
    roll();
    // What was aborted does not take the place of what was committed.
    compact();
    EXPECT_EQ(records_in(*log), (std::vector<std::string>{"0 a=committed"}));
    const auto markers = [&] {
        std::size_t count = 0;
        for (const BatchFacts& batch : batches_in(*log)) count += batch.marker ? 1U : 0U;
        return count;
    };
    EXPECT_EQ(markers(), 2U);
    EXPECT_EQ(log->aborted_transactions(Offset{0}, log->log_end())->size(), 1U);
}

TEST_F(Compaction, LeavesWhatIsYoungerThanItsLag) {
    append_keyed({{"a", "1"}});
    append_keyed({{"a", "2"}});
    roll();
    CompactionSettings lag = settings();
    lag.min_lag = milliseconds{500};
    EXPECT_FALSE(log->compaction_need(lag, Timestamp{kNow.value() + 499}, log->log_end()).is_due);
    EXPECT_TRUE(log->compaction_need(lag, Timestamp{kNow.value() + 500}, log->log_end()).is_due);
}

TEST_F(Compaction, IsDueByRatioOrByTime) {
    for (int i = 0; i < 20; ++i) append_keyed({{fmt::format("{}", i), "1"}});
    roll();
    compact();
    append_keyed({{"1", "2"}});
    roll();
    CompactionSettings lazy = settings();
    lazy.min_dirty_ratio = 0.9;
    EXPECT_FALSE(log->compaction_need(lazy, kNow, log->log_end()).is_due);
    lazy.max_lag = milliseconds{100};
    EXPECT_FALSE(log->compaction_need(lazy, Timestamp{kNow.value() + 100}, log->log_end()).is_due);
    EXPECT_TRUE(log->compaction_need(lazy, Timestamp{kNow.value() + 101}, log->log_end()).is_due);
}

TEST_F(Compaction, NeverReachesAboveTheLastStableOffset) {
    for (int i = 0; i < 30; ++i) append_keyed({{"a", fmt::format("{}", i)}});
    roll();
    const CompactionPlan pass = log->plan_compaction(settings(), kNow, Offset{10}, kPlenty);
    EXPECT_LE(pass.parameters().sources.back().end, Offset{10});
}

TEST_F(Compaction, ComesToNothingWhenTheLogWasTruncatedMeanwhile) {
    for (int i = 0; i < 30; ++i) append_keyed({{"a", fmt::format("{}", i)}});
    roll();
    const auto before = files.image().size();
    const CompactionPlan pass = plan();
    auto result = pass.run();
    ASSERT_TRUE(result);
    ASSERT_TRUE(log->truncate_to(Offset{31}, kNow));
    const auto done = log->compaction_completed(pass, std::move(*result), kNow);
    ASSERT_TRUE(done);
    EXPECT_FALSE(*done);
    EXPECT_EQ(records_in(*log).size(), 30U);
    for (const auto& [path, content] : files.image()) EXPECT_FALSE(path.ends_with(".cleaned")) << path;
    EXPECT_LE(files.image().size(), before);
}

TEST_F(Compaction, EndsSoonAndLeavesNothingWhenItIsCancelled) {
    for (int i = 0; i < 30; ++i) append_keyed({{"a", fmt::format("{}", i)}});
    roll();
    const CompactionPlan pass = plan();
    int batches = 0;
    const auto result = pass.run([&] { return ++batches > 40; });
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().error_number, ECANCELED);
    for (const auto& [path, content] : files.image()) EXPECT_FALSE(path.ends_with(".cleaned")) << path;
}

// `compact,delete`: a segment of which nothing is left must not stop retention.
TEST_F(Compaction, LeavesNoSegmentEmptySoThatRetentionGoesOn) {
    for (int i = 0; i < 30; ++i) append_keyed({{"a", fmt::format("{}", i)}});
    roll();
    compact();
    const Offset offset = log->retention_offset({.bytes = 0, .time = {}}, kNow, log->log_end());
    EXPECT_GT(offset, Offset{29});
}

TEST_F(Compaction, StaysReadableWhenTheTopicIsNoLongerCompacted) {
    for (int i = 0; i < 30; ++i) append_keyed({{"a", fmt::format("{}", i)}});
    roll();
    compact();
    LogSettings no_longer = compacted().settings;
    no_longer.compacted = false;
    log->set_settings(no_longer);
    EXPECT_EQ(records_in(*log), (std::vector<std::string>{"29 a=29"}));
    const Offset clean_end = log->clean_end();
    log.reset();
    OpenParameters with = parameters(no_longer);
    with.clean_end = clean_end;
    log = open_log(files, with).log;
    EXPECT_EQ(records_in(*log), (std::vector<std::string>{"29 a=29"}));
}

/// Power is lost at every call that the pass and its swap make: whatever comes back, the latest values are those that
/// were there, each file is whole, and the next pass ends.
TEST_F(Compaction, LosesNothingWhereverItIsInterrupted) {
    const auto fill = [&] {
        for (int i = 0; i < 12; ++i) append_keyed({{fmt::format("{}", i % 4), fmt::format("{}", i)}});
        append_keyed({{"1", std::nullopt}});
        roll();
        // The tombstone's time is over in the pass that is interrupted.
        compact();
        for (int i = 0; i < 6; ++i) append_keyed({{fmt::format("{}", 2 + i % 2), fmt::format("later {}", i)}});
        roll();
    };
    const Timestamp later{kNow.value() + kDeleteRetention.count()};
    fill();
    const auto expected = table_of(*log);
    ASSERT_EQ(expected.size(), 3U);
    const std::uint64_t first = files.calls();
    compact(later);
    const std::uint64_t calls = files.calls() - first;
    ASSERT_GT(calls, 20U);
    for (std::uint64_t at = 1; at <= calls + 1; ++at) {
        for (std::uint64_t seed = 0; seed < 12; ++seed) {
            files = SimulatedFileSystem();
            log = open_log(files, compacted()).log;
            fill();
            const Offset clean_end = log->clean_end();
            files.fail_call(files.calls() + at, EIO, true);
            const CompactionPlan pass = plan(later);
            if (auto result = pass.run()) static_cast<void>(log->compaction_completed(pass, std::move(*result), later));
            files.crash(CrashKind::power_loss, seed == 0 ? keep_nothing() : seeded_choice(seed));
            files.heal();
            reopen(clean_end);
            ASSERT_EQ(table_of(*log), expected) << "call " << at << ", seed " << seed;
            compact(later);
            ASSERT_EQ(table_of(*log), expected) << "call " << at << ", seed " << seed;
        }
    }
}

}  // namespace
}  // namespace highwater::storage::testing
