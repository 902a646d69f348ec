#include "broker/simulation/topic_history.h"

#include <algorithm>

#include "net/wire/record/record.h"
#include "net/wire/record/record_batch.h"

namespace highwater::simulation {

std::vector<LogRecord> records_of(std::span<const std::byte> batches) {
    std::vector<LogRecord> records;
    wire::BatchReader reader(batches);
    while (const auto batch = reader.next()) {
        wire::RecordReader each(batch->records(), batch->header.record_count);
        while (const auto record = each.next()) {
            const auto value = record->value.value_or(wire::RecordBytes{});
            records.push_back({batch->header.base_offset.value() + record->offset_delta,
                               std::string(reinterpret_cast<const char*>(value.data()), value.size())});
        }
    }
    return records;
}

TopicHistory::TopicHistory(World& world)
    : world_(world), partitions_(static_cast<std::size_t>(world.scenario().partitions)) {}

void TopicHistory::acknowledged(std::int32_t partition, const ProducerClient::Acknowledged& batch) {
    Partition& known = of(partition);
    for (std::size_t i = 0; i < batch.values.size(); ++i) {
        const std::int64_t offset = batch.base_offset + static_cast<std::int64_t>(i);
        ++world_.outcome().acknowledged_records;
        if (offset < known.deleted_to) continue;
        if (!known.acknowledged.emplace(offset, batch.values[i]).second) {
            return world_.violated("NoDuplicate", fmt::format("offset {} was acknowledged twice", offset));
        }
    }
}

void TopicHistory::consumed(std::int32_t partition, std::span<const LogRecord> records) {
    Partition& known = of(partition);
    for (const LogRecord& record : records) {
        if (record.offset < known.consumed_from) continue;
        const std::int64_t next = known.next_offset();
        if (record.offset == next) {
            known.consumed.push_back(record.value);
            ++world_.outcome().consumed_records;
        } else if (record.offset > next) {
            return world_.violated(
                "Contiguous", fmt::format("partition {}: offset {} follows {}", partition, record.offset, next - 1));
        } else if (known.consumed[static_cast<std::size_t>(record.offset - known.consumed_from)] != record.value) {
            return world_.violated(
                "StableRead",
                fmt::format("partition {} offset {}: a consumer saw another record there", partition, record.offset));
        }
    }
}

void TopicHistory::deleted(std::int32_t partition, std::int64_t offset) {
    Partition& known = of(partition);
    known.deleted_to = std::max(known.deleted_to, offset);
    known.acknowledged.erase(known.acknowledged.begin(), known.acknowledged.lower_bound(known.deleted_to));
    while (known.consumed_from < known.deleted_to && !known.consumed.empty()) {
        known.consumed.pop_front();
        ++known.consumed_from;
        ++world_.outcome().deleted_records;
    }
}

void TopicHistory::judge(std::int32_t partition, const std::vector<LogRecord>& log) {
    const Partition& known = of(partition);
    const std::int64_t start = log.empty() ? known.deleted_to : log.front().offset;
    if (start > known.deleted_to) {
        return world_.violated("StartBound", fmt::format("partition {} begins at {}; records below {} were deleted",
                                                         partition, start, known.deleted_to));
    }
    const auto at = [&](std::int64_t offset) -> const std::string* {
        const auto index = static_cast<std::size_t>(offset - start);
        return index < log.size() && log[index].offset == offset ? &log[index].value : nullptr;
    };
    for (const auto& [offset, value] : known.acknowledged) {
        const std::string* found = at(offset);
        if (found == nullptr || *found != value) {
            return world_.violated("NoAckedLoss",
                                   fmt::format("partition {} offset {} was acknowledged and {}", partition, offset,
                                               found == nullptr ? "is lost" : "holds another"));
        }
    }
    for (std::int64_t offset = known.consumed_from; offset < known.next_offset(); ++offset) {
        const std::string* found = at(offset);
        const std::string& given = known.consumed[static_cast<std::size_t>(offset - known.consumed_from)];
        if (found == nullptr || *found != given) {
            return world_.violated("StableRead",
                                   fmt::format("partition {} offset {} was read, and {}", partition, offset,
                                               found == nullptr ? "is gone" : "holds another record now"));
        }
    }
    judge_order(partition, log);
}

void TopicHistory::judge_order(std::int32_t partition, const std::vector<LogRecord>& log) {
    std::map<int, std::int64_t> last_of;
    for (const LogRecord& record : log) {
        const int producer = std::stoi(record.value);
        const std::int64_t number = std::stoll(record.value.substr(record.value.find(':') + 1));
        const auto [last, is_first] = last_of.emplace(producer, number);
        if (!is_first && number != last->second + 1) {
            return world_.violated(number <= last->second ? "NoDuplicate" : "SequenceOrder",
                                   fmt::format("partition {} offset {}: producer {} record {} follows its record {}",
                                               partition, record.offset, producer, number, last->second));
        }
        last->second = number;
        world_.note(record.value);
    }
}

}  // namespace highwater::simulation
