#include "net/wire/message/init_producer_id.h"

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/transaction_requests.h"

namespace highwater::engine {

namespace {

constexpr std::int16_t kFirstVersionWithProducerFenced = 4;

void reply(Node& node, const ReplyTo& to, const InitProducerIdAnswer& answer) {
    wire::InitProducerIdResponse response;
    response.error_code = fenced_as_known(answer.error, to.version, kFirstVersionWithProducerFenced);
    const bool failed = answer.error != ErrorCode::none;
    response.producer_id = failed ? ProducerId{-1} : answer.producer.id;
    response.producer_epoch = failed ? ProducerEpoch{-1} : answer.producer.epoch;
    node.reply(to, response);
}

/// Of a producer that only is idempotent. KIP-360: one that lost its place and names its old id just gets a new one.
InitProducerIdAnswer without_transactions(Node& node, Moment now) {
    const Result<ProducerId> id = node.take_producer_id(now);
    if (!id) return {.token = {}, .error = id.error()};
    return {.token = {}, .producer = {*id, ProducerEpoch{0}}};
}

}  // namespace

void handle_later(Node& node, const RequestInfo& request, const wire::InitProducerIdRequest& message) {
    const ReplyTo to = request.reply_to;
    const bool names_id = message.producer_id >= ProducerId{0};
    if (names_id != (message.producer_epoch >= ProducerEpoch{0})) {
        return reply(node, to, {.token = {}, .error = ErrorCode::invalid_request});
    }
    if (!message.transactional_id) return reply(node, to, without_transactions(node, request.now));
    InitProducerIdReceived input{.token = {},
                                 .transactional_id = message.transactional_id->to_string(),
                                 .timeout = std::chrono::milliseconds{message.transaction_timeout_ms},
                                 .expected = {}};
    if (names_id) input.expected = ProducerClaim{message.producer_id, message.producer_epoch};
    if (input.transactional_id.empty()) return reply(node, to, {.token = {}, .error = ErrorCode::invalid_request});
    node.transactions().ask(std::move(input), request.now,
                            [&node, to](const InitProducerIdAnswer& answer) { reply(node, to, answer); });
}

}  // namespace highwater::engine
