// Kafka 4.3's topic settings: names, defaults, what is accepted.
#include "core/metadata/topic_configs.h"

#include <set>

#include <gtest/gtest.h>

#include "core/metadata/topic_name.h"

namespace highwater {
namespace {

bool accepts(std::string_view name, std::string_view value) {
    return check_config(*find_config(topic_configs(), name), value).has_value();
}

TEST(TopicConfigs, AreTheThirtyThreeOfKafka) {
    EXPECT_EQ(topic_configs().size(), 33U);
    std::set<std::string_view> names;
    for (const ConfigKey& key : topic_configs()) {
        EXPECT_TRUE(names.insert(key.name).second) << key.name;
        EXPECT_FALSE(key.documentation.empty()) << key.name;
        EXPECT_TRUE(check_config(key, key.default_value)) << key.name << " = " << key.default_value;
        EXPECT_EQ(find_config(topic_configs(), key.name), &key);
    }
    for (const std::string_view gone : {"message.format.version", "message.downconversion.enable"}) {
        EXPECT_EQ(find_config(topic_configs(), gone), nullptr);
    }
}

TEST(TopicConfigs, BrokerKeysGiveTheDefaultsTheFinestUnitFirst) {
    const auto synonyms = find_config(topic_configs(), "retention.ms")->synonyms;
    ASSERT_EQ(synonyms.size(), 3U);
    EXPECT_EQ(synonyms[0].name, "log.retention.ms");
    EXPECT_EQ(synonyms[2].name, "log.retention.hours");
    EXPECT_EQ(synonyms[2].factor, 3'600'000);
    EXPECT_EQ(find_config(topic_configs(), "max.message.bytes")->synonyms[0].name, "message.max.bytes");
}

TEST(TopicConfigs, NumbersStayInTheirTypeAndRange) {
    EXPECT_TRUE(accepts("retention.ms", "-1"));
    EXPECT_TRUE(accepts("retention.ms", " 5 "));
    EXPECT_TRUE(accepts("retention.ms", "9223372036854775807"));
    EXPECT_FALSE(accepts("retention.ms", "9223372036854775808"));
    EXPECT_FALSE(accepts("retention.ms", "-2"));
    EXPECT_FALSE(accepts("retention.ms", "nan"));
    EXPECT_FALSE(accepts("retention.ms", ""));
    EXPECT_FALSE(accepts("retention.ms", "1e3"));
    EXPECT_FALSE(accepts("segment.bytes", "1048575"));
    EXPECT_TRUE(accepts("segment.bytes", "1048576"));
    EXPECT_FALSE(accepts("segment.bytes", "2147483648"));
    EXPECT_TRUE(accepts("compression.gzip.level", "-1"));
    EXPECT_FALSE(accepts("compression.gzip.level", "0"));
    EXPECT_TRUE(accepts("min.cleanable.dirty.ratio", "0.25"));
    EXPECT_FALSE(accepts("min.cleanable.dirty.ratio", "1.01"));
    EXPECT_FALSE(accepts("min.cleanable.dirty.ratio", "nan"));
    EXPECT_FALSE(accepts("min.cleanable.dirty.ratio", "inf"));
}

TEST(TopicConfigs, WordsAreOfTheirList) {
    EXPECT_TRUE(accepts("cleanup.policy", "compact, delete"));
    EXPECT_TRUE(accepts("cleanup.policy", ""));
    EXPECT_FALSE(accepts("cleanup.policy", "compact,compact"));
    EXPECT_FALSE(accepts("cleanup.policy", "compact,,delete"));
    EXPECT_FALSE(accepts("cleanup.policy", "burn"));
    EXPECT_TRUE(accepts("compression.type", "zstd"));
    EXPECT_FALSE(accepts("compression.type", "brotli"));
    EXPECT_TRUE(accepts("preallocate", "TRUE"));
    EXPECT_FALSE(accepts("preallocate", "yes"));
    EXPECT_TRUE(accepts("leader.replication.throttled.replicas", "0:1,1:2"));
    EXPECT_TRUE(accepts("leader.replication.throttled.replicas", "*"));
    EXPECT_FALSE(accepts("leader.replication.throttled.replicas", "0:1,*"));
    EXPECT_FALSE(accepts("leader.replication.throttled.replicas", "0-1"));
}

TEST(TopicConfigs, AMegabyteOfTextIsNoValue) {
    EXPECT_FALSE(accepts("leader.replication.throttled.replicas", std::string(1 << 20, '0')));
    const auto refused = check_config(*find_config(topic_configs(), "cleanup.policy"), std::string(1 << 20, 'x'));
    EXPECT_LT(refused.error().size(), 200U) << "nor is it repeated in the answer";
}

TEST(TopicConfigs, CompactionLagsDoNotCross) {
    EXPECT_TRUE(check_topic_configs({}));
    EXPECT_TRUE(check_topic_configs({{"min.compaction.lag.ms", "5"}, {"max.compaction.lag.ms", "5"}}));
    EXPECT_FALSE(check_topic_configs({{"min.compaction.lag.ms", "6"}, {"max.compaction.lag.ms", "5"}}));
}

TEST(TopicName, HasOnlyHarmlessCharacters) {
    for (const std::string_view good : {"a", "a.b", "A_b-9", "foo-1", "meta.properties", "x.swap"}) {
        EXPECT_TRUE(is_valid_topic_name(good)) << good;
    }
    const std::string with_nul("a\0b", 3);
    for (const std::string_view bad :
         {std::string_view{""}, std::string_view{"."}, std::string_view{".."}, std::string_view{"../../x"},
          std::string_view{"a/b"}, std::string_view{with_nul}, std::string_view{"a b"}, std::string_view{"\xd0\xb0"}}) {
        EXPECT_FALSE(is_valid_topic_name(bad)) << bad;
    }
    EXPECT_TRUE(is_valid_topic_name(std::string(249, 'a')));
    EXPECT_FALSE(is_valid_topic_name(std::string(250, 'a')));
}

}  // namespace
}  // namespace highwater
