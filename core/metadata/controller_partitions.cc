#include "core/metadata/controller_partitions.h"

#include <map>
#include <utility>

#include "core/metadata/partition_change.h"
#include "core/metadata/replicas.h"

namespace highwater {
namespace {

std::vector<NodeId> nodes_of(const std::vector<NewIsrMember>& isr) {
    std::vector<NodeId> nodes;
    for (const NewIsrMember& member : isr) nodes.push_back(member.broker);
    return nodes;
}

/// KIP-497: who may change the partition, and from which version.
ErrorCode check_version(const PartitionImage& partition, const IsrProposal& proposal, NodeId sender) {
    if (proposal.leader_epoch > partition.leader_epoch) return ErrorCode::not_controller;
    if (proposal.partition_epoch > partition.partition_epoch) return ErrorCode::not_controller;
    if (proposal.leader_epoch < partition.leader_epoch) return ErrorCode::fenced_leader_epoch;
    if (partition.leader != sender) return ErrorCode::invalid_request;
    if (proposal.partition_epoch < partition.partition_epoch) return ErrorCode::invalid_update_version;
    return ErrorCode::none;
}

bool is_a_proposal(const PartitionImage& partition, const IsrProposal& proposal) {
    const std::vector<NodeId> isr = nodes_of(proposal.new_isr);
    return !has_duplicates(isr) && contains(partition.replicas, isr) && contains(isr, *partition.leader);
}

/// KIP-704: after an unclean election the leader stands alone until it has recovered, and it alone says so.
bool may_follow(LeaderRecoveryState present, const IsrProposal& proposal) {
    switch (proposal.leader_recovery_state) {
        case LeaderRecoveryState::recovered:
            return true;
        case LeaderRecoveryState::recovering:
            return present == LeaderRecoveryState::recovering && proposal.new_isr.size() <= 1;
    }
    return false;
}

/// KIP-841: who is fenced or about to stop would at once have to leave again. KIP-903: who restarted since may not have
/// any more what made it in sync.
bool is_eligible(const MetadataImage& image, const NewIsrMember& member) {
    const BrokerImage* broker = image.broker(member.broker);
    if (!broker) return false;
    if (broker->fenced) return false;
    if (broker->in_controlled_shutdown) return false;
    return !member.broker_epoch || *member.broker_epoch == broker->epoch;
}

ErrorCode check(const MetadataImage& image, const PartitionImage& partition, const IsrProposal& proposal,
                NodeId sender) {
    const ErrorCode version = check_version(partition, proposal, sender);
    if (version != ErrorCode::none) return version;
    if (!is_a_proposal(partition, proposal)) return ErrorCode::invalid_request;
    if (!may_follow(partition.leader_recovery_state, proposal)) return ErrorCode::invalid_request;
    for (const NewIsrMember& member : proposal.new_isr) {
        if (!is_eligible(image, member)) return ErrorCode::ineligible_replica;
    }
    return ErrorCode::none;
}

ErrorCode find(const MetadataImage& image, const IsrProposal& proposal, const TopicImage*& topic,
               const PartitionImage*& partition) {
    topic = image.topic(proposal.topic);
    if (!topic) return ErrorCode::unknown_topic_id;
    partition = image.partition(proposal.topic, proposal.partition);
    return partition ? ErrorCode::none : ErrorCode::unknown_topic_or_partition;
}

PartitionChangeRecord same_isr(const IsrProposal& proposal, const PartitionImage& partition) {
    PartitionChangeRecord record;
    record.partition_id = proposal.partition;
    record.topic_id = proposal.topic;
    record.isr = partition.isr;
    return record;
}

void tell(const PartitionImage& partition, AlteredPartition& answer) {
    answer.leader = partition.leader;
    answer.leader_epoch = partition.leader_epoch;
    answer.isr = partition.isr;
    answer.leader_recovery_state = partition.leader_recovery_state;
    answer.partition_epoch = partition.partition_epoch;
}

}  // namespace

Decision<AlterPartitionAnswer> alter_partition(const MetadataImage& image, const AlterPartitionRequest& request,
                                               const ReplicationDefaults& defaults) {
    Decision<AlterPartitionAnswer> decision;
    AlterPartitionAnswer& answers = decision.answers.emplace_back();
    const BrokerImage* sender = image.broker(request.broker);
    if (!sender || sender->epoch != request.broker_epoch) {
        answers.error = ErrorCode::stale_broker_epoch;
        return decision;
    }
    std::map<std::pair<TopicId, PartitionId>, int> count;
    for (const IsrProposal& proposal : request.partitions) ++count[{proposal.topic, proposal.partition}];

    for (const IsrProposal& proposal : request.partitions) {
        AlteredPartition& answer = answers.partitions.emplace_back();
        answer.topic = proposal.topic;
        answer.partition = proposal.partition;
        const TopicImage* topic = nullptr;
        const PartitionImage* partition = nullptr;
        answer.error = find(image, proposal, topic, partition);
        if (answer.error != ErrorCode::none) continue;
        // Both would be decided from the same version.
        if (count[{proposal.topic, proposal.partition}] > 1) answer.error = ErrorCode::invalid_request;
        if (answer.error == ErrorCode::none) answer.error = check(image, *partition, proposal, request.broker);
        if (answer.error != ErrorCode::none) continue;

        PartitionTarget target;
        target.isr = nodes_of(proposal.new_isr);
        target.leader_recovery_state = proposal.leader_recovery_state;
        auto change = change_partition(proposal.topic, proposal.partition, *partition, target,
                                       replication_rules(image, *topic, defaults), Electorate{.image = &image});
        // What is so already is a new version all the same: no earlier attempt of this leader counts after it.
        if (!change) change = same_isr(proposal, *partition);
        PartitionImage after = *partition;
        apply_change(after, *change);
        decision.records.emplace_back(*change);
        if (after.leader == request.broker) {
            tell(after, answer);
        } else {
            answer.error = ErrorCode::new_leader_elected;
        }
    }
    return decision;
}

}  // namespace highwater
