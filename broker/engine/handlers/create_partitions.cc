#include "net/wire/message/create_partitions.h"

#include "broker/engine/handlers.h"
#include "broker/engine/topic_creation.h"

namespace highwater::engine {

wire::CreatePartitionsResponse handle(Node& node, const RequestInfo& request,
                                      const wire::CreatePartitionsRequest& message) {
    wire::CreatePartitionsResponse response;
    std::vector<PartitionsToCreate> topics;
    for (const auto& topic : message.topics) {
        if (topic.name.view() == kGroupsTopic) {
            // Where the records of a group are follows from this number: with another one they would not be found.
            auto& out = response.results.emplace_back();
            out.name = topic.name;
            out.error_code = ErrorCode::invalid_partitions;
            out.error_message = wire::String("The partitions of __consumer_offsets can't be added to.");
            continue;
        }
        PartitionsToCreate& out = topics.emplace_back();
        out.topic = topic.name.to_string();
        out.count = topic.count;
        out.placement = node.random().next();
        if (!topic.assignments) continue;
        for (const auto& assignment : *topic.assignments) {
            out.assignments.push_back(assignment.broker_ids.to_vector());
        }
    }
    auto decision = create_partitions(node.metadata().image(), topics, message.validate_only, controller_limits(node));
    const bool done = node.commit(decision.records, request.now).has_value();

    for (CreatedPartitions& answer : decision.answers) {
        if (!done && answer.error.error == ErrorCode::none) {
            answer.error = {ErrorCode::kafka_storage_error, "The metadata could not be written."};
        }
        auto& out = response.results.emplace_back();
        out.name = wire::String(std::string_view(answer.topic));
        out.error_code = answer.error.error;
        if (answer.error.error != ErrorCode::none) {
            out.error_message = wire::String(std::string_view(answer.error.message));
        }
    }
    return response;
}

}  // namespace highwater::engine
