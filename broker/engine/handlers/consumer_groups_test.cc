// Groups of KIP-848 through the engine: bytes in, bytes out, `__consumer_offsets` on a simulated disk.
#include <gmock/gmock.h>

#include "broker/engine/node.h"
#include "broker/engine/testing.h"
#include "net/wire/message/consumer_group_describe.h"
#include "net/wire/message/consumer_group_heartbeat.h"
#include "net/wire/message/create_partitions.h"
#include "net/wire/message/describe_groups.h"
#include "net/wire/message/find_coordinator.h"
#include "net/wire/message/incremental_alter_configs.h"
#include "net/wire/message/list_groups.h"
#include "net/wire/message/offset_commit.h"
#include "net/wire/message/offset_fetch.h"

namespace highwater::engine::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// With "g" ready to be asked for and topic "t" of two partitions.
struct ConsumerGroupsTest : ::testing::Test {
    TestNode node;

    void SetUp() override {
        ASSERT_EQ(node.create_topic("t", 2), ErrorCode::none);
        wire::FindCoordinatorRequest request;
        request.key = wire::String("g");
        ASSERT_EQ(node.call<wire::FindCoordinatorResponse>(request, 3)->error_code, ErrorCode::none);
    }

    static wire::ConsumerGroupHeartbeatRequest request_of(GroupEpoch epoch, const std::string& topic = "t") {
        wire::ConsumerGroupHeartbeatRequest request;
        request.group_id = wire::String("g");
        request.member_id = wire::String("m");
        request.member_epoch = epoch;
        request.rebalance_timeout_ms = 60'000;
        request.subscribed_topic_names.emplace();
        if (!topic.empty()) request.subscribed_topic_names->push_back(wire::String(topic));
        request.topic_partitions.emplace();
        return request;
    }
    Reply<wire::ConsumerGroupHeartbeatResponse> heartbeat(const wire::ConsumerGroupHeartbeatRequest& request,
                                                          std::int16_t version = 1) {
        return node.call<wire::ConsumerGroupHeartbeatResponse>(request, version);
    }
    /// The partitions that the answer assigns of the only topic.
    static std::vector<PartitionId> partitions(const wire::ConsumerGroupHeartbeatResponse& response) {
        if (!response.assignment || response.assignment->topic_partitions.empty()) return {};
        std::vector<PartitionId> partitions;
        for (const PartitionId id : response.assignment->topic_partitions.front().partitions) partitions.push_back(id);
        return partitions;
    }
    wire::ConsumerGroupDescribeResponse::DescribedGroup described(const std::string& group = "g") {
        wire::ConsumerGroupDescribeRequest request;
        request.group_ids.push_back(wire::String(group));
        return node.call<wire::ConsumerGroupDescribeResponse>(request, 1)->groups.front();
    }
};

TEST_F(ConsumerGroupsTest, AMemberJoinsIsDescribedAndListedAndLeaves) {
    const auto joined = heartbeat(request_of(GroupEpoch{0}));
    EXPECT_EQ(joined->error_code, ErrorCode::none);
    EXPECT_EQ(joined->member_epoch, GroupEpoch{1});
    EXPECT_EQ(joined->heartbeat_interval_ms, 5000);
    EXPECT_EQ(joined->assignment->topic_partitions.front().topic_id, node.topic_id("t"));
    EXPECT_THAT(partitions(*joined), ElementsAre(PartitionId{0}, PartitionId{1}));

    const auto group = described();
    EXPECT_EQ(group.group_state, "Stable");
    EXPECT_EQ(group.assignor_name, "uniform");
    EXPECT_EQ(group.group_epoch, GroupEpoch{1});
    ASSERT_EQ(group.members.size(), 1U);
    const auto& member = group.members.front();
    EXPECT_EQ(member.assignment.topic_partitions.front().topic_name, "t");
    EXPECT_EQ(member.target_assignment.topic_partitions.front().partitions.size(), 2U);
    EXPECT_EQ(member.member_type, 1);

    wire::ListGroupsRequest list;
    list.types_filter.push_back(wire::String("Consumer"));
    EXPECT_EQ(node.call<wire::ListGroupsResponse>(list, 5)->groups.front().group_type, "consumer");
    list.types_filter = {};
    list.types_filter.push_back(wire::String("classic"));
    EXPECT_TRUE(node.call<wire::ListGroupsResponse>(list, 5)->groups.empty());
    wire::DescribeGroupsRequest classic;
    classic.groups.push_back(wire::String("g"));
    EXPECT_EQ(node.call<wire::DescribeGroupsResponse>(classic, 6)->groups.front().error_code,
              ErrorCode::group_id_not_found);

    EXPECT_EQ(heartbeat(request_of(GroupEpoch{-1}))->error_code, ErrorCode::none);
    EXPECT_EQ(described().group_state, "Empty");
    EXPECT_EQ(described("another").error_code, ErrorCode::group_id_not_found);
}

TEST_F(ConsumerGroupsTest, TheGroupLivesOnAfterARestartAndAKill) {
    EXPECT_EQ(heartbeat(request_of(GroupEpoch{0}))->error_code, ErrorCode::none);
    node.restart();
    EXPECT_EQ(heartbeat(request_of(GroupEpoch{1}))->error_code, ErrorCode::none);
    node.crash(storage::CrashKind::power_loss);
    EXPECT_EQ(heartbeat(request_of(GroupEpoch{1}))->error_code, ErrorCode::none);
    EXPECT_EQ(described().group_state, "Stable");
    node.advance(std::chrono::milliseconds{45'001});
    EXPECT_EQ(heartbeat(request_of(GroupEpoch{1}))->error_code, ErrorCode::unknown_member_id);
}

// KIP-848: resource type GROUP of the config APIs.
TEST_F(ConsumerGroupsTest, AGroupGoesByItsOwnSettingsAtOnceAndAfterARestart) {
    const auto set = [&](const std::string& key, std::optional<std::string> value) {
        wire::IncrementalAlterConfigsRequest request;
        auto& resource = request.resources.emplace_back();
        resource.resource_type = 32;
        resource.resource_name = wire::String("g");
        auto& config = resource.configs.emplace_back();
        config.name = wire::String(key);
        config.config_operation = value ? 0 : 1;
        config.value = std::nullopt;
        if (value) config.value = wire::String(*value);
        return node.call<wire::IncrementalAlterConfigsResponse>(request, 1)->responses.front().error_code;
    };
    EXPECT_EQ(set("consumer.heartbeat.interval.ms", "7000"), ErrorCode::none);
    EXPECT_EQ(set("consumer.session.timeout.ms", "60000"), ErrorCode::none);
    EXPECT_EQ(heartbeat(request_of(GroupEpoch{0}))->heartbeat_interval_ms, 7000);
    node.advance(std::chrono::milliseconds{59'000});
    EXPECT_EQ(heartbeat(request_of(GroupEpoch{1}))->error_code, ErrorCode::none);

    node.crash(storage::CrashKind::power_loss);
    EXPECT_EQ(heartbeat(request_of(GroupEpoch{1}))->heartbeat_interval_ms, 7000);
    node.advance(std::chrono::milliseconds{59'000});
    EXPECT_EQ(heartbeat(request_of(GroupEpoch{1}))->error_code, ErrorCode::none);

    EXPECT_EQ(set("consumer.session.timeout.ms", std::nullopt), ErrorCode::none);
    EXPECT_EQ(heartbeat(request_of(GroupEpoch{1}))->error_code, ErrorCode::none);
    node.advance(std::chrono::milliseconds{45'001});
    EXPECT_EQ(heartbeat(request_of(GroupEpoch{1}))->error_code, ErrorCode::unknown_member_id);
}

TEST_F(ConsumerGroupsTest, AnAnswerWaitsUntilItsRecordsAreDurable) {
    node.hold_flushes = true;
    const ConnectionId connection = node.connect();
    node.send(connection, request_of(GroupEpoch{0}), 1);
    EXPECT_FALSE(node.receive<wire::ConsumerGroupHeartbeatResponse>(connection, 1));
    node.hold_flushes = false;
    node.run_flush();
    node.turn();
    EXPECT_TRUE(node.receive<wire::ConsumerGroupHeartbeatResponse>(connection, 1));
}

TEST_F(ConsumerGroupsTest, AddedPartitionsReachTheMember) {
    heartbeat(request_of(GroupEpoch{0}));
    wire::CreatePartitionsRequest more;
    auto& topic = more.topics.emplace_back();
    topic.name = wire::String("t");
    topic.count = 3;
    node.call<wire::CreatePartitionsResponse>(more, 3);
    node.advance(std::chrono::milliseconds{1'000});
    EXPECT_EQ(partitions(*heartbeat(request_of(GroupEpoch{1}))).size(), 3U);
}

TEST_F(ConsumerGroupsTest, ARegularExpressionIsResolvedByTheNode) {
    auto request = request_of(GroupEpoch{0}, "");
    request.subscribed_topic_regex = wire::String("t|u.*");
    EXPECT_THAT(partitions(*heartbeat(request)), IsEmpty());
    node.advance(std::chrono::milliseconds{1'000});
    const GroupEpoch epoch = described().members.front().member_epoch;
    request.member_epoch = epoch;
    EXPECT_EQ(partitions(*heartbeat(request)).size(), 2U);

    ASSERT_EQ(node.create_topic("used", 1), ErrorCode::none);
    node.advance(std::chrono::milliseconds{10'000});
    request.member_epoch = described().members.front().member_epoch;
    heartbeat(request);
    node.advance(std::chrono::milliseconds{1'000});
    request.member_epoch = described().members.front().member_epoch;
    EXPECT_EQ(heartbeat(request)->assignment->topic_partitions.size(), 2U);

    request.subscribed_topic_regex = wire::String("(a");
    const auto refused = heartbeat(request);
    EXPECT_EQ(refused->error_code, ErrorCode::invalid_regular_expression);
    EXPECT_TRUE(refused->error_message);
}

TEST_F(ConsumerGroupsTest, OffsetsAreCommittedAndFetchedAtTheMembersEpoch) {
    heartbeat(request_of(GroupEpoch{0}));
    wire::OffsetCommitRequest commit;
    commit.group_id = wire::String("g");
    commit.member_id = wire::String("m");
    commit.generation_id_or_member_epoch = 1;
    auto& topic = commit.topics.emplace_back();
    topic.name = wire::String("t");
    auto& part = topic.partitions.emplace_back();
    part.committed_offset = 5;
    const auto error = [&](std::int16_t version) {
        return node.call<wire::OffsetCommitResponse>(commit, version)->topics.front().partitions.front().error_code;
    };
    EXPECT_EQ(error(9), ErrorCode::none);
    EXPECT_EQ(error(8), ErrorCode::unsupported_version);
    commit.generation_id_or_member_epoch = 2;
    EXPECT_EQ(error(9), ErrorCode::stale_member_epoch);

    wire::OffsetFetchRequest fetch;
    auto& group = fetch.groups.emplace_back();
    group.group_id = wire::String("g");
    group.topics.reset();
    group.member_id = wire::String("m");
    group.member_epoch = 1;
    const auto fetched = node.call<wire::OffsetFetchResponse>(fetch, 9);
    EXPECT_EQ(fetched->groups.front().topics.front().partitions.front().committed_offset, 5);
    fetch.groups.materialise().front().member_epoch = 2;
    EXPECT_EQ(node.call<wire::OffsetFetchResponse>(fetch, 9)->groups.front().error_code, ErrorCode::stale_member_epoch);
}

TEST_F(ConsumerGroupsTest, MembersOfVersion0AreGivenAnIdAndLaterOnesBringTheirOwn) {
    auto request = request_of(GroupEpoch{0});
    request.member_id = wire::String();
    EXPECT_EQ(heartbeat(request, 1)->error_code, ErrorCode::invalid_request);
    const auto joined = heartbeat(request, 0);
    EXPECT_EQ(joined->error_code, ErrorCode::none);
    EXPECT_EQ(joined->member_id->view().size(), 22U);
}

TEST(ConsumerGroups, AreNotServedWhereTheProtocolIsNotNamed) {
    TestNode node{[](EngineConfig& config) { config.serves_consumer_protocol = false; }};
    EXPECT_EQ(
        node.call<wire::ConsumerGroupHeartbeatResponse>(ConsumerGroupsTest::request_of(GroupEpoch{0}), 1)->error_code,
        ErrorCode::unsupported_version);
}

TEST(ConsumerGroups, AreAFeatureThatIsFinalized) {
    TestNode node;
    EXPECT_EQ(node.engine->node().metadata().image().features().at("group.version"), 1);
    node.restart();
    EXPECT_EQ(node.engine->node().metadata().image().features().at("group.version"), 1);
}

}  // namespace
}  // namespace highwater::engine::testing
