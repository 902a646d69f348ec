#include "net/wire/message/offset_fetch.h"

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/group_text.h"
#include "broker/engine/node.h"
#include "core/group/consumer_fencing.h"

namespace highwater::engine {

namespace {

using Offsets = std::map<TopicPartition, CommittedOffset>;

/// Before it an answer had no error but those of partitions.
constexpr std::int16_t kFirstVersionWithError = 2;
/// KIP-709.
constexpr std::int16_t kFirstVersionWithGroups = 8;
constexpr std::int16_t kFirstVersionWithTopicIds = 10;

Result<const Offsets*> offsets_of(const Node& node, std::string_view group) {
    const auto coordinator = node.groups().find(group);
    if (!coordinator) return refuse(coordinator.error());
    return (*coordinator)->offsets_of(group);
}

template <class Part>
void fill(Part& part, PartitionId index, const CommittedOffset* committed) {
    part.partition_index = index;
    part.committed_offset = -1;
    if (committed == nullptr) return;
    part.committed_offset = committed->offset.value();
    if (committed->leader_epoch) part.committed_leader_epoch = *committed->leader_epoch;
    part.metadata = wire::String(committed->metadata);
}

/// The offsets of the partitions that were asked for, whether there are any or not.
template <class Topics, class Asked>
void fill_asked(Topics& topics, std::string_view name, const Asked& asked, const Offsets& offsets) {
    auto& out = topics.emplace_back();
    out.name = wire::String(name);
    for (const PartitionId index : asked) {
        const auto found = offsets.find(TopicPartition{std::string(name), index});
        fill(out.partitions.emplace_back(), index, found == offsets.end() ? nullptr : &found->second);
    }
}

/// All that the group has committed.
template <class Topics>
void fill_all(Topics& topics, const Offsets& offsets) {
    const std::string* last = nullptr;
    for (const auto& [partition, committed] : offsets) {
        if (last == nullptr || *last != partition.topic) {
            topics.emplace_back().name = wire::String(partition.topic);
            last = &partition.topic;
        }
        auto& parts = topics.materialise().back().partitions;
        fill(parts.emplace_back(), partition.partition, &committed);
    }
}

/// KIP-447: whoever goes on from an offset waits until the transaction that may change it is over. Before the ids of
/// topics are put in place of names.
template <class Topics>
void hide_unstable(const Node& node, std::string_view group, Topics& topics) {
    const auto unstable = (*node.groups().find(group))->unstable_partitions(std::string(group));
    if (unstable.empty()) return;
    for (auto& topic : topics.materialise()) {
        for (auto& part : topic.partitions.materialise()) {
            if (!unstable.contains({topic.name.to_string(), part.partition_index})) continue;
            fill(part, part.partition_index, nullptr);
            part.committed_leader_epoch = LeaderEpoch{-1};
            part.metadata = wire::String("");
            part.error_code = ErrorCode::unstable_offset_commit;
        }
    }
}

wire::OffsetFetchResponse of_one_group(const Node& node, std::int16_t version,
                                       const wire::OffsetFetchRequest& message) {
    wire::OffsetFetchResponse response;
    const auto offsets = offsets_of(node, message.group_id.view());
    if (offsets && !message.topics) {
        fill_all(response.topics, **offsets);
        if (message.require_stable) hide_unstable(node, message.group_id.view(), response.topics);
    } else if (offsets) {
        for (const auto& topic : *message.topics) {
            fill_asked(response.topics, topic.name.view(), topic.partition_indexes, **offsets);
        }
        if (message.require_stable) hide_unstable(node, message.group_id.view(), response.topics);
    } else if (version >= kFirstVersionWithError || !message.topics) {
        response.error_code = offsets.error();
    } else {
        for (const auto& topic : *message.topics) {
            auto& out = response.topics.emplace_back();
            out.name = topic.name;
            for (const PartitionId index : topic.partition_indexes) {
                auto& part = out.partitions.emplace_back();
                fill(part, index, nullptr);
                part.error_code = offsets.error();
            }
        }
    }
    return response;
}

using GroupAnswer = wire::OffsetFetchResponse::OffsetFetchResponseGroup;

void fill_by_id(Node& node, GroupAnswer& answer, const wire::OffsetFetchRequest::OffsetFetchRequestTopics& topic,
                const Offsets& offsets) {
    if (const Topic* known = node.topics().find(topic.topic_id)) {
        fill_asked(answer.topics, known->name, topic.partition_indexes, offsets);
        answer.topics.materialise().back().topic_id = topic.topic_id;
        return;
    }
    auto& out = answer.topics.emplace_back();
    out.topic_id = topic.topic_id;
    for (const PartitionId index : topic.partition_indexes) {
        auto& part = out.partitions.emplace_back();
        fill(part, index, nullptr);
        part.error_code = ErrorCode::unknown_topic_id;
    }
}

/// Of all offsets, those of topics that are still there get their ids; the others can't be named.
void name_by_id(Node& node, GroupAnswer& answer) {
    decltype(answer.topics) named;
    for (auto& topic : answer.topics.materialise()) {
        const Topic* known = node.topics().find(topic.name.view());
        if (known == nullptr) continue;
        topic.topic_id = known->id;
        named.push_back(topic);
    }
    answer.topics = std::move(named);
}

/// Whether the member that asks is one of the consumer group (KIP-848); of a classic group nobody asks.
ErrorCode check_member(const Node& node, const wire::OffsetFetchRequest::OffsetFetchRequestGroup& asked) {
    const ConsumerGroup* group = (*node.groups().find(asked.group_id.view()))->find_consumer(asked.group_id.view());
    if (group == nullptr) return ErrorCode::none;
    return check_fetch(*group, owned(asked.member_id), GroupEpoch{asked.member_epoch});
}

}  // namespace

wire::OffsetFetchResponse handle(Node& node, const RequestInfo& request, const wire::OffsetFetchRequest& message) {
    if (request.version() < kFirstVersionWithGroups) return of_one_group(node, request.version(), message);
    const bool by_id = request.version() >= kFirstVersionWithTopicIds;
    wire::OffsetFetchResponse response;
    for (const auto& group : message.groups) {
        GroupAnswer& answer = response.groups.emplace_back();
        answer.group_id = group.group_id;
        const auto offsets = offsets_of(node, group.group_id.view());
        if (!offsets) {
            answer.error_code = offsets.error();
        } else if (const ErrorCode error = check_member(node, group); error != ErrorCode::none) {
            answer.error_code = error;
        } else if (!group.topics) {
            fill_all(answer.topics, **offsets);
            if (message.require_stable) hide_unstable(node, group.group_id.view(), answer.topics);
            if (by_id) name_by_id(node, answer);
        } else {
            for (const auto& topic : *group.topics) {
                if (by_id) {
                    fill_by_id(node, answer, topic, **offsets);
                } else {
                    fill_asked(answer.topics, topic.name.view(), topic.partition_indexes, **offsets);
                }
            }
            if (message.require_stable) hide_unstable(node, group.group_id.view(), answer.topics);
        }
    }
    return response;
}

}  // namespace highwater::engine
