// CreateTopics, Metadata, DeleteTopics, CreatePartitions, DescribeTopicPartitions: the life of a topic.
#include <gmock/gmock.h>

#include "broker/engine/testing.h"
#include "net/wire/message/create_partitions.h"
#include "net/wire/message/delete_topics.h"
#include "net/wire/message/describe_topic_partitions.h"

namespace highwater::engine::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

wire::MetadataRequest metadata_of(const std::vector<std::string>& names, bool create = true) {
    wire::MetadataRequest request;
    request.allow_auto_topic_creation = create;
    for (const std::string& name : names) request.topics->emplace_back().name = wire::String(name);
    return request;
}

ErrorCode delete_topic(TestNode& node, const std::string& name) {
    wire::DeleteTopicsRequest request;
    request.topic_names.push_back(wire::String(name));
    return node.call<wire::DeleteTopicsResponse>(request, 3)->responses.front().error_code;
}

bool any_file_of(TestNode& node, std::string_view text) {
    for (const auto& [path, content] : node.files.image()) {
        if (path.find(text) != std::string::npos) return true;
    }
    return false;
}

TEST(Topics, MetadataNamesTheNodeAndItsTopics) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t", 3), ErrorCode::none);
    for (std::int16_t version = 0; version <= 13; ++version) {
        const auto reply = node.call<wire::MetadataResponse>(metadata_of({"t"}), version);
        ASSERT_EQ(reply->brokers.size(), 1U);
        EXPECT_EQ(reply->brokers.front().host.view(), "localhost");
        EXPECT_EQ(reply->brokers.front().port, 9092);
        ASSERT_EQ(reply->topics.size(), 1U);
        const auto topic = reply->topics.front();
        EXPECT_EQ(topic.error_code, ErrorCode::none);
        ASSERT_EQ(topic.partitions.size(), 3U);
        EXPECT_EQ(topic.partitions.front().leader_id, NodeId{1});
        EXPECT_THAT(topic.partitions.front().isr_nodes.to_vector(), ElementsAre(NodeId{1}));
        if (version >= 2) {
            EXPECT_EQ(reply->cluster_id->view(), node.engine->cluster_id());
        }
        if (version >= 10) {
            EXPECT_EQ(topic.topic_id, node.topic_id("t"));
        }
    }
}

TEST(Topics, MetadataCreatesWhatIsAskedForUnlessToldNotTo) {
    TestNode node([](EngineConfig& config) { config.num_partitions = 2; });
    EXPECT_EQ(node.call<wire::MetadataResponse>(metadata_of({"new"}, false), 9)->topics.front().error_code,
              ErrorCode::unknown_topic_or_partition);
    const auto reply = node.call<wire::MetadataResponse>(metadata_of({"new"}), 9);
    EXPECT_EQ(reply->topics.front().error_code, ErrorCode::none);
    EXPECT_EQ(reply->topics.front().partitions.size(), 2U);
    EXPECT_EQ(node.call<wire::MetadataResponse>(metadata_of({"a/b"}), 9)->topics.front().error_code,
              ErrorCode::invalid_topic_exception);

    TestNode strict([](EngineConfig& config) { config.auto_create_topics_enable = false; });
    EXPECT_EQ(strict.call<wire::MetadataResponse>(metadata_of({"new"}), 9)->topics.front().error_code,
              ErrorCode::unknown_topic_or_partition);
}

TEST(Topics, MetadataOfAllTopicsAndOfNone) {
    TestNode node;
    ASSERT_EQ(node.create_topic("a"), ErrorCode::none);
    ASSERT_EQ(node.create_topic("b"), ErrorCode::none);
    EXPECT_EQ(node.call<wire::MetadataResponse>(metadata_of({}), 0)->topics.size(), 2U);
    EXPECT_EQ(node.call<wire::MetadataResponse>(metadata_of({}), 9)->topics.size(), 0U);
    wire::MetadataRequest all;
    all.topics = std::nullopt;
    EXPECT_EQ(node.call<wire::MetadataResponse>(all, 9)->topics.size(), 2U);
}

// KIP-516: by id there is no creation, and an unknown one has its own error.
TEST(Topics, MetadataById) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    wire::MetadataRequest request;
    auto& known = request.topics->emplace_back();
    known.name = std::nullopt;
    known.topic_id = node.topic_id("t");
    auto& unknown = request.topics->emplace_back();
    unknown.name = std::nullopt;
    unknown.topic_id.bytes[5] = 5;
    // As the Java consumer asks for what a SubscriptionPattern stands for.
    auto& with_empty_name = request.topics->emplace_back();
    with_empty_name.name = wire::String("");
    with_empty_name.topic_id = node.topic_id("t");
    const auto reply = node.call<wire::MetadataResponse>(request, 12);
    EXPECT_EQ(reply->topics.at(0).name->view(), "t");
    EXPECT_EQ(reply->topics.at(1).error_code, ErrorCode::unknown_topic_id);
    EXPECT_EQ(reply->topics.at(2).name->view(), "t");
}

// B100, B101, B47, B116: refused, and no file appears.
TEST(Topics, BadRequestsCreateNothing) {
    TestNode node;
    const auto before = node.files.image().size();
    for (const char* name : {"", ".", "..", "../../x", "a/b", "a b", "\xc3\x28", "\xed\xa0\x80"}) {
        EXPECT_EQ(node.create_topic(name), ErrorCode::invalid_topic_exception) << name;
    }
    EXPECT_EQ(node.create_topic(std::string("a\0b", 3)), ErrorCode::invalid_topic_exception);
    EXPECT_EQ(node.create_topic(std::string(250, 'a')), ErrorCode::invalid_topic_exception);
    EXPECT_EQ(node.create_topic("x", 0), ErrorCode::invalid_partitions);
    EXPECT_EQ(node.create_topic("x", -2), ErrorCode::invalid_partitions);
    EXPECT_EQ(node.create_topic("x", 1'000'000), ErrorCode::policy_violation);
    EXPECT_EQ(node.create_topic("x", 1, {{"retention.ms", "nan"}}), ErrorCode::invalid_config);
    EXPECT_EQ(node.create_topic("x", 1, {{"no.such.key", "1"}}), ErrorCode::invalid_config);
    EXPECT_EQ(node.create_topic("x", 1, {{"remote.storage.enable", "true"}}), ErrorCode::invalid_config);
    EXPECT_EQ(node.files.image().size(), before);
    ASSERT_EQ(node.create_topic("a.b"), ErrorCode::none);
    EXPECT_EQ(node.create_topic("a_b"), ErrorCode::invalid_topic_exception);
    EXPECT_EQ(node.create_topic("a.b"), ErrorCode::topic_already_exists);
}

TEST(Topics, ValidateOnlyCreatesNothing) {
    TestNode node;
    wire::CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = wire::String("t");
    topic.num_partitions = 4;
    topic.replication_factor = -1;
    request.validate_only = true;
    const auto reply = node.call<wire::CreateTopicsResponse>(request, 7);
    EXPECT_EQ(reply->topics.front().error_code, ErrorCode::none);
    EXPECT_EQ(reply->topics.front().num_partitions, 4);
    EXPECT_TRUE(node.topic_id("t").is_zero());
}

// Every version since 0.10's; from 5 on the reply says what the topic's settings are.
TEST(Topics, EveryVersionOfCreateTopics) {
    TestNode node;
    for (std::int16_t version = 0; version <= 7; ++version) {
        wire::CreateTopicsRequest request;
        auto& topic = request.topics.emplace_back();
        topic.name = wire::String("t" + std::to_string(version));
        topic.num_partitions = 2;
        topic.replication_factor = 1;
        auto& config = topic.configs.emplace_back();
        config.name = wire::String("retention.ms");
        config.value = wire::String("1000");
        const auto reply = node.call<wire::CreateTopicsResponse>(request, version);
        const auto result = reply->topics.front();
        EXPECT_EQ(result.error_code, ErrorCode::none) << version;
        if (version < 5) continue;
        EXPECT_EQ(result.num_partitions, 2);
        ASSERT_EQ(result.configs->size(), topic_settings().size());
        for (const auto& entry : *result.configs) {
            if (entry.name.view() != "retention.ms") continue;
            EXPECT_EQ(entry.value->view(), "1000");
            EXPECT_EQ(entry.config_source, 1);
        }
    }
}

TEST(Topics, TopicsAndTheirRecordsSurviveEveryKindOfStop) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t", 2, {{"retention.ms", "-1"}}), ErrorCode::none);
    const TopicId id = node.topic_id("t");
    node.produce("t", batch_of({{"a"}}), -1, 9, 1);
    node.restart();
    EXPECT_EQ(node.topic_id("t"), id);
    node.produce("t", batch_of({{"b"}}), -1, 9, 1);
    node.crash(storage::CrashKind::process_kill);
    node.produce("t", batch_of({{"c"}}), -1, 9, 1);
    node.crash(storage::CrashKind::power_loss);
    EXPECT_EQ(node.topic_id("t"), id);
    EXPECT_EQ(node.engine->node().topics().find("t")->config.retention_ms, -1);
    EXPECT_THAT(node.read_all("t", 1), ElementsAre("a", "b", "c"));
}

TEST(Topics, ADeletedTopicIsGoneAndItsNameIsFree) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    const TopicId old_id = node.topic_id("t");
    node.produce("t", batch_of({{"old"}}));
    EXPECT_EQ(delete_topic(node, "t"), ErrorCode::none);
    EXPECT_EQ(delete_topic(node, "t"), ErrorCode::unknown_topic_or_partition);
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    EXPECT_NE(node.topic_id("t"), old_id);
    EXPECT_THAT(node.read_all("t"), IsEmpty());
    node.produce("t", batch_of({{"new"}}));
    node.crash(storage::CrashKind::power_loss);
    EXPECT_THAT(node.read_all("t"), ElementsAre("new"));
    EXPECT_TRUE(any_file_of(node, "-delete"));
    node.advance(std::chrono::minutes{2});
    EXPECT_FALSE(any_file_of(node, "-delete"));
}

TEST(Topics, DeletionById) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    wire::DeleteTopicsRequest request;
    request.topics.emplace_back().topic_id = node.topic_id("t");
    request.topics.emplace_back().topic_id.bytes[2] = 2;
    const auto reply = node.call<wire::DeleteTopicsResponse>(request, 6);
    EXPECT_EQ(reply->responses.at(0).error_code, ErrorCode::none);
    EXPECT_EQ(reply->responses.at(0).name->view(), "t");
    EXPECT_EQ(reply->responses.at(1).error_code, ErrorCode::unknown_topic_id);
}

TEST(Topics, ATopicGrowsButDoesNotShrink) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    const auto grow_to = [&](std::int32_t count) {
        wire::CreatePartitionsRequest request;
        auto& topic = request.topics.emplace_back();
        topic.name = wire::String("t");
        topic.count = count;
        topic.assignments = std::nullopt;
        return node.call<wire::CreatePartitionsResponse>(request, 3)->results.front().error_code;
    };
    EXPECT_EQ(grow_to(3), ErrorCode::none);
    EXPECT_EQ(grow_to(3), ErrorCode::invalid_partitions);
    EXPECT_EQ(grow_to(1), ErrorCode::invalid_partitions);
    EXPECT_EQ(node.produce("t", batch_of({{"x"}}), -1, 9, 2)->responses.front().partition_responses.front().error_code,
              ErrorCode::none);
    node.restart();
    EXPECT_THAT(node.read_all("t", 2), ElementsAre("x"));
}

// KIP-966: pages of partitions, the cursor leads from one to the next.
TEST(Topics, DescribeTopicPartitionsPages) {
    TestNode node;
    ASSERT_EQ(node.create_topic("a", 3), ErrorCode::none);
    ASSERT_EQ(node.create_topic("b", 2), ErrorCode::none);
    wire::DescribeTopicPartitionsRequest request;
    request.response_partition_limit = 2;
    std::vector<std::string> seen;
    for (int page = 0; page < 5; ++page) {
        const auto reply = node.call<wire::DescribeTopicPartitionsResponse>(request, 0);
        for (const auto& topic : reply->topics) {
            for (const auto& partition : topic.partitions) {
                seen.push_back(topic.name->to_string() + std::to_string(partition.partition_index.value()));
            }
        }
        if (!reply->next_cursor) break;
        auto& cursor = request.cursor.emplace();
        cursor.topic_name = wire::String(reply->next_cursor->topic_name.view());
        cursor.partition_index = reply->next_cursor->partition_index;
    }
    EXPECT_THAT(seen, ElementsAre("a0", "a1", "a2", "b0", "b1"));
}

// B103: names that look like the node's own files.
TEST(Topics, AwkwardNamesKeepTheirData) {
    TestNode node;
    const std::vector<std::string> names{"foo-1", "foo-1-0", "x-delete", "meta.properties", "x.swap"};
    for (const std::string& name : names) {
        ASSERT_EQ(node.create_topic(name), ErrorCode::none);
        node.produce(name, batch_of({{name}}));
    }
    node.restart();
    node.crash();
    for (const std::string& name : names) EXPECT_THAT(node.read_all(name), ElementsAre(name));
}

}  // namespace
}  // namespace highwater::engine::testing
