#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace highwater::model {

enum class ScopeSize : std::uint8_t { small, ci, medium, large };

std::string_view name_of(ScopeSize size);
std::optional<ScopeSize> scope_size_from(std::string_view name);

}  // namespace highwater::model
