#include "broker/cli/client_options.h"

#include <cstdio>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "broker/cli/exit_code.h"

namespace highwater::cli {

void add_client_options(CLI::App& command, ClientOptions& options, bool with_timeout) {
    command.add_option("--bootstrap-server", options.bootstrap_server, "Brokers to ask, host:port[,host:port]")
        ->capture_default_str();
    if (with_timeout)
        command.add_option("--timeout-ms", options.timeout_ms, "How long to wait for a broker")
            ->check(CLI::Range(1, 3'600'000))
            ->capture_default_str();
    command.add_flag("--json", options.json, "Answer in JSON");
}

Result<client::Cluster, std::string> connect(const ClientOptions& options) {
    auto addresses = client::parse_addresses(options.bootstrap_server);
    if (!addresses) return unexpected("--bootstrap-server: " + addresses.error());
    client::Cluster cluster(client::tcp_connector(std::chrono::milliseconds{options.timeout_ms}),
                            std::move(*addresses));
    if (auto reached = cluster.any(); !reached) return unexpected(std::move(reached.error()));
    return cluster;
}

int fail(std::string_view message) {
    fmt::print(stderr, "highwater: {}\n", message);
    return kFailure;
}

Result<std::pair<std::string, std::string>, std::string> parse_pair(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0)
        return unexpected(fmt::format("\"{}\" is not key=value", text));
    std::string_view value = text.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '[' && value.back() == ']') value = value.substr(1, value.size() - 2);
    return std::pair(std::string(text.substr(0, equals)), std::string(value));
}

Result<std::vector<std::pair<std::string, std::string>>, std::string> parse_pairs(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> pairs;
    int depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && text[i] == '[') ++depth;
        if (i < text.size() && text[i] == ']') --depth;
        if (i < text.size() && (text[i] != ',' || depth > 0)) continue;
        const std::string_view part = text.substr(begin, i - begin);
        begin = i + 1;
        if (part.empty()) continue;
        auto pair = parse_pair(part);
        if (!pair) return unexpected(std::move(pair.error()));
        pairs.push_back(std::move(*pair));
    }
    return pairs;
}

std::string reason(ErrorCode error, std::string_view message) {
    return message.empty() ? fmt::format("{}", error) : fmt::format("{} ({})", message, error);
}

}  // namespace highwater::cli
