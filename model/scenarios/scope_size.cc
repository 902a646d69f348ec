#include "model/scenarios/scope_size.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace highwater::model {
namespace {

constexpr std::array<std::string_view, 4> kSizes = {"small", "ci", "medium", "large"};

}  // namespace

std::string_view name_of(ScopeSize size) {
    return kSizes[static_cast<std::size_t>(size)];
}

std::optional<ScopeSize> scope_size_from(std::string_view name) {
    const auto found = std::ranges::find(kSizes, name);
    if (found == kSizes.end()) return std::nullopt;
    return static_cast<ScopeSize>(found - kSizes.begin());
}

}  // namespace highwater::model
