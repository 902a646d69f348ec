#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/client/cluster.h"
#include "core/base/result.h"

namespace CLI {
class App;
}

namespace highwater::cli {

/// What every command that talks to a broker takes.
struct ClientOptions {
    std::string bootstrap_server = "127.0.0.1:9092";
    int timeout_ms = 30'000;
    bool json = false;
};

/// `--bootstrap-server`, `--timeout-ms` (unless the command has its own meaning for it) and `--json`.
void add_client_options(CLI::App& command, ClientOptions& options, bool with_timeout = true);

Result<client::Cluster, std::string> connect(const ClientOptions& options);

/// Writes "highwater: ..." to the standard error stream. Returns kFailure.
int fail(std::string_view message);

/// Reads "key=value".
Result<std::pair<std::string, std::string>, std::string> parse_pair(std::string_view text);
/// Reads "a=1,b=[2,3]": brackets keep the commas of one value together, as in Kafka's kafka-configs.
Result<std::vector<std::pair<std::string, std::string>>, std::string> parse_pairs(std::string_view text);

/// `message` of an answer if it has one, else the error's name.
std::string reason(ErrorCode error, std::string_view message);

}  // namespace highwater::cli
