#include "net/wire/message/offset_commit.h"

#include <algorithm>
#include <chrono>

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/group_text.h"
#include "broker/engine/node.h"

namespace highwater::engine {

namespace {

constexpr std::int16_t kFirstVersionWithTopicIds = 10;
/// Longer than anything lives; a larger number would not fit a time.
constexpr std::chrono::hours kLongestRetention{24 * 365 * 100};

/// Where each partition's part of the answer stands; `asked` is its place in the machine's answer, if it was asked.
struct Part {
    PartitionId partition;
    ErrorCode error = ErrorCode::none;
    std::optional<std::size_t> asked;
};
struct TopicParts {
    std::string name;
    TopicId id;
    std::vector<Part> parts;
};

ErrorCode check_offset(std::int64_t offset) {
    // -1 says "none", and nothing else below 0 is an offset.
    return offset < 0 ? ErrorCode::offset_out_of_range : ErrorCode::none;
}

wire::OffsetCommitResponse response_of(const std::vector<TopicParts>& topics, const OffsetsAnswer& answer) {
    wire::OffsetCommitResponse response;
    for (const TopicParts& topic : topics) {
        auto& out = response.topics.emplace_back();
        out.name = wire::String(topic.name);
        out.topic_id = topic.id;
        for (const Part& part : topic.parts) {
            auto& to = out.partitions.emplace_back();
            to.partition_index = part.partition;
            to.error_code = part.error;
            if (!part.asked) continue;
            to.error_code = answer.error != ErrorCode::none ? answer.error : answer.partitions[*part.asked];
        }
    }
    return response;
}

}  // namespace

void handle_later(Node& node, const RequestInfo& request, const wire::OffsetCommitRequest& message) {
    OffsetCommitReceived input;
    input.group = message.group_id.to_string();
    input.claim = {message.member_id.to_string(), owned(message.group_instance_id),
                   Generation{message.generation_id_or_member_epoch}};
    if (message.retention_time_ms >= 0) {
        input.retention = std::min(std::chrono::milliseconds{message.retention_time_ms},
                                   std::chrono::milliseconds{kLongestRetention});
    }
    std::vector<TopicParts> topics;
    for (const auto& topic : message.topics) {
        const bool by_id = request.version() >= kFirstVersionWithTopicIds;
        const Topic* known = by_id ? node.topics().find(topic.topic_id) : node.topics().find(topic.name.view());
        TopicParts& parts = topics.emplace_back(TopicParts{topic.name.to_string(), topic.topic_id, {}});
        for (const auto& asked : topic.partitions) {
            Part& part = parts.parts.emplace_back(Part{asked.partition_index, ErrorCode::none, std::nullopt});
            if (known == nullptr && by_id) {
                part.error = ErrorCode::unknown_topic_id;
            } else if (known == nullptr || known->partition(asked.partition_index) == nullptr) {
                part.error = ErrorCode::unknown_topic_or_partition;
            } else {
                part.error = check_offset(asked.committed_offset);
            }
            if (part.error != ErrorCode::none) continue;
            part.asked = input.offsets.size();
            OffsetToCommit& offset = input.offsets.emplace_back();
            offset.partition = {known->name, asked.partition_index};
            offset.offset = Offset{asked.committed_offset};
            if (asked.committed_leader_epoch >= LeaderEpoch{0}) offset.leader_epoch = asked.committed_leader_epoch;
            if (asked.committed_metadata) offset.metadata = asked.committed_metadata->to_string();
        }
    }
    node.groups().ask(std::move(input), request.now,
                      [&node, to = request.reply_to, topics = std::move(topics)](const OffsetsAnswer& answer) {
                          node.reply(to, response_of(topics, answer));
                      });
}

}  // namespace highwater::engine
