#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace highwater::client {

/// Where a broker is.
struct Address {
    std::string host;
    std::uint16_t port = 0;
    friend bool operator==(const Address&, const Address&) = default;
};

/// "host:port", brackets around an IPv6 address.
std::string to_text(const Address& address);
/// Reads "host:port,host:port". The port is 9092 where none is given. The error is a sentence.
Result<std::vector<Address>, std::string> parse_addresses(std::string_view text);

/// Bytes to and from one broker. Calls block, at most for the time given when the channel was made; the error is one
/// line for a person.
class Channel {
  public:
    virtual ~Channel() = default;
    virtual Result<void, std::string> write(std::span<const std::byte> bytes) = 0;
    /// Fills `into` completely.
    virtual Result<void, std::string> read(std::span<std::byte> into) = 0;
};

using Connector = std::function<Result<std::unique_ptr<Channel>, std::string>(const Address&)>;

/// Channels over TCP. Connecting, and each write and read, take at most `timeout`.
Connector tcp_connector(std::chrono::milliseconds timeout);

}  // namespace highwater::client
