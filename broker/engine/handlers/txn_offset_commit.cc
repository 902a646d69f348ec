#include "net/wire/message/txn_offset_commit.h"

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/group_text.h"
#include "broker/engine/handlers/offset_parts.h"
#include "broker/engine/handlers/transaction_requests.h"

namespace highwater::engine {

namespace {

/// KIP-890: the broker adds the partition of the offsets to the transaction itself.
constexpr std::int16_t kFirstVersionOfTransactionV2 = 5;

/// What a producer is told of what the group, or the transaction's coordinator, said.
ErrorCode told_of(ErrorCode error) {
    switch (error) {
        case ErrorCode::not_enough_replicas:
            return ErrorCode::coordinator_not_available;
        case ErrorCode::stale_member_epoch:
            return ErrorCode::illegal_generation;
        default:
            return error;
    }
}

}  // namespace

void handle_later(Node& node, const RequestInfo& request, const wire::TxnOffsetCommitRequest& message) {
    const bool is_v2 = request.version() >= kFirstVersionOfTransactionV2;
    const TransactionOfBatch transaction{.transactional_id = message.transactional_id.to_string(),
                                         .producer = {message.producer_id, message.producer_epoch},
                                         .version = is_v2 ? kTransactionV2 : kTransactionV1};
    OffsetCommitReceived input;
    input.group = message.group_id.to_string();
    input.claim = {message.member_id.to_string(), owned(message.group_instance_id), Generation{message.generation_id}};
    input.knows_member_epochs = true;
    wire::TxnOffsetCommitResponse response;
    for (const auto& topic : message.topics) {
        const Topic* known = node.topics().find(topic.name.view());
        auto& out = response.topics.emplace_back();
        out.name = wire::String(topic.name.to_string());
        for (const auto& asked : topic.partitions) {
            auto& part = out.partitions.emplace_back();
            part.partition_index = asked.partition_index;
            if (known == nullptr || known->partition(asked.partition_index) == nullptr) {
                part.error_code = ErrorCode::unknown_topic_or_partition;
                continue;
            }
            OffsetToCommit& offset = input.offsets.emplace_back();
            offset.partition = {known->name, asked.partition_index};
            offset.topic_id = known->id;
            offset.offset = Offset{asked.committed_offset};
            if (asked.committed_leader_epoch >= LeaderEpoch{0}) offset.leader_epoch = asked.committed_leader_epoch;
            if (asked.committed_metadata) offset.metadata = asked.committed_metadata->to_string();
        }
    }
    auto reply = [&node, to = request.reply_to, response](const OffsetsAnswer& answer) mutable {
        OffsetsAnswer told = answer;
        told.error = told_of(answer.error);
        fill_in_offset_parts(response.topics, told);
        node.reply(to, response);
    };
    const auto refuse = [&reply](ErrorCode error) { reply(OffsetsAnswer{GroupToken{}, error, {}}); };
    if (message.transactional_id.view().empty()) return refuse(ErrorCode::invalid_request);
    if (const auto coordinator = node.groups().find(input.group); !coordinator) return refuse(coordinator.error());
    if (input.offsets.empty()) return refuse(ErrorCode::none);
    Partition* partition = partition_of_group(node, input.group);
    if (partition == nullptr) return refuse(ErrorCode::not_coordinator);
    auto commit = [&node, input, producer = transaction.producer, reply](
                      ErrorCode error, std::optional<VerificationGuard> guard) mutable {
        if (error != ErrorCode::none) return reply(OffsetsAnswer{GroupToken{}, error, {}});
        input.transaction = GroupTransaction{producer, guard};
        node.groups().ask(std::move(input), node.now(), reply);
    };
    if (node.verifications().is_open(*partition, transaction.producer)) return commit(ErrorCode::none, {});
    node.verifications().verify(*partition, transaction, request.now,
                                [commit](Partition*, ErrorCode error, std::optional<VerificationGuard> guard) mutable {
                                    commit(error, guard);
                                });
}

}  // namespace highwater::engine
