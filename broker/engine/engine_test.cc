// The node as a whole: starting, stopping, failing disks, the clock.
#include "broker/engine/engine.h"

#include <gmock/gmock.h>

#include "broker/engine/testing.h"
#include "net/wire/message/delete_records.h"
#include "net/wire/message/describe_cluster.h"
#include "net/wire/message/describe_log_dirs.h"
#include "net/wire/message/describe_producers.h"
#include "net/wire/message/offset_for_leader_epoch.h"

namespace highwater::engine::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ErrorCode error_of(const Reply<wire::ProduceResponse>& reply) {
    return reply->responses.front().partition_responses.front().error_code;
}

Result<std::unique_ptr<Engine>, StartError> start_with(storage::FileSystem& files, FakeOutbox& outbox,
                                                       const std::function<void(EngineConfig&)>& edit) {
    EngineConfig config;
    config.log_dirs = {"/data"};
    edit(config);
    return Engine::start(config, files, outbox, {1, 2, 3, 4}, {Time{1}, Timestamp{1'700'000'000'000}});
}

TEST(Engine, AnEmptyDirectoryIsFormattedOnceAndKeepsItsIdentity) {
    TestNode node;
    const std::string cluster_id = node.engine->cluster_id();
    EXPECT_EQ(cluster_id.size(), 22U);
    node.restart();
    EXPECT_EQ(node.engine->cluster_id(), cluster_id);
    EXPECT_FALSE(node.files.content("/data/meta.properties").empty());
    EXPECT_FALSE(node.files.content("/data/__cluster_metadata-0/quorum-state").empty());
}

TEST(Engine, ADirectoryInUseIsRefused) {
    TestNode node;
    FakeOutbox outbox;
    const auto second = start_with(node.files, outbox, [](EngineConfig&) {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, StartError::Kind::directory_in_use);
}

TEST(Engine, ADirectoryOfAnotherNodeIsRefused) {
    storage::SimulatedFileSystem files;
    FakeOutbox outbox;
    {
        auto first = start_with(files, outbox, [](EngineConfig& config) { config.node_id = NodeId{1}; });
        ASSERT_TRUE(first);
        (*first)->shutdown({Time{2}, Timestamp{1'700'000'000'000}});
    }
    const auto other = start_with(files, outbox, [](EngineConfig& config) { config.node_id = NodeId{2}; });
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().kind, StartError::Kind::wrong_directory);
}

// Records without the metadata that names their topic: a lost metadata directory must not look like an empty node.
TEST(Engine, RecordsWithoutMetadataAreNotTakenForAnEmptyNode) {
    for (const bool clean : {true, false}) {
        TestNode node;
        ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
        node.produce("t", batch_of({{"a"}}));
        if (clean) {
            node.engine->shutdown(node.now);
        } else {
            node.files.crash(storage::CrashKind::process_kill, storage::keep_nothing());
        }
        node.engine.reset();
        ASSERT_TRUE(node.files.remove_all("/data/__cluster_metadata-0"));
        const auto start = start_with(node.files, node.outbox, [](EngineConfig&) {});
        ASSERT_FALSE(start);
        // The checkpoint of a clean stop knows that there was metadata; otherwise the records do.
        EXPECT_EQ(start.error().kind, clean ? StartError::Kind::corrupt_metadata : StartError::Kind::wrong_directory);
        EXPECT_THAT(start.error().message, HasSubstr(clean ? "/data/__cluster_metadata-0" : "/data/t-0"));
    }
}

TEST(Engine, DamagedMetadataStopsTheStart) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    node.engine->shutdown(node.now);
    node.engine.reset();
    node.files.flip_bit("/data/__cluster_metadata-0/00000000000000000000.log", 100, 3);
    const auto start = start_with(node.files, node.outbox, [](EngineConfig&) {});
    ASSERT_FALSE(start);
    EXPECT_EQ(start.error().kind, StartError::Kind::corrupt_metadata);
}

// fsyncgate: a failed sync is final. What waited is told; the directory is not used again before a restart.
TEST(Engine, AFailedSyncTakesTheDirectoryOffline) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    ASSERT_EQ(node.create_topic("other"), ErrorCode::none);
    ASSERT_EQ(error_of(node.produce("t", batch_of({{"a"}}))), ErrorCode::none);
    node.files.fail_matching("sync", ".log", EIO);
    EXPECT_EQ(error_of(node.produce("t", batch_of({{"b"}}))), ErrorCode::kafka_storage_error);
    EXPECT_THAT(node.outbox.failed, ElementsAre("/data"));
    EXPECT_TRUE(node.outbox.all_failed);
    node.files.heal();
    EXPECT_EQ(error_of(node.produce("t", batch_of({{"c"}}))), ErrorCode::kafka_storage_error);
    EXPECT_EQ(error_of(node.produce("other", batch_of({{"c"}}))), ErrorCode::kafka_storage_error);
    EXPECT_EQ(node.create_topic("late"), ErrorCode::kafka_storage_error);
    node.crash();
    EXPECT_EQ(error_of(node.produce("t", batch_of({{"d"}}))), ErrorCode::none);
    const std::vector<std::string> values = node.read_all("t");
    EXPECT_EQ(values.front(), "a");
    EXPECT_EQ(values.back(), "d");
}

TEST(Engine, AFullDiskIsToldToTheProducer) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    ASSERT_EQ(error_of(node.produce("t", batch_of({{"a"}}))), ErrorCode::none);
    node.files.fail_matching("write", ".log", ENOSPC);
    EXPECT_EQ(error_of(node.produce("t", batch_of({{"b"}}))), ErrorCode::kafka_storage_error);
    node.files.heal();
    node.crash();
    EXPECT_THAT(node.read_all("t"), ElementsAre("a"));
}

TEST(Engine, RetentionBySizeRemovesWholeSegments) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t", 1, {{"segment.bytes", "1048576"}, {"retention.bytes", "1048576"}}),
              ErrorCode::none);
    const std::string big(400'000, 'x');
    for (int i = 0; i < 8; ++i) node.produce("t", batch_of({{big}}));
    EXPECT_EQ(node.list_offset("t", -2), 0);
    node.advance(std::chrono::minutes{5});
    const std::int64_t start = node.list_offset("t", -2);
    EXPECT_GT(start, 0);
    EXPECT_EQ(node.list_offset("t", -1), 8);
    EXPECT_EQ(node.fetch("t", 0)->responses.front().partitions.front().error_code, ErrorCode::offset_out_of_range);
    EXPECT_EQ(node.read_all("t", 0, start).size(), static_cast<std::size_t>(8 - start));
    node.restart();
    EXPECT_EQ(node.list_offset("t", -2), start);
}

TEST(Engine, RetentionByTimeFollowsTheRecordsTime) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t", 1, {{"retention.ms", "3600000"}}), ErrorCode::none);
    node.produce("t", batch_of({{"old", std::nullopt, node.now.wall.value()}}));
    node.advance(std::chrono::minutes{30});
    EXPECT_EQ(node.list_offset("t", -2), 0);
    node.advance(std::chrono::minutes{45});
    EXPECT_EQ(node.list_offset("t", -2), 1);
}

TEST(Engine, ListOffsetsKnowsPlacesAndTimes) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    EXPECT_EQ(node.list_offset("t", -1), 0);
    EXPECT_EQ(node.list_offset("t", -3), -1);
    const std::int64_t t0 = node.now.wall.value();
    node.produce("t", batch_of({{"a", std::nullopt, t0}, {"b", std::nullopt, t0 + 50}}));
    node.produce("t", batch_of({{"c", std::nullopt, t0 + 20}}));
    EXPECT_EQ(node.list_offset("t", -1), 3);
    EXPECT_EQ(node.list_offset("t", -2), 0);
    EXPECT_EQ(node.list_offset("t", -3), 1);
    EXPECT_EQ(node.list_offset("t", -4), 0);
    EXPECT_EQ(node.list_offset("t", t0), 0);
    EXPECT_EQ(node.list_offset("t", t0 + 1), 1);
    EXPECT_EQ(node.list_offset("t", t0 + 51), -1);
}

TEST(Engine, ListOffsetsRefusesWhatTheVersionLacksAndPartitionsNamedTwice) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    const auto ask = [&](std::int64_t timestamp, std::int16_t version, int times) {
        wire::ListOffsetsRequest request;
        request.replica_id = NodeId{-1};
        auto& topic = request.topics.emplace_back();
        topic.name = wire::String("t");
        for (int i = 0; i < times; ++i) topic.partitions.emplace_back().timestamp = timestamp;
        return node.call<wire::ListOffsetsResponse>(request, version)->topics.front().partitions.front().error_code;
    };
    EXPECT_EQ(ask(-3, 6, 1), ErrorCode::unsupported_version);
    EXPECT_EQ(ask(-3, 7, 1), ErrorCode::none);
    EXPECT_EQ(ask(-100, 11, 1), ErrorCode::unsupported_version);
    EXPECT_EQ(ask(-1, 8, 2), ErrorCode::invalid_request);
    wire::ListOffsetsRequest old;
    old.topics.emplace_back().name = wire::String("t");
    auto& part = old.topics.materialise()[0].partitions.emplace_back();
    part.timestamp = -1;
    node.produce("t", batch_of({{"a"}}));
    const auto reply = node.call<wire::ListOffsetsResponse>(old, 0);
    EXPECT_THAT(reply->topics.front().partitions.front().old_style_offsets.to_vector(), ElementsAre(1));
}

TEST(Engine, DeletedRecordsStayDeletedAfterAPowerLoss) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    node.produce("t", batch_of({{"a"}, {"b"}}));
    node.produce("t", batch_of({{"c"}}));
    const auto delete_below = [&](std::int64_t offset) {
        wire::DeleteRecordsRequest request;
        auto& topic = request.topics.emplace_back();
        topic.name = wire::String("t");
        topic.partitions.emplace_back().offset = offset;
        return node.call<wire::DeleteRecordsResponse>(request, 2)->topics.front().partitions.front();
    };
    EXPECT_EQ(delete_below(9).error_code, ErrorCode::offset_out_of_range);
    EXPECT_EQ(delete_below(-2).error_code, ErrorCode::offset_out_of_range);
    EXPECT_EQ(delete_below(2).low_watermark, 2);
    node.crash(storage::CrashKind::power_loss);
    EXPECT_EQ(node.list_offset("t", -2), 2);
    EXPECT_THAT(node.read_all("t", 0, 2), ElementsAre("c"));
    EXPECT_EQ(delete_below(-1).low_watermark, 3);
}

// KIP-101, KIP-320: after an unclean stop there is a new leader epoch, and the old one's end can be asked for.
TEST(Engine, OffsetForLeaderEpochTellsWhereEachEpochEnded) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    node.produce("t", batch_of({{"a"}, {"b"}}));
    node.crash();
    node.produce("t", batch_of({{"c"}}));
    wire::OffsetForLeaderEpochRequest request;
    request.replica_id = NodeId{-1};
    auto& topic = request.topics.emplace_back();
    topic.topic = wire::String("t");
    topic.partitions.emplace_back().leader_epoch = LeaderEpoch{0};
    topic.partitions.emplace_back().leader_epoch = LeaderEpoch{1};
    topic.partitions.emplace_back().leader_epoch = LeaderEpoch{9};
    const auto reply = node.call<wire::OffsetForLeaderEpochResponse>(request, 4);
    const auto parts = reply->topics.front().partitions;
    EXPECT_EQ(parts.at(0).end_offset, 2);
    EXPECT_EQ(parts.at(1).end_offset, 3);
    EXPECT_EQ(parts.at(2).end_offset, -1);
}

TEST(Engine, DescribesItself) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    node.produce("t", stamped_batch(9, 2, 0, {{"a"}, {"b"}}));
    const auto cluster = node.call<wire::DescribeClusterResponse>(wire::DescribeClusterRequest{}, 1);
    EXPECT_EQ(cluster->cluster_id.view(), node.engine->cluster_id());
    EXPECT_EQ(cluster->brokers.front().port, 9092);

    wire::DescribeLogDirsRequest all;
    all.topics = std::nullopt;
    const auto dirs = node.call<wire::DescribeLogDirsResponse>(all, 4);
    ASSERT_EQ(dirs->results.size(), 1U);
    EXPECT_EQ(dirs->results.front().log_dir.view(), "/data");
    EXPECT_GT(dirs->results.front().topics.front().partitions.front().partition_size, 61);
    EXPECT_GT(dirs->results.front().total_bytes, 0);

    wire::DescribeProducersRequest producers;
    auto& topic = producers.topics.emplace_back();
    topic.name = wire::String("t");
    topic.partition_indexes.push_back(PartitionId{0});
    const auto answer = node.call<wire::DescribeProducersResponse>(producers, 0);
    const auto state = answer->topics.front().partitions.front().active_producers.front();
    EXPECT_EQ(state.producer_id, ProducerId{9});
    EXPECT_EQ(state.producer_epoch, 2);
    EXPECT_EQ(state.last_sequence, 1);
}

TEST(Engine, SeveralDirectoriesShareThePartitions) {
    TestNode node([](EngineConfig& config) { config.log_dirs = {"/a", "/b"}; });
    ASSERT_EQ(node.create_topic("t", 4), ErrorCode::none);
    for (int i = 0; i < 4; ++i) node.produce("t", batch_of({{std::to_string(i)}}), -1, 9, i);
    std::set<std::string> used;
    for (const auto& partition : node.engine->node().topics().find("t")->partitions) {
        used.insert(partition->directory().path());
    }
    EXPECT_THAT(used, ElementsAre("/a", "/b"));
    node.restart();
    for (int i = 0; i < 4; ++i) EXPECT_THAT(node.read_all("t", i), ElementsAre(std::to_string(i)));
}

}  // namespace
}  // namespace highwater::engine::testing
