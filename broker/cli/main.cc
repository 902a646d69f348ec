#include <cstdio>
#include <exception>
#include <functional>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "broker/cli/configs_command.h"
#include "broker/cli/consume_command.h"
#include "broker/cli/dump_log_command.h"
#include "broker/cli/exit_code.h"
#include "broker/cli/groups_command.h"
#include "broker/cli/produce_command.h"
#include "broker/cli/serve_command.h"
#include "broker/cli/topics_command.h"
#include "broker/cli/transactions_command.h"
#include "broker/cli/wire_command.h"

namespace {

bool has_command(CLI::App& app, const std::string& name) {
    const auto commands = app.get_subcommands([&](const CLI::App* command) { return command->get_name() == name; });
    return !commands.empty();
}

}  // namespace

int main(int argc, char** argv) {
    using namespace highwater::cli;
    CLI::App app("highwater: a broker that Kafka clients talk to", "highwater");
    app.set_version_flag("--version", "highwater " HIGHWATER_VERSION);
    app.require_subcommand(1);
    app.failure_message([](const CLI::App*, const CLI::Error& error) {
        return fmt::format("highwater: {}\nRun highwater --help, or highwater COMMAND --help.\n", error.what());
    });
    std::function<int()> run;
    add_serve_command(app, run);
    add_topics_command(app, run);
    add_groups_command(app, run);
    add_transactions_command(app, run);
    add_configs_command(app, run);
    add_produce_command(app, run);
    add_consume_command(app, run);
    add_dump_log_command(app, run);
    add_wire_command(app, run);
    try {
        if (argc > 1 && argv[1][0] != '-' && !has_command(app, argv[1])) {
            fmt::print(stderr, "highwater: there is no command \"{}\"; highwater --help lists them\n", argv[1]);
            return kUsageError;
        }
        app.parse(argc, argv);
        return run ? run() : kSuccess;
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? kSuccess : kUsageError;
    } catch (const std::exception& error) {
        fmt::print(stderr, "highwater: {}\n", error.what());
        return kFailure;
    }
}
