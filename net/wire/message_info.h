#pragma once

#include <cstdint>

#include "net/wire/version_range.h"

namespace highwater::wire {

enum class MessageKind : std::uint8_t {
    request,
    response,
    header,
    metadata_record,
    coordinator_key,
    coordinator_value,
    data
};

/// What is said of a message as a whole.
struct MessageInfo {
    const char* name = "";  ///< as published, e.g. "FetchRequest"
    MessageKind kind{};
    std::int16_t key = -1;   ///< API key of a request or response, id of a metadata or coordinator record, else -1
    VersionRange versions;   ///< those this codec reads and writes
    VersionRange flexible;   ///< those with compact lengths and tagged fields (KIP-482)
    const char* topic = "";  ///< whose records have it as key or value, of coordinator records
};

/// As `highwater wire list` shows it; a literal.
constexpr const char* to_text(MessageKind kind) {
    switch (kind) {
        case MessageKind::request:
            return "request";
        case MessageKind::response:
            return "response";
        case MessageKind::header:
            return "header";
        case MessageKind::metadata_record:
            return "metadata";
        case MessageKind::coordinator_key:
            return "coordinator-key";
        case MessageKind::coordinator_value:
            return "coordinator-value";
        case MessageKind::data:
            return "data";
    }
    return "";
}

}  // namespace highwater::wire
