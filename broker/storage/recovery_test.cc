// What opening a log does with what crashes and disks leave. The rows are those of the storage fault table.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/storage/testing.h"

namespace highwater::storage {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

struct RecoveryTest : ::testing::Test {
    SimulatedFileSystem files;

    /// A log of `count` batches, synced, whose process was then killed.
    void a_synced_log(int count, const BatchOf& of = {}) {
        auto [log, state] = open_log(files);
        append_batches(*log, count, of);
        ASSERT_TRUE(log->flush().has_value());
        files.crash(CrashKind::power_loss, keep_nothing());
    }
    std::string last_log_file() {
        std::string last;
        for (const auto& [path, content] : files.image()) {
            if (path.ends_with(".log")) last = path;
        }
        return last;
    }
    OpenParameters trusting(Offset recovery_point) {
        OpenParameters with = parameters();
        with.recovery_point = recovery_point;
        return with;
    }
    OpenParameters clean() {
        OpenParameters with = parameters();
        with.clean_shutdown = true;
        return with;
    }
};

TEST_F(RecoveryTest, ACleanShutdownIsOpenedWithoutAScan) {
    auto first = open_log(files);
    append_batches(*first.log, 40, {.epoch = LeaderEpoch{3}, .producer = stamp(7, 0)});
    const auto producers = first.log->producers();
    ASSERT_TRUE(first.log->close().has_value());
    files.crash(CrashKind::power_loss, keep_nothing());
    const auto again = open_log(files, clean());
    EXPECT_EQ(again.state.log_end, Offset{40});
    EXPECT_EQ(again.state.scanned_bytes, 0U);
    EXPECT_EQ(again.log->producers(), producers);
    EXPECT_THAT(again.state.epochs, ElementsAre(EpochEntry{LeaderEpoch{3}, Offset{0}}));
    EXPECT_THAT(again.state.notes, IsEmpty());
    EXPECT_THAT(batches_in(*again.log), SizeIs(40));
}

// S1, S2: whatever prefix of the last batch reached the disk, recovery cuts it and keeps the rest.
TEST_F(RecoveryTest, CutsATornTailAtTheBatchBoundary) {
    a_synced_log(5);
    const auto whole = files.content(last_log_file());
    const std::size_t one = whole.size() / 5;
    for (std::size_t cut = 1; cut < one; ++cut) {
        files.set_content(last_log_file(), Bytes(whole).first(whole.size() - cut));
        const auto opened = open_log(files);
        ASSERT_EQ(opened.state.log_end, Offset{4}) << cut;
        ASSERT_EQ(opened.state.cut_bytes, one - cut);
        files.crash(CrashKind::process_kill, keep_nothing());
    }
}

// S1: a tail of zeros is what preallocation and delayed allocation leave.
TEST_F(RecoveryTest, CutsATailOfZeros) {
    a_synced_log(5);
    auto content = files.content(last_log_file());
    content.resize(content.size() + 5000);
    files.set_content(last_log_file(), content);
    EXPECT_EQ(open_log(files).state.log_end, Offset{5});
}

// S3: the recovery point proves that what follows the damage was durable, so nothing is cut.
TEST_F(RecoveryTest, DamageBelowTheRecoveryPointIsNotTheEndOfTheLog) {
    a_synced_log(5);
    const std::size_t one = files.content(last_log_file()).size() / 5;
    files.flip_bit(last_log_file(), 2 * one + wire::kBatchHeaderBytes, 3);
    auto [log, state] = open_log(files, trusting(Offset{5}));
    EXPECT_EQ(state.log_end, Offset{5});
    EXPECT_EQ(state.cut_bytes, 0U);
    EXPECT_THAT(state.damaged, ElementsAre(DamagedRange{Offset{2}, Offset{3}}));
    EXPECT_THAT(base_offsets(read(*log, Offset{0}, Offset{5})), ElementsAre(0, 1));
    const auto in_damage = log->locate(Offset{2}, Offset{5}, 1000, true);
    ASSERT_FALSE(in_damage.has_value());
    EXPECT_TRUE(in_damage.error().is_damage());
    EXPECT_THAT(base_offsets(read(*log, Offset{3}, Offset{5})), ElementsAre(3, 4));
    append_batches(*log, 1);
    EXPECT_THAT(base_offsets(read(*log, Offset{3}, Offset{6})), ElementsAre(3, 4, 5));
}

// S3: a length that leads nowhere must not hide what follows.
TEST_F(RecoveryTest, ADamagedLengthBelowTheRecoveryPointHidesNothingElse) {
    a_synced_log(5);
    const std::size_t one = files.content(last_log_file()).size() / 5;
    files.flip_bit(last_log_file(), one + wire::BatchLayout::kLength + 2, 6);
    const auto opened = open_log(files, trusting(Offset{5}));
    EXPECT_EQ(opened.state.log_end, Offset{5});
    EXPECT_THAT(opened.state.damaged, ElementsAre(DamagedRange{Offset{1}, Offset{2}}));
    EXPECT_THAT(batches_in(*opened.log), SizeIs(4));
}

// S3: above the recovery point a valid batch after a damaged one proves nothing; but its bytes are kept.
TEST_F(RecoveryTest, DamageAboveTheRecoveryPointCutsTheLogAndKeepsTheBytes) {
    a_synced_log(5);
    const std::size_t one = files.content(last_log_file()).size() / 5;
    files.flip_bit(last_log_file(), 2 * one + wire::kBatchHeaderBytes, 3);
    const auto opened = open_log(files);
    EXPECT_EQ(opened.state.log_end, Offset{2});
    EXPECT_EQ(opened.state.cut_bytes, 3 * one);
    EXPECT_EQ(files.content(file(Offset{2}, ".cut")).size(), 3 * one);
    EXPECT_THAT(opened.state.notes, Not(IsEmpty()));
}

// S4: Kafka's CRC does not cover the base offset; the offsets around it do.
TEST_F(RecoveryTest, AFlippedBaseOffsetIsDamage) {
    a_synced_log(5);
    const std::size_t one = files.content(last_log_file()).size() / 5;
    files.flip_bit(last_log_file(), one + 7, 4);
    EXPECT_THAT(open_log(files, trusting(Offset{5})).state.damaged, ElementsAre(DamagedRange{Offset{1}, Offset{2}}));
    EXPECT_EQ(open_log(files).state.log_end, Offset{1});
}

// S8: an unreadable file stops the log from opening; it is neither cut nor believed.
TEST_F(RecoveryTest, AReadErrorIsNotDamage) {
    a_synced_log(5);
    const auto before = files.image();
    files.fail_matching("read", ".log", EIO);
    const auto opened = PartitionLog::open(files, parameters(), kNow);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().error_number, EIO);
    EXPECT_EQ(files.image(), before);
}

// S11: the directory is synced with the first flush, and with each one after a roll.
TEST_F(RecoveryTest, AFlushMakesTheNamesOfNewSegmentsDurableToo) {
    auto [log, state] = open_log(files);
    append_batches(*log, 40);
    ASSERT_GT(log->segment_count(), 2U);
    ASSERT_TRUE(log->flush().has_value());
    files.crash(CrashKind::power_loss, keep_nothing());
    EXPECT_EQ(open_log(files).state.log_end, Offset{40});
}

// S12: no index is believed that the log contradicts.
TEST_F(RecoveryTest, ADamagedIndexIsMadeAnewAndNeverAnswers) {
    auto first = open_log(files);
    for (int i = 0; i < 40; ++i) append(*first.log, a_batch(first.log->log_end(), {.timestamp = Timestamp{1000 + i}}));
    ASSERT_TRUE(first.log->close().has_value());
    const auto image = files.image();
    using Damage = std::function<std::vector<std::byte>(std::vector<std::byte>)>;
    const std::vector<std::pair<std::string, Damage>> damages{
        {"missing", nullptr},
        {"empty", [](auto) { return std::vector<std::byte>{}; }},
        {"cut within an entry", [](auto bytes) { return bytes.resize(bytes.size() - 3), bytes; }},
        {"zeros", [](auto bytes) { return std::vector<std::byte>(bytes.size()); }},
        {"zeros at the end", [](auto bytes) { return bytes.resize(bytes.size() + 24), bytes; }},
        {"a wrong bit", [](auto bytes) { return bytes[bytes.size() - 1] ^= std::byte{1}, bytes; }},
        {"a wrong first entry", [](auto bytes) { return bytes[7] ^= std::byte{1}, bytes; }},
        {"of another segment", [&](auto) { return files.content(file(Offset{0}, ".index")); }},
    };
    for (const auto& [what, damage] : damages) {
        for (const std::string_view suffix : {".index", ".timeindex"}) {
            files.crash(CrashKind::process_kill, keep_nothing());
            for (const auto& [path, content] : image) files.set_content(path, content);
            for (const auto& [path, content] : image) {
                if (!path.ends_with(suffix) || content.size() < 24) continue;
                if (damage) {
                    files.set_content(path, damage(content));
                } else {
                    ASSERT_TRUE(files.remove(path).has_value());
                }
            }
            const auto opened = open_log(files, clean());
            ASSERT_EQ(opened.state.log_end, Offset{40}) << what;
            for (std::int64_t from = 0; from < 40; ++from) {
                ASSERT_THAT(base_offsets(read(*opened.log, Offset{from}, Offset{from + 1})), ElementsAre(from)) << what;
                const auto found = opened.log->find_timestamp(Timestamp{1000 + from}, Offset{40});
                ASSERT_TRUE(found.has_value() && found->has_value()) << what << suffix;
                ASSERT_EQ((*found)->offset, Offset{from}) << what << suffix;
            }
        }
    }
}

// S13: a checkpoint may only speed recovery.
TEST_F(RecoveryTest, ARecoveryPointBeyondTheEndIsNotBelieved) {
    a_synced_log(40);
    const auto opened = open_log(files, trusting(Offset{1000}));
    EXPECT_EQ(opened.state.log_end, Offset{40});
    EXPECT_TRUE(opened.state.ends_below_recovery_point);
    std::uint64_t all = 0;
    for (const auto& [path, content] : files.image()) all += path.ends_with(".log") ? content.size() : 0;
    EXPECT_GE(opened.state.scanned_bytes, all);
}

// S13: a log start that the log never had must not delete it.
TEST_F(RecoveryTest, ALogStartBeyondTheEndIsNotBelieved) {
    a_synced_log(10);
    OpenParameters with = parameters();
    with.log_start = Offset{500};
    const auto opened = open_log(files, std::move(with));
    EXPECT_EQ(opened.state.log_start, Offset{0});
    EXPECT_EQ(opened.state.log_end, Offset{10});
}

// S13: epochs are in the batches.
TEST_F(RecoveryTest, EpochsAreMadeAnewWhenTheirCheckpointIsMissingTornOrWrong) {
    auto [log, state] = open_log(files);
    for (int epoch = 1; epoch <= 4; ++epoch) append_batches(*log, 10, {.epoch = LeaderEpoch{epoch}});
    const std::vector<EpochEntry> expected(log->epochs().begin(), log->epochs().end());
    ASSERT_THAT(expected, SizeIs(4));
    ASSERT_TRUE(log->flush().has_value());
    const std::string path = join(kPath, "leader-epoch-checkpoint");
    for (const std::string text : {"", "0\n4\n1 0\n2 1", "0\n1\n9 3\n", "garbage", "0\n2\n1 0\n4 999\n"}) {
        for (const Offset recovery_point : {Offset{0}, Offset{40}}) {
            files.crash(CrashKind::process_kill, keep_nothing());
            files.set_content(path, std::as_bytes(std::span(text)));
            EXPECT_EQ(open_log(files, trusting(recovery_point)).state.epochs, expected) << text;
        }
    }
    files.crash(CrashKind::process_kill, keep_nothing());
    ASSERT_TRUE(files.remove(path).has_value());
    EXPECT_EQ(open_log(files, trusting(Offset{40})).state.epochs, expected);
}

// S15: duplicates are still found after a restart, for every batch in the window (KIP-98).
TEST_F(RecoveryTest, ProducersAreMadeAnewWhenSnapshotsAreMissingTornOrOld) {
    auto [log, state] = open_log(files);
    for (int i = 0; i < 40; ++i) append(*log, a_batch(Offset{i}, {.producer = stamp(i % 3, i / 3)}));
    const auto expected = log->producers();
    ASSERT_TRUE(log->flush().has_value());
    std::vector<std::string> snapshots;
    for (const auto& [path, content] : files.image()) {
        if (path.ends_with(".snapshot")) snapshots.push_back(path);
    }
    ASSERT_GE(snapshots.size(), 2U);
    const auto check = [&] {
        files.crash(CrashKind::process_kill, keep_nothing());
        const auto opened = open_log(files, trusting(Offset{40}));
        const auto found = opened.log->producers();
        ASSERT_EQ(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].batches.back(), expected[i].batches.back());
    };
    auto content = files.content(snapshots.back());
    content[20] ^= std::byte{1};
    files.set_content(snapshots.back(), content);
    check();
    files.set_content(snapshots.front(), Bytes(content).first(11));
    check();
    for (const std::string& path : snapshots) static_cast<void>(files.remove(path));
    check();
    files.crash(CrashKind::process_kill, keep_nothing());
    EXPECT_EQ(open_log(files, trusting(Offset{40})).log->producers(), expected);
}

// KIP-98: the snapshot file keeps one batch of each producer; the batches of the active segment tell of the others.
TEST_F(RecoveryTest, ACleanRestartRemembersTheLastFiveBatchesOfAProducer) {
    auto first = open_log(files);
    for (int i = 0; i < 6; ++i) append(*first.log, a_batch(Offset{i}, {.producer = stamp(1, i)}));
    ASSERT_TRUE(first.log->close().has_value());
    const auto opened = open_log(files, clean());
    ASSERT_THAT(opened.state.snapshot.producers, SizeIs(1));
    EXPECT_EQ(opened.state.snapshot.producers[0].batches.size(), 5U);
}

// S3 with S1: the first batch of the last segment rotted, its tail is torn. Found by the recovery fuzzer: the log was
// refused once, and opened the second time.
TEST_F(RecoveryTest, ATornTailIsCutBehindDamageOfTheSameSegment) {
    a_synced_log(5);
    auto content = files.content(last_log_file());
    content[16] ^= std::byte{1};  // the magic of the first batch
    content.resize(content.size() - 3);
    files.set_content(last_log_file(), content);
    const auto opened = open_log(files, trusting(Offset{3}));
    EXPECT_EQ(opened.state.log_end, Offset{4});
    EXPECT_THAT(opened.state.damaged, ElementsAre(DamagedRange{.first = Offset{0}, .end = Offset{1}}));
}

// Whatever was rolled since: a retry knows nothing of segments.
TEST_F(RecoveryTest, TheWindowOfFiveReachesBackOverRolledSegments) {
    auto first = open_log(files);
    for (int i = 0; i < 40; ++i) {
        append(*first.log, a_batch(Offset{i}, {.value_bytes = 300, .producer = stamp(1, i)}));
        if (i < 6) continue;
        const auto live = first.log->producers();
        ASSERT_TRUE(first.log->close().has_value());
        first = open_log(files, clean());
        ASSERT_EQ(first.log->producers(), live) << "with " << i + 1 << " batches";
    }
}

// S17: a missing segment is damage, not the end of the log.
TEST_F(RecoveryTest, AMissingSegmentBelowTheRecoveryPointIsDamage) {
    a_synced_log(40);
    std::vector<Offset> bases;
    for (const auto& [path, content] : files.image()) {
        if (path.ends_with(".log")) bases.push_back(Offset{std::stoll(path.substr(kPath.size() + 1, 20))});
    }
    ASSERT_GE(bases.size(), 4U);
    ASSERT_TRUE(files.remove(file(bases[1], ".log")).has_value());
    auto with = trusting(Offset{40});
    auto [log, state] = open_log(files, with);
    EXPECT_EQ(state.log_end, Offset{40});
    EXPECT_EQ(base_offsets(read(*log, Offset{0}, Offset{40})).back(), bases[1].value() - 1);
    const auto missing = log->locate(bases[1], Offset{40}, 1000, true);
    ASSERT_FALSE(missing.has_value());
    EXPECT_TRUE(missing.error().is_damage());
    EXPECT_EQ(base_offsets(read(*log, bases[2], Offset{40})).front(), bases[2].value());
}

// S17, above the recovery point: the name of a segment may be lost while that of a later one survived.
TEST_F(RecoveryTest, AMissingSegmentAboveTheRecoveryPointEndsTheLog) {
    a_synced_log(40);
    std::vector<std::string> logs;
    for (const auto& [path, content] : files.image()) {
        if (path.ends_with(".log")) logs.push_back(path);
    }
    ASSERT_TRUE(files.remove(logs[1]).has_value());
    const auto opened = open_log(files);
    EXPECT_EQ(opened.state.log_end.value(), std::stoll(logs[1].substr(kPath.size() + 1, 20)));
    EXPECT_EQ(opened.log->segment_count(), 1U);
}

// S22: what recovery found must survive the next power loss.
TEST_F(RecoveryTest, SyncsWhatItRecovered) {
    auto first = open_log(files);
    append_batches(*first.log, 40);  // never flushed: only the system's cache has it
    files.crash(CrashKind::process_kill, keep_nothing());
    const auto opened = open_log(files);
    ASSERT_EQ(opened.state.log_end, Offset{40});
    EXPECT_EQ(opened.log->recovery_point(), Offset{40});
    files.crash(CrashKind::power_loss, keep_nothing());
    EXPECT_EQ(open_log(files).state.log_end, Offset{40});
}

TEST_F(RecoveryTest, AbortedTransactionsAreFoundAgain) {
    auto first = open_log(files);
    for (int i = 0; i < 10; ++i) {
        append(*first.log, a_batch(first.log->log_end(), {.producer = stamp(1, i), .transactional = true}));
        append(*first.log, a_marker(first.log->log_end(), ProducerId{1}, ProducerEpoch{0}, i % 2 == 0));
    }
    const auto expected = first.log->aborted_transactions(Offset{0}, Offset{100});
    ASSERT_THAT(*expected, SizeIs(5));
    ASSERT_TRUE(first.log->flush().has_value());
    files.crash(CrashKind::power_loss, keep_nothing());
    for (const Offset recovery_point : {Offset{0}, Offset{20}}) {
        auto opened = open_log(files, trusting(recovery_point));
        EXPECT_EQ(opened.log->aborted_transactions(Offset{0}, Offset{100}), expected);
        EXPECT_EQ(opened.state.aborted, *expected);
        files.crash(CrashKind::process_kill, keep_nothing());
    }
    auto closing = open_log(files);
    ASSERT_TRUE(closing.log->close().has_value());
    EXPECT_EQ(open_log(files, clean()).log->aborted_transactions(Offset{0}, Offset{100}), expected);
}

// LogLoader: a swap that got its name has replaced what it covers; a cleaning that did not end never was.
TEST_F(RecoveryTest, FinishesASwapAndForgetsACleaning) {
    a_synced_log(40);
    const auto original = files.content(file(Offset{0}, ".log"));
    files.set_content(file(Offset{0}, ".log.swap"), original);
    files.set_content(file(Offset{0}, ".log"), Bytes(original).first(100));
    files.set_content(file(Offset{20}, ".log.cleaned"), original);
    files.set_content(file(Offset{20}, ".log.swap"), original);
    files.set_content(file(Offset{0}, ".index.deleted"), original);
    EXPECT_EQ(open_log(files, parameters()).state.log_end, Offset{40});
    for (const auto& [path, content] : files.image()) {
        EXPECT_FALSE(path.ends_with(".swap") || path.ends_with(".cleaned") || path.ends_with(".deleted")) << path;
    }
}

TEST_F(RecoveryTest, RefusesALogOfTheOldMessageFormatAndLeavesItAlone) {
    // Offset 0, size 14, then CRC-32 (IEEE), magic 0, attributes 0, null key, null value.
    const std::string hex =
        "00000000000000000000000ea7ec6803"
        "0000"
        "ffffffff"
        "ffffffff";
    std::vector<std::byte> message;
    for (std::size_t i = 0; i < hex.size(); i += 2)
        message.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    ASSERT_TRUE(files.create_directories(kPath).has_value());
    files.set_content(file(Offset{0}, ".log"), message);
    const auto opened = PartitionLog::open(files, parameters(), kNow);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().error_number, ENOTSUP);
    EXPECT_EQ(files.content(file(Offset{0}, ".log")), message);
}

}  // namespace
}  // namespace highwater::storage
