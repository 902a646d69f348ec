// DescribeConfigs, AlterConfigs, IncrementalAlterConfigs.
#include <gmock/gmock.h>

#include "broker/engine/testing.h"
#include "net/wire/message/alter_configs.h"
#include "net/wire/message/describe_configs.h"
#include "net/wire/message/incremental_alter_configs.h"

namespace highwater::engine::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr std::int8_t kTopic = 2;
constexpr std::int8_t kBroker = 4;
constexpr std::int8_t kGroup = 32;
constexpr std::int8_t kSet = 0;
constexpr std::int8_t kRemove = 1;

struct Entry {
    std::string value;
    std::int8_t source = 0;
    bool read_only = false;
    std::vector<std::pair<std::string, std::int8_t>> synonyms;
};

std::map<std::string, Entry> describe(TestNode& node, std::int8_t type, const std::string& name,
                                      ErrorCode expected = ErrorCode::none) {
    wire::DescribeConfigsRequest request;
    auto& resource = request.resources.emplace_back();
    resource.resource_type = type;
    resource.resource_name = wire::String(name);
    resource.configuration_keys = std::nullopt;
    request.include_synonyms = true;
    request.include_documentation = true;
    const auto reply = node.call<wire::DescribeConfigsResponse>(request, 4);
    const auto result = reply->results.front();
    EXPECT_EQ(result.error_code, expected);
    std::map<std::string, Entry> entries;
    for (const auto& config : result.configs) {
        Entry& entry = entries[config.name.to_string()];
        entry.value = config.value ? config.value->to_string() : "(null)";
        entry.source = config.config_source;
        entry.read_only = config.read_only;
        for (const auto& synonym : config.synonyms) entry.synonyms.emplace_back(synonym.name.view(), synonym.source);
        EXPECT_FALSE(config.documentation->empty()) << config.name.view();
        EXPECT_NE(config.config_type, 0) << config.name.view();
    }
    return entries;
}

ErrorCode alter(TestNode& node, std::int8_t type, const std::string& name, const std::string& key,
                std::optional<std::string> value, std::int8_t operation = kSet) {
    wire::IncrementalAlterConfigsRequest request;
    auto& resource = request.resources.emplace_back();
    resource.resource_type = type;
    resource.resource_name = wire::String(name);
    auto& config = resource.configs.emplace_back();
    config.name = wire::String(key);
    config.config_operation = operation;
    config.value = std::nullopt;
    if (value) config.value = wire::String(*value);
    return node.call<wire::IncrementalAlterConfigsResponse>(request, 1)->responses.front().error_code;
}

TEST(Configs, ATopicSettingSaysWhereItComesFrom) {
    TestNode node([](EngineConfig& config) {
        config.topic_defaults.segment_ms = 3'600'000;
        config.static_settings.push_back({.name = "log.roll.hours", .value = "1"});
    });
    ASSERT_EQ(node.create_topic("t", 1, {{"retention.ms", "1000"}}), ErrorCode::none);
    const auto entries = describe(node, kTopic, "t");
    ASSERT_EQ(entries.size(), 33U);
    EXPECT_EQ(entries.at("retention.ms").value, "1000");
    EXPECT_EQ(entries.at("retention.ms").source, 1);
    EXPECT_THAT(entries.at("retention.ms").synonyms, ElementsAre(Pair("retention.ms", 1), Pair("log.retention.ms", 5)));
    EXPECT_EQ(entries.at("segment.ms").value, "3600000");
    EXPECT_EQ(entries.at("segment.ms").source, 4);
    EXPECT_EQ(entries.at("cleanup.policy").value, "delete");
    EXPECT_EQ(entries.at("cleanup.policy").source, 5);
}

TEST(Configs, AnAlteredTopicSettingTakesEffectAndSurvives) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    const auto produce = [&] {
        return node.produce("t", batch_of({{std::string(500, 'x')}}))
            ->responses.front()
            .partition_responses.front()
            .error_code;
    };
    EXPECT_EQ(produce(), ErrorCode::none);
    EXPECT_EQ(alter(node, kTopic, "t", "max.message.bytes", "100"), ErrorCode::none);
    EXPECT_EQ(produce(), ErrorCode::message_too_large);
    node.crash(storage::CrashKind::power_loss);
    EXPECT_EQ(produce(), ErrorCode::message_too_large);
    EXPECT_EQ(alter(node, kTopic, "t", "max.message.bytes", std::nullopt, kRemove), ErrorCode::none);
    EXPECT_EQ(produce(), ErrorCode::none);
}

TEST(Configs, AGroupSettingSaysWhereItComesFrom) {
    TestNode node([](EngineConfig& config) {
        config.group_bounds.assignment_interval.min = std::chrono::milliseconds{10};
        config.static_settings.push_back({.name = "group.consumer.heartbeat.interval.ms", .value = "6000"});
    });
    EXPECT_EQ(alter(node, kGroup, "g", "consumer.session.timeout.ms", "50000"), ErrorCode::none);
    EXPECT_EQ(alter(node, kGroup, "g", "consumer.assignment.interval.ms", "9"), ErrorCode::invalid_config);
    const auto entries = describe(node, kGroup, "g");
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries.at("consumer.session.timeout.ms").value, "50000");
    EXPECT_EQ(entries.at("consumer.session.timeout.ms").source, 8);
    EXPECT_THAT(entries.at("consumer.session.timeout.ms").synonyms,
                ElementsAre(Pair("consumer.session.timeout.ms", 8), Pair("group.consumer.session.timeout.ms", 5)));
    EXPECT_EQ(entries.at("consumer.heartbeat.interval.ms").value, "6000");
    EXPECT_EQ(entries.at("consumer.heartbeat.interval.ms").source, 4);
    EXPECT_EQ(entries.at("consumer.assignment.interval.ms").value, "1000");
    EXPECT_EQ(describe(node, kGroup, "another").at("consumer.session.timeout.ms").value, "45000");
    EXPECT_TRUE(describe(node, kGroup, "", ErrorCode::invalid_request).empty());
}

TEST(Configs, ABrokerDefaultTakesEffectOnTopicsWithoutTheirOwn) {
    TestNode node;
    ASSERT_EQ(node.create_topic("plain"), ErrorCode::none);
    ASSERT_EQ(node.create_topic("own", 1, {{"max.message.bytes", "5000"}}), ErrorCode::none);
    EXPECT_EQ(alter(node, kBroker, "", "message.max.bytes", "100"), ErrorCode::none);
    EXPECT_EQ(node.engine->node().topics().find("plain")->config.max_message_bytes, 100);
    EXPECT_EQ(node.engine->node().topics().find("own")->config.max_message_bytes, 5000);
    EXPECT_EQ(alter(node, kBroker, "1", "message.max.bytes", "200"), ErrorCode::none);
    EXPECT_EQ(node.engine->node().topics().find("plain")->config.max_message_bytes, 200);
    const Entry entry = describe(node, kBroker, "1").at("message.max.bytes");
    EXPECT_EQ(entry.value, "200");
    EXPECT_THAT(entry.synonyms,
                ElementsAre(Pair("message.max.bytes", 2), Pair("message.max.bytes", 3), Pair("message.max.bytes", 5)));
    node.restart();
    EXPECT_EQ(node.engine->node().topics().find("plain")->config.max_message_bytes, 200);
}

// B107, facts §5: what can't be altered is refused, never swallowed.
TEST(Configs, WhatCannotBeAlteredIsRefused) {
    TestNode node([](EngineConfig& config) {
        config.other_keys = {{.name = "num.partitions",
                              .type = ConfigType::int32,
                              .default_value = "1",
                              .documentation = "Partitions of a topic that is created without a number."}};
    });
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    EXPECT_EQ(alter(node, kTopic, "t", "retention.ms", "9223372036854775808"), ErrorCode::invalid_config);
    EXPECT_EQ(alter(node, kTopic, "t", "retention.ms", "nan"), ErrorCode::invalid_config);
    EXPECT_EQ(alter(node, kTopic, "t", "no.such.key", "1"), ErrorCode::invalid_config);
    EXPECT_EQ(alter(node, kTopic, "nowhere", "retention.ms", "1"), ErrorCode::unknown_topic_or_partition);
    EXPECT_EQ(alter(node, kTopic, "t", "remote.storage.enable", "true"), ErrorCode::invalid_request);
    EXPECT_EQ(alter(node, 99, "t", "retention.ms", "1"), ErrorCode::invalid_request);
    EXPECT_EQ(alter(node, kBroker, "1", "num.partitions", "4"), ErrorCode::invalid_request);
    EXPECT_EQ(alter(node, kBroker, "2", "log.retention.ms", "4"), ErrorCode::invalid_request);
    EXPECT_EQ(alter(node, kBroker, "1", "no.such.key", "4"), ErrorCode::invalid_config);
    EXPECT_TRUE(describe(node, kBroker, "1").at("num.partitions").read_only);
    EXPECT_FALSE(describe(node, kBroker, "1").at("log.retention.ms").read_only);
    describe(node, kTopic, "nowhere", ErrorCode::unknown_topic_or_partition);
    describe(node, kTopic, "a/b", ErrorCode::invalid_topic_exception);
    describe(node, kBroker, "7", ErrorCode::invalid_request);
    describe(node, 99, "x", ErrorCode::invalid_request);
}

// The old AlterConfigs: what is not named goes back to its default.
TEST(Configs, AlterConfigsReplacesAll) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t", 1, {{"retention.ms", "1000"}, {"segment.bytes", "1048576"}}), ErrorCode::none);
    wire::AlterConfigsRequest request;
    auto& resource = request.resources.emplace_back();
    resource.resource_type = kTopic;
    resource.resource_name = wire::String("t");
    auto& config = resource.configs.emplace_back();
    config.name = wire::String("retention.bytes");
    config.value = wire::String("77");
    EXPECT_EQ(node.call<wire::AlterConfigsResponse>(request, 2)->responses.front().error_code, ErrorCode::none);
    const TopicConfig& now = node.engine->node().topics().find("t")->config;
    EXPECT_EQ(now.retention_bytes, 77);
    EXPECT_EQ(now.retention_ms, TopicConfig{}.retention_ms);
    EXPECT_EQ(now.segment_bytes, TopicConfig{}.segment_bytes);
}

}  // namespace
}  // namespace highwater::engine::testing
