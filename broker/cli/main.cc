#include <cstdio>
#include <exception>
#include <functional>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "broker/cli/exit_code.h"
#include "broker/cli/serve_command.h"

int main(int argc, char** argv) {
    using namespace highwater::cli;
    CLI::App app("highwater: a broker that Kafka clients talk to", "highwater");
    app.set_version_flag("--version", "highwater " HIGHWATER_VERSION);
    app.require_subcommand(1);
    app.failure_message(CLI::FailureMessage::help);
    std::function<int()> run;
    add_serve_command(app, run);
    try {
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
