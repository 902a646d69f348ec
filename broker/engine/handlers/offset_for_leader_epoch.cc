#include "net/wire/message/offset_for_leader_epoch.h"

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"

namespace highwater::engine {

wire::OffsetForLeaderEpochResponse handle(Node& node, const RequestInfo&,
                                          const wire::OffsetForLeaderEpochRequest& message) {
    wire::OffsetForLeaderEpochResponse response;
    for (const auto& topic : message.topics) {
        auto& out = response.topics.emplace_back();
        out.topic = topic.topic;
        const Topic* known = node.topics().find(topic.topic.view());
        for (const auto& asked : topic.partitions) {
            auto& answer = out.partitions.emplace_back();
            answer.partition = asked.partition;
            const Partition* partition = known == nullptr ? nullptr : known->partition(asked.partition);
            if (partition == nullptr) {
                answer.error_code = ErrorCode::unknown_topic_or_partition;
                continue;
            }
            std::optional<LeaderEpoch> claimed;
            if (asked.current_leader_epoch.value() >= 0) claimed = asked.current_leader_epoch;
            const auto end = partition->replica().end_offset_for(claimed, asked.leader_epoch);
            if (!end) {
                answer.error_code = end.error();
            } else if (*end) {  // else: an epoch this leader never heard of, which the wire says with -1
                answer.leader_epoch = (*end)->epoch;
                answer.end_offset = (*end)->end_offset.value();
            }
        }
    }
    return response;
}

}  // namespace highwater::engine
