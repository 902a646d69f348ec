#pragma once

#include <chrono>

#include "core/base/strong_type.h"

namespace highwater {

using Duration = std::chrono::nanoseconds;

/// A moment of a node's monotonic clock, in nanoseconds since an arbitrary start. Every protocol decision uses this
/// clock, never the wall clock. It does not outlive the process.
struct Time : StrongType<Time, std::int64_t> {
    using StrongType::StrongType;
};

constexpr Time operator+(Time t, Duration d) {
    return Time{t.value() + d.count()};
}
constexpr Duration operator-(Time a, Time b) {
    return Duration{a.value() - b.value()};
}

/// A record's or a batch's time: milliseconds since 1970-01-01 UTC. Wall clock or whatever the producer wrote, so it
/// only decides what Kafka lets it decide (retention, lookup by time). -1 on the wire means none.
struct Timestamp : StrongType<Timestamp, std::int64_t> {
    using StrongType::StrongType;
};

}  // namespace highwater
