#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace highwater::cli {

/// `highwater configs`. Sets `run` when it is chosen.
void add_configs_command(CLI::App& app, std::function<int()>& run);

}  // namespace highwater::cli
