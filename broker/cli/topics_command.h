#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace highwater::cli {

/// `highwater topics`. Sets `run` when it is chosen.
void add_topics_command(CLI::App& app, std::function<int()>& run);

}  // namespace highwater::cli
