#include "net/wire/message/find_coordinator.h"

#include "broker/engine/handlers.h"
#include "broker/engine/topic_creation.h"

namespace highwater::engine {

namespace {

constexpr std::int8_t kGroup = 0;
constexpr std::int8_t kTransaction = 1;
/// From this version on a request has many keys (KIP-699).
constexpr std::int16_t kFirstVersionWithKeys = 4;

struct Refusal {
    ErrorCode error = ErrorCode::none;
    std::string message;
};

/// Makes sure that there is a coordinator for a key of this type.
Refusal prepare(Node& node, std::int8_t key_type, Moment now) {
    if (key_type != kGroup && key_type != kTransaction) {
        return {ErrorCode::invalid_request, "Only groups and transactional ids have coordinators here."};
    }
    const std::string_view topic = key_type == kGroup ? kGroupsTopic : kTransactionsTopic;
    if (node.topics().find(topic) != nullptr) return {};
    const auto created = create_topics(node, {topic_to_create(node, topic)}, false, now);
    const ControllerError& error = created.front().error;
    if (error.error == ErrorCode::none || error.error == ErrorCode::topic_already_exists) return {};
    return {ErrorCode::coordinator_not_available, std::string(topic) + " was not created: " + error.message};
}

}  // namespace

wire::FindCoordinatorResponse handle(Node& node, const RequestInfo& request,
                                     const wire::FindCoordinatorRequest& message) {
    const Refusal refusal = prepare(node, request.version() == 0 ? kGroup : message.key_type, request.now);
    const AdvertisedListener& listener = node.advertised_to(request.reply_to.slot.connection);
    const auto fill = [&](auto& answer) {
        answer.error_code = refusal.error;
        answer.error_message.reset();
        answer.node_id = NodeId{-1};
        answer.port = -1;
        if (refusal.error != ErrorCode::none) {
            answer.error_message = wire::String(refusal.message);
            return;
        }
        answer.node_id = node.config().node_id;
        answer.host = wire::String(listener.host);
        answer.port = listener.port;
    };
    wire::FindCoordinatorResponse response;
    if (request.version() < kFirstVersionWithKeys) {
        fill(response);
        return response;
    }
    for (const wire::String& key : message.coordinator_keys) {
        auto& answer = response.coordinators.emplace_back();
        answer.key = key;
        fill(answer);
    }
    return response;
}

}  // namespace highwater::engine
