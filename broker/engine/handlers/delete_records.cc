#include "net/wire/message/delete_records.h"

#include <algorithm>

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"

namespace highwater::engine {

namespace {

/// As an offset: everything below the high watermark.
constexpr std::int64_t kHighWatermark = -1;

}  // namespace

void handle_later(Node& node, const RequestInfo& request, const wire::DeleteRecordsRequest& message) {
    const auto wait = std::clamp(std::chrono::milliseconds{message.timeout_ms}, std::chrono::milliseconds{0},
                                 node.config().max_produce_wait);
    const std::uint32_t pending = node.deletes().open({.reply_to = request.reply_to, .response = {}, .waiting = 1});
    std::uint32_t topic_index = 0;
    for (const auto& topic : message.topics) {
        node.deletes()[pending].response.topics.emplace_back().name = wire::String(topic.name.view());
        const Topic* known = node.topics().find(topic.name.view());
        std::uint32_t partition_index = 0;
        for (const auto& asked : topic.partitions) {
            {
                auto& answer =
                    node.deletes()[pending].response.topics.materialise()[topic_index].partitions.emplace_back();
                answer.partition_index = asked.partition_index;
                answer.low_watermark = -1;
            }
            Partition* partition = known == nullptr ? nullptr : known->partition(asked.partition_index);
            const auto refuse_with = [&](ErrorCode error) {
                node.deletes()[pending].part(topic_index, partition_index).error_code = error;
            };
            if (partition == nullptr) {
                refuse_with(ErrorCode::unknown_topic_or_partition);
            } else if (asked.offset < kHighWatermark) {
                refuse_with(ErrorCode::offset_out_of_range);
            } else if (is_written_by_the_node_only(topic.name.view())) {
                refuse_with(ErrorCode::invalid_topic_exception);
            } else {
                DeleteRecordsReceived input{
                    .token =
                        node.deletes().expect({.request = pending, .topic = topic_index, .partition = partition_index}),
                    .offset = std::nullopt,
                    .deadline = request.now.time + wait};
                if (asked.offset != kHighWatermark) input.offset = Offset{asked.offset};
                partition->step(input, request.now);
            }
            ++partition_index;
        }
        ++topic_index;
    }
    --node.deletes()[pending].waiting;
    node.reply_if_delete_complete(pending);
}

}  // namespace highwater::engine
