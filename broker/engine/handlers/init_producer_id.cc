#include "net/wire/message/init_producer_id.h"

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"

namespace highwater::engine {

wire::InitProducerIdResponse handle(Node& node, const RequestInfo& request,
                                    const wire::InitProducerIdRequest& message) {
    wire::InitProducerIdResponse response;
    const auto refuse_with = [&](ErrorCode error) {
        response.error_code = error;
        response.producer_id = ProducerId{-1};
        response.producer_epoch = ProducerEpoch{-1};
        return response;
    };
    if (message.transactional_id) {
        // Kafka's answer to an empty one. To any other: transactions are not served here, and no retry helps.
        if (message.transactional_id->empty()) return refuse_with(ErrorCode::invalid_request);
        return refuse_with(ErrorCode::transactional_id_authorization_failed);
    }
    // KIP-360: a producer that lost its place and names its old id just gets a new one.
    const Result<ProducerId> id = node.take_producer_id(request.now);
    if (!id) return refuse_with(id.error());
    response.producer_id = *id;
    response.producer_epoch = ProducerEpoch{0};
    return response;
}

}  // namespace highwater::engine
