#pragma once

#include <cstdint>

#include "net/wire/record/record_bytes.h"

namespace highwater::wire {

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), the checksum of magic 2 batches and of Kafka's snapshot files.
/// "123456789" gives 0xE3069283. With hardware instructions where the processor has them: SSE4.2 for short inputs,
/// ISA-L's folded multiply for long ones.
[[nodiscard]] std::uint32_t crc32c(RecordBytes bytes);

/// Continues a checksum: extend_crc32c(crc32c(a), b) equals crc32c(a followed by b); extend_crc32c(0, b) is crc32c(b).
[[nodiscard]] std::uint32_t extend_crc32c(std::uint32_t crc, RecordBytes bytes);

/// The same function by table, a byte at a time, on any machine and at compile time: the reference for the fast ones.
[[nodiscard]] constexpr std::uint32_t crc32c_by_table(RecordBytes bytes, std::uint32_t crc = 0) {
    constexpr auto kTable = [] {
        struct {
            std::uint32_t entry[256];
        } table{};
        for (std::uint32_t i = 0; i < 256; ++i) {
            std::uint32_t value = i;
            for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0x82F63B78U : 0U);
            table.entry[i] = value;
        }
        return table;
    }();
    crc = ~crc;
    for (const std::byte byte : bytes)
        crc = kTable.entry[(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xFF] ^ (crc >> 8);
    return ~crc;
}

/// CRC-32 (IEEE 802.3, as gzip has it), the checksum of magic 0 and 1 messages.
[[nodiscard]] std::uint32_t crc32_ieee(RecordBytes bytes);

}  // namespace highwater::wire
