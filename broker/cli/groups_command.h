#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace highwater::cli {

/// `highwater groups`. Sets `run` when it is chosen.
void add_groups_command(CLI::App& app, std::function<int()>& run);

}  // namespace highwater::cli
