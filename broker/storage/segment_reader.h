#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "broker/storage/file_system.h"
#include "core/base/result.h"
#include "net/wire/record/record_batch.h"

namespace highwater::storage {

/// Reads a segment file forward through a buffer.
class SegmentReader {
  public:
    /// Reads at least `chunk_bytes` at a time. Nothing at or beyond `limit` is read. The file outlives the reader.
    SegmentReader(const File& file, std::uint64_t limit, std::size_t chunk_bytes)
        : file_(&file), limit_(limit), chunk_bytes_(chunk_bytes) {}

    /// Up to `length` bytes from `position`: fewer only at the limit or the end of the file. Valid until the next call.
    IoResult<wire::RecordBytes> view(std::uint64_t position, std::size_t length);

    /// The header of the batch at `position`, checked by itself (the CRC is not) and for fitting below the limit.
    /// The defect says why not; nullopt at the limit.
    IoResult<std::optional<Result<wire::BatchHeader, wire::RecordDefect>>> header_at(std::uint64_t position);
    /// The whole batch at `position`, checked with its CRC.
    IoResult<std::optional<Result<wire::BatchView, wire::RecordDefect>>> batch_at(std::uint64_t position);

    [[nodiscard]] std::uint64_t limit() const { return limit_; }

  private:
    const File* file_;
    std::uint64_t limit_;
    std::size_t chunk_bytes_;
    std::vector<std::byte> buffer_;
    std::uint64_t buffer_position_ = 0;
    std::size_t buffer_size_ = 0;
};

/// Calls `visit` with each header and its position from `position` on, until it returns false or the limit is reached.
/// Returns where it stopped. Damage where a header is malformed, a batch is cut off, or offsets go back.
IoResult<std::uint64_t> walk_headers(SegmentReader& reader, std::uint64_t position, std::string_view path,
                                     const std::function<bool(const wire::BatchHeader&, std::uint64_t)>& visit);

/// Where the next intact batch (its CRC matches) with an offset in [minimum, below) begins, at or after `position`:
/// what lies before it is damage. nullopt when there is none, or when finding out would take more reading than a few
/// times the rest of the file.
IoResult<std::optional<std::uint64_t>> find_intact_batch(SegmentReader& reader, std::uint64_t position, Offset minimum,
                                                         Offset below);

}  // namespace highwater::storage
