#include "broker/storage/producer_snapshot.h"

#include <fmt/format.h>

#include "broker/storage/byte_order.h"
#include "net/wire/record/crc32c.h"

namespace highwater::storage {

namespace {

constexpr std::int16_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 10;  // version, CRC, count
constexpr std::size_t kCrcEnd = 6;        // the CRC covers the rest
constexpr std::size_t kEntryBytes = 46;

}  // namespace

std::vector<std::byte> encode_producer_snapshot(const std::vector<ProducerState>& producers) {
    std::vector<std::byte> out;
    out.reserve(kHeaderBytes + producers.size() * kEntryBytes);
    append<std::int16_t>(out, kVersion);
    append<std::uint32_t>(out, 0);
    append<std::int32_t>(out, static_cast<std::int32_t>(producers.size()));
    for (const ProducerState& producer : producers) {
        const SequencedBatch* last = producer.batches.empty() ? nullptr : &producer.batches.back();
        append<std::int64_t>(out, producer.id.value());
        append<std::int16_t>(out, producer.epoch.value());
        append<std::int32_t>(out, last ? last->last_sequence.value() : -1);
        append<std::int64_t>(out, last ? last->last_offset.value() : -1);
        append<std::int32_t>(out, last ? last->offset_delta : 0);
        append<std::int64_t>(out, producer.last_timestamp ? producer.last_timestamp->value() : -1);
        append<std::int32_t>(out, producer.coordinator_epoch ? producer.coordinator_epoch->value() : -1);
        append<std::int64_t>(out, producer.transaction_first_offset ? producer.transaction_first_offset->value() : -1);
    }
    const std::uint32_t crc = wire::crc32c(Bytes(out).subspan(kCrcEnd));
    wire::store_big_endian<std::uint32_t>(out.data() + 2, crc);
    return out;
}

IoResult<std::vector<ProducerState>> decode_producer_snapshot(Bytes content, std::string_view path) {
    if (content.size() < kHeaderBytes) return damaged(path, "shorter than its header");
    if (const auto version = load<std::int16_t>(content, 0); version != kVersion)
        return damaged(path, fmt::format("version {}", version));
    if (load<std::uint32_t>(content, 2) != wire::crc32c(content.subspan(kCrcEnd)))
        return damaged(path, "the CRC does not match");
    const auto count = load<std::int32_t>(content, kCrcEnd);
    if (count < 0 || content.size() != kHeaderBytes + static_cast<std::size_t>(count) * kEntryBytes)
        return damaged(path, fmt::format("{} producers in {} bytes", count, content.size()));

    std::vector<ProducerState> producers;
    producers.reserve(static_cast<std::size_t>(count));
    for (std::size_t at = kHeaderBytes; at < content.size(); at += kEntryBytes) {
        ProducerState producer;
        producer.id = ProducerId{load<std::int64_t>(content, at)};
        producer.epoch = ProducerEpoch{load<std::int16_t>(content, at + 8)};
        if (const auto time = load<std::int64_t>(content, at + 26); time >= 0)
            producer.last_timestamp = Timestamp{time};
        const auto last_sequence = load<std::int32_t>(content, at + 10);
        const auto last_offset = load<std::int64_t>(content, at + 14);
        const auto delta = load<std::int32_t>(content, at + 22);
        if (last_sequence >= 0 && delta >= 0 && last_offset >= delta) {
            producer.batches.push_back({.last_offset = Offset{last_offset},
                                        .timestamp = producer.last_timestamp,
                                        .last_sequence = Sequence{last_sequence},
                                        .offset_delta = delta});
        }
        if (const auto epoch = load<std::int32_t>(content, at + 34); epoch >= 0)
            producer.coordinator_epoch = CoordinatorEpoch{epoch};
        if (const auto first = load<std::int64_t>(content, at + 38); first >= 0)
            producer.transaction_first_offset = Offset{first};
        if (producer.id.value() < 0 || (!producers.empty() && producer.id == producers.back().id))
            return damaged(path, fmt::format("producer id {}", producer.id));
        producers.push_back(producer);
    }
    return producers;
}

}  // namespace highwater::storage
