#pragma once

#include <span>
#include <string_view>

namespace highwater::config {

/// The one of `names` that `written` most likely meant: the fewest single-character edits away, at most a quarter of
/// its length. Empty: none is near. Requires: nothing of `written`, however long.
std::string_view nearest(std::string_view written, std::span<const std::string_view> names);

}  // namespace highwater::config
