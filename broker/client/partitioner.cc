#include "broker/client/partitioner.h"

namespace highwater::client {

std::uint32_t murmur2(std::span<const std::byte> key) {
    constexpr std::uint32_t kSeed = 0x9747b28c;
    constexpr std::uint32_t kMultiplier = 0x5bd1e995;
    const auto at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(key[i]); };
    std::uint32_t hash = kSeed ^ static_cast<std::uint32_t>(key.size());
    std::size_t i = 0;
    for (; i + 4 <= key.size(); i += 4) {
        std::uint32_t word = at(i) | at(i + 1) << 8 | at(i + 2) << 16 | at(i + 3) << 24;
        word *= kMultiplier;
        word ^= word >> 24;
        word *= kMultiplier;
        hash *= kMultiplier;
        hash ^= word;
    }
    const std::size_t left = key.size() - i;
    if (left == 3) hash ^= at(i + 2) << 16;
    if (left >= 2) hash ^= at(i + 1) << 8;
    if (left >= 1) {
        hash ^= at(i);
        hash *= kMultiplier;
    }
    hash ^= hash >> 13;
    hash *= kMultiplier;
    hash ^= hash >> 15;
    return hash;
}

PartitionId partition_for_key(std::span<const std::byte> key, std::int32_t partitions) {
    return PartitionId{
        static_cast<std::int32_t>((murmur2(key) & 0x7fffffffU) % static_cast<std::uint32_t>(partitions))};
}

}  // namespace highwater::client
