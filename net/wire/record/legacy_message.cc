#include "net/wire/record/legacy_message.h"

#include <limits>

#include "core/base/invariant.h"
#include "net/wire/record/crc32c.h"

namespace highwater::wire {

namespace {

constexpr std::size_t kOffset = 0, kSize = 8, kCrc = 12, kMagic = 16, kAttributes = 17, kTimestamp = 18;
/// Offset and size fields, which the size does not count.
constexpr std::size_t kEntryOverhead = 12;

/// Takes an int32 length and that many bytes, -1 as null. False when the bytes end before.
bool take(RecordBytes& rest, std::optional<RecordBytes>& bytes) {
    if (rest.size() < 4) return false;
    const auto length = load_big_endian<std::int32_t>(rest.data());
    rest = rest.subspan(4);
    bytes = std::nullopt;
    if (length < 0) return length == -1;
    if (static_cast<std::size_t>(length) > rest.size()) return false;
    bytes = rest.first(static_cast<std::size_t>(length));
    rest = rest.subspan(static_cast<std::size_t>(length));
    return true;
}

void append_field(RecordBuffer& out, const std::optional<RecordBytes>& bytes) {
    append_big_endian(out, bytes ? static_cast<std::int32_t>(bytes->size()) : -1);
    if (bytes) append_bytes(out, *bytes);
}

}  // namespace

Result<LegacyEntry, RecordDefect> read_legacy_entry(RecordBytes bytes) {
    const auto bad = [](RecordFault fault, const char* what, std::size_t position) {
        return refuse(RecordDefect{fault, what, position});
    };
    if (bytes.size() < kEntryOverhead) return bad(RecordFault::truncated, "message cut off", bytes.size());
    const auto size = load_big_endian<std::int32_t>(bytes.data() + kSize);
    if (size < static_cast<std::int32_t>(legacy_overhead_bytes(0) - kEntryOverhead)) {
        return bad(RecordFault::malformed, "message size below its header's", kSize);
    }
    if (static_cast<std::size_t>(size) > bytes.size() - kEntryOverhead) {
        return bad(RecordFault::truncated, "message cut off", bytes.size());
    }
    bytes = bytes.first(kEntryOverhead + static_cast<std::size_t>(size));
    const auto magic = static_cast<std::int8_t>(bytes[kMagic]);
    if (magic != 0 && magic != 1) return bad(RecordFault::malformed, "magic is not 0 or 1", kMagic);
    if (bytes.size() < legacy_overhead_bytes(magic)) {
        return bad(RecordFault::malformed, "message size below its header's", kSize);
    }
    if (crc32_ieee(bytes.subspan(kMagic)) != load_big_endian<std::uint32_t>(bytes.data() + kCrc)) {
        return bad(RecordFault::checksum, "message checksum does not match", kCrc);
    }
    LegacyEntry entry;
    entry.offset = load_big_endian<std::int64_t>(bytes.data() + kOffset);
    entry.magic = magic;
    entry.attributes = std::to_integer<std::uint8_t>(bytes[kAttributes]);
    if (magic == 1) entry.timestamp = load_big_endian<std::int64_t>(bytes.data() + kTimestamp);
    entry.size_bytes = bytes.size();
    RecordBytes rest = bytes.subspan(magic == 0 ? kTimestamp : kTimestamp + 8);
    if (!take(rest, entry.key)) return bad(RecordFault::malformed, "bad key length", kTimestamp);
    if (!take(rest, entry.value)) return bad(RecordFault::malformed, "bad value length", kTimestamp);
    if (!rest.empty()) return bad(RecordFault::malformed, "message longer than its fields", kSize);
    return entry;
}

void append_legacy_entry(RecordBuffer& out, const LegacyEntry& entry) {
    const std::size_t size = legacy_overhead_bytes(entry.magic) - kEntryOverhead + (entry.key ? entry.key->size() : 0) +
                             (entry.value ? entry.value->size() : 0);
    HIGHWATER_INVARIANT(size <= std::numeric_limits<std::int32_t>::max(), "message of {} bytes", size);
    const std::size_t start = out.size();
    append_big_endian(out, entry.offset);
    append_big_endian(out, static_cast<std::int32_t>(size));
    append_big_endian(out, std::uint32_t{0});
    out.push_back(static_cast<std::byte>(entry.magic));
    out.push_back(static_cast<std::byte>(entry.attributes));
    if (entry.magic == 1) append_big_endian(out, entry.timestamp);
    append_field(out, entry.key);
    append_field(out, entry.value);
    store_big_endian(out.data() + start + kCrc, crc32_ieee(RecordBytes(out).subspan(start + kMagic)));
}

}  // namespace highwater::wire
