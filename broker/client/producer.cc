#include "broker/client/producer.h"

#include <thread>

#include "net/wire/message/init_producer_id.h"
#include "net/wire/message/produce.h"

namespace highwater::client {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kBackoff{100};

/// Errors that pass: a leader moves, a topic is being made, replicas are slow.
bool may_pass(ErrorCode error) {
    switch (error) {
        case ErrorCode::unknown_topic_or_partition:
        case ErrorCode::unknown_topic_id:
        case ErrorCode::leader_not_available:
        case ErrorCode::not_leader_or_follower:
        case ErrorCode::request_timed_out:
        case ErrorCode::network_exception:
        case ErrorCode::not_enough_replicas:
        case ErrorCode::not_enough_replicas_after_append:
        case ErrorCode::kafka_storage_error:
        case ErrorCode::broker_not_available:
            return true;
        default:
            return false;
    }
}

}  // namespace

Result<void, std::string> Producer::start() {
    if (auto found = find_topic(); !found) return found;
    if (settings_.idempotent) return take_producer_id();
    return {};
}

Result<void, std::string> Producer::find_topic() {
    const auto give_up = Clock::now() + settings_.request_timeout;
    const std::vector<std::string> names{topic_};
    for (;;) {
        auto topics = cluster_.topics(&names, true);
        ErrorCode error = ErrorCode::unknown_topic_or_partition;
        if (topics && !topics->empty()) {
            error = topics->front().error;
            info_ = std::move(topics->front());
            if (error == ErrorCode::none && !info_.partitions.empty()) return {};
        }
        const bool passes = topics ? may_pass(error) : true;
        if (!passes || Clock::now() >= give_up)
            return unexpected(topics
                                  ? fmt::format("topic {}: {}; highwater topics --create makes topics", topic_, error)
                                  : topics.error());
        std::this_thread::sleep_for(kBackoff);
    }
}

Result<void, std::string> Producer::take_producer_id() {
    wire::InitProducerIdRequest request;
    request.transactional_id.reset();
    request.transaction_timeout_ms = static_cast<std::int32_t>(settings_.request_timeout.count());
    const auto answer = cluster_.call<wire::InitProducerIdResponse>(NodeId{-1}, request);
    if (!answer) return unexpected(answer.error());
    if ((*answer)->error_code != ErrorCode::none)
        return unexpected(fmt::format("no producer id was given: {}", (*answer)->error_code));
    producer_id_ = (*answer)->producer_id;
    producer_epoch_ = (*answer)->producer_epoch;
    return {};
}

NodeId Producer::leader_of(PartitionId partition) const {
    const auto index = static_cast<std::size_t>(partition.value());
    return index < info_.partitions.size() ? info_.partitions[index].leader : NodeId{-1};
}

Result<std::optional<Offset>, std::string> Producer::send(PartitionId partition,
                                                          std::span<const wire::NewRecord> records) {
    wire::BatchOptions options;
    options.compression = settings_.compression;
    if (producer_id_)
        options.producer =
            ProducerStamp{.id = *producer_id_, .epoch = producer_epoch_, .base_sequence = next_sequence_[partition]};
    wire::RecordBatchBuilder builder(options);
    for (const wire::NewRecord& record : records) builder.add(record);
    const wire::RecordBuffer batch = builder.finish(compressor_);

    const auto give_up = Clock::now() + settings_.delivery_timeout;
    for (;;) {
        wire::ProduceRequest::PartitionProduceData data;
        data.index = partition;
        data.records.emplace(std::span<const std::byte>(batch));
        wire::ProduceRequest::TopicProduceData topic;
        topic.name = wire::String(topic_);
        topic.topic_id = info_.id;
        topic.partition_data.push_back(std::move(data));
        wire::ProduceRequest request;
        request.transactional_id.reset();
        request.acks = settings_.acks;
        request.timeout_ms = static_cast<std::int32_t>(settings_.request_timeout.count());
        request.topic_data.push_back(std::move(topic));

        std::string problem;
        if (settings_.acks == 0) {
            auto connection = cluster_.broker(leader_of(partition));
            auto told = connection ? (*connection)->tell(request) : unexpected(connection.error());
            if (told) return std::optional<Offset>{};
            problem = std::move(told.error());
            cluster_.reset();
        } else if (auto answer = cluster_.call<wire::ProduceResponse>(leader_of(partition), request); !answer) {
            problem = std::move(answer.error());
        } else {
            const auto topics = (*answer)->responses;
            if (topics.empty() || topics.front().partition_responses.empty())
                return unexpected(std::string("the broker's answer to the produce names no partition"));
            const auto result = topics.front().partition_responses.front();
            if (result.error_code == ErrorCode::none || result.error_code == ErrorCode::duplicate_sequence_number) {
                if (producer_id_)
                    next_sequence_[partition] =
                        next_sequence_[partition].plus(static_cast<std::int32_t>(records.size()));
                return std::optional(Offset{result.base_offset});
            }
            problem =
                fmt::format("{}-{}: {}{}{}", topic_, partition, result.error_code, result.error_message ? ": " : "",
                            result.error_message ? result.error_message->view() : "");
            if (!may_pass(result.error_code)) return unexpected(std::move(problem));
        }
        if (Clock::now() >= give_up)
            return unexpected(fmt::format("not acknowledged within {} ms; the last attempt: {}",
                                          settings_.delivery_timeout.count(), problem));
        std::this_thread::sleep_for(kBackoff);
        const std::vector<std::string> names{topic_};
        if (auto topics = cluster_.topics(&names); topics && !topics->empty() && !topics->front().partitions.empty())
            info_ = std::move(topics->front());
    }
}

}  // namespace highwater::client
