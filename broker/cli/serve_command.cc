#include "broker/cli/serve_command.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "broker/cli/exit_code.h"
#include "broker/cli/read_file.h"
#include "broker/cli/serve.h"
#include "broker/config/documentation.h"
#include "broker/config/load.h"

namespace highwater::cli {

namespace {

struct ServeOptions {
    std::string config_file;
    std::vector<std::string> sets;
    bool print_docs = false;
};

int serve_with(const ServeOptions& options) {
    if (options.print_docs) {
        fmt::print("{}", config::documentation());
        return kSuccess;
    }
    std::optional<config::ConfigFile> file;
    if (!options.config_file.empty()) {
        auto text = read_file(options.config_file);
        if (!text) {
            fmt::print(stderr, "highwater: cannot read the configuration {}: {}\n", options.config_file, text.error());
            return kConfigurationError;
        }
        file = config::ConfigFile{options.config_file, std::move(*text)};
    }
    auto loaded = config::load(file, options.sets);
    if (!loaded) {
        for (const config::Remark& error : loaded.error())
            fmt::print(stderr, "highwater: {}\n", config::to_text(error));
        fmt::print(stderr, "highwater: nothing was started; docs/configuration.md lists every key\n");
        return kConfigurationError;
    }
    for (const config::Remark& warning : loaded->warnings)
        fmt::print(stderr, "highwater: warning: {}\n", config::to_text(warning));
    return serve(std::move(loaded->settings));
}

}  // namespace

void add_serve_command(CLI::App& app, std::function<int()>& run) {
    const auto options = std::make_shared<ServeOptions>();
    CLI::App* command = app.add_subcommand("serve", "Run one node until SIGTERM or Ctrl-C");
    command->add_option("--config", options->config_file, "A file of Kafka's form (server.properties)")
        ->type_name("FILE");
    command->add_option("--set", options->sets, "One setting; overrides the file; may be given several times")
        ->type_name("KEY=VALUE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_flag("--print-config-docs", options->print_docs, "Print every key in Markdown and stop");
    command->footer(
        "Without a configuration: node 1 at PLAINTEXT://127.0.0.1:9092, data in ./data.\n"
        "Exit codes: 0 stopped cleanly, 1 could not start or run, 78 the configuration is wrong.");
    command->callback([options, &run] { run = [options] { return serve_with(*options); }; });
}

}  // namespace highwater::cli
