#pragma once

#include <cstdint>
#include <span>

#include "core/base/ids.h"

namespace highwater::client {

/// MurmurHash2 with the seed of Kafka's Java client, so that a key lands where that client puts it.
std::uint32_t murmur2(std::span<const std::byte> key);

/// The partition of a record with this key: the hash without its sign, modulo. Requires: partitions > 0.
PartitionId partition_for_key(std::span<const std::byte> key, std::int32_t partitions);

}  // namespace highwater::client
