#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/invariant.h"
#include "model/explore/system.h"

namespace highwater::model {

/// What must hold, for people.
struct Statement {
    std::string_view id;    ///< "P2"; empty for what verification has no number for
    std::string_view name;  ///< "NoAckedLoss"
    std::string_view text;  ///< one sentence
};

/// A statement that must hold after every step, and how it is judged. nullopt: it holds. Otherwise the facts that
/// contradict it.
template <class Judged>
struct PropertyOf {
    std::string_view id;
    std::string_view name;
    std::string_view statement;
    std::optional<std::string> (*judge)(const Judged&);
};

/// The properties of a world in the order in which they are judged: what is broken first comes first, so that where one
/// fault breaks several, the report names the most specific.
template <class Judged>
class PropertyBoard {
  public:
    explicit constexpr PropertyBoard(std::span<const PropertyOf<Judged>> properties) : properties_(properties) {}

    [[nodiscard]] std::span<const PropertyOf<Judged>> all() const { return properties_; }

    /// nullopt: no property is called so.
    [[nodiscard]] std::optional<std::uint32_t> bit_of(std::string_view name) const {
        for (std::size_t i = 0; i < properties_.size(); ++i) {
            if (properties_[i].name == name) return std::uint32_t{1} << i;
        }
        return std::nullopt;
    }

    /// The first property that does not hold, of those whose bit is not in `silenced`.
    [[nodiscard]] std::optional<Violation> judge(const Judged& judged, std::uint32_t silenced) const {
        for (std::size_t i = 0; i < properties_.size(); ++i) {
            if ((silenced >> i & 1) != 0) continue;
            if (auto facts = properties_[i].judge(judged)) return Violation{properties_[i].name, std::move(*facts)};
        }
        return std::nullopt;
    }

  private:
    std::span<const PropertyOf<Judged>> properties_;
};

}  // namespace highwater::model
