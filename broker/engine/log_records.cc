#include "broker/engine/log_records.h"

#include <vector>

#include <fmt/format.h>

#include "net/wire/record/record.h"
#include "net/wire/record/record_batch.h"

namespace highwater::engine {

namespace {

constexpr std::uint64_t kReadBytes = 1 << 20;
constexpr std::size_t kMaxBatchBytes = 64 << 20;

storage::IoResult<void> visit_batch(const wire::BatchView& batch, std::string_view path, const VisitRecord& visit,
                                    const VisitMarker& visit_marker) {
    if (const auto good = wire::check_batch(batch); !good) return storage::damaged(path, good.error().what);
    if (batch.header.is_control()) {
        const BatchFacts facts = wire::facts(batch);
        if (facts.marker && visit_marker) visit_marker(facts.producer->id, *facts.marker);
        return {};
    }
    wire::Decompressor decompressor;
    wire::RecordBuffer scratch;
    const auto records = wire::clear_records(batch, decompressor, kMaxBatchBytes, scratch);
    if (!records) return storage::damaged(path, records.error().what);
    wire::RecordReader reader(*records, batch.header.record_count);
    while (const auto record = reader.next()) {
        const Offset offset = batch.header.base_offset + OffsetDelta{record->offset_delta};
        if (!visit(batch.header, offset, *record)) {
            return storage::damaged(path, fmt::format("the record at offset {} is not understood", offset));
        }
    }
    if (reader.defect()) return storage::damaged(path, reader.defect()->what);
    return {};
}

}  // namespace

storage::IoResult<void> visit_records(const storage::PartitionLog& log, Offset from, Offset to,
                                      const VisitRecord& visit, const VisitMarker& visit_marker) {
    std::vector<std::byte> buffer;
    for (Offset at = from; at < to;) {
        const auto slices = log.locate(at, to, kReadBytes, true);
        if (!slices) return refuse(slices.error());
        if (slices->total_bytes == 0) return storage::damaged(log.path(), fmt::format("no batch at offset {}", at));
        buffer.resize(slices->total_bytes);
        if (auto read = storage::read_slices(*slices, buffer); !read) return read;
        wire::BatchReader batches(buffer);
        while (const auto batch = batches.next()) {
            if (auto good = visit_batch(*batch, log.path(), visit, visit_marker); !good) return good;
        }
        if (batches.end() != wire::BatchesEnd::complete) return storage::damaged(log.path(), "a batch is cut off");
        at = slices->end_offset;
    }
    return {};
}

}  // namespace highwater::engine
