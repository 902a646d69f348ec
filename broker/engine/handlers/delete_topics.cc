#include "net/wire/message/delete_topics.h"

#include "broker/engine/handlers.h"
#include "broker/engine/topic_creation.h"

namespace highwater::engine {

namespace {

/// From here on topics come one by one, by name or by id (KIP-516); before, as a list of names.
constexpr std::int16_t kFirstVersionWithIds = 6;

}  // namespace

wire::DeleteTopicsResponse handle(Node& node, const RequestInfo& request, const wire::DeleteTopicsRequest& message) {
    std::vector<TopicToDelete> topics;
    if (request.version() >= kFirstVersionWithIds) {
        for (const auto& topic : message.topics) {
            TopicToDelete& out = topics.emplace_back();
            if (topic.name) out.name = topic.name->to_string();
            if (!topic.topic_id.is_zero()) out.id = topic.topic_id;
        }
    } else {
        for (const auto& name : message.topic_names) topics.emplace_back().name = name.to_string();
    }
    auto decision = delete_topics(node.metadata().image(), topics, controller_limits(node));
    const bool done = node.commit(decision.records, request.now).has_value();

    wire::DeleteTopicsResponse response;
    for (DeletedTopic& answer : decision.answers) {
        if (!done && answer.error.error == ErrorCode::none) {
            answer.error = {ErrorCode::kafka_storage_error, "The metadata could not be written."};
        }
        auto& out = response.responses.emplace_back();
        out.name = std::nullopt;
        if (answer.name) out.name = wire::String(std::string_view(*answer.name));
        if (answer.id) out.topic_id = *answer.id;
        out.error_code = answer.error.error;
        if (answer.error.error != ErrorCode::none) {
            out.error_message = wire::String(std::string_view(answer.error.message));
        }
    }
    return response;
}

}  // namespace highwater::engine
