#include "broker/simulation/consumers.h"

#include <algorithm>

#include "broker/simulation/requests.h"
#include "net/wire/message/delete_records.h"
#include "net/wire/message/fetch.h"
#include "net/wire/message/list_offsets.h"

namespace highwater::simulation {

namespace {

constexpr std::int16_t kFetchVersion = 11;
constexpr std::int16_t kDeleteRecordsVersion = 2;
constexpr std::int16_t kListOffsetsVersion = 5;
/// So many records that were read stay.
constexpr std::int64_t kKeptRecords = 200;

wire::FetchRequest fetch_message(std::int32_t partition, std::int64_t offset, std::int32_t max_wait_ms) {
    wire::FetchRequest message;
    message.max_wait_ms = max_wait_ms;
    message.min_bytes = 1;
    message.max_bytes = 1 << 20;
    auto& topic = message.topics.emplace_back();
    topic.topic = wire::String(kTopic);
    auto& part = topic.partitions.emplace_back();
    part.partition = PartitionId{partition};
    part.fetch_offset = offset;
    part.partition_max_bytes = 1 << 16;
    return message;
}

}  // namespace

Consumers::Consumers(World& world, NodeHost& host, TopicHistory& history)
    : world_(world),
      host_(host),
      history_(history),
      connections_(static_cast<std::size_t>(world.scenario().partitions)) {}

void Consumers::begin() {
    for (std::int32_t partition = 0; partition < world_.scenario().partitions; ++partition) {
        world_.in(milliseconds{5}, [this, partition] { consume(partition); });
        world_.in(std::chrono::seconds{5}, [this, partition] { delete_records(partition); });
    }
}

void Consumers::consume(std::int32_t partition) {
    std::uint64_t& present = connections_[static_cast<std::size_t>(partition)];
    host_.disconnect(present);
    by_connection_.erase(present);
    present = 0;
    if (host_.is_up()) {
        present = host_.connect();
        by_connection_[present] = partition;
        fetch(present, partition);
    }
    // Whatever becomes of a connection, the next one goes on from the same place.
    world_.in(world_.delay(milliseconds{100}, milliseconds{900}), [this, partition] { consume(partition); });
}

void Consumers::fetch(std::uint64_t connection, std::int32_t partition) {
    host_.send(connection,
               frame_of(world_, fetch_message(partition, history_.next_offset(partition), 200), kFetchVersion));
}

bool Consumers::heard(std::uint64_t connection, std::span<const std::byte> frame) {
    const auto known = by_connection_.find(connection);
    if (known == by_connection_.end()) return false;
    const std::int32_t partition = known->second;
    const auto answer = response_from<wire::FetchResponse>(world_, frame, wire::ApiKey::fetch, kFetchVersion);
    if (!answer) return true;
    if (!answer->responses.empty()) {
        const auto part = answer->responses.front().partitions.front();
        const bool is_expected = part.error_code == ErrorCode::none ||
                                 part.error_code == ErrorCode::kafka_storage_error ||
                                 part.error_code == ErrorCode::unknown_topic_or_partition;
        if (!is_expected) {
            world_.violated("Contiguous", fmt::format("a consumer at offset {} of partition {} heard {}",
                                                      history_.next_offset(partition), partition, part.error_code));
            return true;
        }
        if (part.records) history_.consumed(partition, records_of(part.records->view()));
    }
    if (host_.is_open(connection)) fetch(connection, partition);
    return true;
}

void Consumers::delete_records(std::int32_t partition) {
    const std::int64_t below = history_.next_offset(partition) - kKeptRecords;
    if (host_.is_up() && below > 0) {
        wire::DeleteRecordsRequest message;
        message.timeout_ms = 1000;
        auto& topic = message.topics.emplace_back();
        topic.name = wire::String(kTopic);
        auto& part = topic.partitions.emplace_back();
        part.partition_index = PartitionId{partition};
        part.offset = below;
        history_.deleted(partition, below);
        host_.send(host_.connect(), frame_of(world_, message, kDeleteRecordsVersion));
    }
    world_.in(world_.delay(std::chrono::seconds{1}, std::chrono::seconds{9}),
              [this, partition] { delete_records(partition); });
}

std::int64_t Consumers::log_start(std::uint64_t connection, std::int32_t partition) {
    constexpr std::int64_t kEarliest = -2;
    wire::ListOffsetsRequest message;
    message.replica_id = NodeId{-1};
    auto& topic = message.topics.emplace_back();
    topic.name = wire::String(kTopic);
    auto& part = topic.partitions.emplace_back();
    part.partition_index = PartitionId{partition};
    part.timestamp = kEarliest;
    const auto frame = host_.ask(connection, frame_of(world_, message, kListOffsetsVersion));
    if (frame.empty()) return 0;
    const auto answer = response_from<wire::ListOffsetsResponse>(world_, std::span(frame).subspan(4),
                                                                 wire::ApiKey::list_offsets, kListOffsetsVersion);
    return answer ? answer->topics.front().partitions.front().offset : 0;
}

std::vector<LogRecord> Consumers::read(std::int32_t partition) {
    std::vector<LogRecord> log;
    const std::uint64_t connection = host_.connect();
    for (std::int64_t next = log_start(connection, partition);;) {
        const auto frame = host_.ask(connection, frame_of(world_, fetch_message(partition, next, 0), kFetchVersion));
        if (frame.empty()) {
            world_.violated("AnswersInOrder", "a fetch that does not wait was not answered at once");
            break;
        }
        const auto answer =
            response_from<wire::FetchResponse>(world_, std::span(frame).subspan(4), wire::ApiKey::fetch, kFetchVersion);
        if (!answer) break;
        const auto part = answer->responses.front().partitions.front();
        if (part.error_code != ErrorCode::none) {
            world_.violated("NoAckedLoss",
                            fmt::format("partition {} cannot be read at {}: {}", partition, next, part.error_code));
            break;
        }
        bool more = false;
        if (part.records) {
            for (LogRecord& record : records_of(part.records->view())) {
                if (record.offset < next) continue;
                next = record.offset + 1;
                log.push_back(std::move(record));
                more = true;
            }
        }
        if (!more) break;
    }
    host_.disconnect(connection);
    return log;
}

}  // namespace highwater::simulation
