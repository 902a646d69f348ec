#pragma once

#include <cstdint>

namespace highwater::wire {

/// Versions `first` to `last` of a message, both inclusive; none when first > last.
struct VersionRange {
    std::int16_t first = 0;
    std::int16_t last = -1;

    /// Whether `version` is one of them.
    [[nodiscard]] constexpr bool contains(std::int16_t version) const { return first <= version && version <= last; }
    [[nodiscard]] constexpr bool empty() const { return first > last; }
    friend constexpr bool operator==(VersionRange, VersionRange) = default;
};

/// Version `first` and all later ones.
constexpr VersionRange since(std::int16_t first) {
    return {first, INT16_MAX};
}
/// Versions `first` to `last`, both inclusive.
constexpr VersionRange versions(std::int16_t first, std::int16_t last) {
    return {first, last};
}

inline constexpr VersionRange kNoVersions{};

}  // namespace highwater::wire
