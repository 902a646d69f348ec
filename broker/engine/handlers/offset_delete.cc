#include "net/wire/message/offset_delete.h"

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/offset_parts.h"
#include "broker/engine/node.h"

namespace highwater::engine {

void handle_later(Node& node, const RequestInfo& request, const wire::OffsetDeleteRequest& message) {
    OffsetDeleteReceived input;
    input.group = message.group_id.to_string();
    // The answer without what the machine says: one part for each partition, asked or unknown.
    wire::OffsetDeleteResponse response;
    for (const auto& topic : message.topics) {
        const Topic* known = node.topics().find(topic.name.view());
        auto& out = response.topics.emplace_back();
        out.name = wire::String(topic.name.view());
        for (const auto& asked : topic.partitions) {
            auto& part = out.partitions.emplace_back();
            part.partition_index = asked.partition_index;
            if (known == nullptr || known->partition(asked.partition_index) == nullptr) {
                part.error_code = ErrorCode::unknown_topic_or_partition;
            } else {
                input.partitions.push_back({known->name, asked.partition_index});
            }
        }
    }
    node.groups().ask(std::move(input), request.now,
                      [&node, to = request.reply_to, response](const OffsetsAnswer& answer) mutable {
                          if (answer.error != ErrorCode::none) {
                              wire::OffsetDeleteResponse refused;
                              refused.error_code = answer.error;
                              node.reply(to, refused);
                              return;
                          }
                          fill_in_offset_parts(response.topics, answer);
                          node.reply(to, response);
                      });
}

}  // namespace highwater::engine
