#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "broker/engine/connections.h"
#include "broker/engine/moment.h"
#include "net/wire/api_catalog.h"

namespace highwater::engine {

/// Where a reply goes and in what form: all that is left of a request that waits.
struct ReplyTo {
    ReplySlot slot;
    std::int16_t version = 0;
    std::int32_t correlation_id = 0;
};

/// A request whose header was read. Views live during the call only.
struct RequestInfo {
    ReplyTo reply_to;
    wire::ApiKey api{};
    std::string_view client_id;
    /// Where the connection came in.
    const ConnectionInfo* connection = nullptr;
    Moment now;

    [[nodiscard]] std::int16_t version() const { return reply_to.version; }
};

}  // namespace highwater::engine
