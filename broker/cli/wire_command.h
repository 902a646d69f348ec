#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace highwater::cli {

/// `highwater wire`: bytes of the protocol to JSON and back, and what messages there are. Sets `run` when chosen.
void add_wire_command(CLI::App& app, std::function<int()>& run);

}  // namespace highwater::cli
