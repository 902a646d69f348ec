#include "broker/client/broker_connection.h"

#include <array>

#include "net/wire/message/api_versions.h"

namespace highwater::client {

namespace {
/// Larger than any answer to a request of ours; what claims more is no Kafka broker.
constexpr std::int32_t kLargestAnswer = 256 * 1024 * 1024;
}  // namespace

Result<std::unique_ptr<BrokerConnection>, std::string> BrokerConnection::open(const Connector& connector,
                                                                              const Address& address) {
    auto channel = connector(address);
    if (!channel) return unexpected(std::move(channel.error()));
    std::unique_ptr<BrokerConnection> connection(new BrokerConnection(std::move(*channel), address));
    if (auto asked = connection->ask_versions(); !asked) return unexpected(std::move(asked.error()));
    return connection;
}

Result<void, std::string> BrokerConnection::ask_versions() {
    // Version 3 is what every broker since 2.4 answers; an older one answers with error 35 and the ranges it has.
    versions_[static_cast<std::int16_t>(wire::ApiKey::api_versions)] = {0, 3};
    wire::ApiVersionsRequest request;
    request.client_software_name = "highwater";
    request.client_software_version = "0.1";
    auto answer = call<wire::ApiVersionsResponse>(request);
    if (!answer) return unexpected(std::move(answer.error()));
    if ((*answer)->error_code != ErrorCode::none)
        return unexpected(fmt::format("{} refused to tell its versions: {}", to_text(address_), (*answer)->error_code));
    for (const auto& api : (*answer)->api_keys) versions_[api.api_key] = {api.min_version, api.max_version};
    return {};
}

Result<std::int16_t, std::string> BrokerConnection::agreed(const wire::ApiInfo& api, std::int16_t limit) const {
    const auto theirs = versions_.find(static_cast<std::int16_t>(api.key));
    if (theirs == versions_.end())
        return unexpected(fmt::format("the broker at {} does not serve {}", to_text(address_), api.name));
    const std::int16_t highest = std::min({theirs->second.second, api.versions.last, limit});
    if (highest < std::max(theirs->second.first, api.versions.first))
        return unexpected(
            fmt::format("the broker at {} and this tool have no version of {} in common", to_text(address_), api.name));
    return highest;
}

Result<void, std::string> BrokerConnection::send(const wire::OutputBuffer& frame) {
    Result<void, std::string> done;
    frame.for_each_piece([&](std::span<const std::byte> piece) {
        if (done) done = channel_->write(piece);
    });
    return done;
}

Result<std::vector<std::byte>, std::string> BrokerConnection::receive() {
    std::array<std::byte, 4> prefix{};
    if (auto read = channel_->read(prefix); !read) return unexpected(std::move(read.error()));
    std::uint32_t length = 0;
    for (const std::byte byte : prefix) length = length << 8 | std::to_integer<std::uint32_t>(byte);
    if (length < 4 || length > static_cast<std::uint32_t>(kLargestAnswer))
        return unexpected(
            fmt::format("{} does not speak Kafka's protocol (an answer of {} bytes)", to_text(address_), length));
    std::vector<std::byte> frame(length);
    if (auto read = channel_->read(frame); !read) return unexpected(std::move(read.error()));
    return frame;
}

std::string BrokerConnection::unreadable(const wire::ApiInfo& api, std::string_view why) const {
    return fmt::format("the answer of {} to {} can't be read: {}", to_text(address_), api.name, why);
}

}  // namespace highwater::client
