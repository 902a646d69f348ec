#include "broker/config/load.h"

#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/config/broker_keys.h"
#include "broker/config/documentation.h"

namespace highwater::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

NodeSettings settings_of(std::string text, std::vector<std::string> sets = {}) {
    auto loaded = load(ConfigFile{"server.properties", std::move(text)}, sets);
    EXPECT_TRUE(loaded.has_value()) << to_text(loaded.error()[0]);
    return loaded ? std::move(loaded->settings) : NodeSettings{};
}

std::vector<std::string> errors_of(std::string text, std::vector<std::string> sets = {}) {
    const auto loaded = load(ConfigFile{"server.properties", std::move(text)}, sets);
    std::vector<std::string> lines;
    if (loaded) return lines;
    for (const Remark& error : loaded.error()) lines.push_back(to_text(error));
    return lines;
}

std::vector<std::string> warnings_of(std::string text) {
    const auto loaded = load(ConfigFile{"server.properties", std::move(text)}, {});
    std::vector<std::string> lines;
    if (!loaded) return {"refused"};
    for (const Remark& warning : loaded->warnings) lines.push_back(to_text(warning));
    return lines;
}

TEST(Configuration, RunsWithoutAnyFile) {
    const auto loaded = load(std::nullopt, {});
    ASSERT_TRUE(loaded.has_value());
    EXPECT_EQ(loaded->settings.engine.node_id, NodeId{1});
    EXPECT_THAT(loaded->settings.engine.log_dirs, ElementsAre("./data"));
    EXPECT_THAT(loaded->settings.listeners, ElementsAre(ListenerAddress{"PLAINTEXT", "127.0.0.1", 9092}));
    EXPECT_THAT(loaded->warnings, IsEmpty());
}

TEST(Configuration, ASetOverridesTheFileAndALaterLineAnEarlierOne) {
    EXPECT_EQ(settings_of("num.partitions=3\n", {"num.partitions=4"}).engine.num_partitions, 4);
    EXPECT_EQ(settings_of("num.partitions=3\nnum.partitions=5\n").engine.num_partitions, 5);
    EXPECT_THAT(warnings_of("num.partitions=3\nnum.partitions=5\n"),
                ElementsAre("server.properties:2: num.partitions: replaces the value at server.properties:1"));
}

TEST(Configuration, WhatIsOverriddenMustBeRightAllTheSame) {
    EXPECT_THAT(errors_of("num.partitions=many\n", {"num.partitions=4"}),
                ElementsAre("server.properties:1: num.partitions: \"many\" is not a whole number"));
    EXPECT_THAT(errors_of("log.retention.hours=long\nlog.retention.ms=5\n").size(), 1U);
}

// Kafka: log.retention.ms before .minutes before .hours, wherever they stand; -1 keeps forever.
TEST(Configuration, TheFinestUnitOfRetentionWins) {
    const auto retention = [](std::string text) {
        return settings_of(std::move(text)).engine.topic_defaults.retention_ms;
    };
    EXPECT_EQ(retention(""), 604'800'000);
    EXPECT_EQ(retention("log.retention.hours=2\n"), 7'200'000);
    EXPECT_EQ(retention("log.retention.minutes=3\nlog.retention.hours=2\n"), 180'000);
    EXPECT_EQ(retention("log.retention.hours=2\nlog.retention.ms=5\nlog.retention.minutes=3\n"), 5);
    EXPECT_EQ(retention("log.retention.hours=-1\n"), -1);
    EXPECT_EQ(retention("log.retention.hours=9223372036854775807\n"), 9223372036854775807);
    EXPECT_EQ(settings_of("log.roll.hours=1\n").engine.topic_defaults.segment_ms, 3'600'000);
    EXPECT_EQ(settings_of("log.segment.bytes=1048576\n").engine.topic_defaults.segment_bytes, 1'048'576);
}

TEST(Configuration, NamesTheLineAndTheKeyOfWhatIsWrong) {
    EXPECT_THAT(errors_of("# comment\nlog.retention.hour=1\n"),
                ElementsAre("server.properties:2: log.retention.hour: no such key; did you mean log.retention.hours?"));
    EXPECT_THAT(
        errors_of("utterly.unknown.thing=1"),
        ElementsAre("server.properties:1: utterly.unknown.thing: no such key; docs/configuration.md lists them"));
    EXPECT_THAT(errors_of("num.partitions=many"),
                ElementsAre("server.properties:1: num.partitions: \"many\" is not a whole number"));
    EXPECT_THAT(errors_of("num.partitions=0"),
                ElementsAre("server.properties:1: num.partitions: 0 is out of range; 1 to 2147483647 is allowed"));
    EXPECT_THAT(errors_of("num.partitions=99999999999999999999"),
                ElementsAre("server.properties:1: num.partitions: 99999999999999999999 is out of range; 1 to "
                            "2147483647 is allowed"));
    EXPECT_THAT(errors_of("auto.create.topics.enable=yes"),
                ElementsAre("server.properties:1: auto.create.topics.enable: \"yes\" is neither true nor false"));
    EXPECT_THAT(errors_of("flush=never"),
                ElementsAre("server.properties:1: flush: \"never\" is neither fsync nor replicated"));
    EXPECT_THAT(errors_of("retention.ms=1"),
                ElementsAre("server.properties:1: retention.ms: is a key of topics; the key of the node is "
                            "log.retention.ms"));
    EXPECT_THAT(errors_of("a=\\u12"), ElementsAre("server.properties:1: \\u needs four hexadecimal digits"));
    EXPECT_THAT(errors_of("", {"num.partitions"}),
                ElementsAre("--set: num.partitions: has no value; write --set key=value"));
}

TEST(Configuration, SaysEverythingThatIsWrongAtOnce) {
    EXPECT_EQ(errors_of("num.partitions=x\nnode.id=y\nunknown=z\n").size(), 3U);
}

TEST(Configuration, RefusesWhatHasNoFunctionYetUnlessItIsTheDefault) {
    EXPECT_THAT(errors_of("broker.session.timeout.ms=1"),
                ElementsAre("server.properties:1: broker.session.timeout.ms: not supported yet: more than one node "
                            "(replication); leave the key out or give it its default, 9000"));
    EXPECT_THAT(errors_of("broker.session.timeout.ms=9000"), IsEmpty());
    EXPECT_THAT(errors_of("process.roles=controller").size(), 1U);
    EXPECT_THAT(errors_of("process.roles=controller, broker"), IsEmpty());
    EXPECT_THAT(errors_of("listeners=SSL://:9093"),
                ElementsAre("server.properties:1: listeners: not supported yet: SSL listeners (TLS and SASL)"));
    EXPECT_THAT(errors_of("listener.name.internal.ssl.keystore.location=x"),
                ElementsAre("server.properties:1: listener.name.internal.ssl.keystore.location: not supported yet: "
                            "settings of single listeners (TLS and SASL)"));
}

TEST(Configuration, WarnsOfWhatHasNoEffect) {
    EXPECT_THAT(warnings_of("num.io.threads=16"),
                ElementsAre("server.properties:1: num.io.threads: has no effect: one thread serves everything"));
    EXPECT_THAT(warnings_of("num.io.threads=8"), IsEmpty());
}

TEST(Configuration, ReadsListeners) {
    const NodeSettings settings = settings_of(
        "listeners=PLAINTEXT://:9092, internal://[::1]:0\n"
        "advertised.listeners=PLAINTEXT://kafka.example.com:19092,INTERNAL://[::1]:0\n"
        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT\n");
    EXPECT_THAT(settings.listeners,
                ElementsAre(ListenerAddress{"PLAINTEXT", "", 9092}, ListenerAddress{"INTERNAL", "::1", 0}));
    EXPECT_THAT(settings.advertised, ElementsAre(ListenerAddress{"PLAINTEXT", "kafka.example.com", 19092},
                                                 ListenerAddress{"INTERNAL", "::1", 0}));
    for (const char* bad : {"PLAINTEXT", "://h:1", "P://h", "P://h:", "P://h:65536", "P://h:x", "P://::1:9092",
                            "P://[::1:9092", "P://[::1]", "P://h:1,P://h:2", "P P://h:1", "P://a b:1", ","})
        EXPECT_EQ(errors_of(std::string("listeners=") + bad).size(), 1U) << bad;
}

TEST(Configuration, ChecksThatAdvertisedListenersFitTheListeners) {
    EXPECT_EQ(errors_of("advertised.listeners=OTHER://h:1").size(), 2U);
    EXPECT_EQ(errors_of("advertised.listeners=PLAINTEXT://0.0.0.0:9092").size(), 1U);
}

TEST(Configuration, TheOldNameOfTheNodeIdMustNotContradictTheNewOne) {
    EXPECT_EQ(settings_of("broker.id=7").engine.node_id, NodeId{7});
    EXPECT_THAT(errors_of("broker.id=7\nnode.id=7"), IsEmpty());
    EXPECT_THAT(errors_of("broker.id=7\nnode.id=8"),
                ElementsAre("server.properties:1: broker.id: differs from node.id; leave out one of the two"));
}

TEST(Configuration, RemembersWhatWasSetForDescribeConfigs) {
    const auto set = settings_of("log.retention.hours=2\nnode.id=4\n").engine.static_settings;
    ASSERT_EQ(set.size(), 2U);
    EXPECT_EQ(set[0].name, "log.retention.hours");
    EXPECT_EQ(set[0].value, "2");
    EXPECT_EQ(set[1].name, "node.id");
}

TEST(BrokerKeys, HaveOneNameEachAndDefaultsThatTheirOwnChecksAccept) {
    std::set<std::string_view> names;
    for (const BrokerKey& key : broker_keys()) {
        EXPECT_TRUE(names.insert(key.name).second) << key.name << " is there twice";
        EXPECT_EQ(engine::find_topic_setting_of_broker(key.name), nullptr) << key.name;
        if (key.default_value.empty()) continue;
        EXPECT_TRUE(check_value(key, key.default_value).has_value()) << key.name;
        EXPECT_THAT(errors_of(std::string(key.name) + "=" + std::string(key.default_value)), IsEmpty()) << key.name;
    }
}

TEST(BrokerKeys, DefaultsInTheTableAreThoseOfTheSettings) {
    std::vector<std::string> sets;
    for (const BrokerKey& key : broker_keys()) {
        if (key.support == Support::works && !key.default_value.empty())
            sets.push_back(std::string(key.name) + "=" + std::string(key.default_value));
    }
    const auto loaded = load(std::nullopt, sets);
    ASSERT_TRUE(loaded.has_value()) << to_text(loaded.error()[0]);
    const NodeSettings& written = loaded->settings;
    const NodeSettings unwritten;
    EXPECT_EQ(written.listeners, unwritten.listeners);
    EXPECT_EQ(written.engine.log_dirs, unwritten.engine.log_dirs);
    EXPECT_EQ(written.engine.node_id, unwritten.engine.node_id);
    EXPECT_EQ(written.engine.flush_mode, unwritten.engine.flush_mode);
    EXPECT_EQ(written.engine.num_partitions, unwritten.engine.num_partitions);
    EXPECT_EQ(written.engine.fetch_max_bytes, unwritten.engine.fetch_max_bytes);
    EXPECT_EQ(written.engine.fetch_session_slots, unwritten.engine.fetch_session_slots);
    EXPECT_EQ(written.engine.max_requests_in_flight, unwritten.engine.max_requests_in_flight);
    EXPECT_EQ(written.engine.max_parked_fetches, unwritten.engine.max_parked_fetches);
    EXPECT_EQ(written.engine.max_produce_wait, unwritten.engine.max_produce_wait);
    EXPECT_EQ(written.engine.max_partitions, unwritten.engine.max_partitions);
    EXPECT_EQ(written.engine.max_partitions_per_topic, unwritten.engine.max_partitions_per_topic);
    EXPECT_EQ(written.engine.producer_id_expiration, unwritten.engine.producer_id_expiration);
    EXPECT_EQ(written.engine.log_retention_check_interval, unwritten.engine.log_retention_check_interval);
    EXPECT_EQ(written.limits.max_frame_bytes, unwritten.limits.max_frame_bytes);
    EXPECT_EQ(written.limits.max_idle, unwritten.limits.max_idle);
    EXPECT_EQ(written.limits.frame_timeout, unwritten.limits.frame_timeout);
    EXPECT_EQ(written.limits.first_frame_timeout, unwritten.limits.first_frame_timeout);
    EXPECT_EQ(written.limits.max_unread_reply_bytes, unwritten.limits.max_unread_reply_bytes);
    EXPECT_EQ(written.limits.slow_reader_period, unwritten.limits.slow_reader_period);
    EXPECT_EQ(written.limits.slow_reader_floor_bytes, unwritten.limits.slow_reader_floor_bytes);
    EXPECT_EQ(written.limits.half_close_linger, unwritten.limits.half_close_linger);
    EXPECT_EQ(written.listen.backlog, unwritten.listen.backlog);
    EXPECT_EQ(written.listen.accepts_per_turn, unwritten.listen.accepts_per_turn);
}

TEST(Documentation, IsWhatTheProgramPrints) {
    std::ifstream file(HIGHWATER_SOURCE_DIR "/docs/configuration.md");
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), documentation())
        << "write it anew: highwater serve --print-config-docs > docs/configuration.md";
}

}  // namespace
}  // namespace highwater::config
