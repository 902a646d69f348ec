// The bytes of the files beside the log, as Kafka writes them (Kafka 4.3: ProducerStateManager, AbortedTxn,
// OffsetIndex, TimeIndex, LeaderEpochCheckpointFile, MetaProperties, QuorumStateData).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/storage/leader_epoch_checkpoint.h"
#include "broker/storage/meta_properties.h"
#include "broker/storage/offset_index.h"
#include "broker/storage/producer_snapshot.h"
#include "broker/storage/quorum_state.h"
#include "broker/storage/retention_clock.h"
#include "broker/storage/segment_files.h"
#include "broker/storage/text_checkpoint.h"
#include "broker/storage/time_index.h"
#include "broker/storage/transaction_index.h"

namespace highwater::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string hex(Bytes bytes) {
    std::string text;
    for (const std::byte byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
    return text;
}

TEST(FileNames, AreTwentyDigitsAndASuffix) {
    EXPECT_EQ(segment_file_name(Offset{42}, kLogSuffix), "00000000000000000042.log");
    EXPECT_EQ(offset_of_file("00000000000000000042.log", kLogSuffix), Offset{42});
    EXPECT_EQ(offset_of_file("0000000000000000042.log", kLogSuffix), std::nullopt);
    EXPECT_EQ(offset_of_file("00000000000000000042.log.deleted", kLogSuffix), std::nullopt);
    EXPECT_EQ(offset_of_file("99999999999999999999.log", kLogSuffix), std::nullopt);
    EXPECT_EQ(offset_of_file("-0000000000000000042.log", kLogSuffix), std::nullopt);
}

TEST(OffsetIndexFormat, IsRelativeOffsetAndPosition) {
    OffsetIndex index(Offset{100});
    index.add({Offset{101}, 300});
    index.add({Offset{228}, 70000});
    EXPECT_EQ(hex(index.encode()),
              "000000010000012c"
              "0000008000011170");
    const auto decoded = OffsetIndex::decode(Offset{100}, index.encode(), 80000, "i");
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(decoded->entries(), index.entries());
    EXPECT_EQ(decoded->lookup(Offset{100}), (OffsetIndexEntry{Offset{100}, 0}));
    EXPECT_EQ(decoded->lookup(Offset{227}), (OffsetIndexEntry{Offset{101}, 300}));
    EXPECT_EQ(decoded->lookup(Offset{228}), (OffsetIndexEntry{Offset{228}, 70000}));
    EXPECT_FALSE(OffsetIndex::decode(Offset{100}, index.encode(), 70000, "i").has_value());
}

// OffsetIndex.isFull, TimeIndex.isFull: the time index keeps a slot for the entry of the roll.
TEST(IndexFormats, AreFullWhenTheNextEntryWouldNotFit) {
    OffsetIndex offsets(Offset{0});
    TimeIndex times(Offset{0});
    for (int i = 1; i <= 3; ++i) {
        EXPECT_FALSE(offsets.is_full(31));
        EXPECT_EQ(times.is_full(36), i == 3);
        offsets.add({Offset{i}, static_cast<std::uint32_t>(i)});
        times.add_if_later({Timestamp{i}, Offset{i}});
    }
    EXPECT_TRUE(offsets.is_full(31));
}

TEST(TimeIndexFormat, IsTimestampAndRelativeOffsetAndOnlyGrows) {
    TimeIndex index(Offset{100});
    index.add_if_later({Timestamp{1000}, Offset{101}});
    index.add_if_later({Timestamp{1000}, Offset{105}});
    index.add_if_later({Timestamp{1001}, Offset{110}});
    EXPECT_EQ(hex(index.encode()),
              "00000000000003e800000001"
              "00000000000003e90000000a");
    EXPECT_EQ(TimeIndex::decode(Offset{100}, index.encode(), "t")->entries(), index.entries());
    EXPECT_EQ(index.lookup_below(Timestamp{1000}), std::nullopt);
    EXPECT_EQ(index.lookup_below(Timestamp{1001}), (TimeIndexEntry{Timestamp{1000}, Offset{101}}));
}

TEST(TransactionIndexFormat, IsThirtyFourBytesAnEntry) {
    const std::vector<AbortedTransaction> aborted{{.producer = ProducerId{7},
                                                   .first_offset = Offset{10},
                                                   .marker_offset = Offset{12},
                                                   .last_stable_offset = Offset{13}}};
    const auto bytes = encode_transaction_index(aborted);
    EXPECT_EQ(hex(bytes),
              "0000"
              "0000000000000007"
              "000000000000000a"
              "000000000000000c"
              "000000000000000d");
    EXPECT_EQ(decode_transaction_index(bytes, "x").value(), aborted);
    EXPECT_FALSE(decode_transaction_index(Bytes(bytes).first(33), "x").has_value());
}

TEST(ProducerSnapshotFormat, HasACrcOverTheEntries) {
    ProducerState producer;
    producer.id = ProducerId{4000};
    producer.epoch = ProducerEpoch{2};
    producer.batches.push_back(
        {.last_offset = Offset{9}, .timestamp = Timestamp{5}, .last_sequence = Sequence{9}, .offset_delta = 4});
    producer.last_timestamp = Timestamp{5};
    ProducerState marked;
    marked.id = ProducerId{4001};
    marked.coordinator_epoch = CoordinatorEpoch{3};
    marked.transaction_first_offset = Offset{8};
    const auto bytes = encode_producer_snapshot({producer, marked});
    // Version, CRC-32C of the rest, count; id, epoch, last sequence, last offset, delta, timestamp, coordinator epoch,
    // first offset of the open transaction.
    EXPECT_EQ(hex(Bytes(bytes).subspan(6)),
              "00000002"
              "0000000000000fa0"
              "0002"
              "00000009"
              "0000000000000009"
              "00000004"
              "0000000000000005"
              "ffffffff"
              "ffffffffffffffff"
              "0000000000000fa1"
              "0000"
              "ffffffff"
              "ffffffffffffffff"
              "00000000"
              "ffffffffffffffff"
              "00000003"
              "0000000000000008");
    EXPECT_EQ(hex(Bytes(bytes).first(2)), "0001");
    EXPECT_EQ(decode_producer_snapshot(bytes, "s").value(), (std::vector{producer, marked}));
    for (std::size_t byte = 0; byte < bytes.size(); ++byte) {
        auto damaged_bytes = bytes;
        damaged_bytes[byte] ^= std::byte{1};
        EXPECT_FALSE(decode_producer_snapshot(damaged_bytes, "s").has_value()) << byte;
    }
}

TEST(LeaderEpochFormat, IsATextCheckpoint) {
    const std::vector<EpochEntry> entries{{LeaderEpoch{0}, Offset{0}}, {LeaderEpoch{4}, Offset{17}}};
    EXPECT_EQ(encode_leader_epochs(entries), "0\n2\n0 0\n4 17\n");
    EXPECT_EQ(decode_leader_epochs("0\n2\n0 0\n4 17\n", "e").value(), entries);
    for (const char* text :
         {"", "0\n", "1\n0\n", "0\n3\n0 0\n4 17\n", "0\n2\n0 0\n4\n", "0\n2\n4 17\n0 0\n", "0\n1\n-1 0\n"})
        EXPECT_FALSE(decode_leader_epochs(text, "e").has_value()) << text;
}

TEST(MetaPropertiesFormat, IsVersionOneAndReadsVersionZero) {
    const MetaProperties properties{.cluster_id = "MkU3OEVBNTcwNTJENDM2Qg",
                                    .node_id = NodeId{3},
                                    .directory_id = uuid_from_text("tWZxXWSkRVaz1U1MYCyTcg")};
    const std::string text = encode_meta_properties(properties, Timestamp{0});
    EXPECT_EQ(text,
              "#\n#Thu Jan 01 00:00:00 UTC 1970\ncluster.id=MkU3OEVBNTcwNTJENDM2Qg\n"
              "directory.id=tWZxXWSkRVaz1U1MYCyTcg\nnode.id=3\nversion=1\n");
    EXPECT_EQ(decode_meta_properties(text, "m").value(), properties);
    const auto old = decode_meta_properties("broker.id=5\nversion=0\ncluster.id = a\\=b \n", "m");
    ASSERT_TRUE(old.has_value());
    EXPECT_EQ(old->node_id, NodeId{5});
    EXPECT_EQ(old->cluster_id, "a=b");
    for (const char* bad :
         {"", "version=2\n", "version=1\nnode.id=x\ncluster.id=c\n", "version=1\nnode.id=1\n", "nonsense\n"})
        EXPECT_FALSE(decode_meta_properties(bad, "m").has_value()) << bad;
}

TEST(QuorumStateFormat, IsOneLineOfJson) {
    const QuorumState state{
        .leader_id = NodeId{1}, .leader_epoch = LeaderEpoch{5}, .voted_id = {}, .voted_directory_id = {}};
    const std::string text = encode_quorum_state(state);
    EXPECT_EQ(text, R"({"leaderId":1,"leaderEpoch":5,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA",)"
                    R"("data_version":1})");
    EXPECT_EQ(decode_quorum_state(text, "q").value(), state);
    const auto old = decode_quorum_state(
        R"({"clusterId":"","leaderId":2,"leaderEpoch":1,"votedId":2,"appliedOffset":0,"currentVoters":[],"data_version":0})",
        "q");
    ASSERT_TRUE(old.has_value());
    EXPECT_EQ(old->voted_id, NodeId{2});
    for (const char* bad : {"", "[]", "{}", R"({"leaderId":1,"leaderEpoch":5,"votedId":-1,"data_version":2})"})
        EXPECT_FALSE(decode_quorum_state(bad, "q").has_value()) << bad;
}

// storage-faults S18.
TEST(RetentionClockTest, HoldsWhenTheWallClockRunsAheadOfTheMonotonicOne) {
    constexpr std::int64_t kDay = 86'400'000;
    RetentionClock clock;
    const auto at = [](std::int64_t milliseconds) { return Time{milliseconds * 1'000'000}; };
    EXPECT_EQ(clock.admit(at(0), Timestamp{1000}), Timestamp{1000});
    EXPECT_EQ(clock.admit(at(5), Timestamp{1000 + kDay}), Timestamp{1000 + kDay});
    EXPECT_EQ(clock.admit(at(10), Timestamp{1000 + 3650 * kDay}), std::nullopt);
    EXPECT_EQ(clock.admit(at(20), Timestamp{1000 + 3650 * kDay}), std::nullopt);
    EXPECT_EQ(clock.admit(at(30), Timestamp{1030}), Timestamp{1030});
    EXPECT_EQ(clock.admit(at(30 + 5 * kDay), Timestamp{1030 + 6 * kDay}), Timestamp{1030 + 6 * kDay});
}

TEST(IoErrorText, NamesTheOperationTheFileAndTheReason) {
    const IoError full{.error_number = ENOSPC, .operation = "write", .path = "/d/x.log", .detail = {}, .held_by = {}};
    EXPECT_EQ(full.text(), "write /d/x.log: No space left on device");
    const IoError held{.error_number = EAGAIN, .operation = "lock", .path = "/d/.lock", .detail = {}, .held_by = 4711};
    EXPECT_EQ(held.text(), "lock /d/.lock: in use by pid 4711");
    EXPECT_THAT(damaged("/d/x", "torn").error().text(), HasSubstr("damaged: torn"));
}

}  // namespace
}  // namespace highwater::storage
