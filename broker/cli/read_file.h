#pragma once

#include <string>

#include "core/base/result.h"

namespace highwater::cli {

/// The whole file. The error is the system's reason.
Result<std::string, std::string> read_file(const std::string& path);

}  // namespace highwater::cli
