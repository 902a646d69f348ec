#include "net/wire/message/end_txn.h"

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/transaction_requests.h"

namespace highwater::engine {

namespace {

/// KIP-890: the answer gives the epoch of the next transaction.
constexpr std::int16_t kFirstVersionOfTransactionV2 = 5;

}  // namespace

void handle_later(Node& node, const RequestInfo& request, const wire::EndTxnRequest& message) {
    const bool is_v2 = request.version() >= kFirstVersionOfTransactionV2;
    node.transactions().ask(EndTransactionReceived{.token = {},
                                                   .transactional_id = message.transactional_id.to_string(),
                                                   .producer = {message.producer_id, message.producer_epoch},
                                                   .commit = message.committed,
                                                   .version = is_v2 ? kTransactionV2 : kTransactionV1},
                            request.now, [&node, to = request.reply_to, is_v2](const EndTransactionAnswer& answer) {
                                wire::EndTxnResponse response;
                                response.error_code = fenced_as_known(answer.error, to.version, 2);
                                if (is_v2 && answer.error == ErrorCode::none) {
                                    response.producer_id = answer.producer.id;
                                    response.producer_epoch = answer.producer.epoch;
                                }
                                node.reply(to, response);
                            });
}

}  // namespace highwater::engine
