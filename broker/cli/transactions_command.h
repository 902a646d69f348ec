#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace highwater::cli {

/// `highwater transactions`. Sets `run` when it is chosen.
void add_transactions_command(CLI::App& app, std::function<int()>& run);

}  // namespace highwater::cli
