#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace highwater::cli {

/// `highwater produce`. Sets `run` when it is chosen.
void add_produce_command(CLI::App& app, std::function<int()>& run);

}  // namespace highwater::cli
