// The controller's decisions, request by request.
#include "core/metadata/controller.h"

#include <limits>

#include <gtest/gtest.h>

#include "core/base/testing.h"
#include "core/metadata/group_configs.h"
#include "core/metadata/topic_configs.h"

namespace highwater {
namespace {

static_assert(describes_every_member<TopicRecord>);
static_assert(describes_every_member<ConfigRecord>);
static_assert(describes_every_member<ControllerError>);

TopicId topic_id(std::uint8_t number) {
    TopicId id;
    id.bytes[0] = number;
    return id;
}

void write(MetadataImage& image, const std::vector<MetadataRecord>& records) {
    for (const MetadataRecord& record : records) ASSERT_TRUE(image.apply(record)) << print(record);
}

MetadataImage a_cluster(std::int32_t brokers = 3) {
    MetadataImage image;
    for (std::int32_t id = 0; id < brokers; ++id) {
        RegisterBrokerRecord broker;
        broker.broker_id = NodeId{id};
        broker.broker_epoch = BrokerEpoch{id + 10};
        broker.fenced = false;
        write(image, {broker});
    }
    return image;
}

TopicToCreate a_topic(std::string name, std::int32_t partitions = -1, std::int16_t replicas = -1) {
    TopicToCreate topic;
    topic.id = topic_id(static_cast<std::uint8_t>(name.size() + (name.empty() ? 0U : static_cast<unsigned>(name[0]))));
    topic.name = std::move(name);
    topic.partition_count = partitions;
    topic.replication_factor = replicas;
    return topic;
}

ErrorCode verdict(const MetadataImage& image, const TopicToCreate& topic) {
    const auto decision = create_topics(image, {topic}, false, {});
    EXPECT_EQ(decision.records.empty(), decision.answers.at(0).error.error != ErrorCode::none);
    return decision.answers.at(0).error.error;
}

MetadataImage with_topic(const std::string& name, std::int32_t partitions = 2) {
    MetadataImage image = a_cluster();
    write(image, create_topics(image, {a_topic(name, partitions)}, false, {}).records);
    return image;
}

TEST(CreateTopics, MakesATopicAndItsPartitions) {
    MetadataImage image = a_cluster();
    TopicToCreate topic = a_topic("orders", 3, 2);
    topic.configs = {{"retention.ms", "5"}};
    topic.placement = 1;
    const auto decision = create_topics(image, {topic}, false, {});
    write(image, decision.records);
    const TopicImage* made = image.topic("orders");
    ASSERT_NE(made, nullptr);
    EXPECT_EQ(made->partitions.size(), 3U);
    const PartitionImage& first = made->partitions.at(PartitionId{0});
    EXPECT_EQ(first.replicas, (std::vector{NodeId{1}, NodeId{2}}));
    EXPECT_EQ(first.leader, NodeId{1});
    EXPECT_EQ(first.isr, first.replicas);
    EXPECT_EQ(made->partitions.at(PartitionId{1}).leader, NodeId{2}) << "leaders are spread";
    EXPECT_EQ(image.configs({ConfigResourceType::topic, "orders"}).at("retention.ms"), "5");
    EXPECT_EQ(decision.answers[0].partition_count, 3);
}

TEST(CreateTopics, ValidatingMakesNothing) {
    const auto decision = create_topics(a_cluster(), {a_topic("orders")}, true, {});
    EXPECT_TRUE(decision.records.empty());
    EXPECT_EQ(decision.answers[0].error.error, ErrorCode::none);
    EXPECT_EQ(decision.answers[0].partition_count, 1);
}

TEST(CreateTopics, RefusesBadNamesAndThoseThatCollide) {
    const MetadataImage image = with_topic("a.b");
    EXPECT_EQ(verdict(image, a_topic("..")), ErrorCode::invalid_topic_exception);
    EXPECT_EQ(verdict(image, a_topic("a/b")), ErrorCode::invalid_topic_exception);
    EXPECT_EQ(verdict(image, a_topic("a_b")), ErrorCode::invalid_topic_exception);
    EXPECT_EQ(verdict(image, a_topic("a.b")), ErrorCode::topic_already_exists);
    EXPECT_EQ(verdict(image, a_topic("a-b!")), ErrorCode::invalid_topic_exception);
    EXPECT_EQ(verdict(image, a_topic("other")), ErrorCode::none);
}

TEST(CreateTopics, NamesOfOneRequestCountToo) {
    const auto twice = create_topics(a_cluster(), {a_topic("x"), a_topic("x")}, false, {});
    EXPECT_EQ(twice.answers[0].error.error, ErrorCode::invalid_request);
    EXPECT_EQ(twice.answers[1].error.error, ErrorCode::invalid_request);
    TopicToCreate other = a_topic("x_y");
    other.id = topic_id(200);
    const auto colliding = create_topics(a_cluster(), {a_topic("x.y"), other}, false, {});
    EXPECT_EQ(colliding.answers[0].error.error, ErrorCode::none);
    EXPECT_EQ(colliding.answers[1].error.error, ErrorCode::invalid_topic_exception);
}

TEST(CreateTopics, RefusesImpossibleCounts) {
    const MetadataImage image = a_cluster();
    EXPECT_EQ(verdict(image, a_topic("x", 0)), ErrorCode::invalid_partitions);
    EXPECT_EQ(verdict(image, a_topic("x", -2)), ErrorCode::invalid_partitions);
    EXPECT_EQ(verdict(image, a_topic("x", 1, 0)), ErrorCode::invalid_replication_factor);
    EXPECT_EQ(verdict(image, a_topic("x", 1, 99)), ErrorCode::invalid_replication_factor);
    EXPECT_EQ(verdict(image, a_topic("x", 1'000'000)), ErrorCode::policy_violation);
    EXPECT_EQ(verdict(image, a_topic("x", std::numeric_limits<std::int32_t>::max())), ErrorCode::policy_violation);
}

TEST(CreateTopics, TooManyPartitionsInAllMakeNothing) {
    std::vector<TopicToCreate> topics;
    for (char c = 'a'; c < 'e'; ++c) topics.push_back(a_topic(std::string(1, c), 4000));
    const auto decision = create_topics(a_cluster(), topics, false, {});
    EXPECT_TRUE(decision.records.empty());
    for (const CreatedTopic& answer : decision.answers) EXPECT_EQ(answer.error.error, ErrorCode::policy_violation);
}

TEST(CreateTopics, TakesAnAssignmentInsteadOfCounts) {
    const auto wish = [](std::vector<RequestedAssignment> assignments) {
        TopicToCreate topic = a_topic("x");
        topic.assignments = std::move(assignments);
        return topic;
    };
    const MetadataImage image = a_cluster();
    EXPECT_EQ(verdict(image, wish({{PartitionId{1}, {NodeId{0}}}, {PartitionId{0}, {NodeId{2}}}})), ErrorCode::none);
    constexpr auto kBad = ErrorCode::invalid_replica_assignment;
    EXPECT_EQ(verdict(image, wish({{PartitionId{0}, {}}})), kBad);
    EXPECT_EQ(verdict(image, wish({{PartitionId{1}, {NodeId{0}}}})), kBad);
    EXPECT_EQ(verdict(image, wish({{PartitionId{0}, {NodeId{0}, NodeId{0}}}})), kBad);
    EXPECT_EQ(verdict(image, wish({{PartitionId{0}, {NodeId{7}}}})), kBad);
    EXPECT_EQ(verdict(image, wish({{PartitionId{0}, {NodeId{0}}}, {PartitionId{0}, {NodeId{1}}}})), kBad);
    EXPECT_EQ(verdict(image, wish({{PartitionId{0}, {NodeId{0}}}, {PartitionId{1}, {NodeId{0}, NodeId{1}}}})), kBad);
    TopicToCreate both = wish({{PartitionId{0}, {NodeId{0}}}});
    both.partition_count = 1;
    EXPECT_EQ(verdict(image, both), ErrorCode::invalid_request);
    both.partition_count = -1;
    both.replication_factor = 1;
    EXPECT_EQ(verdict(image, both), ErrorCode::invalid_request);
}

// Nobody could lead the partition.
TEST(CreateTopics, RefusesAnAssignmentToBrokersThatAreAllFencedOrStopping) {
    MetadataImage image = a_cluster();
    write(image, {BrokerRegistrationChangeRecord{NodeId{0}, BrokerEpoch{10}, true, std::nullopt},
                  BrokerRegistrationChangeRecord{NodeId{1}, BrokerEpoch{11}, std::nullopt, true}});
    TopicToCreate topic = a_topic("x");
    topic.assignments = {{PartitionId{0}, {NodeId{0}, NodeId{1}}}};
    EXPECT_EQ(verdict(image, topic), ErrorCode::invalid_replica_assignment);
    topic.assignments = {{PartitionId{0}, {NodeId{0}, NodeId{1}, NodeId{2}}}};
    write(image, create_topics(image, {topic}, false, {}).records);
    EXPECT_EQ(image.topic("x")->partitions.at(PartitionId{0}).leader, NodeId{2});
    EXPECT_EQ(image.topic("x")->partitions.at(PartitionId{0}).isr, (std::vector{NodeId{2}}));
}

TEST(CreateTopics, ChecksTheSettings) {
    for (const RequestedConfig& bad : {RequestedConfig{"no.such", "1"}, RequestedConfig{"retention.ms", "soon"},
                                       RequestedConfig{"retention.ms", std::nullopt}}) {
        TopicToCreate topic = a_topic("x");
        topic.configs = {bad};
        EXPECT_EQ(verdict(a_cluster(), topic), ErrorCode::invalid_config) << bad.first;
    }
}

TEST(DeleteTopics, ByNameOrById) {
    MetadataImage image = with_topic("x");
    const TopicId id = image.topic("x")->id;
    const auto error = [&](const std::vector<TopicToDelete>& topics) {
        return delete_topics(image, topics, {}).answers.at(0).error.error;
    };
    EXPECT_EQ(error({{"nope", {}}}), ErrorCode::unknown_topic_or_partition);
    EXPECT_EQ(error({{{}, topic_id(99)}}), ErrorCode::unknown_topic_id);
    EXPECT_EQ(error({{"x", id}}), ErrorCode::invalid_request);
    EXPECT_EQ(error({{{}, {}}}), ErrorCode::invalid_request);
    EXPECT_EQ(error({{"x", {}}, {{}, id}}), ErrorCode::invalid_request);
    ControllerLimits limits;
    limits.allow_topic_deletion = false;
    EXPECT_EQ(delete_topics(image, {{"x", {}}}, limits).answers.at(0).error.error, ErrorCode::topic_deletion_disabled);
    write(image, delete_topics(image, {{{}, id}}, {}).records);
    EXPECT_EQ(image.topic("x"), nullptr);
    EXPECT_EQ(image, a_cluster());
}

TEST(CreatePartitions, OnlyAdds) {
    MetadataImage image = with_topic("x", 2);
    const auto error = [&](const PartitionsToCreate& wanted) {
        return create_partitions(image, {wanted}, false, {}).answers.at(0).error.error;
    };
    EXPECT_EQ(error({"x", 2, {}, 0}), ErrorCode::invalid_partitions);
    EXPECT_EQ(error({"y", 3, {}, 0}), ErrorCode::unknown_topic_or_partition);
    EXPECT_EQ(error({"x", 4, {{NodeId{0}}}, 0}), ErrorCode::invalid_replica_assignment);
    EXPECT_EQ(error({"x", 3, {{NodeId{0}, NodeId{1}}}, 0}), ErrorCode::invalid_replica_assignment);
    EXPECT_EQ(error({"x", 1'000'000, {}, 0}), ErrorCode::policy_violation);
    write(image, create_partitions(image, {{"x", 4, {{NodeId{2}}, {NodeId{1}}}, 0}}, false, {}).records);
    EXPECT_EQ(image.topic("x")->partitions.size(), 4U);
    EXPECT_EQ(image.topic("x")->partitions.at(PartitionId{2}).leader, NodeId{2});
}

const ConfigResource kTopicX{ConfigResourceType::topic, "x"};
const std::vector<ConfigKey> kGroupConfigs = group_configs({});
const AlterableConfigs kAlterable{topic_configs(), {}, kGroupConfigs};

ErrorCode alter(MetadataImage& image, const std::vector<ConfigChange>& changes, ConfigResource resource = kTopicX) {
    const auto decision = incremental_alter_configs(image, {{resource, changes}}, false, kAlterable);
    write(image, decision.records);
    return decision.answers.at(0).error.error;
}

TEST(AlterConfigs, SetsAndRemoves) {
    MetadataImage image = with_topic("x");
    const MetadataImage before = image;
    EXPECT_EQ(alter(image, {{"retention.ms", ConfigOperation::set, "7"}}), ErrorCode::none);
    EXPECT_EQ(image.configs(kTopicX).at("retention.ms"), "7");
    EXPECT_EQ(alter(image, {{"retention.ms", ConfigOperation::remove, {}}}), ErrorCode::none);
    EXPECT_EQ(image, before);
}

TEST(AlterConfigs, AppendsToAndSubtractsFromLists) {
    MetadataImage image = with_topic("x");
    EXPECT_EQ(alter(image, {{"cleanup.policy", ConfigOperation::append, "compact"}}), ErrorCode::none);
    EXPECT_EQ(image.configs(kTopicX).at("cleanup.policy"), "delete,compact");
    EXPECT_EQ(alter(image, {{"cleanup.policy", ConfigOperation::subtract, "delete"}}), ErrorCode::none);
    EXPECT_EQ(image.configs(kTopicX).at("cleanup.policy"), "compact");
    EXPECT_EQ(alter(image, {{"retention.ms", ConfigOperation::append, "1"}}), ErrorCode::invalid_config);
}

TEST(AlterConfigs, AllChangesOfAResourceOrNone) {
    MetadataImage image = with_topic("x");
    const MetadataImage before = image;
    EXPECT_EQ(alter(image, {{"retention.ms", ConfigOperation::set, "7"}, {"flush.ms", ConfigOperation::set, "x"}}),
              ErrorCode::invalid_config);
    EXPECT_EQ(image, before);
}

TEST(AlterConfigs, RefusesWhatItDoesNotKnow) {
    MetadataImage image = with_topic("x");
    EXPECT_EQ(alter(image, {{"no.such", ConfigOperation::set, "7"}}), ErrorCode::invalid_config);
    EXPECT_EQ(alter(image, {{"retention.ms", ConfigOperation::set, {}}}), ErrorCode::invalid_request);
    EXPECT_EQ(alter(image, {{"retention.ms", static_cast<ConfigOperation>(9), "1"}}), ErrorCode::invalid_request);
    EXPECT_EQ(alter(image, {{"flush.ms", ConfigOperation::set, "7"}, {"flush.ms", ConfigOperation::set, "7"}}),
              ErrorCode::invalid_request);
    EXPECT_EQ(alter(image, {}, {ConfigResourceType::topic, "y"}), ErrorCode::unknown_topic_or_partition);
    EXPECT_EQ(alter(image, {}, {static_cast<ConfigResourceType>(99), "x"}), ErrorCode::invalid_request);
    EXPECT_EQ(alter(image, {}, {ConfigResourceType::broker, "one"}), ErrorCode::invalid_request);
    const auto twice = incremental_alter_configs(image, {{kTopicX, {}}, {kTopicX, {}}}, false, kAlterable);
    EXPECT_EQ(twice.answers.at(1).error.error, ErrorCode::invalid_request);
}

// KIP-848: a group's own timeouts, within the bounds of the node.
TEST(AlterConfigs, AGroupHasSettingsWithinTheNodesBounds) {
    MetadataImage image;
    const ConfigResource group{ConfigResourceType::group, "g"};
    const auto set = [&](std::string name, std::string value) {
        return alter(image, {{std::move(name), ConfigOperation::set, std::move(value)}}, group);
    };
    EXPECT_EQ(set("consumer.session.timeout.ms", " 50000 "), ErrorCode::none);
    EXPECT_EQ(group_config(image.configs(group), "consumer.session.timeout.ms"), std::chrono::seconds{50});
    EXPECT_EQ(group_config(image.configs(group), "consumer.heartbeat.interval.ms"), std::nullopt);
    const MetadataImage before = image;
    EXPECT_EQ(set("consumer.session.timeout.ms", "44999"), ErrorCode::invalid_config);
    EXPECT_EQ(set("consumer.session.timeout.ms", "60001"), ErrorCode::invalid_config);
    EXPECT_EQ(set("consumer.heartbeat.interval.ms", "4999"), ErrorCode::invalid_config);
    EXPECT_EQ(set("consumer.heartbeat.interval.ms", "15001"), ErrorCode::invalid_config);
    EXPECT_EQ(set("consumer.assignment.interval.ms", "-1"), ErrorCode::invalid_config);
    EXPECT_EQ(set("share.session.timeout.ms", "45000"), ErrorCode::invalid_config);
    EXPECT_EQ(set("retention.ms", "1"), ErrorCode::invalid_config);
    EXPECT_EQ(alter(image, {}, {ConfigResourceType::group, ""}), ErrorCode::invalid_request);
    EXPECT_EQ(image, before);
}

TEST(AlterConfigs, ASessionOfAGroupOutlivesAHeartbeatInterval) {
    MetadataImage image;
    const ConfigResource group{ConfigResourceType::group, "g"};
    constexpr std::chrono::milliseconds kMinute{60'000};
    const std::vector<ConfigKey> wide =
        group_configs({.session_timeout = {kMinute / 60, kMinute}, .heartbeat_interval = {kMinute / 60, kMinute}});
    const auto alter_both = [&](std::string session, std::string heartbeat) {
        const std::vector<ConfigChange> changes{{"consumer.session.timeout.ms", ConfigOperation::set, session},
                                                {"consumer.heartbeat.interval.ms", ConfigOperation::set, heartbeat}};
        const auto decision = incremental_alter_configs(image, {{group, changes}}, false, {{}, {}, wide});
        return decision.answers.at(0).error.error;
    };
    EXPECT_EQ(alter_both("2000", "1999"), ErrorCode::none);
    EXPECT_EQ(alter_both("2000", "2000"), ErrorCode::invalid_config);
    // Kafka's 5 s stand for the interval that is not set.
    const auto decision = incremental_alter_configs(
        image, {{group, {{"consumer.session.timeout.ms", ConfigOperation::set, "5000"}}}}, false, {{}, {}, wide});
    EXPECT_EQ(decision.answers.at(0).error.error, ErrorCode::invalid_config);
}

TEST(AlterConfigs, TheOldRequestReplacesEverything) {
    MetadataImage image = with_topic("x");
    alter(image, {{"retention.ms", ConfigOperation::set, "7"}, {"flush.ms", ConfigOperation::set, "8"}});
    const auto decision = alter_configs(image, {{kTopicX, {{"flush.ms", "9"}}}}, false, kAlterable);
    write(image, decision.records);
    EXPECT_EQ(image.configs(kTopicX), (ConfigValues{{"flush.ms", "9"}}));
}

TEST(AlterConfigs, ReadOnlySettingsStay) {
    static const std::vector<ConfigKey> kKeys = [] {
        ConfigKey fixed;
        fixed.name = "fixed";
        fixed.read_only = true;
        return std::vector{fixed};
    }();
    const auto decision = incremental_alter_configs(
        MetadataImage{}, {{{ConfigResourceType::broker, ""}, {{"fixed", ConfigOperation::set, "1"}}}}, false,
        {topic_configs(), kKeys});
    EXPECT_EQ(decision.answers.at(0).error.error, ErrorCode::invalid_request);
}

TEST(ProducerIds, ComeInBlocksThatAreNeverGivenTwice) {
    MetadataImage image = a_cluster();
    for (std::int64_t first : {0, 1000, 2000}) {
        const auto decision = allocate_producer_ids(image, NodeId{1}, BrokerEpoch{11});
        EXPECT_EQ(decision.answers.at(0).first, ProducerId{first});
        EXPECT_EQ(decision.answers.at(0).count, 1000);
        write(image, decision.records);
    }
    EXPECT_EQ(allocate_producer_ids(image, NodeId{9}, BrokerEpoch{11}).answers.at(0).error,
              ErrorCode::broker_id_not_registered);
    EXPECT_EQ(allocate_producer_ids(image, NodeId{1}, BrokerEpoch{10}).answers.at(0).error,
              ErrorCode::stale_broker_epoch);
    write(image, {ProducerIdsRecord{NodeId{1}, BrokerEpoch{11}, ProducerId{std::numeric_limits<std::int64_t>::max()}}});
    EXPECT_EQ(allocate_producer_ids(image, NodeId{1}, BrokerEpoch{11}).answers.at(0).error,
              ErrorCode::unknown_server_error);
}

// Naming a leader, even the same, begins a leadership; every change is a new version.
TEST(MetadataImage, EpochsCountChanges) {
    MetadataImage image = with_topic("x", 1);
    const TopicId id = image.topic("x")->id;
    PartitionChangeRecord change;
    change.topic_id = id;
    change.isr = {NodeId{0}};
    write(image, {change});
    EXPECT_EQ(image.partition(id, PartitionId{0})->leader_epoch, LeaderEpoch{0});
    EXPECT_EQ(image.partition(id, PartitionId{0})->partition_epoch, PartitionEpoch{1});
    change.leader = LeaderChange{NodeId{0}};
    write(image, {change});
    EXPECT_EQ(image.partition(id, PartitionId{0})->leader_epoch, LeaderEpoch{1});
    EXPECT_EQ(image.partition(id, PartitionId{0})->partition_epoch, PartitionEpoch{2});
}

TEST(MetadataImage, RefusesRecordsAboutWhatItDoesNotKnow) {
    MetadataImage image = a_cluster();
    EXPECT_EQ(image.apply(RemoveTopicRecord{topic_id(1)}).error(), ErrorCode::unknown_topic_id);
    EXPECT_EQ(image.apply(PartitionChangeRecord{}).error(), ErrorCode::unknown_topic_id);
    EXPECT_EQ(image.apply(UnregisterBrokerRecord{NodeId{1}, BrokerEpoch{99}}).error(), ErrorCode::stale_broker_epoch);
    EXPECT_EQ(image.apply(UnregisterBrokerRecord{NodeId{9}, BrokerEpoch{99}}).error(),
              ErrorCode::broker_id_not_registered);
    EXPECT_EQ(image, a_cluster());
}

TEST(MetadataImage, FeaturesAreFinalizedAndSwitchedOff) {
    MetadataImage image;
    write(image, {FeatureLevelRecord{"metadata.version", 25}, FeatureLevelRecord{"transaction.version", 2}});
    EXPECT_EQ(image.features().at("metadata.version"), 25);
    write(image, {FeatureLevelRecord{"transaction.version", 0}, NoOpRecord{}});
    EXPECT_FALSE(image.features().contains("transaction.version"));
}

}  // namespace
}  // namespace highwater
