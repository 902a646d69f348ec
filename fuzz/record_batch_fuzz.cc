// Claim: whatever stands where a record batch is expected, the readers refuse it or read it, in bounded memory, without
// a crash; what validation accepts is a sound batch in the log, whose records are the client's; the walker of whole
// sections and the one of decompressed pieces judge alike. The mutator repairs length and checksum, so that mutations
// reach what is behind them.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "net/wire/record/legacy_message_set.h"
#include "net/wire/record/produce_validation.h"
#include "net/wire/record/record.h"
#include "net/wire/record/record_batch.h"
#include "net/wire/record/record_stream.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using namespace highwater;
using namespace highwater::wire;

constexpr std::size_t kLimit = 1 << 20;

void require(bool holds) {
    if (!holds) std::abort();
}

/// Count of well-formed records up to the first defect, and the defect.
std::pair<int, std::optional<RecordDefect>> walk(RecordBytes section, std::int32_t count) {
    RecordReader reader(section, count);
    int seen = 0;
    while (const auto record = reader.next()) {
        ++seen;
        std::int32_t headers = 0;
        for (RecordHeaders each(*record); each.next();) ++headers;
        require(headers == record->header_count);
    }
    return {seen, reader.defect()};
}

void check_walkers(const BatchView& batch, RecordScratch& scratch) {
    if (!batch.header.codec()) return;
    RecordStream stream(scratch.decompressor, *batch.header.codec(), batch.records(), batch.header.record_count,
                        kLimit);
    int streamed = 0;
    while (stream.next()) ++streamed;
    const auto section = clear_records(batch, scratch.decompressor, kLimit, scratch.buffer);
    if (!section) {
        require(stream.defect().has_value());
        return;
    }
    if (section->size() > kLimit) return;
    const auto [seen, defect] = walk(*section, batch.header.record_count);
    require(seen == streamed);
    require(defect.has_value() == stream.defect().has_value());
}

void check_accepted(RecordBytes input, const ProduceRules& rules, RecordScratch& scratch) {
    const auto accepted = validate_produce(input, rules, scratch);
    if (!accepted) {
        require(accepted.error().error != ErrorCode::none && accepted.error().error != ErrorCode::unknown_server_error);
        return;
    }
    RecordBuffer stored(accepted->facts.size_bytes);
    write_accepted_batch(*accepted, input, Offset{1000}, LeaderEpoch{7}, stored);
    const auto batch = read_batch(stored);
    require(batch.has_value() && batch->bytes.size() == stored.size());
    require(check_batch(*batch).has_value());
    BatchFacts expected = accepted->facts;
    expected.base_offset = Offset{1000};
    expected.leader_epoch = LeaderEpoch{7};
    require(facts(*batch) == expected);
    require(batch->header.record_count == accepted->record_count);
    const auto section = clear_records(*batch, scratch.decompressor, kLimit, scratch.buffer);
    require(section.has_value());
    const auto [seen, defect] = walk(*section, accepted->record_count);
    require(seen == accepted->record_count && !defect);
    for (const std::int8_t magic : {0, 1}) {
        const auto down =
            down_convert(stored, magic, Offset{0}, kLimit, scratch.decompressor, scratch.compressor, kLimit);
        require(down.has_value() == (batch->header.codec() != CompressionCodec::zstd));
        if (!down) continue;
        int messages = 0;
        require(for_each_legacy_message(down->message_set, scratch.decompressor, 4 * kLimit,
                                        [&](const LegacyMessage& message) {
                                            require(message.offset == Offset{1000 + messages});
                                            ++messages;
                                        })
                    .has_value());
        require(messages == accepted->record_count);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static RecordScratch scratch;
    const RecordBytes input = std::as_bytes(std::span(data, size));
    for (BatchReader reader(input); const auto batch = reader.next();) {
        check_walkers(*batch, scratch);
        if (check_batch(*batch)) static_cast<void>(facts(*batch));
    }
    ProduceRules rules{.timestamp_after_max_ms = std::numeric_limits<std::int64_t>::max(), .produce_version = 9};
    rules.max_decompressed_bytes = kLimit;
    check_accepted(input, rules, scratch);
    // The other ways a batch is stored, chosen by the input itself.
    const unsigned choice = size == 0 ? 0 : data[size - 1];
    rules.compression = CompressionChoice{static_cast<CompressionCodec>(choice % 5), 1};
    rules.compacted = (choice & 0x20) != 0;
    rules.timestamp_type = (choice & 0x40) != 0 ? TimestampType::log_append_time : TimestampType::create_time;
    check_accepted(input, rules, scratch);
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    size = LLVMFuzzerMutate(data, size, max_size);
    // One time in eight the damage stays as it is.
    if (seed % 8 == 0 || size < kBatchHeaderBytes) return size;
    data[BatchLayout::kMagic] = 2;
    if (seed % 8 < 4) {
        // Header and records agree more often than chance lets them.
        const auto count = load_big_endian<std::uint32_t>(data + BatchLayout::kRecordCount);
        store_big_endian(data + BatchLayout::kLastOffsetDelta, count == 0 ? count : count - 1);
    }
    seal_batch(std::as_writable_bytes(std::span(data, size)));
    return size;
}
