#include "net/wire/message/produce.h"

#include <algorithm>

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"
#include "net/wire/record/produce_validation.h"

namespace highwater::engine {

namespace {

using PartitionResponse = wire::ProduceResponse::PartitionProduceResponse;

void refuse_part(PartitionResponse& part, ErrorCode error, std::string_view message = {}) {
    part.error_code = error;
    part.base_offset = -1;
    part.log_append_time_ms = -1;
    part.log_start_offset = -1;
    if (!message.empty()) part.error_message = wire::String(message);
}

wire::ProduceRules rules_of(const TopicConfig& config, const RequestInfo& request) {
    wire::ProduceRules rules;
    rules.max_message_bytes = static_cast<std::uint32_t>(config.max_message_bytes);
    rules.segment_bytes = static_cast<std::uint32_t>(config.segment_bytes);
    rules.compacted = config.has_policy("compact");
    rules.timestamp_type = config.message_timestamp_type == "LogAppendTime" ? wire::TimestampType::log_append_time
                                                                            : wire::TimestampType::create_time;
    rules.timestamp_before_max_ms = config.message_timestamp_before_max_ms;
    rules.timestamp_after_max_ms = config.message_timestamp_after_max_ms;
    rules.now = request.now.wall;
    if (config.compression_type != "producer") {
        const auto codec = wire::codec_from_name(config.compression_type).value_or(wire::CompressionCodec::none);
        wire::CompressionChoice choice{.codec = codec, .level = std::nullopt};
        if (codec == wire::CompressionCodec::gzip) choice.level = config.compression_gzip_level;
        if (codec == wire::CompressionCodec::lz4) choice.level = config.compression_lz4_level;
        if (codec == wire::CompressionCodec::zstd) choice.level = config.compression_zstd_level;
        if (choice.codec == wire::CompressionCodec::gzip && *choice.level == -1) choice.level.reset();
        rules.compression = choice;
    }
    rules.produce_version = request.version();
    return rules;
}

/// What all partitions of one request share.
struct Produce {
    Node& node;
    const RequestInfo& request;
    const wire::ProduceRequest& message;
    std::uint32_t pending;
    Time deadline;
};

ErrorCode unknown_topic(const RequestInfo& request) {
    return request.version() >= 13 ? ErrorCode::unknown_topic_id : ErrorCode::unknown_topic_or_partition;
}

void refuse_invalid(PartitionResponse& part, const wire::ProduceRefusal& refusal) {
    refuse_part(part, refusal.error, refusal.message);
    for (const wire::RecordRefusal& record : refusal.records) {
        auto& out = part.record_errors.emplace_back();
        out.batch_index = record.batch_index;
        out.batch_index_error_message = wire::String(record.message);
    }
}

/// KIP-890: the broker adds the partition to the transaction itself.
constexpr std::int16_t kFirstVersionOfTransactionV2 = 12;

/// Goes on once the transaction is open in the partition, or its coordinator has said that it may begin there.
void produce_in_transaction(const Produce& produce, Partition& partition, ProduceReceived received,
                            wire::RecordBytes stored) {
    Node& node = produce.node;
    const Moment now = produce.request.now;
    const bool is_v2 = produce.request.version() >= kFirstVersionOfTransactionV2;
    received.transaction_version = is_v2 ? kTransactionV2 : kTransactionV1;
    const ProducerClaim producer{received.batch.producer->id, received.batch.producer->epoch};
    TransactionVerifications& verifications = node.verifications();
    if (verifications.is_open(partition, producer)) return partition.produce(received, stored, now);
    if (!is_v2 && !node.config().verifies_transactions) {
        received.guard = verifications.vouch(partition, producer.id, now);
        return partition.produce(received, stored, now);
    }
    const TransactionOfBatch transaction{.transactional_id = produce.message.transactional_id->to_string(),
                                         .producer = producer,
                                         .version = received.transaction_version};
    const auto go_on = [&node, received, kept = wire::RecordBuffer(stored.begin(), stored.end())](
                           Partition* appended_to, ErrorCode error, std::optional<VerificationGuard> guard) {
        if (error != ErrorCode::none) return node.refuse_produce(received.token, error);
        ProduceReceived vouched = received;
        vouched.guard = guard;
        appended_to->produce(vouched, kept, node.now());
    };
    verifications.verify(partition, transaction, now, go_on);
}

void produce_part(const Produce& produce, Topic* topic, PendingProduces::Part place,
                  const wire::ProduceRequest::PartitionProduceData& data) {
    Node& node = produce.node;
    const auto part = [&]() -> PartitionResponse& {
        return node.produces()[produce.pending].part(place.topic, place.partition);
    };
    if (topic == nullptr) return refuse_part(part(), unknown_topic(produce.request));
    Partition* partition = topic->partition(data.index);
    if (partition == nullptr) return refuse_part(part(), ErrorCode::unknown_topic_or_partition);
    if (produce.message.acks < -1 || produce.message.acks > 1) {
        return refuse_part(part(), ErrorCode::invalid_required_acks);
    }
    if (is_written_by_the_node_only(topic->name)) {
        return refuse_part(part(), ErrorCode::invalid_topic_exception, "The topic is internal.");
    }

    const wire::RecordBytes bytes = data.records ? data.records->view() : wire::RecordBytes{};
    auto accepted = wire::validate_produce(bytes, rules_of(topic->config, produce.request), node.record_scratch());
    if (!accepted) return refuse_invalid(part(), accepted.error());
    if (accepted->facts.transactional && !produce.message.transactional_id) {
        return refuse_part(part(), ErrorCode::transactional_id_authorization_failed,
                           "A batch of a transaction without a transactional id.");
    }

    wire::RecordBytes stored = accepted->stored_bytes(bytes);
    wire::RecordBuffer changed;
    if (accepted->timestamp_change) {
        changed.resize(accepted->facts.size_bytes);
        wire::write_accepted_batch(*accepted, bytes, Offset{0}, LeaderEpoch{0}, changed);
        stored = changed;
    }
    if (topic->config.message_timestamp_type == "LogAppendTime") {
        place.log_append_time_ms = produce.request.now.wall.value();
    }
    place.request = produce.pending;
    const ProduceToken token = node.produces().expect(place);
    ProduceReceived received{.token = token,
                             .acks = static_cast<Acks>(produce.message.acks),
                             .batch = accepted->facts,
                             .deadline = produce.deadline};
    if (accepted->facts.transactional) return produce_in_transaction(produce, *partition, received, stored);
    partition->produce(received, stored, produce.request.now);
}

}  // namespace

void handle_later(Node& node, const RequestInfo& request, const wire::ProduceRequest& message) {
    const auto timeout = std::clamp(std::chrono::milliseconds{message.timeout_ms}, std::chrono::milliseconds{0},
                                    node.config().max_produce_wait);
    const std::uint32_t pending = node.produces().open(
        {.reply_to = request.reply_to, .wants_reply = message.acks != 0, .response = {}, .waiting = 1});
    const Produce produce{node, request, message, pending, request.now.time + timeout};
    std::uint32_t topic_index = 0;
    for (const auto& topic_data : message.topic_data) {
        Topic* topic = request.version() >= 13 ? node.topics().find(topic_data.topic_id)
                                               : node.topics().find(topic_data.name.view());
        {
            auto& answer = node.produces()[pending].response.responses.emplace_back();
            answer.name = wire::String(topic_data.name.view());
            answer.topic_id = topic_data.topic_id;
        }
        std::uint32_t partition_index = 0;
        for (const auto& partition_data : topic_data.partition_data) {
            node.produces()[pending]
                .response.responses.materialise()[topic_index]
                .partition_responses.emplace_back()
                .index = partition_data.index;
            produce_part(produce, topic, {.request = pending, .topic = topic_index, .partition = partition_index},
                         partition_data);
            PendingProduce& request_state = node.produces()[pending];
            if (request_state.part(topic_index, partition_index).error_code != ErrorCode::none) {
                request_state.failed = true;
            }
            ++partition_index;
        }
        ++topic_index;
    }
    --node.produces()[pending].waiting;
    node.reply_if_complete(pending);
}

}  // namespace highwater::engine
