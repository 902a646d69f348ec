#include "broker/client/consumer.h"

#include "broker/client/list_offsets.h"
#include "net/wire/message/fetch.h"
#include "net/wire/record/legacy_message_set.h"
#include "net/wire/record/record_batch.h"

namespace highwater::client {

Result<void, std::string> Consumer::start() {
    const std::vector<std::string> names{topic_};
    auto topics = cluster_.topics(&names);
    if (!topics) return unexpected(std::move(topics.error()));
    if (topics->empty() || topics->front().error != ErrorCode::none)
        return unexpected(fmt::format("topic {}: {}; highwater topics --list shows what there is", topic_,
                                      topics->empty() ? ErrorCode::unknown_topic_or_partition : topics->front().error));
    info_ = std::move(topics->front());
    return {};
}

NodeId Consumer::leader_of(PartitionId partition) const {
    const auto index = static_cast<std::size_t>(partition.value());
    return index < info_.partitions.size() ? info_.partitions[index].leader : NodeId{-1};
}

Result<Offset, std::string> Consumer::offset_at(PartitionId partition, std::int64_t timestamp) {
    const TopicPartition wanted{topic_, partition};
    const auto offsets = list_offsets(cluster_, {info_}, {{wanted, timestamp}});
    if (!offsets) return unexpected(offsets.error());
    // No record of that time or later.
    return offsets->at(wanted).value_or(Offset{-1});
}

Result<std::size_t, std::string> Consumer::poll(const std::function<bool(const ConsumedRecord&)>& visit) {
    std::map<NodeId, std::vector<PartitionId>> by_leader;
    for (const auto& [partition, offset] : positions_) by_leader[leader_of(partition)].push_back(partition);
    std::size_t count = 0;
    for (const auto& [leader, partitions] : by_leader) {
        wire::FetchRequest::FetchTopic topic;
        topic.topic = wire::String(topic_);
        topic.topic_id = info_.id;
        for (const PartitionId partition : partitions) {
            wire::FetchRequest::FetchPartition wanted;
            wanted.partition = partition;
            wanted.fetch_offset = positions_[partition].value();
            wanted.partition_max_bytes = settings_.partition_max_bytes;
            topic.partitions.push_back(std::move(wanted));
        }
        wire::FetchRequest request;
        request.max_wait_ms = static_cast<std::int32_t>(settings_.max_wait.count());
        request.min_bytes = 1;
        request.max_bytes = settings_.max_bytes;
        request.topics.push_back(std::move(topic));
        const auto answer = cluster_.call<wire::FetchResponse>(leader, request);
        if (!answer) return unexpected(answer.error());
        if ((*answer)->error_code != ErrorCode::none)
            return unexpected(fmt::format("the fetch was refused: {}", (*answer)->error_code));
        for (const auto& response : (*answer)->responses) {
            for (const auto& partition : response.partitions) {
                if (partition.error_code != ErrorCode::none)
                    return unexpected(fmt::format("{}-{} can't be read at offset {}: {}", topic_,
                                                  partition.partition_index, positions_[partition.partition_index],
                                                  partition.error_code));
                if (!partition.records) continue;
                const auto goes_on = visit_batches(partition.partition_index, partition.records->view(), visit, count);
                if (!goes_on) return unexpected(goes_on.error());
                if (!*goes_on) return count;
            }
        }
    }
    return count;
}

Result<bool, std::string> Consumer::visit_batches(PartitionId partition, wire::RecordBytes records,
                                                  const std::function<bool(const ConsumedRecord&)>& visit,
                                                  std::size_t& count) {
    const auto damaged = [&](Offset offset, std::string_view what) {
        return unexpected(fmt::format("the batch at {}-{} offset {} is damaged: {}", topic_, partition, offset, what));
    };
    Offset& position = positions_[partition];
    wire::BatchReader reader(records);
    while (const auto batch = reader.next()) {
        if (auto sound = wire::check_batch_header(batch->header); !sound)
            return damaged(batch->header.base_offset, sound.error().what);
        if (settings_.check_crcs && !batch->crc_matches())
            return damaged(batch->header.base_offset, "its checksum does not match");
        if (batch->header.last_offset() < position) continue;
        if (!batch->header.is_control()) {
            const auto clear = wire::clear_records(*batch, decompressor_, settings_.max_batch_bytes, scratch_);
            if (!clear) return damaged(batch->header.base_offset, clear.error().what);
            wire::RecordReader each(*clear, batch->header.record_count);
            while (const auto record = each.next()) {
                const Offset offset = batch->header.base_offset + OffsetDelta{record->offset_delta};
                if (offset < position) continue;
                position = offset.next();
                ++count;
                if (!visit({.partition = partition,
                            .offset = offset,
                            .timestamp = wire::record_timestamp(batch->header, *record),
                            .timestamp_type = batch->header.timestamp_type(),
                            .key = record->key,
                            .value = record->value,
                            .view = &*record}))
                    return false;
            }
            if (each.defect()) return damaged(batch->header.base_offset, each.defect()->what);
        }
        position = batch->header.last_offset().next();
    }
    if (reader.end() == wire::BatchesEnd::malformed || reader.end() == wire::BatchesEnd::legacy)
        return damaged(position, "no batch begins here");
    return true;
}

}  // namespace highwater::client
