#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/result.h"
#include "net/wire/record/record_bytes.h"
#include "net/wire/record/record_defect.h"

namespace highwater::wire {

/// One entry of a message set as it stands in the bytes (`LegacyRecord`): wrappers are not opened.
struct LegacyEntry {
    std::int64_t offset = 0;
    std::int8_t magic = 0;
    std::uint8_t attributes = 0;
    /// -1 for magic 0.
    std::int64_t timestamp = -1;
    std::optional<RecordBytes> key = std::nullopt;
    std::optional<RecordBytes> value = std::nullopt;
    /// The whole entry, offset and size fields included.
    std::size_t size_bytes = 0;
};

/// Bytes of an entry of magic 0 or 1 beside its key and value.
[[nodiscard]] constexpr std::size_t legacy_overhead_bytes(std::int8_t magic) {
    return magic == 0 ? 26 : 34;
}

/// The entry at the start of `bytes`, its CRC checked.
/// Errors: truncated, malformed (a length that cannot be, or another magic), checksum.
[[nodiscard]] Result<LegacyEntry, RecordDefect> read_legacy_entry(RecordBytes bytes);

/// Appends an entry with its CRC; entry.size_bytes is not used.
/// Requires: magic 0 or 1, key and value together below 2^31 - 64 bytes.
void append_legacy_entry(RecordBuffer& out, const LegacyEntry& entry);

}  // namespace highwater::wire
