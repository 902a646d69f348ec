#include "broker/client/list_offsets.h"

#include <algorithm>

#include "net/wire/message/list_offsets.h"

namespace highwater::client {

namespace {

NodeId leader_of(const std::vector<TopicInfo>& topics, const TopicPartition& wanted) {
    const auto topic = std::ranges::find(topics, wanted.topic, &TopicInfo::name);
    if (topic == topics.end()) return NodeId{-1};
    const auto partition = std::ranges::find(topic->partitions, wanted.partition, &PartitionInfo::partition);
    return partition == topic->partitions.end() ? NodeId{-1} : partition->leader;
}

}  // namespace

Result<std::map<TopicPartition, std::optional<Offset>>, std::string> list_offsets(
    Cluster& cluster, const std::vector<TopicInfo>& topics, const std::map<TopicPartition, std::int64_t>& timestamps) {
    using Topic = wire::ListOffsetsRequest::ListOffsetsTopic;
    std::map<NodeId, std::map<std::string, Topic>> by_leader;
    for (const auto& [wanted, timestamp] : timestamps) {
        Topic& topic = by_leader[leader_of(topics, wanted)][wanted.topic];
        topic.name = wire::String(wanted.topic);
        auto& partition = topic.partitions.emplace_back();
        partition.partition_index = wanted.partition;
        partition.timestamp = timestamp;
    }
    std::map<TopicPartition, std::optional<Offset>> offsets;
    for (auto& [leader, wanted] : by_leader) {
        wire::ListOffsetsRequest request;
        request.replica_id = NodeId{-1};
        for (auto& [name, topic] : wanted) request.topics.push_back(std::move(topic));
        const auto answer = cluster.call<wire::ListOffsetsResponse>(leader, request);
        if (!answer) return unexpected(answer.error());
        for (const auto& topic : (*answer)->topics) {
            for (const auto& partition : topic.partitions) {
                if (partition.error_code != ErrorCode::none)
                    return unexpected(fmt::format("the offsets of {}-{} can't be read: {}", topic.name.view(),
                                                  partition.partition_index, partition.error_code));
                offsets[{topic.name.to_string(), partition.partition_index}] =
                    partition.offset < 0 ? std::nullopt : std::optional(Offset{partition.offset});
            }
        }
    }
    for (const auto& [wanted, timestamp] : timestamps) {
        if (!offsets.contains(wanted))
            return unexpected(
                fmt::format("the broker's answer to ListOffsets leaves {}-{} out", wanted.topic, wanted.partition));
    }
    return offsets;
}

}  // namespace highwater::client
