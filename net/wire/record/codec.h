#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace highwater::wire {

/// Bits 0-2 of a batch's attributes. 5, 6 and 7 are no codec.
enum class CompressionCodec : std::uint8_t { none = 0, gzip = 1, snappy = 2, lz4 = 3, zstd = 4 };

/// Bit 3 of the attributes: who set the time. With log_append_time the batch's max timestamp counts for every record.
enum class TimestampType : std::uint8_t { create_time = 0, log_append_time = 1 };

/// The codec of an attributes field; nullopt for 5, 6 and 7.
[[nodiscard]] constexpr std::optional<CompressionCodec> codec_of(std::uint16_t attributes) {
    const unsigned id = attributes & 7U;
    if (id > 4) return std::nullopt;
    return static_cast<CompressionCodec>(id);
}

/// Kafka's name of the codec ("none", "gzip", "snappy", "lz4", "zstd"), as `compression.type` has it.
[[nodiscard]] std::string_view codec_name(CompressionCodec codec);

/// The codec of that name; "uncompressed" is none too. nullopt for another word ("producer" is no codec).
[[nodiscard]] std::optional<CompressionCodec> codec_from_name(std::string_view name);

/// A codec and how hard it tries. The level is the codec's own scale (gzip 1-9, lz4 1-17, zstd -131072-22; KIP-390);
/// nullopt is Kafka's default (gzip -1, lz4 9, zstd 3). Levels outside the scale are brought to its nearer end.
struct CompressionChoice {
    CompressionCodec codec = CompressionCodec::none;
    std::optional<int> level = std::nullopt;

    friend bool operator==(const CompressionChoice&, const CompressionChoice&) = default;
};

}  // namespace highwater::wire
