#include "broker/engine/topic_config.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace highwater::engine {
namespace {

// Kafka 4.3 has 33 topic settings; lookup is by binary search, so they are in order.
TEST(TopicConfig, SettingsAreSortedAndEachIsFoundByItsName) {
    ASSERT_EQ(topic_settings().size(), 33U);
    EXPECT_TRUE(std::ranges::is_sorted(topic_settings(), {}, &TopicSetting::name));
    for (const TopicSetting& setting : topic_settings()) EXPECT_EQ(find_topic_setting(setting.name), &setting);
    EXPECT_EQ(find_topic_setting("retention"), nullptr);
    EXPECT_EQ(find_topic_setting("zzz"), nullptr);
    EXPECT_EQ(find_topic_setting_of_broker(""), nullptr);
}

TEST(TopicConfig, EveryDefaultIsAValueThatTheSettingAccepts) {
    const TopicConfig defaults;
    for (const TopicSetting& setting : topic_settings()) {
        TopicConfig config;
        const std::string text = text_of(defaults, setting);
        EXPECT_TRUE(set_value(config, setting, text).has_value()) << setting.name << "=" << text;
        EXPECT_EQ(config, defaults) << setting.name;
    }
}

TEST(TopicConfig, ABrokerKeyNamesTheDefaultOfATopicSetting) {
    ASSERT_NE(find_topic_setting_of_broker("message.max.bytes"), nullptr);
    EXPECT_EQ(find_topic_setting_of_broker("message.max.bytes")->name, "max.message.bytes");
    EXPECT_EQ(find_topic_setting_of_broker("max.message.bytes"), nullptr);
}

TEST(TopicConfig, AcceptedValuesArriveInTheirMember) {
    TopicConfig config;
    const auto set = [&](std::string_view name, std::string_view value) {
        const auto result = set_value(config, *find_topic_setting(name), value);
        EXPECT_TRUE(result.has_value()) << name << ": " << (result ? "" : result.error());
    };
    set("retention.ms", " 1000 ");
    set("cleanup.policy", "compact, delete");
    set("min.cleanable.dirty.ratio", "0.25");
    set("preallocate", "TRUE");
    set("segment.bytes", "1048576");
    EXPECT_EQ(config.retention_ms, 1000);
    EXPECT_EQ(config.cleanup_policy, "compact,delete");
    EXPECT_EQ(config.min_cleanable_dirty_ratio, 0.25);
    EXPECT_TRUE(config.preallocate);
    EXPECT_EQ(config.segment_bytes, 1048576);
    set("cleanup.policy", "");
    EXPECT_EQ(config.cleanup_policy, "");
}

// B107: numbers past 64 bits, "nan", oversized text; a refused value changes nothing.
TEST(TopicConfig, BadValuesAreRefusedAndChangeNothing) {
    const auto refused = [](std::string_view name, std::string_view value) {
        TopicConfig config;
        const auto result = set_value(config, *find_topic_setting(name), value);
        EXPECT_FALSE(result.has_value()) << name << "=" << value.substr(0, 40);
        if (!result) {
            EXPECT_NE(result.error().find(name), std::string::npos);
            EXPECT_LT(result.error().size(), 400U);
        }
        EXPECT_EQ(config, TopicConfig{});
    };
    refused("retention.ms", "9223372036854775808");
    refused("retention.ms", "nan");
    refused("retention.ms", "");
    refused("retention.ms", "-2");
    refused("retention.ms", "12x");
    refused("min.cleanable.dirty.ratio", "nan");
    refused("min.cleanable.dirty.ratio", "1.5");
    refused("segment.bytes", "1048575");
    refused("segment.bytes", "2147483648");
    refused("preallocate", "yes");
    refused("compression.type", "brotli");
    refused("cleanup.policy", "compact,purge");
    refused("message.timestamp.type", std::string(1 << 20, 'x'));
    refused("leader.replication.throttled.replicas", std::string(1 << 20, 'x'));
}

}  // namespace
}  // namespace highwater::engine
