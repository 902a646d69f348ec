#include "broker/simulation/producer_client.h"

#include <algorithm>

#include <fmt/format.h>

namespace highwater::simulation {

namespace {

bool is_retriable(ErrorCode error) {
    switch (error) {
        case ErrorCode::request_timed_out:
        case ErrorCode::kafka_storage_error:
        case ErrorCode::not_leader_or_follower:
        case ErrorCode::unknown_topic_or_partition:
        case ErrorCode::leader_not_available:
            return true;
        default:
            return false;
    }
}

}  // namespace

void ProducerClient::write(int records, std::size_t bytes) {
    Batch batch{.base_sequence = next_sequence_, .values = {}};
    for (int i = 0; i < records; ++i) {
        std::string value = fmt::format("{}:{}:", number_, next_value_++);
        value.resize(std::max(value.size(), bytes), 'x');
        batch.values.push_back(std::move(value));
    }
    next_sequence_ += records;
    batches_.push_back(std::move(batch));
}

const ProducerClient::Batch* ProducerClient::next() {
    if (!producer_id_ || wants_reconnect_ || sent_ == batches_.size() || sent_ == kMaxInFlight) return nullptr;
    const Batch& batch = batches_[sent_++];
    if (batch.is_retry) ++retries_;
    return &batch;
}

std::optional<ProducerClient::Acknowledged> ProducerClient::answered(ErrorCode error, std::int64_t base_offset,
                                                                     std::string& violation) {
    if (wants_reconnect_) return std::nullopt;  // of a batch behind the one that failed: it is sent again as well
    if (sent_ == 0) {
        violation = fmt::format("producer {} was answered without having asked", number_);
        return std::nullopt;
    }
    if (error == ErrorCode::none) {
        Acknowledged acknowledged{.base_offset = base_offset, .values = std::move(batches_.front().values)};
        batches_.pop_front();
        --sent_;
        return acknowledged;
    }
    if (!is_retriable(error)) {
        violation =
            fmt::format("producer {} sequence {} was refused: {}", number_, batches_.front().base_sequence, error);
    }
    wants_reconnect_ = true;
    return std::nullopt;
}

void ProducerClient::disconnected() {
    for (std::size_t i = 0; i < sent_; ++i) batches_[i].is_retry = true;
    sent_ = 0;
    wants_reconnect_ = false;
}

}  // namespace highwater::simulation
