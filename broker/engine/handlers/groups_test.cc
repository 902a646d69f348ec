// The group APIs through the engine: bytes in, bytes out, `__consumer_offsets` on a simulated disk.
#include <gmock/gmock.h>

#include "broker/engine/node.h"
#include "broker/engine/testing.h"
#include "core/coordinator/coordinator_partition.h"
#include "net/wire/message/create_partitions.h"
#include "net/wire/message/delete_groups.h"
#include "net/wire/message/delete_topics.h"
#include "net/wire/message/describe_groups.h"
#include "net/wire/message/find_coordinator.h"
#include "net/wire/message/heartbeat.h"
#include "net/wire/message/join_group.h"
#include "net/wire/message/leave_group.h"
#include "net/wire/message/list_groups.h"
#include "net/wire/message/metadata.h"
#include "net/wire/message/offset_commit.h"
#include "net/wire/message/offset_delete.h"
#include "net/wire/message/offset_fetch.h"
#include "net/wire/message/sync_group.h"

namespace highwater::engine::testing {
namespace {

using ::testing::ElementsAre;

struct GroupsTest : ::testing::Test {
    TestNode node{[](EngineConfig& config) { config.groups.initial_rebalance_delay = {}; }};

    void SetUp() override {
        ASSERT_EQ(node.create_topic("t", 2), ErrorCode::none);
        ASSERT_EQ(find_coordinator("g").error_code, ErrorCode::none);
    }

    wire::FindCoordinatorResponse find_coordinator(const std::string& group, std::int8_t type = 0) {
        wire::FindCoordinatorRequest request;
        request.key = wire::String(group);
        request.key_type = type;
        return *node.call<wire::FindCoordinatorResponse>(request, 3);
    }

    static wire::OffsetCommitRequest commit_request(std::int64_t offset, const std::string& group = "g",
                                                    const std::string& topic = "t") {
        wire::OffsetCommitRequest request;
        request.group_id = wire::String(group);
        auto& out = request.topics.emplace_back();
        out.name = wire::String(topic);
        auto& part = out.partitions.emplace_back();
        part.partition_index = PartitionId{1};
        part.committed_offset = offset;
        part.committed_metadata = wire::String("m");
        return request;
    }
    ErrorCode commit(std::int64_t offset, const std::string& group = "g", const std::string& topic = "t",
                     std::int16_t version = 8) {
        const auto reply = node.call<wire::OffsetCommitResponse>(commit_request(offset, group, topic), version);
        return reply->topics.front().partitions.front().error_code;
    }
    /// The committed offset of t-1; -1: none.
    std::int64_t committed(const std::string& group = "g", std::int16_t version = 7) {
        wire::OffsetFetchRequest request;
        request.group_id = wire::String(group);
        auto& topic = request.topics->emplace_back();
        topic.name = wire::String("t");
        topic.partition_indexes.push_back(PartitionId{1});
        const auto reply = node.call<wire::OffsetFetchResponse>(request, version);
        EXPECT_EQ(reply->error_code, ErrorCode::none);
        return reply->topics.front().partitions.front().committed_offset;
    }

    static wire::JoinGroupRequest join_request(const std::string& member_id) {
        wire::JoinGroupRequest request;
        request.group_id = wire::String("g");
        request.session_timeout_ms = 10'000;
        request.rebalance_timeout_ms = 10'000;
        request.member_id = wire::String(member_id);
        request.protocol_type = wire::String("consumer");
        request.protocols.emplace_back().name = wire::String("range");
        return request;
    }
    static wire::SyncGroupRequest sync_request(const std::string& member_id, Generation generation) {
        wire::SyncGroupRequest request;
        request.group_id = wire::String("g");
        request.generation_id = generation;
        request.member_id = wire::String(member_id);
        auto& assignment = request.assignments.emplace_back();
        assignment.member_id = wire::String(member_id);
        assignment.assignment = wire::Bytes(std::vector<std::byte>(3, std::byte{7}));
        return request;
    }
    /// The only member of a stable group.
    std::string one_stable_member() {
        const auto joined = node.call<wire::JoinGroupResponse>(join_request(""), 3);
        const std::string id = joined->member_id.to_string();
        node.call<wire::SyncGroupResponse>(sync_request(id, joined->generation_id), 3);
        return id;
    }
};

TEST_F(GroupsTest, TheFirstSearchForACoordinatorCreatesTheTopicAndNamesThisNode) {
    const auto found = find_coordinator("any");
    EXPECT_EQ(found.node_id, NodeId{1});
    EXPECT_FALSE(found.host.empty());
    EXPECT_EQ(node.list_offset("__consumer_offsets", -1, 49), 0);
    EXPECT_EQ(find_coordinator("any", 2).error_code, ErrorCode::invalid_request) << "share groups have none";

    wire::FindCoordinatorRequest many;
    many.coordinator_keys.push_back(wire::String("a"));
    many.coordinator_keys.push_back(wire::String("b"));
    const auto both = node.call<wire::FindCoordinatorResponse>(many, 6);
    ASSERT_EQ(both->coordinators.size(), 2U);
    for (const auto& one : both->coordinators) EXPECT_EQ(one.node_id, NodeId{1});
}

TEST(Groups, WithoutTheTopicNobodyIsTheCoordinator) {
    TestNode node;
    wire::HeartbeatRequest request;
    request.group_id = wire::String("g");
    EXPECT_EQ(node.call<wire::HeartbeatResponse>(request, 4)->error_code, ErrorCode::not_coordinator);
}

// Also a client that only asks for its metadata makes it as it must be: no retention, 50 partitions.
TEST(Groups, TheTopicIsTheSameWhoeverAsksForItFirst) {
    TestNode node;
    wire::MetadataRequest request;
    request.topics->emplace_back().name = wire::String("__consumer_offsets");
    request.allow_auto_topic_creation = true;
    node.call<wire::MetadataResponse>(request, 9);
    EXPECT_EQ(node.list_offset("__consumer_offsets", -1, 49), 0);
    EXPECT_EQ(node.engine->node().topics().find("__consumer_offsets")->config.cleanup_policy, "compact");
}

// hash("g1") is 3242: its records are where Kafka's tools look for them.
TEST_F(GroupsTest, TheRecordsOfAGroupAreInThePartitionOfItsHash) {
    EXPECT_EQ(commit(5, "g1"), ErrorCode::none);
    EXPECT_EQ(node.list_offset("__consumer_offsets", -1, 3242 % 50), 1);
    EXPECT_EQ(node.list_offset("__consumer_offsets", -1, 0), 0);
    EXPECT_EQ(committed("g1"), 5);
    EXPECT_EQ(committed("g"), -1);
}

TEST_F(GroupsTest, EveryVersionOfACommitIsReadBackWithEveryVersionOfAFetch) {
    for (std::int16_t version = 0; version <= 9; ++version) {
        EXPECT_EQ(commit(100 + version, "g", "t", version), ErrorCode::none) << version;
        for (std::int16_t fetch = 0; fetch <= 7; ++fetch) EXPECT_EQ(committed("g", fetch), 100 + version) << fetch;
    }
    wire::OffsetCommitRequest by_id = commit_request(7);
    by_id.topics.materialise().front().topic_id = node.topic_id("t");
    const auto done = node.call<wire::OffsetCommitResponse>(by_id, 10);
    EXPECT_EQ(done->topics.front().partitions.front().error_code, ErrorCode::none);

    for (std::int16_t version = 8; version <= 10; ++version) {
        wire::OffsetFetchRequest request;
        auto& group = request.groups.emplace_back();
        group.group_id = wire::String("g");
        group.topics.reset();  // all
        const auto all = node.call<wire::OffsetFetchResponse>(request, version);
        const auto& topic = all->groups.front().topics.front();
        EXPECT_EQ(topic.partitions.front().committed_offset, 7) << version;
        EXPECT_EQ(topic.partitions.front().metadata, std::optional(wire::String("m"))) << version;
        EXPECT_EQ(topic.topic_id, version == 10 ? node.topic_id("t") : TopicId{});
    }
}

TEST_F(GroupsTest, ACommitIsNeitherAnsweredNorSeenBeforeItIsDurable) {
    node.hold_flushes = true;
    const ConnectionId connection = node.connect();
    node.send(connection, commit_request(5), 8);
    EXPECT_FALSE(node.receive<wire::OffsetCommitResponse>(connection, 8));
    EXPECT_EQ(committed(), -1);
    node.hold_flushes = false;
    node.run_flush();
    node.turn();
    EXPECT_TRUE(node.receive<wire::OffsetCommitResponse>(connection, 8));
    EXPECT_EQ(committed(), 5);
}

TEST_F(GroupsTest, WhatWasCommittedOutlivesARestartAKillAndAPowerLoss) {
    EXPECT_EQ(commit(5), ErrorCode::none);
    node.restart();
    EXPECT_EQ(committed(), 5);
    EXPECT_EQ(commit(6), ErrorCode::none);
    node.crash(storage::CrashKind::process_kill);
    EXPECT_EQ(committed(), 6);
    EXPECT_EQ(commit(7), ErrorCode::none);
    node.crash(storage::CrashKind::power_loss);
    EXPECT_EQ(committed(), 7);
}

// A record that Kafka would not have written: what was committed after it is not known, so nothing is served.
TEST_F(GroupsTest, APartitionWhoseRecordsCannotBeReadIsToldAndServesNobodyAndTheOthersServe) {
    const PartitionId partition = coordinator_partition("g", 50);
    ASSERT_NE(coordinator_partition("other", 50), partition);
    EXPECT_EQ(commit(5), ErrorCode::none);
    EXPECT_EQ(commit(6, "other"), ErrorCode::none);
    const std::string path = fmt::format("/data/__consumer_offsets-{}/00000000000000000000.log", partition.value());
    auto content = node.files.content(path);
    const auto broken = batch_of({{.value = "?", .key = std::string("\0\1", 2)}},
                                 {.base_offset = Offset{1}, .leader_epoch = LeaderEpoch{0}});
    content.insert(content.end(), broken.begin(), broken.end());
    node.engine.reset();
    node.files.set_content(path, content);
    node.crash();
    EXPECT_EQ(node.outbox.unreadable, std::vector{partition.value()});
    EXPECT_EQ(commit(7), ErrorCode::coordinator_not_available);
    EXPECT_EQ(commit(8, "other"), ErrorCode::none);
    EXPECT_EQ(committed("other"), 8);
}

TEST_F(GroupsTest, AGroupLivesOnAfterARestart) {
    const std::string member = one_stable_member();
    node.crash();
    wire::HeartbeatRequest request;
    request.group_id = wire::String("g");
    request.generation_id = Generation{1};
    request.member_id = wire::String(member);
    EXPECT_EQ(node.call<wire::HeartbeatResponse>(request, 4)->error_code, ErrorCode::none);
    node.advance(std::chrono::milliseconds{10'001});
    EXPECT_EQ(node.call<wire::HeartbeatResponse>(request, 4)->error_code, ErrorCode::unknown_member_id);
}

// As Kafka 4.3.1: an offset is not looked at, and one below 0 is told as it is.
TEST_F(GroupsTest, AnyNumberIsAnOffsetAndStaysOneOverARestart) {
    for (const std::int64_t offset : {-1, -2, -100}) {
        EXPECT_EQ(commit(offset), ErrorCode::none);
        EXPECT_EQ(committed(), offset);
        node.crash(storage::CrashKind::process_kill);
        EXPECT_EQ(committed(), offset);
    }
}

TEST_F(GroupsTest, PartitionsThatAreNotThereAreRefusedOneByOne) {
    EXPECT_EQ(commit(1, "g", "nothing"), ErrorCode::unknown_topic_or_partition);
    wire::OffsetCommitRequest request = commit_request(3);
    auto& part = request.topics.materialise().front().partitions.emplace_back();
    part.partition_index = PartitionId{2};
    const auto reply = node.call<wire::OffsetCommitResponse>(request, 8);
    EXPECT_EQ(reply->topics.front().partitions.materialise()[0].error_code, ErrorCode::none);
    EXPECT_EQ(reply->topics.front().partitions.materialise()[1].error_code, ErrorCode::unknown_topic_or_partition);
    EXPECT_EQ(committed(), 3);
}

TEST_F(GroupsTest, TwoMembersOfEveryVersionShareAGeneration) {
    for (std::int16_t version = 0; version <= 9; ++version) {
        const ConnectionId one = node.connect();
        const ConnectionId two = node.connect();
        auto first_id = std::string();
        if (version >= 4) {
            node.send(one, join_request(""), version);
            const auto refused = node.receive<wire::JoinGroupResponse>(one, version);
            ASSERT_EQ((*refused)->error_code, ErrorCode::member_id_required) << version;
            first_id = (*refused)->member_id.to_string();
        }
        node.send(one, join_request(first_id), version);
        const auto alone = node.receive<wire::JoinGroupResponse>(one, version);
        ASSERT_TRUE(alone) << version;
        ASSERT_EQ((*alone)->error_code, ErrorCode::none) << version;
        first_id = (*alone)->member_id.to_string();

        // The second has to wait for the first to come back. Version 0 to 3 need no id before.
        node.send(two, join_request(""), 3);
        EXPECT_FALSE(node.receive<wire::JoinGroupResponse>(two, 3)) << version;
        node.send(one, join_request(first_id), version);
        const auto leader = node.receive<wire::JoinGroupResponse>(one, version);
        const auto follower = node.receive<wire::JoinGroupResponse>(two, 3);
        ASSERT_TRUE(leader && follower) << version;
        EXPECT_EQ((*leader)->members.size(), 2U);
        EXPECT_EQ((*follower)->members.size(), 0U);
        EXPECT_EQ((*leader)->generation_id, (*follower)->generation_id);
        EXPECT_EQ((*leader)->protocol_name, std::optional(wire::String("range")));

        const std::string second_id = (*follower)->member_id.to_string();
        wire::SyncGroupRequest wait = sync_request(second_id, (*follower)->generation_id);
        wait.assignments = {};
        node.send(two, wait, 3);
        EXPECT_FALSE(node.receive<wire::SyncGroupResponse>(two, 3)) << "before the leader's assignment";
        wire::SyncGroupRequest assign = sync_request(second_id, (*leader)->generation_id);
        assign.member_id = wire::String(first_id);
        const auto sync_version = static_cast<std::int16_t>(std::min<std::int16_t>(version, 5));
        node.send(one, assign, sync_version);
        EXPECT_EQ((*node.receive<wire::SyncGroupResponse>(one, sync_version))->assignment.size(), 0U);
        EXPECT_EQ((*node.receive<wire::SyncGroupResponse>(two, 3))->assignment.size(), 3U);

        for (const std::string& id : {first_id, second_id}) {
            const auto leave_version = static_cast<std::int16_t>(std::min<std::int16_t>(version, 5));
            wire::LeaveGroupRequest leave;
            leave.group_id = wire::String("g");
            leave.member_id = wire::String(id);
            if (leave_version >= 3) {
                leave.member_id = wire::String();
                leave.members.emplace_back().member_id = wire::String(id);
            }
            const auto left = node.call<wire::LeaveGroupResponse>(leave, leave_version);
            EXPECT_EQ(left->error_code, ErrorCode::none) << version;
            for (const auto& member : left->members) EXPECT_EQ(member.error_code, ErrorCode::none) << version;
        }
    }
}

TEST_F(GroupsTest, AreListedAndDescribedAsTheyAre) {
    const std::string member = one_stable_member();
    commit(1, "offsets-only");
    wire::ListGroupsRequest list;
    auto listed = node.call<wire::ListGroupsResponse>(list, 5);
    std::map<std::string, std::string> states;
    for (const auto& group : listed->groups) {
        states[group.group_id.to_string()] = group.group_state.to_string() + " " + group.protocol_type.to_string();
        EXPECT_EQ(group.group_type, "classic");
    }
    EXPECT_THAT(states, ElementsAre(std::pair("g", "Stable consumer"), std::pair("offsets-only", "Empty ")));
    list.states_filter.push_back(wire::String("stable"));
    EXPECT_EQ(node.call<wire::ListGroupsResponse>(list, 5)->groups.size(), 1U);
    list.types_filter.push_back(wire::String("consumer"));
    EXPECT_EQ(node.call<wire::ListGroupsResponse>(list, 5)->groups.size(), 0U);

    wire::DescribeGroupsRequest describe;
    describe.groups.push_back(wire::String("g"));
    describe.groups.push_back(wire::String("unknown"));
    for (std::int16_t version = 0; version <= 6; ++version) {
        auto reply = node.call<wire::DescribeGroupsResponse>(describe, version);
        const auto& group = reply.message.groups.materialise()[0];
        EXPECT_EQ(group.group_state, "Stable");
        EXPECT_EQ(group.protocol_data, "range");
        ASSERT_EQ(group.members.size(), 1U);
        EXPECT_EQ(group.members.front().member_id, member);
        EXPECT_EQ(group.members.front().client_id, "test");
        EXPECT_EQ(group.members.front().member_assignment.size(), 3U);
        const auto& unknown = reply.message.groups.materialise()[1];
        EXPECT_EQ(unknown.group_state, "Dead");
        EXPECT_EQ(unknown.error_code, version < 6 ? ErrorCode::none : ErrorCode::group_id_not_found);
    }
}

TEST_F(GroupsTest, AreDeletedWhenNobodyIsInThem) {
    one_stable_member();
    commit(1, "empty");
    wire::DeleteGroupsRequest request;
    for (const char* name : {"g", "empty", "unknown"}) request.groups_names.push_back(wire::String(std::string(name)));
    auto reply = node.call<wire::DeleteGroupsResponse>(request, 2);
    const auto& results = reply.message.results.materialise();
    ASSERT_EQ(results.size(), 3U);
    EXPECT_EQ(results[0].error_code, ErrorCode::non_empty_group);
    EXPECT_EQ(results[1].error_code, ErrorCode::none);
    EXPECT_EQ(results[2].error_code, ErrorCode::group_id_not_found);
    EXPECT_EQ(committed("empty"), -1);
    node.crash();
    EXPECT_EQ(committed("empty"), -1);
}

TEST_F(GroupsTest, SingleOffsetsAreDeleted) {
    commit(1);
    wire::OffsetDeleteRequest request;
    request.group_id = wire::String("g");
    auto& topic = request.topics.emplace_back();
    topic.name = wire::String("t");
    topic.partitions.emplace_back().partition_index = PartitionId{9};
    topic.partitions.emplace_back().partition_index = PartitionId{1};
    auto reply = node.call<wire::OffsetDeleteResponse>(request, 0);
    auto& parts = reply.message.topics.materialise().front().partitions.materialise();
    EXPECT_EQ(reply->error_code, ErrorCode::none);
    EXPECT_EQ(parts[0].error_code, ErrorCode::unknown_topic_or_partition);
    EXPECT_EQ(parts[1].error_code, ErrorCode::none);
    EXPECT_EQ(committed(), -1);
}

TEST_F(GroupsTest, WhatWasCommittedForATopicGoesWithIt) {
    commit(1);
    wire::DeleteTopicsRequest request;
    request.topic_names.push_back(wire::String("t"));
    node.call<wire::DeleteTopicsResponse>(request, 4);
    ASSERT_EQ(node.create_topic("t", 2), ErrorCode::none);
    EXPECT_EQ(committed(), -1);
    node.crash();
    EXPECT_EQ(committed(), -1);
}

TEST_F(GroupsTest, ThePartitionsOfTheGroupsAreNotAddedTo) {
    wire::CreatePartitionsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = wire::String("__consumer_offsets");
    topic.count = 60;
    const auto reply = node.call<wire::CreatePartitionsResponse>(request, 3);
    EXPECT_EQ(reply->results.front().error_code, ErrorCode::invalid_partitions);
}

// The topic of the groups is deleted under them, and comes back empty.
TEST_F(GroupsTest, WhoWaitsIsToldWhenTheTopicOfTheGroupsGoes) {
    commit(1);
    const std::string member = one_stable_member();
    const ConnectionId waiting = node.connect();
    node.send(waiting, join_request(""), 3);
    EXPECT_FALSE(node.receive<wire::JoinGroupResponse>(waiting, 3));
    wire::DeleteTopicsRequest request;
    request.topic_names.push_back(wire::String("__consumer_offsets"));
    node.call<wire::DeleteTopicsResponse>(request, 4);
    const auto told = node.receive<wire::JoinGroupResponse>(waiting, 3);
    ASSERT_TRUE(told);
    EXPECT_EQ((*told)->error_code, ErrorCode::not_coordinator);
    EXPECT_EQ(find_coordinator("g").error_code, ErrorCode::none);
    EXPECT_EQ(committed(), -1);
    EXPECT_EQ(commit(4), ErrorCode::none);
    EXPECT_EQ(committed(), 4);
}

TEST_F(GroupsTest, AFailedDiskIsTold) {
    node.hold_flushes = true;
    const ConnectionId connection = node.connect();
    node.send(connection, commit_request(5), 8);
    node.run_flush(true);
    node.turn();
    const auto reply = node.receive<wire::OffsetCommitResponse>(connection, 8);
    ASSERT_TRUE(reply);
    EXPECT_EQ((*reply)->topics.front().partitions.front().error_code, ErrorCode::not_coordinator);
}

}  // namespace
}  // namespace highwater::engine::testing
