#include "broker/storage/log_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/storage/testing.h"

namespace highwater::storage {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct LogDirectoryTest : ::testing::Test {
    SimulatedFileSystem files;
    const TopicPartition events{"events", PartitionId{0}};
    const TopicId topic_id{uuid_from_text("tWZxXWSkRVaz1U1MYCyTcg").value()};

    IoResult<std::unique_ptr<LogDirectory>> try_open(std::string cluster = "c1", NodeId node = NodeId{1}) {
        return LogDirectory::open(files, "data",
                                  {.node_id = node,
                                   .cluster_id = std::move(cluster),
                                   .new_directory_id = uuid_from_text("AAAAAAAAAAAAAAAAAAAACQ").value()},
                                  kNow);
    }
    std::unique_ptr<LogDirectory> open() {
        auto directory = try_open();
        EXPECT_TRUE(directory.has_value()) << directory.error().text();
        return std::move(*directory);
    }
    void put(std::string_view path, std::string_view text) {
        files.set_content(path, std::as_bytes(std::span(text.data(), text.size())));
    }
};

// S16: a directory says whose it is, and keeps its own id.
TEST_F(LogDirectoryTest, BelongsToTheNodeAndClusterThatMadeIt) {
    const auto made = open()->meta();
    EXPECT_EQ(made.directory_id, uuid_from_text("AAAAAAAAAAAAAAAAAAAACQ"));
    EXPECT_EQ(open()->meta(), made);
    EXPECT_EQ(try_open("", NodeId{1}).value()->meta(), made);
    const auto other_node = try_open("c1", NodeId{2});
    ASSERT_FALSE(other_node.has_value());
    EXPECT_THAT(other_node.error().text(), HasSubstr("belongs to node 1, this is node 2"));
    EXPECT_THAT(try_open("c2").error().text(), HasSubstr("belongs to cluster c1"));
}

TEST_F(LogDirectoryTest, IsNotFormattedWithoutAClusterId) {
    EXPECT_EQ(try_open("").error().error_number, EINVAL);
    EXPECT_FALSE(files.exists("data/meta.properties").value());
}

// S23: one process per directory.
TEST_F(LogDirectoryTest, IsLockedWhileItIsOpen) {
    const auto first = open();
    const auto second = try_open();
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().error_number, EAGAIN);
    EXPECT_TRUE(second.error().held_by.has_value());
}

TEST_F(LogDirectoryTest, ListsPartitionsAndNothingElse) {
    auto directory = open();
    ASSERT_TRUE(directory->create_partition(events, topic_id).has_value());
    ASSERT_TRUE(directory->create_partition({"a-b.c", PartitionId{12}}, topic_id).has_value());
    for (const char* other : {"data/events-1.00000000000000000000000000000001-delete", "data/x-stray", "data/nodash",
                              "data/bad name-0", "data/events-01", "data/-5"})
        ASSERT_TRUE(files.create_directories(other).has_value());
    const auto found = directory->partitions();
    ASSERT_TRUE(found.has_value());
    ASSERT_THAT(*found, SizeIs(2));
    EXPECT_EQ((*found)[0].topic_partition, (TopicPartition{"a-b.c", PartitionId{12}}));
    EXPECT_EQ((*found)[1].topic_partition, events);
    EXPECT_EQ((*found)[1].topic_id, topic_id);
}

// PartitionMetadataFile: two lines, no newline at the end.
TEST_F(LogDirectoryTest, WritesPartitionMetadataAsKafkaDoes) {
    auto directory = open();
    ASSERT_TRUE(directory->create_partition(events, topic_id).has_value());
    EXPECT_EQ(read_text(files, "data/events-0/partition.metadata", 100).value(),
              "version: 0\ntopic_id: tWZxXWSkRVaz1U1MYCyTcg");
    EXPECT_TRUE(directory->create_partition(events, topic_id).has_value());
    EXPECT_EQ(directory->create_partition(events, kClusterMetadataTopicId).error().error_number, EEXIST);
}

TEST_F(LogDirectoryTest, KeepsTheCheckpointsInKafkasText) {
    {
        auto directory = open();
        directory->set_recovery_point(events, Offset{7});
        directory->set_recovery_point({"a", PartitionId{2}}, Offset{0});
        directory->set_high_watermark(events, Offset{6});
        directory->set_log_start(events, Offset{5});
        ASSERT_TRUE(directory->write_recovery_points().has_value());
        ASSERT_TRUE(directory->write_high_watermarks().has_value());
        ASSERT_TRUE(directory->write_log_starts().has_value());
    }
    EXPECT_EQ(read_text(files, "data/recovery-point-offset-checkpoint", 100).value(), "0\n2\na 2 0\nevents 0 7\n");
    files.crash(CrashKind::power_loss, keep_nothing());
    const auto directory = open();
    EXPECT_EQ(directory->recovery_point(events), Offset{7});
    EXPECT_EQ(directory->high_watermark(events), Offset{6});
    EXPECT_EQ(directory->log_start(events), Offset{5});
    EXPECT_EQ(directory->log_start({"a", PartitionId{2}}), std::nullopt);
}

// S13: torn, of another version, or with a wrong count: it reads as empty, and recovery takes longer.
TEST_F(LogDirectoryTest, AnUnreadableCheckpointReadsAsEmpty) {
    static_cast<void>(open());
    for (const char* text :
         {"", "0\n2\nevents 0 7\n", "1\n1\nevents 0 7\n", "0\n1\nevents 0 x\n", "0\n1\nevents 7\n"}) {
        put("data/recovery-point-offset-checkpoint", text);
        EXPECT_EQ(open()->recovery_point(events), std::nullopt) << text;
    }
}

// The file is gone before anything is written, or a later crash would pass for a clean stop.
TEST_F(LogDirectoryTest, NotesAndRemovesTheCleanShutdownFile) {
    ASSERT_TRUE(open()->write_clean_shutdown(42).has_value());
    EXPECT_EQ(read_text(files, "data/.kafka_cleanshutdown", 100).value(), R"({"version":0,"brokerEpoch":42})");
    {
        const auto clean = open();
        EXPECT_TRUE(clean->was_clean());
        EXPECT_EQ(clean->clean_broker_epoch(), 42);
    }
    files.crash(CrashKind::power_loss, keep_nothing());
    EXPECT_FALSE(open()->was_clean());
}

TEST_F(LogDirectoryTest, DeletesAPartitionInTwoSteps) {
    auto directory = open();
    const auto made = directory->create_partition(events, topic_id).value();
    auto opened = directory->open_log(made, small_settings(), kNow);
    ASSERT_TRUE(opened.has_value());
    append_batches(*opened->log, 3);
    directory->set_log_start(events, Offset{2});
    ASSERT_TRUE(directory->write_log_starts().has_value());
    const auto moved = directory->delete_partition(made, uuid_from_text("tWZxXWSkRVaz1U1MYCyTcg").value());
    ASSERT_TRUE(moved.has_value());
    EXPECT_EQ(*moved, "data/events-0.b566715d64a44556b3d54d4c602c9372-delete");
    opened->log->moved_to(*moved);
    EXPECT_THAT(*directory->partitions(), IsEmpty());
    EXPECT_EQ(directory->log_start(events), std::nullopt);
    EXPECT_EQ(base_offsets(read(*opened->log, Offset{0}, Offset{3})).size(), 3U);  // who reads still can
    ASSERT_TRUE(directory->remove_deleted().has_value());
    EXPECT_FALSE(files.exists(*moved).value());
    auto again = directory->open_log(directory->create_partition(events, topic_id).value(), small_settings(), kNow);
    EXPECT_EQ(again->state.log_end, Offset{0});
}

TEST_F(LogDirectoryTest, ATruncationBelowTheRecoveryPointLowersItOnDiskFirst) {
    auto directory = open();
    auto opened = directory->open_log(directory->create_partition(events, topic_id).value(), small_settings(), kNow);
    append_batches(*opened->log, 10);
    ASSERT_TRUE(opened->log->flush().has_value());
    directory->set_recovery_point(events, opened->log->recovery_point());
    ASSERT_TRUE(directory->write_recovery_points().has_value());
    ASSERT_TRUE(opened->log->truncate_to(Offset{4}, kNow).has_value());
    EXPECT_EQ(read_text(files, "data/recovery-point-offset-checkpoint", 100).value(), "0\n1\nevents 0 4\n");
}

}  // namespace
}  // namespace highwater::storage
