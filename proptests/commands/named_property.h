#pragma once

#include <string_view>

#include <fmt/format.h>

#include "proptests/prelude.h"

namespace highwater::property {

/// Fails the running case unless `holds`, with the property's name (those of the model checker, and of
/// docs/model-checking) and the facts: the program that hunts a mutant reads the name.
template <class... Facts>
void judge(std::string_view property, bool holds, fmt::format_string<Facts...> facts, Facts&&... values) {
    if (holds) return;
    RC_FAIL(fmt::format("{} does not hold: {}", property, fmt::format(facts, std::forward<Facts>(values)...)));
}

}  // namespace highwater::property
