#pragma once

#include "core/base/strong_type.h"

namespace highwater {

/// A distance between two offsets of one partition, in offsets (not bytes). May be negative.
struct OffsetDelta : StrongType<OffsetDelta, std::int64_t> {
    using StrongType::StrongType;
};

/// A position in a partition's log. The log start offset is inclusive; the log end offset, the high watermark and
/// the last stable offset are exclusive ends. Machine state never holds a negative one: "none" is std::nullopt, and
/// -1 lives on the wire only.
struct Offset : StrongType<Offset, std::int64_t> {
    using StrongType::StrongType;

    [[nodiscard]] constexpr Offset next() const { return Offset{value() + 1}; }
};

constexpr OffsetDelta operator-(Offset a, Offset b) {
    return OffsetDelta{a.value() - b.value()};
}
constexpr Offset operator+(Offset a, OffsetDelta d) {
    return Offset{a.value() + d.value()};
}
constexpr Offset operator-(Offset a, OffsetDelta d) {
    return Offset{a.value() - d.value()};
}

}  // namespace highwater
