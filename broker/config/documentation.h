#pragma once

#include <string>

namespace highwater::config {

/// docs/configuration.md: every key with its type, default, limits and meaning, in Markdown.
std::string documentation();

}  // namespace highwater::config
