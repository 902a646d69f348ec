#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/check/observed.h"
#include "model/explore/system.h"

namespace highwater::model {

/// A statement that must hold after every step. nullopt: it does. Otherwise the facts that contradict it.
struct Property {
    std::string_view id;         ///< "P2"
    std::string_view name;       ///< "NoAckedLoss"
    std::string_view statement;  ///< one sentence
    std::optional<std::string> (*judge)(const Observed&);
};

/// All properties of the partition world, in the order in which they are judged.
[[nodiscard]] std::span<const Property> all_properties();

/// The bit of a property in Controls::silenced_properties. Requires: there is one of this name.
[[nodiscard]] std::uint32_t property_bit(std::string_view name);

/// The first property that does not hold, unless it is silenced.
[[nodiscard]] std::optional<Violation> judge_all(const Observed& observed);

}  // namespace highwater::model
