#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "model/scenarios/board.h"

namespace highwater::model {

/// Runs every mutant's program in `directory` with `hunt --board`, so many at a time, and says on stderr how far it is.
/// In the order of the mutants' names. The error says why the board cannot be made.
std::expected<std::vector<BoardLine>, std::string> hunt_all(const std::filesystem::path& directory, unsigned jobs);

}  // namespace highwater::model
