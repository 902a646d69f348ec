#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/engine/engine_config.h"
#include "net/transport/event_loop.h"
#include "net/transport/limits.h"

namespace highwater::config {

/// One entry of `listeners`: NAME://host:port. An empty host is every address of the machine, port 0 any free port.
struct ListenerAddress {
    std::string name;
    std::string host;
    std::uint16_t port = 0;
    friend bool operator==(const ListenerAddress&, const ListenerAddress&) = default;
};

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// Everything that `highwater serve` is told. The initialisers are what it does without a configuration.
struct NodeSettings {
    NodeSettings() { engine.log_dirs = {"./data"}; }

    engine::EngineConfig engine;
    std::vector<ListenerAddress> listeners{{"PLAINTEXT", "127.0.0.1", 9092}};
    /// Empty: the listeners themselves.
    std::vector<ListenerAddress> advertised;
    transport::Limits limits;
    transport::ListenOptions listen;
    LogLevel log_level = LogLevel::info;
};

}  // namespace highwater::config
