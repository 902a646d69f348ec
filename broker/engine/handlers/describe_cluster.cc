#include "net/wire/message/describe_cluster.h"

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"

namespace highwater::engine {

namespace {

constexpr std::int8_t kBrokers = 1;
constexpr std::int8_t kControllers = 2;

}  // namespace

wire::DescribeClusterResponse handle(Node& node, const RequestInfo& request,
                                     const wire::DescribeClusterRequest& message) {
    wire::DescribeClusterResponse response;
    response.cluster_id = wire::String(std::string_view(node.config().cluster_id));
    if (message.endpoint_type != kBrokers) {
        // KIP-919: a broker does not speak for the controllers' listeners.
        response.error_code = message.endpoint_type == kControllers ? ErrorCode::mismatched_endpoint_type
                                                                    : ErrorCode::unsupported_endpoint_type;
        response.error_message = wire::String("The request was sent to a broker's listener.");
        return response;
    }
    response.controller_id = node.config().node_id;
    const AdvertisedListener& listener = node.advertised_to(request.reply_to.slot.connection);
    auto& broker = response.brokers.emplace_back();
    broker.broker_id = node.config().node_id;
    broker.host = wire::String(std::string_view(listener.host));
    broker.port = listener.port;
    if (!node.config().rack.empty()) broker.rack = wire::String(std::string_view(node.config().rack));
    return response;
}

}  // namespace highwater::engine
