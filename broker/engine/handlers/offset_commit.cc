#include "net/wire/message/offset_commit.h"

#include <algorithm>
#include <chrono>

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/group_text.h"
#include "broker/engine/handlers/offset_parts.h"
#include "broker/engine/node.h"

namespace highwater::engine {

namespace {

/// KIP-848: the generation may be a member epoch.
constexpr std::int16_t kFirstVersionWithMemberEpochs = 9;
constexpr std::int16_t kFirstVersionWithTopicIds = 10;
/// Longer than anything lives; a larger number would not fit a time.
constexpr std::chrono::hours kLongestRetention{24 * 365 * 100};

}  // namespace

void handle_later(Node& node, const RequestInfo& request, const wire::OffsetCommitRequest& message) {
    OffsetCommitReceived input;
    input.group = message.group_id.to_string();
    input.claim = {message.member_id.to_string(), owned(message.group_instance_id),
                   Generation{message.generation_id_or_member_epoch}};
    input.knows_member_epochs = request.version() >= kFirstVersionWithMemberEpochs;
    if (message.retention_time_ms >= 0) {
        input.retention = std::min(std::chrono::milliseconds{message.retention_time_ms},
                                   std::chrono::milliseconds{kLongestRetention});
    }
    wire::OffsetCommitResponse response;
    for (const auto& topic : message.topics) {
        const bool by_id = request.version() >= kFirstVersionWithTopicIds;
        const Topic* known = by_id ? node.topics().find(topic.topic_id) : node.topics().find(topic.name.view());
        auto& out = response.topics.emplace_back();
        out.name = wire::String(topic.name.view());
        out.topic_id = topic.topic_id;
        for (const auto& asked : topic.partitions) {
            auto& part = out.partitions.emplace_back();
            part.partition_index = asked.partition_index;
            if (known == nullptr && by_id) {
                part.error_code = ErrorCode::unknown_topic_id;
            } else if (known == nullptr || known->partition(asked.partition_index) == nullptr) {
                part.error_code = ErrorCode::unknown_topic_or_partition;
            }
            if (part.error_code != ErrorCode::none) continue;
            OffsetToCommit& offset = input.offsets.emplace_back();
            offset.partition = {known->name, asked.partition_index};
            offset.topic_id = known->id;
            offset.offset = Offset{asked.committed_offset};
            if (asked.committed_leader_epoch >= LeaderEpoch{0}) offset.leader_epoch = asked.committed_leader_epoch;
            if (asked.committed_metadata) offset.metadata = asked.committed_metadata->to_string();
        }
    }
    node.groups().ask(std::move(input), request.now,
                      [&node, to = request.reply_to, response](const OffsetsAnswer& answer) mutable {
                          fill_in_offset_parts(response.topics, answer);
                          node.reply(to, response);
                      });
}

}  // namespace highwater::engine
