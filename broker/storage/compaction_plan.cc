#include "broker/storage/compaction_plan.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "broker/storage/transaction_index.h"
#include "net/wire/record/record.h"

namespace highwater::storage {
namespace {

constexpr std::size_t kReadBytes = std::size_t{512} << 10;
constexpr std::size_t kWriteBytes = std::size_t{512} << 10;
/// What a batch may be when it is decompressed: what produce requests are held to, whatever their limit was then.
constexpr std::size_t kMaxDecompressedBytes = std::size_t{1} << 30;

/// Writes batches one after another into the file of a segment that is being made.
class SegmentWriter {
  public:
    SegmentWriter(Segment& segment, const LogSettings& settings) : segment_(segment), settings_(settings) {}

    IoResult<void> add(Bytes batch) {
        const auto header = wire::read_batch_header(batch);
        segment_.note_batch(place_of(*header, segment_.size()), settings_.index_interval_bytes);
        buffer_.insert(buffer_.end(), batch.begin(), batch.end());
        return buffer_.size() < kWriteBytes ? IoResult<void>{} : write();
    }
    IoResult<void> write() {
        const auto file = segment_.file();
        if (!file) return refuse(file.error());
        const std::array<Bytes, 1> pieces{buffer_};
        if (auto written = (*file)->write_at(segment_.size() - buffer_.size(), pieces); !written) return written;
        buffer_.clear();
        return {};
    }
    /// All that was added survives a power loss, once the directory is synced.
    IoResult<void> finish() {
        if (auto written = write(); !written) return written;
        const auto file = segment_.file();
        if (!file) return refuse(file.error());
        if (auto synced = (*file)->sync_data(); !synced) return synced;
        // A missing or torn index is found out and made anew.
        for (const auto& [path, index] : segment_.write_indexes()) static_cast<void>(index->sync_data());
        return {};
    }

  private:
    Segment& segment_;
    const LogSettings& settings_;
    std::vector<std::byte> buffer_;
};

}  // namespace

/// What goes on from segment to segment.
struct CompactionPlan::Pass {
    BatchCompactor compactor;
    TransactionRetention transactions;
    const IsCancelled& is_cancelled;
    CompactionResult result;
};

IoResult<void> CompactionPlan::each_batch(const Source& source, const IsCancelled& is_cancelled,
                                          const Visit& visit) const {
    const std::string path = join(parameters_.path, segment_file_name(source.base, kLogSuffix));
    const auto file = files_->open(path, OpenMode::read);
    if (!file) return refuse(file.error());
    SegmentReader reader(**file, source.size_bytes, kReadBytes);
    for (std::uint64_t position = 0; position < source.size_bytes;) {
        if (is_cancelled()) {
            return refuse(IoError{.error_number = ECANCELED, .operation = "compact", .path = path});
        }
        const auto batch = reader.batch_at(position);
        if (!batch) return refuse(batch.error());
        if (!*batch || !**batch) {
            return damaged(path, fmt::format("the batch at byte {} cannot be read: {}", position,
                                             *batch ? (*batch)->error().what : "the file ends before it"));
        }
        position += (***batch).header.size_bytes();
        const auto goes_on = visit(***batch, position == source.size_bytes);
        if (!goes_on) return refuse(goes_on.error());
        if (!*goes_on) return {};
    }
    return {};
}

IoResult<Offset> CompactionPlan::map_keys(KeyOffsets& latest, const IsCancelled& is_cancelled) const {
    TransactionRetention transactions(parameters_.aborted);
    wire::Decompressor decompressor;
    wire::RecordBuffer clear;
    Offset end = parameters_.sources.back().end;
    bool full = false;
    const auto map_batch = [&](const wire::BatchView& batch, bool) -> IoResult<bool> {
        const wire::BatchHeader& header = batch.header;
        const bool is_needless = transactions.is_needless(wire::facts(batch));
        if (header.is_control() || is_needless || header.last_offset() < parameters_.first_dirty) return true;
        const auto records = wire::clear_records(batch, decompressor, kMaxDecompressedBytes, clear);
        if (!records) return damaged(parameters_.path, records.error().what);
        wire::RecordReader reader(*records, header.record_count);
        while (const auto record = reader.next()) {
            const Offset offset = header.base_offset + OffsetDelta{record->offset_delta};
            if (!record->key || offset < parameters_.first_dirty || latest.put(*record->key, offset)) continue;
            full = true;
            end = offset;
            return false;
        }
        if (reader.defect()) return damaged(parameters_.path, reader.defect()->what);
        return true;
    };
    for (const Source& source : parameters_.sources) {
        // Transactions may have begun in the clean part.
        if (source.end <= parameters_.first_dirty && parameters_.aborted.empty()) continue;
        if (auto mapped = each_batch(source, is_cancelled, map_batch); !mapped) return refuse(mapped.error());
        if (full) break;
    }
    return end;
}

std::vector<std::vector<CompactionPlan::Source>> CompactionPlan::groups(Offset end) const {
    std::vector<std::vector<Source>> groups;
    std::uint64_t bytes = 0;
    for (const Source& source : parameters_.sources) {
        if (source.base >= end) break;
        const bool fits = !groups.empty() && bytes + source.size_bytes <= parameters_.settings.segment_bytes &&
                          (source.end - groups.back().front().base).value() <= std::numeric_limits<std::int32_t>::max();
        if (!fits) {
            groups.emplace_back();
            bytes = 0;
        }
        groups.back().push_back(source);
        bytes += source.size_bytes;
    }
    return groups;
}

IoResult<CompactedSegment> CompactionPlan::compact(const std::vector<Source>& group, Pass& pass) const {
    CompactedSegment compacted{.segment = std::make_unique<Segment>(*files_, parameters_.path, group.front().base, 0,
                                                                    parameters_.now, std::string(kCleanedSuffix)),
                               .replaces = {}};
    LogSettings settings = parameters_.settings;
    settings.preallocate = false;
    if (auto created = compacted.segment->create(settings); !created) return refuse(created.error());
    SegmentWriter writer(*compacted.segment, parameters_.settings);
    Offset last = group.front().base;
    for (const Source& source : group) {
        if (source.size_bytes > 0) last = source.base;
    }
    for (const Source& source : group) {
        const auto visit = [&](const wire::BatchView& batch, bool is_last_of_source) -> IoResult<bool> {
            const BatchToCompact known{
                .is_needless = pass.transactions.is_needless(wire::facts(batch)),
                // The last one says how far the segment reaches, for an interrupted swap; and no segment is empty.
                .must_stay = parameters_.kept_for_producers.contains(batch.header.last_offset()) ||
                             (is_last_of_source && source.base == last)};
            const auto stays = pass.compactor.compact(batch, known);
            if (!stays) return damaged(parameters_.path, stays.error().what);
            pass.result.records_before += static_cast<std::uint64_t>(batch.header.record_count);
            if (stays->empty()) return true;
            pass.result.records_after += static_cast<std::uint64_t>(wire::read_batch_header(*stays)->record_count);
            if (auto added = writer.add(*stays); !added) return refuse(added.error());
            return true;
        };
        if (auto done = each_batch(source, pass.is_cancelled, visit); !done) return refuse(done.error());
        compacted.replaces.push_back(source.base);
        pass.result.bytes_before += source.size_bytes;
    }
    if (auto finished = writer.finish(); !finished) return refuse(finished.error());
    pass.result.bytes_after += compacted.segment->size();
    return compacted;
}

IoResult<CompactionResult> CompactionPlan::run(const IsCancelled& is_cancelled) const {
    KeyOffsets latest(parameters_.key_memory_bytes);
    const auto mapped_end = map_keys(latest, is_cancelled);
    if (!mapped_end) return refuse(mapped_end.error());
    Pass pass{.compactor = BatchCompactor(
                  latest, {.mapped_end = *mapped_end,
                           .delete_horizon = Timestamp{parameters_.now.value() + parameters_.delete_retention.count()},
                           .now = parameters_.now,
                           .max_decompressed_bytes = kMaxDecompressedBytes}),
              .transactions = TransactionRetention(parameters_.aborted),
              .is_cancelled = is_cancelled,
              .result = {}};
    pass.result.clean_end = *mapped_end;
    for (const std::vector<Source>& group : groups(*mapped_end)) {
        auto compacted = compact(group, pass);
        if (!compacted) {
            for (const CompactedSegment& done : pass.result.segments) done.segment->remove_files();
            static_cast<void>(files_->remove(join(
                parameters_.path, segment_file_name(group.front().base, kLogSuffix) + std::string(kCleanedSuffix))));
            return refuse(compacted.error());
        }
        pass.result.segments.push_back(std::move(*compacted));
    }
    return std::move(pass.result);
}

}  // namespace highwater::storage
