#pragma once

#include <string>
#include <vector>

namespace highwater::model {

/// What a step says of itself when it is replayed, line by line. Exploration passes none.
using Story = std::vector<std::string>;

}  // namespace highwater::model
