#include "net/wire/message/consumer_group_heartbeat.h"

#include <algorithm>
#include <chrono>

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/group_text.h"
#include "broker/engine/node.h"
#include "broker/engine/topic_regex.h"

namespace highwater::engine {

namespace {

/// KIP-1082: members choose their ids.
constexpr std::int16_t kFirstVersionWithOwnMemberIds = 1;

AssignedPartitions owned(const wire::Array<wire::ConsumerGroupHeartbeatRequest::TopicPartitions>& topics) {
    AssignedPartitions partitions;
    for (const auto& topic : topics) {
        auto& list = partitions[topic.topic_id];
        for (const PartitionId partition : topic.partitions) list.push_back(partition);
    }
    for (auto& [topic, list] : partitions) {
        std::ranges::sort(list);
        list.erase(std::ranges::unique(list).begin(), list.end());
    }
    std::erase_if(partitions, [](const auto& topic) { return topic.second.empty(); });
    return partitions;
}

wire::ConsumerGroupHeartbeatResponse response_of(const ConsumerHeartbeatAnswer& answer) {
    wire::ConsumerGroupHeartbeatResponse response;
    response.error_code = answer.error;
    response.member_id = wire::String(answer.member_id);
    response.member_epoch = answer.member_epoch;
    response.heartbeat_interval_ms = static_cast<std::int32_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(answer.heartbeat_interval).count());
    if (!answer.assignment) return response;
    auto& assignment = response.assignment.emplace();
    for (const auto& [topic, partitions] : *answer.assignment) {
        auto& row = assignment.topic_partitions.emplace_back();
        row.topic_id = topic;
        for (const PartitionId partition : partitions) row.partitions.push_back(partition);
    }
    return response;
}

/// What is refused before the coordinator is asked, and what a person is told of it.
struct Refusal {
    ErrorCode error = ErrorCode::none;
    std::string message;
};

Refusal check(const Node& node, const RequestInfo& request, const wire::ConsumerGroupHeartbeatRequest& message) {
    if (!node.config().serves_consumer_protocol) {
        return {ErrorCode::unsupported_version, "The consumer group protocol is not enabled."};
    }
    if (request.version() >= kFirstVersionWithOwnMemberIds && message.member_id.empty()) {
        return {ErrorCode::invalid_request, "MemberId can't be empty."};
    }
    const auto& regex = message.subscribed_topic_regex;
    if (regex && !regex->empty() && !is_topic_regex(regex->view())) {
        return {ErrorCode::invalid_regular_expression,
                "SubscribedTopicRegex `" + regex->to_string() + "` is not a valid RE2 regular expression."};
    }
    return {};
}

}  // namespace

void handle_later(Node& node, const RequestInfo& request, const wire::ConsumerGroupHeartbeatRequest& message) {
    if (const Refusal refusal = check(node, request, message); refusal.error != ErrorCode::none) {
        wire::ConsumerGroupHeartbeatResponse response;
        response.error_code = refusal.error;
        response.error_message = wire::String(refusal.message);
        return node.reply(request.reply_to, response);
    }
    ConsumerHeartbeatReceived input;
    input.group = message.group_id.to_string();
    input.member_id = message.member_id.to_string();
    input.member_epoch = message.member_epoch;
    input.group_instance_id = owned(message.instance_id);
    input.rack_id = owned(message.rack_id);
    if (message.rebalance_timeout_ms != -1) {
        input.rebalance_timeout = std::chrono::milliseconds{std::max(message.rebalance_timeout_ms, 0)};
    }
    if (message.subscribed_topic_names) {
        auto& names = input.subscribed_topic_names.emplace();
        for (const wire::String& name : *message.subscribed_topic_names) names.insert(name.to_string());
    }
    input.subscribed_topic_regex = owned(message.subscribed_topic_regex);
    input.server_assignor = owned(message.server_assignor);
    if (message.topic_partitions) input.owned = owned(*message.topic_partitions);
    input.client_id = std::string(request.client_id);
    input.client_host = client_host(request);
    input.fresh_id = to_text(node.random().uuid());
    node.groups().ask(
        std::move(input), request.now,
        [&node, to = request.reply_to](const ConsumerHeartbeatAnswer& answer) { node.reply(to, response_of(answer)); });
}

}  // namespace highwater::engine
