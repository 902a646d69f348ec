#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/config/node_settings.h"
#include "core/base/result.h"

namespace highwater::config {

/// Reads `NAME://host:port,...` (Kafka's `listeners` and `advertised.listeners`). IPv6 addresses stand in brackets.
/// Names are upper-cased and occur once. The error is a sentence.
Result<std::vector<ListenerAddress>, std::string> parse_listeners(std::string_view text);

/// The other way round.
std::string to_text(const ListenerAddress& listener);

/// The parts between commas, without the space around them; empty parts are left out.
std::vector<std::string> split_list(std::string_view text);

}  // namespace highwater::config
