#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/testing.h"
#include "core/metadata/controller_brokers.h"
#include "core/metadata/controller_elections.h"
#include "core/metadata/controller_partitions.h"
#include "core/metadata/controller_reassignments.h"
#include "core/metadata/leader_and_isr.h"
#include "core/metadata/leader_election.h"
#include "core/metadata/replication_rules.h"

// A cluster of a few brokers and the topic "x", whose partition 0 is what most tests are about: says things to the
// controller, applies what it decides, and tells what became of the partition.

namespace highwater::testing {

inline const std::string kTopic = "x";
inline constexpr TopicId kTopicId{{{7}}};
inline constexpr PartitionId kPartition{0};

inline std::vector<NodeId> brokers(std::initializer_list<std::int32_t> ids) {
    std::vector<NodeId> result;
    for (std::int32_t id : ids) result.push_back(NodeId{id});
    return result;
}

inline Uuid incarnation(std::uint8_t number) {
    Uuid id;
    id.bytes[0] = number;
    return id;
}

class ControlledCluster {
  public:
    /// Brokers 0 .. count - 1, all active, incarnation 1 each, with broker epochs 100, 101, ...
    explicit ControlledCluster(std::int32_t count = 4) {
        for (std::int32_t id = 0; id < count; ++id) {
            RegisterBrokerRecord record;
            record.broker_id = NodeId{id};
            record.broker_epoch = BrokerEpoch{100 + id};
            record.incarnation_id = incarnation(1);
            record.fenced = false;
            write({record});
        }
        write({TopicRecord{kTopic, kTopicId}});
    }

    ControlledCluster& with_elr() {
        write({FeatureLevelRecord{std::string(kEligibleLeaderReplicasFeature), 1}});
        return *this;
    }
    ControlledCluster& with_config(std::string_view name, std::string value) {
        write({ConfigRecord{{ConfigResourceType::topic, kTopic}, std::string(name), std::move(value)}});
        return *this;
    }
    ControlledCluster& with_min_insync(int count) { return with_config(kMinInsyncReplicas, std::to_string(count)); }
    ControlledCluster& with_unclean_election() { return with_config(kUncleanLeaderElection, "true"); }
    /// Partition 0, led by the first of its ISR, in leader epoch 5 and partition epoch 9.
    ControlledCluster& with_partition(std::initializer_list<std::int32_t> replicas,
                                      std::initializer_list<std::int32_t> isr) {
        PartitionRecord record;
        record.partition_id = kPartition;
        record.topic_id = kTopicId;
        record.replicas = brokers(replicas);
        record.isr = brokers(isr);
        if (isr.size() > 0) record.leader = NodeId{*isr.begin()};
        record.leader_epoch = LeaderEpoch{5};
        record.partition_epoch = PartitionEpoch{9};
        write({record});
        return *this;
    }

    void write(const std::vector<MetadataRecord>& records) {
        for (const MetadataRecord& record : records) {
            ASSERT_TRUE(image.apply(record)) << print(record);
            ++next_offset;
        }
    }

    [[nodiscard]] const PartitionImage& partition() const { return *image.partition(kTopicId, kPartition); }
    [[nodiscard]] const BrokerImage& broker(std::int32_t id) const { return *image.broker(NodeId{id}); }

    BrokerRegistration a_registration(std::int32_t id, std::uint8_t number) const {
        BrokerRegistration request;
        request.broker_id = NodeId{id};
        request.cluster_id = "cluster";
        request.incarnation_id = incarnation(number);
        for (const auto& [name, level] : image.features()) request.features.push_back({name, 0, level});
        return request;
    }
    RegisteredBroker hears(const BrokerRegistration& request, bool session_is_live = false) {
        auto decision =
            register_broker(image, request, {"cluster", BrokerEpoch{next_offset}, session_is_live}, defaults);
        write(decision.records);
        return decision.answers.at(0);
    }
    /// A new process that finds no mark of a clean shutdown.
    RegisteredBroker restarts_uncleanly(std::int32_t id, std::uint8_t number = 2) {
        return hears(a_registration(id, number));
    }
    RegisteredBroker restarts_cleanly(std::int32_t id, std::uint8_t number = 2) {
        BrokerRegistration request = a_registration(id, number);
        request.previous_broker_epoch = broker(id).epoch;
        return hears(request);
    }
    void is_fenced(std::int32_t id) {
        auto decision = fence_broker(image, NodeId{id}, broker(id).epoch, defaults);
        ASSERT_EQ(decision.answers.at(0), ErrorCode::none);
        write(decision.records);
    }
    HeartbeatAnswer hears(const BrokerHeartbeat& request, const HeartbeatContext& context = {}) {
        auto decision = broker_heartbeat(image, request, context, defaults);
        write(decision.records);
        return decision.answers.at(0);
    }
    /// Of a broker that has applied all of the metadata log.
    BrokerHeartbeat a_heartbeat(std::int32_t id) const {
        BrokerHeartbeat request;
        request.broker_id = NodeId{id};
        request.broker_epoch = broker(id).epoch;
        request.current_metadata_offset = Offset{next_offset};
        return request;
    }
    HeartbeatAnswer is_unfenced(std::int32_t id) { return hears(a_heartbeat(id)); }
    HeartbeatAnswer wants_to_shut_down(std::int32_t id, const HeartbeatContext& context = {}) {
        BrokerHeartbeat request = a_heartbeat(id);
        request.want_shut_down = true;
        return hears(request, context);
    }

    /// What the leader of the partition would send for this ISR.
    IsrProposal a_proposal(std::initializer_list<std::int32_t> isr) const {
        IsrProposal proposal;
        proposal.topic = kTopicId;
        proposal.partition = kPartition;
        proposal.leader_epoch = partition().leader_epoch;
        proposal.partition_epoch = partition().partition_epoch;
        proposal.leader_recovery_state = partition().leader_recovery_state;
        for (std::int32_t id : isr) {
            const BrokerImage* known = image.broker(NodeId{id});
            proposal.new_isr.push_back({NodeId{id}, known ? std::optional(known->epoch) : std::nullopt});
        }
        return proposal;
    }
    AlteredPartition proposes(const IsrProposal& proposal, std::optional<std::int32_t> sender = std::nullopt) {
        const NodeId from = sender ? NodeId{*sender} : partition().leader.value_or(NodeId{0});
        auto decision = alter_partition(image, {from, image.broker(from)->epoch, {proposal}}, defaults);
        EXPECT_EQ(decision.answers.at(0).error, ErrorCode::none);
        write(decision.records);
        return decision.answers.at(0).partitions.at(0);
    }
    AlteredPartition proposes(std::initializer_list<std::int32_t> isr) { return proposes(a_proposal(isr)); }

    ErrorCode elects(ElectionType type) {
        auto decision = elect_leaders(image, type, std::vector{NamedPartition{kTopic, kPartition}}, defaults);
        write(decision.records);
        return decision.answers.at(0).error.error;
    }
    ErrorCode reassigns(const std::optional<std::vector<NodeId>>& replicas, bool allow_factor_change = true) {
        auto decision =
            alter_partition_reassignments(image, {{kTopic, kPartition, replicas}}, allow_factor_change, defaults);
        write(decision.records);
        return decision.answers.at(0).error.error;
    }

    MetadataImage image;
    ReplicationDefaults defaults;
    std::int64_t next_offset = 1000;
};

}  // namespace highwater::testing
