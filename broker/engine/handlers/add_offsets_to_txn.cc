#include "net/wire/message/add_offsets_to_txn.h"

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/transaction_requests.h"

namespace highwater::engine {

void handle_later(Node& node, const RequestInfo& request, const wire::AddOffsetsToTxnRequest& message) {
    const auto reply = [&node, to = request.reply_to](ErrorCode error) {
        wire::AddOffsetsToTxnResponse response;
        response.error_code = fenced_as_known(error, to.version, 2);
        node.reply(to, response);
    };
    if (message.group_id.view().empty()) return reply(ErrorCode::invalid_group_id);
    const Partition* partition = partition_of_group(node, message.group_id.view());
    if (partition == nullptr) return reply(ErrorCode::coordinator_not_available);
    const storage::TopicPartition& name = partition->identity().name;
    node.transactions().ask(AddPartitionsReceived{.token = {},
                                                  .transactional_id = message.transactional_id.to_string(),
                                                  .producer = {message.producer_id, message.producer_epoch},
                                                  .partitions = {{name.topic, name.partition}},
                                                  .version = kTransactionV1},
                            request.now, [reply](const PartitionsAnswer& answer) { reply(answer.error); });
}

}  // namespace highwater::engine
