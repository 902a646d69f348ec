#pragma once

#include <cstdint>
#include <string_view>

namespace highwater {

/// When a record counts as held by a replica (durability is part of the protocol).
/// fsync: when it survives a power loss. replicated: when a read finds it in the replica (Kafka's own rule).
enum class FlushMode : std::uint8_t { fsync, replicated };

constexpr std::string_view enumerator_name(FlushMode mode) {
    return mode == FlushMode::fsync ? "fsync" : "replicated";
}

}  // namespace highwater
