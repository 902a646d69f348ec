#include "net/wire/message/list_offsets.h"

#include <algorithm>
#include <set>

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"

namespace highwater::engine {

namespace {

using Answer = wire::ListOffsetsResponse::ListOffsetsPartitionResponse;

// Timestamps that name a place, and the version from which a client may use each (KIP-405, KIP-734, KIP-1005,
// KIP-1023).
constexpr std::int64_t kLatest = -1;
constexpr std::int64_t kEarliest = -2;
constexpr std::int64_t kMaxTimestamp = -3;
constexpr std::int64_t kEarliestLocal = -4;
constexpr std::int64_t kLatestTiered = -5;
constexpr std::int64_t kEarliestPendingUpload = -6;

bool is_supported(std::int64_t timestamp, std::int16_t version) {
    if (timestamp >= 0 || timestamp == kLatest || timestamp == kEarliest) return true;
    if (timestamp == kMaxTimestamp) return version >= 7;
    if (timestamp == kEarliestLocal) return version >= 8;
    if (timestamp == kLatestTiered) return version >= 9;
    if (timestamp == kEarliestPendingUpload) return version >= 11;
    return false;
}

struct Place {
    std::int64_t offset = -1;
    std::int64_t timestamp = -1;
    std::optional<LeaderEpoch> leader_epoch;
};

Result<Place> place_of_record(const storage::IoResult<std::optional<storage::TimestampOffset>>& found) {
    if (!found) {
        return refuse(found.error().is_damage() ? ErrorCode::corrupt_message : ErrorCode::kafka_storage_error);
    }
    if (!*found) return Place{};
    return Place{.offset = (*found)->offset.value(),
                 .timestamp = (*found)->timestamp.value(),
                 .leader_epoch = (*found)->leader_epoch};
}

Result<Place> find_place(const Partition& partition, std::int64_t timestamp, std::optional<LeaderEpoch> claimed,
                         IsolationLevel isolation) {
    const Replica& replica = partition.replica();
    if (const ErrorCode error = replica.check_leadership(claimed); error != ErrorCode::none) return refuse(error);
    const Offset start = replica.log().start_offset();
    if (timestamp == kEarliest || timestamp == kEarliestLocal) {
        return Place{.offset = start.value(), .leader_epoch = replica.log().leader_epoch_at(start)};
    }
    if (timestamp == kLatestTiered || timestamp == kEarliestPendingUpload) return Place{};  // nothing is tiered here
    const Result<Offset> end = replica.latest_offset(claimed, isolation);
    if (!end) return refuse(end.error());
    if (timestamp == kLatest) return Place{.offset = end->value(), .leader_epoch = replica.leader_epoch()};
    if (partition.log() == nullptr) return Place{};
    if (timestamp == kMaxTimestamp) return place_of_record(partition.log()->find_max_timestamp(*end));
    return place_of_record(partition.log()->find_timestamp(Timestamp{timestamp}, *end));
}

/// Version 0 asks for offsets of segments before a time; what is left of it here: the first record at or after that
/// time (the end when there is none), then the log's start.
void answer_old_style(Answer& answer, const Partition& partition, std::int64_t timestamp, std::int32_t max_offsets) {
    auto place = find_place(partition, timestamp, std::nullopt, IsolationLevel::read_uncommitted);
    if (place && place->offset < 0) {
        place = find_place(partition, kLatest, std::nullopt, IsolationLevel::read_uncommitted);
    }
    if (!place) {
        answer.error_code = place.error();
        return;
    }
    const std::int64_t start = partition.replica().log().start_offset().value();
    if (max_offsets > 0) answer.old_style_offsets.push_back(place->offset);
    if (max_offsets > 1 && place->offset != start) answer.old_style_offsets.push_back(start);
}

Answer answer_partition(Topic* topic, const RequestInfo& request, const wire::ListOffsetsRequest& message,
                        const wire::ListOffsetsRequest::ListOffsetsPartition& asked) {
    Answer answer;
    answer.partition_index = asked.partition_index;
    const Partition* partition = topic == nullptr ? nullptr : topic->partition(asked.partition_index);
    if (partition == nullptr) {
        answer.error_code = ErrorCode::unknown_topic_or_partition;
        return answer;
    }
    if (request.version() == 0) {
        answer_old_style(answer, *partition, asked.timestamp, asked.max_num_offsets);
        return answer;
    }
    if (!is_supported(asked.timestamp, request.version())) {
        answer.error_code = ErrorCode::unsupported_version;
        return answer;
    }
    std::optional<LeaderEpoch> claimed;
    if (asked.current_leader_epoch.value() >= 0) claimed = asked.current_leader_epoch;
    const auto isolation =
        message.isolation_level == 1 ? IsolationLevel::read_committed : IsolationLevel::read_uncommitted;
    const Result<Place> place = find_place(*partition, asked.timestamp, claimed, isolation);
    if (!place) {
        // KIP-207: clients before version 5 do not know OFFSET_NOT_AVAILABLE.
        const bool unknown_to_client = place.error() == ErrorCode::offset_not_available && request.version() < 5;
        answer.error_code = unknown_to_client ? ErrorCode::leader_not_available : place.error();
        return answer;
    }
    answer.offset = place->offset;
    answer.timestamp = place->timestamp;
    // KIP-320: from version 4 on.
    if (place->leader_epoch && request.version() >= 4) answer.leader_epoch = *place->leader_epoch;
    return answer;
}

}  // namespace

wire::ListOffsetsResponse handle(Node& node, const RequestInfo& request, const wire::ListOffsetsRequest& message) {
    // A partition that is asked for twice has no one answer (B118).
    std::set<std::pair<std::string_view, PartitionId>> seen;
    std::set<std::pair<std::string_view, PartitionId>> twice;
    for (const auto& topic : message.topics) {
        for (const auto& partition : topic.partitions) {
            const std::pair name(topic.name.view(), partition.partition_index);
            if (!seen.insert(name).second) twice.insert(name);
        }
    }
    wire::ListOffsetsResponse response;
    for (const auto& topic : message.topics) {
        auto& out = response.topics.emplace_back();
        out.name = topic.name;
        Topic* known = node.topics().find(topic.name.view());
        for (const auto& partition : topic.partitions) {
            if (request.version() > 0 && twice.contains({topic.name.view(), partition.partition_index})) {
                auto& answer = out.partitions.emplace_back();
                answer.partition_index = partition.partition_index;
                answer.error_code = ErrorCode::invalid_request;
                continue;
            }
            out.partitions.push_back(answer_partition(known, request, message, partition));
        }
    }
    return response;
}

}  // namespace highwater::engine
