#include "model/cluster/controller.h"

#include <utility>
#include <vector>

#include <xxhash.h>

#include "core/base/invariant.h"
#include "core/metadata/controller_brokers.h"
#include "core/metadata/controller_elections.h"
#include "core/metadata/controller_partitions.h"
#include "core/metadata/controller_reassignments.h"
#include "model/world/batch.h"

namespace highwater::model::cluster {
namespace {

const TopicId kTopic{{{7}}};
constexpr std::string_view kTopicName = "x";
/// Of the partition that each broker leads elsewhere, by its id.
const TopicId kOtherTopic{{{8}}};
/// That everybody has seen a controlled shutdown is told by the metadata offset of it.
constexpr Offset kShutdownOffset{1};
constexpr PartitionId kPartition{0};
/// An offset above every broker epoch of a scope.
constexpr Offset kMetadataEnd{1'000'000};

Uuid incarnation_of(std::uint8_t broker, std::uint8_t broker_epoch) {
    Uuid id;
    id.bytes[0] = static_cast<std::uint8_t>(broker + 1);
    id.bytes[1] = broker_epoch;
    return id;
}

std::vector<NodeId> nodes_of(Brokers brokers) {
    std::vector<NodeId> nodes;
    for (std::uint8_t id = 0; id < kMaxBrokers; ++id) {
        if (has(brokers, id)) nodes.push_back(NodeId{id});
    }
    return nodes;
}

Brokers brokers_of(const std::vector<NodeId>& nodes) {
    Brokers brokers = 0;
    for (const NodeId node : nodes) brokers = static_cast<Brokers>(brokers | only(narrow(node.value())));
    return brokers;
}

void apply(MetadataImage& image, const MetadataRecord& record) {
    const auto applied = image.apply(record);
    HIGHWATER_INVARIANT(applied.has_value(), "the image refuses what the controller wrote");
}

/// A broker's partition of the other topic has a leader while the broker is active; nothing else becomes of it.
void add_other_topic(MetadataImage& image, const Scope& scope, const ControllerState& state) {
    apply(image, TopicRecord{"elsewhere", kOtherTopic});
    for (std::uint8_t id = 0; id < scope.brokers; ++id) {
        const bool active = !has(static_cast<Brokers>(state.fenced | state.stopping), id);
        PartitionRecord partition;
        partition.partition_id = PartitionId{id};
        partition.topic_id = kOtherTopic;
        partition.replicas = {NodeId{id}};
        if (active) partition.leader = NodeId{id};
        const bool in_sync = active || !scope.eligible_leader_replicas;
        (in_sync ? partition.isr : partition.eligible_leader_replicas) = {NodeId{id}};
        apply(image, partition);
    }
}

MetadataImage image_of(const Scope& scope, const ControllerState& state) {
    MetadataImage image;
    for (std::uint8_t id = 0; id < scope.brokers; ++id) {
        RegisterBrokerRecord broker;
        broker.broker_id = NodeId{id};
        broker.broker_epoch = BrokerEpoch{state.broker_epochs[id]};
        broker.incarnation_id = incarnation_of(id, state.broker_epochs[id]);
        broker.fenced = has(state.fenced, id);
        broker.in_controlled_shutdown = has(state.stopping, id);
        apply(image, broker);
    }
    if (scope.eligible_leader_replicas) {
        apply(image, FeatureLevelRecord{std::string{kEligibleLeaderReplicasFeature}, 1});
    }
    if (scope.leads_elsewhere) add_other_topic(image, scope, state);
    apply(image, TopicRecord{std::string{kTopicName}, kTopic});
    PartitionRecord partition;
    partition.partition_id = kPartition;
    partition.topic_id = kTopic;
    partition.replicas = nodes_of(state.replicas);
    partition.adding_replicas = nodes_of(state.adding);
    partition.removing_replicas = nodes_of(state.removing);
    partition.isr = nodes_of(state.isr);
    if (state.recovering != 0) partition.leader_recovery_state = LeaderRecoveryState::recovering;
    if (state.leader != kNobody) partition.leader = NodeId{state.leader};
    partition.leader_epoch = LeaderEpoch{state.leader_epoch};
    partition.partition_epoch = PartitionEpoch{state.partition_epoch};
    partition.eligible_leader_replicas = nodes_of(state.eligible);
    if (state.last_known_leader != kNobody) partition.last_known_elr = {NodeId{state.last_known_leader}};
    apply(image, partition);
    return image;
}

ControllerState compact(const Scope& scope, const MetadataImage& image) {
    ControllerState state;
    for (std::uint8_t id = 0; id < scope.brokers; ++id) {
        const BrokerImage& broker = *image.broker(NodeId{id});
        state.broker_epochs[id] = narrow(broker.epoch.value());
        if (broker.fenced) state.fenced = static_cast<Brokers>(state.fenced | only(id));
        if (broker.in_controlled_shutdown) state.stopping = static_cast<Brokers>(state.stopping | only(id));
    }
    const PartitionImage& partition = *image.partition(kTopic, kPartition);
    state.leader = partition.leader ? narrow(partition.leader->value()) : kNobody;
    state.leader_epoch = narrow(partition.leader_epoch.value());
    state.partition_epoch = narrow(partition.partition_epoch.value());
    state.replicas = brokers_of(partition.replicas);
    state.adding = brokers_of(partition.adding_replicas);
    state.removing = brokers_of(partition.removing_replicas);
    state.recovering = partition.leader_recovery_state == LeaderRecoveryState::recovering ? 1 : 0;
    state.isr = brokers_of(partition.isr);
    state.eligible = brokers_of(partition.eligible_leader_replicas);
    if (!partition.last_known_elr.empty()) state.last_known_leader = narrow(partition.last_known_elr.front().value());
    return state;
}

AlterPartitionRequest request_of(const Message& message) {
    IsrProposal proposal;
    proposal.topic = kTopic;
    proposal.partition = kPartition;
    proposal.leader_epoch = LeaderEpoch{message.leader_epoch};
    proposal.partition_epoch = PartitionEpoch{message.proposed_at};
    for (const NodeId node : nodes_of(message.isr)) {
        NewIsrMember member{node, std::nullopt};
        const std::uint8_t epoch = message.member_epochs[static_cast<std::size_t>(node.value())];
        if (epoch != 0) member.broker_epoch = BrokerEpoch{epoch};
        proposal.new_isr.push_back(member);
    }
    return {NodeId{message.requester}, BrokerEpoch{message.broker_epoch}, {proposal}};
}

Message answer_to(const Message& request, const AlterPartitionAnswer& answered) {
    Message answer;
    answer.kind = Message::Kind::alter_answer;
    answer.requester = request.requester;
    answer.leader_epoch = request.leader_epoch;
    answer.broker_epoch = request.broker_epoch;
    answer.proposed_at = request.proposed_at;
    ErrorCode error = answered.error;
    if (error == ErrorCode::none) {
        const AlteredPartition& partition = answered.partitions.front();
        error = partition.error;
        if (error == ErrorCode::none) {
            answer.partition_epoch = narrow(partition.partition_epoch.value());
            answer.isr = brokers_of(partition.isr);
        }
    }
    answer.error_plus_one = narrow(static_cast<std::int64_t>(error) + 1);
    return answer;
}

}  // namespace

ControllerState new_controller(const Scope& scope) {
    ControllerState state;
    state.leader = scope.first_leader;
    state.replicas = scope.first_replicas != 0 ? scope.first_replicas : scope.all_brokers();
    state.isr = scope.first_isr != 0 ? scope.first_isr : state.replicas;
    for (std::uint8_t id = 0; id < scope.brokers; ++id) state.broker_epochs[id] = 1;
    return state;
}

ControllerOutput decide(const Scope& scope, const ControllerState& before, const ControllerInput& input) {
    using Kind = ControllerInput::Kind;
    MetadataImage image = image_of(scope, before);
    const ReplicationDefaults defaults{.min_insync_replicas = scope.min_insync_replicas,
                                       .unclean_leader_election_enable = scope.unclean_leader_election};
    const NodeId broker{input.broker};
    ControllerOutput output;
    std::vector<MetadataRecord> records;
    switch (input.kind) {
        case Kind::register_broker: {
            BrokerRegistration request;
            request.broker_id = broker;
            request.incarnation_id = incarnation_of(input.broker, input.broker_epoch);
            request.features = {{std::string{kEligibleLeaderReplicasFeature}, 0, 1}};
            RegistrationContext context;
            context.next_broker_epoch = BrokerEpoch{input.broker_epoch};
            if (input.previous_epoch != 0) request.previous_broker_epoch = BrokerEpoch{input.previous_epoch};
            auto decision = register_broker(image, request, context, defaults);
            output.error = decision.answers.front().error.error;
            output.broker_epoch = narrow(decision.answers.front().broker_epoch.value());
            records = std::move(decision.records);
            break;
        }
        case Kind::fence: {
            auto decision = fence_broker(image, broker, BrokerEpoch{input.broker_epoch}, defaults);
            output.error = decision.answers.front();
            records = std::move(decision.records);
            break;
        }
        case Kind::unfence: {
            BrokerHeartbeat heartbeat;
            heartbeat.broker_id = broker;
            heartbeat.broker_epoch = BrokerEpoch{input.broker_epoch};
            heartbeat.current_metadata_offset = kMetadataEnd;
            auto decision = broker_heartbeat(image, heartbeat, {}, defaults);
            output.error = decision.answers.front().error;
            records = std::move(decision.records);
            break;
        }
        case Kind::shut_down: {
            BrokerHeartbeat heartbeat;
            heartbeat.broker_id = broker;
            heartbeat.broker_epoch = BrokerEpoch{input.broker_epoch};
            heartbeat.current_metadata_offset = kMetadataEnd;
            heartbeat.want_shut_down = true;
            HeartbeatContext context;
            context.controlled_shutdown_offset = kShutdownOffset;
            context.lowest_active_offset = input.all_have_seen_it != 0 ? kShutdownOffset : Offset{0};
            auto decision = broker_heartbeat(image, heartbeat, context, defaults);
            output.error = decision.answers.front().error;
            output.should_shut_down = decision.answers.front().should_shut_down;
            records = std::move(decision.records);
            break;
        }
        case Kind::elect:
            records = balance_preferred_leaders(image, 1, defaults);
            break;
        case Kind::reassign: {
            auto decision = alter_partition_reassignments(
                image, {{std::string{kTopicName}, kPartition, nodes_of(input.replicas)}}, true, defaults);
            output.error = decision.answers.front().error.error;
            records = std::move(decision.records);
            break;
        }
        case Kind::alter: {
            auto decision = alter_partition(image, request_of(input.alter), defaults);
            output.answer = answer_to(input.alter, decision.answers.front());
            output.error = output.answer.error();
            records = std::move(decision.records);
            break;
        }
    }
    for (const MetadataRecord& record : records) {
        apply(image, record);
        const auto* change = std::get_if<PartitionChangeRecord>(&record);
        output.partition_changed |= change != nullptr && change->topic_id == kTopic;
    }
    output.changed = !records.empty();
    output.after = output.changed ? compact(scope, image) : before;
    return output;
}

const ControllerOutput& DecisionStore::decide(const ControllerState& before, const ControllerInput& input) {
    const std::uint64_t key = XXH3_64bits_withSeed(&input, sizeof input, XXH3_64bits(&before, sizeof(ControllerState)));
    if (const ControllerOutput* known = known_.find(key)) return *known;
    const ControllerOutput decided = cluster::decide(scope_, before, input);
    return known_.keep(key, [&](std::size_t) { return decided; });
}

Metadata metadata_of(const Scope& scope, const ControllerState& state, bool partition_changed) {
    Metadata metadata;
    metadata.leader = state.leader;
    metadata.leader_epoch = state.leader_epoch;
    metadata.partition_epoch = state.partition_epoch;
    metadata.replicas = state.replicas;
    metadata.isr = state.isr;
    metadata.active = static_cast<Brokers>(scope.all_brokers() & ~state.fenced & ~state.stopping);
    metadata.broker_epochs = state.broker_epochs;
    metadata.partition_changed = static_cast<std::uint8_t>(partition_changed);
    return metadata;
}

}  // namespace highwater::model::cluster
