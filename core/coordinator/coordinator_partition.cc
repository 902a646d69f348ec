#include "core/coordinator/coordinator_partition.h"

#include <limits>

namespace highwater {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct Decoded {
    char32_t code_point = kReplacement;
    std::size_t bytes = 1;
};

/// The code point at the front of `utf8`, which is not empty.
Decoded decode_front(std::string_view utf8) {
    const auto lead = static_cast<std::uint8_t>(utf8.front());
    if (lead < 0x80) return {lead, 1};
    const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || utf8.size() < bytes) return {};
    char32_t code_point = lead & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        const auto next = static_cast<std::uint8_t>(utf8[i]);
        if ((next & 0xC0U) != 0x80) return {};
        code_point = (code_point << 6U) | (next & 0x3FU);
    }
    return {code_point, bytes};
}

}  // namespace

std::int32_t java_hash(std::string_view utf8) {
    std::uint32_t hash = 0;
    const auto add = [&hash](char32_t unit) { hash = 31 * hash + static_cast<std::uint32_t>(unit); };
    while (!utf8.empty()) {
        const Decoded next = decode_front(utf8);
        utf8.remove_prefix(next.bytes);
        if (next.code_point < 0x10000) {
            add(next.code_point);
        } else {
            add(0xD800 + ((next.code_point - 0x10000) >> 10U));
            add(0xDC00 + ((next.code_point - 0x10000) & 0x3FFU));
        }
    }
    return static_cast<std::int32_t>(hash);
}

PartitionId coordinator_partition(std::string_view key, std::int32_t partitions) {
    const std::int32_t hash = java_hash(key);
    // Utils.abs: the one number without a positive counterpart is 0.
    const std::int32_t magnitude = hash == std::numeric_limits<std::int32_t>::min() ? 0 : (hash < 0 ? -hash : hash);
    return PartitionId{magnitude % partitions};
}

}  // namespace highwater
