#include "net/wire/record/produce_validation.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/invariant.h"
#include "net/wire/record/legacy_message_set.h"
#include "net/wire/record/record.h"
#include "net/wire/record/record_batch.h"
#include "net/wire/record/record_batch_builder.h"
#include "net/wire/record/record_parse.h"
#include "net/wire/record/record_stream.h"

namespace highwater::wire {

namespace {

/// A record takes this many bytes at least: length, attributes, two deltas, null key, null value, no headers.
constexpr std::size_t kSmallestRecordBytes = 7;
/// What a record of a compressed batch is charged at least: it costs its walk, however small it is.
constexpr std::size_t kChargedRecordBytes = 16;

std::unexpected<ProduceRefusal> refuse_batch(ErrorCode error, std::string message) {
    return refuse(ProduceRefusal{error, std::move(message), {}});
}

std::unexpected<ProduceRefusal> refuse_defect(const RecordDefect& defect) {
    const auto error = defect.fault == RecordFault::too_large     ? ErrorCode::message_too_large
                       : defect.fault == RecordFault::unsupported ? ErrorCode::unsupported_compression_type
                                                                  : ErrorCode::invalid_record;
    return refuse_batch(error, fmt::format("{} (at byte {} of the records)", defect.what, defect.position));
}

/// What the records of a batch say together.
struct RecordsSummary {
    Timestamp max_timestamp{-1};
    /// The offset deltas are 0, 1, 2...
    bool offsets_in_order = true;
    std::int32_t refused_count = 0;
    ProduceRefusal refusal;
};

class RecordsCheck {
  public:
    RecordsCheck(const BatchHeader& header, const ProduceRules& rules) : header_(header), rules_(rules) {
        const std::int64_t now = rules.now.value();
        if (__builtin_sub_overflow(now, rules.timestamp_before_max_ms, &earliest_)) {
            earliest_ = std::numeric_limits<std::int64_t>::min();
        }
        if (__builtin_add_overflow(now, rules.timestamp_after_max_ms, &latest_)) {
            latest_ = std::numeric_limits<std::int64_t>::max();
        }
    }

    /// False when the record's time does not exist.
    bool see(std::int64_t timestamp_delta, std::int32_t offset_delta, bool has_key) {
        std::int64_t timestamp = 0;
        if (__builtin_add_overflow(header_.base_timestamp.value(), timestamp_delta, &timestamp)) return false;
        if (offset_delta != index_) summary_.offsets_in_order = false;
        summary_.max_timestamp = std::max(summary_.max_timestamp, Timestamp{timestamp});
        if (rules_.timestamp_type == TimestampType::create_time && timestamp != -1 &&
            (timestamp < earliest_ || timestamp > latest_)) [[unlikely]] {
            refuse_record(ErrorCode::invalid_timestamp,
                          fmt::format("timestamp {} is not within [{}, {}]", timestamp, earliest_, latest_));
        } else if (rules_.compacted && !has_key) [[unlikely]] {
            refuse_record(ErrorCode::invalid_record, "a compacted topic takes no record without a key");
        }
        ++index_;
        return true;
    }

    RecordsSummary take() { return std::move(summary_); }

  private:
    void refuse_record(ErrorCode error, std::string message) {
        ProduceRefusal& refusal = summary_.refusal;
        // One code answers for the partition; a bad time comes before a missing key, as in Kafka.
        if (refusal.error != ErrorCode::invalid_timestamp) refusal.error = error;
        ++summary_.refused_count;
        if (refusal.records.size() < kMaxRecordRefusals) refusal.records.push_back({index_, std::move(message)});
    }

    const BatchHeader& header_;
    const ProduceRules& rules_;
    std::int64_t earliest_ = 0;
    std::int64_t latest_ = 0;
    std::int32_t index_ = 0;
    RecordsSummary summary_;
};

Result<RecordsSummary, ProduceRefusal> check_records(const BatchView& batch, const ProduceRules& rules,
                                                     RecordScratch& scratch) {
    const BatchHeader& header = batch.header;
    RecordsCheck check(header, rules);
    std::optional<RecordDefect> defect;
    bool times_exist = true;
    if (header.codec() == CompressionCodec::none) {
        defect = outline_section(batch.records(), header.record_count, [&](const RecordOutline& record) {
            return times_exist = check.see(record.timestamp_delta, record.offset_delta, record.has_key);
        });
    } else {
        const std::size_t limit = rules.decompressed_limit();
        if (static_cast<std::size_t>(header.record_count) > limit / kSmallestRecordBytes) {
            return refuse_batch(ErrorCode::invalid_record, "more records than the batch can hold");
        }
        if (static_cast<std::size_t>(header.record_count) > limit / kChargedRecordBytes) {
            return refuse_batch(ErrorCode::message_too_large, "more records than one batch may unpack to");
        }
        RecordStream stream(scratch.decompressor, *header.codec(), batch.records(), header.record_count, limit);
        while (times_exist) {
            const auto record = stream.next();
            if (!record) break;
            times_exist = check.see(record->timestamp_delta, record->offset_delta, record->has_key);
        }
        defect = stream.defect();
    }
    if (defect) return refuse_defect(*defect);
    if (!times_exist) return refuse_batch(ErrorCode::invalid_record, "a timestamp passes 2^63");
    RecordsSummary summary = check.take();
    if (summary.refusal.error != ErrorCode::none) {
        summary.refusal.message =
            fmt::format("{} of {} records are refused, of which {} are listed", summary.refused_count,
                        header.record_count, summary.refusal.records.size());
        return refuse(std::move(summary.refusal));
    }
    return summary;
}

/// For batches that are not walked: what their header claims stands for the records.
Result<RecordsSummary, ProduceRefusal> check_claims(const BatchHeader& header, const ProduceRules& rules) {
    RecordsCheck check(header, rules);
    std::int64_t delta = 0;
    if (__builtin_sub_overflow(header.max_timestamp.value(), header.base_timestamp.value(), &delta) ||
        !check.see(delta, 0, true)) {
        return refuse_batch(ErrorCode::invalid_timestamp, "max timestamp is out of range");
    }
    RecordsSummary summary = check.take();
    if (summary.refusal.error != ErrorCode::none) {
        return refuse_batch(summary.refusal.error, std::move(summary.refusal.records.front().message));
    }
    return summary;
}

/// Checks of the header alone, with the CRC. In the documented order.
Result<BatchView, ProduceRefusal> check_form(RecordBytes records, const ProduceRules& rules) {
    if (records.empty()) return refuse_batch(ErrorCode::invalid_record, "no record batch");
    const auto magic = entry_magic(records);
    if (!magic) return refuse_batch(ErrorCode::corrupt_message, "record batch cut off");
    if (*magic != 2) {
        return refuse_batch(ErrorCode::invalid_record, fmt::format("magic {} where only 2 is allowed", *magic));
    }
    const auto batch = read_batch(records);
    if (!batch) return refuse_batch(ErrorCode::corrupt_message, batch.error().what);
    if (batch->bytes.size() != records.size()) {
        return refuse_batch(ErrorCode::invalid_record, "more than one record batch");
    }
    if (records.size() > rules.max_message_bytes) {
        return refuse_batch(ErrorCode::message_too_large, fmt::format("batch of {} bytes where {} are allowed",
                                                                      records.size(), rules.max_message_bytes));
    }
    if (!batch->crc_matches()) return refuse_batch(ErrorCode::corrupt_message, "checksum does not match");

    const BatchHeader& header = batch->header;
    if (!header.codec()) return refuse_batch(ErrorCode::unsupported_compression_type, "codec is none of 0 to 4");
    if (header.codec() == CompressionCodec::zstd && rules.produce_version < 7) {
        return refuse_batch(ErrorCode::unsupported_compression_type, "zstd before version 7 of Produce");
    }
    const auto invalid = [](std::string message) {
        return refuse_batch(ErrorCode::invalid_record, std::move(message));
    };
    if (header.is_control()) return invalid("control batch from a client");
    if (header.has_delete_horizon()) return invalid("delete horizon from a client");
    if (header.record_count <= 0) return invalid("batch without records");
    if (header.record_count - 1 != header.last_offset_delta) return invalid("last offset delta is not count - 1");
    if (header.producer_id < ProducerId{-1}) return invalid("producer id negative");
    if (header.producer_id >= ProducerId{0}) {
        if (header.producer_epoch < ProducerEpoch{0}) return invalid("producer id without an epoch");
        if (header.base_sequence < Sequence{0}) return invalid("producer id without a sequence");
    } else if (header.is_transactional()) {
        return invalid("transactional batch without a producer id");
    }
    if (header.timestamp_type() == TimestampType::log_append_time) {
        return refuse_batch(ErrorCode::invalid_timestamp, "LogAppendTime is the broker's to set");
    }
    return *batch;
}

std::unexpected<ProduceRefusal> refuse_rewritten(const ProduceRules& rules) {
    return refuse_batch(ErrorCode::message_too_large,
                        fmt::format("batch above {} bytes after recompression", rules.max_message_bytes));
}

/// The same records with another codec, piece by piece.
Result<RecordBuffer, ProduceRefusal> recompress(const BatchView& batch, CompressionChoice target,
                                                const ProduceRules& rules, RecordScratch& scratch) {
    RecordBuffer out(batch.bytes.begin(), batch.bytes.begin() + kBatchHeaderBytes);
    scratch.compressor.start(target, out);
    scratch.decompressor.start(*batch.header.codec(), batch.records(), rules.decompressed_limit());
    while (true) {
        const auto piece = scratch.decompressor.read_piece();
        if (!piece) return refuse_batch(ErrorCode::invalid_record, "records do not decompress");
        if (piece->empty()) break;
        scratch.compressor.write(*piece);
        if (out.size() > rules.max_message_bytes) return refuse_rewritten(rules);
    }
    scratch.compressor.finish();
    if (out.size() > rules.max_message_bytes) return refuse_rewritten(rules);
    constexpr std::uint16_t kCodecBits = 7;
    const auto attributes =
        static_cast<std::uint16_t>((batch.header.attributes & ~kCodecBits) | static_cast<std::uint16_t>(target.codec));
    store_big_endian(out.data() + BatchLayout::kAttributes, attributes);
    return out;
}

/// The records again with offset deltas 0, 1, 2...
Result<RecordBuffer, ProduceRefusal> rebuild(const BatchView& batch, CompressionChoice target,
                                             const ProduceRules& rules, RecordScratch& scratch) {
    const auto records = clear_records(batch, scratch.decompressor, rules.decompressed_limit(), scratch.buffer);
    if (!records) return refuse_defect(records.error());
    RecordBatchBuilder builder(
        {.compression = target, .producer = facts(batch).producer, .transactional = batch.header.is_transactional()});
    std::vector<RecordHeader> headers;
    RecordReader reader(*records, batch.header.record_count);
    while (const auto record = reader.next()) {
        headers.clear();
        RecordHeaders walk(*record);
        while (const auto header = walk.next()) headers.push_back(*header);
        builder.add({record->key, record->value, record_timestamp(batch.header, *record), headers});
    }
    if (reader.defect()) return refuse_defect(*reader.defect());
    RecordBuffer out = builder.finish(scratch.compressor);
    // Large only while a rebuild needs it.
    RecordBuffer().swap(scratch.buffer);
    if (out.size() > rules.max_message_bytes) return refuse_rewritten(rules);
    return out;
}

Result<AcceptedBatch, ProduceRefusal> accept(const BatchView& batch, const RecordsSummary& summary,
                                             const ProduceRules& rules, RecordScratch& scratch) {
    const BatchHeader& header = batch.header;
    const bool append_time = rules.timestamp_type == TimestampType::log_append_time;
    const Timestamp max_timestamp = append_time ? rules.now : summary.max_timestamp;
    AcceptedBatch accepted;
    accepted.record_count = header.record_count;

    const CompressionChoice target = rules.compression.value_or(CompressionChoice{*header.codec()});
    std::optional<Result<RecordBuffer, ProduceRefusal>> rewritten;
    if (!summary.offsets_in_order) {
        rewritten = rebuild(batch, target, rules, scratch);
    } else if (target.codec != *header.codec()) {
        rewritten = recompress(batch, target, rules, scratch);
    }
    if (rewritten && !*rewritten) return refuse(std::move(rewritten->error()));

    BatchView stored = batch;
    if (rewritten) {
        accepted.rewritten = std::move(**rewritten);
        stamp_timestamp(*accepted.rewritten, rules.timestamp_type, max_timestamp);
        const auto again = read_batch(*accepted.rewritten);
        HIGHWATER_INVARIANT(again.has_value(), "rewrote {} bytes into no batch", batch.bytes.size());
        stored = *again;
    } else if (append_time || header.max_timestamp != max_timestamp) {
        accepted.timestamp_change = {rules.timestamp_type, max_timestamp};
    }
    if (stored.bytes.size() > rules.segment_bytes) {
        return refuse_batch(ErrorCode::record_list_too_large, fmt::format("batch of {} bytes where a segment has {}",
                                                                          stored.bytes.size(), rules.segment_bytes));
    }
    accepted.facts = facts(stored);
    accepted.facts.base_offset = Offset{0};
    accepted.facts.leader_epoch = LeaderEpoch{0};
    accepted.facts.max_timestamp = std::nullopt;
    if (max_timestamp != Timestamp{-1}) accepted.facts.max_timestamp = max_timestamp;
    return accepted;
}

Result<AcceptedBatch, ProduceRefusal> validate_batch(RecordBytes records, const ProduceRules& rules,
                                                     RecordScratch& scratch) {
    const auto batch = check_form(records, rules);
    if (!batch) return refuse(batch.error());
    const bool walked =
        batch->header.codec() == CompressionCodec::none || rules.verify_compressed_records || rules.compacted;
    auto summary = walked ? check_records(*batch, rules, scratch) : check_claims(batch->header, rules);
    if (!summary) return refuse(std::move(summary.error()));
    return accept(*batch, *summary, rules, scratch);
}

/// Produce 0 to 2: the message set becomes a batch first, which is then checked like any other.
Result<AcceptedBatch, ProduceRefusal> validate_message_set(RecordBytes records, const ProduceRules& rules,
                                                           RecordScratch& scratch) {
    if (records.empty()) return refuse_batch(ErrorCode::invalid_record, "no message");
    if (const auto magic = entry_magic(records); magic && *magic != 0 && *magic != 1) {
        return refuse_batch(ErrorCode::invalid_record, fmt::format("magic {} in an old message set", *magic));
    }
    if (records.size() > rules.max_message_bytes) {
        return refuse_batch(ErrorCode::message_too_large, fmt::format("message set of {} bytes where {} are allowed",
                                                                      records.size(), rules.max_message_bytes));
    }
    auto batch = up_convert(records, scratch.decompressor, scratch.compressor, rules.decompressed_limit());
    if (!batch) {
        const RecordDefect& defect = batch.error();
        switch (defect.fault) {
            case RecordFault::truncated:
            case RecordFault::checksum:
                return refuse_batch(ErrorCode::corrupt_message, defect.what);
            case RecordFault::unsupported:
            case RecordFault::malformed:
            case RecordFault::too_large:
                return refuse_defect(defect);
        }
    }
    auto accepted = validate_batch(*batch, rules, scratch);
    if (!accepted || accepted->rewritten) return accepted;
    if (accepted->timestamp_change) {
        stamp_timestamp(*batch, accepted->timestamp_change->type, accepted->timestamp_change->max_timestamp);
        accepted->timestamp_change.reset();
    }
    accepted->rewritten = std::move(*batch);
    return accepted;
}

}  // namespace

Result<AcceptedBatch, ProduceRefusal> validate_produce(RecordBytes records, const ProduceRules& rules,
                                                       RecordScratch& scratch) {
    if (rules.produce_version < 3) return validate_message_set(records, rules, scratch);
    return validate_batch(records, rules, scratch);
}

void write_accepted_batch(const AcceptedBatch& accepted, RecordBytes client_bytes, Offset base_offset,
                          LeaderEpoch leader_epoch, std::span<std::byte> out) {
    const RecordBytes stored = accepted.stored_bytes(client_bytes);
    HIGHWATER_INVARIANT(stored.size() == accepted.facts.size_bytes && out.size() == stored.size(),
                        "{} bytes to store, {} in the facts, room for {}", stored.size(), accepted.facts.size_bytes,
                        out.size());
    std::ranges::copy(stored, out.begin());
    stamp_batch(out, base_offset, leader_epoch);
    if (accepted.timestamp_change) {
        stamp_timestamp(out, accepted.timestamp_change->type, accepted.timestamp_change->max_timestamp);
    }
}

}  // namespace highwater::wire
