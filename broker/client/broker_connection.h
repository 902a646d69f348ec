#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "broker/client/channel.h"
#include "core/base/result.h"
#include "net/wire/header.h"

namespace highwater::client {

/// A response and the frame that its strings, bytes and arrays look into.
template <class Response>
struct Answer {
    std::shared_ptr<const std::vector<std::byte>> frame;
    Response body;
    const Response* operator->() const { return &body; }
};

/// A connection to one broker on which the versions have been agreed. One request at a time.
class BrokerConnection {
  public:
    /// Asks for the broker's versions. The error is one line for a person.
    static Result<std::unique_ptr<BrokerConnection>, std::string> open(const Connector& connector,
                                                                       const Address& address);

    /// Sends the request in the highest version that both sides know, at most `version_limit`, and waits for the
    /// answer. After an error the connection is of no further use.
    template <class Response, class Request>
    Result<Answer<Response>, std::string> call(const Request& request, std::int16_t version_limit = INT16_MAX) {
        const wire::ApiInfo& api = wire::api_info(static_cast<wire::ApiKey>(wire::Schema<Request>::message.key));
        const auto version = agreed(api, version_limit);
        if (!version) return unexpected(version.error());
        const auto frame = wire::encode_request_frame(++correlation_id_, wire::String("highwater"), request, *version);
        if (!frame)
            return unexpected(fmt::format("the {} request can't be said in version {}: {}", api.name, *version,
                                          wire::to_text(frame.error())));
        if (auto sent = send(*frame); !sent) return unexpected(std::move(sent.error()));
        auto received = receive();
        if (!received) return unexpected(std::move(received.error()));
        Answer<Response> answer{std::make_shared<const std::vector<std::byte>>(std::move(*received)), {}};
        const auto split = wire::decode_response_header(*answer.frame, api.key, *version);
        if (!split) return unexpected(unreadable(api, wire::to_text(split.error())));
        if (split->header.correlation_id != correlation_id_)
            return unexpected(unreadable(api, "it belongs to another request"));
        auto body = wire::decode<Response>(split->body, *version);
        if (!body) return unexpected(unreadable(api, wire::to_text(body.error())));
        answer.body = std::move(*body);
        return answer;
    }

    /// Sends a request that has no answer (a produce with acks=0).
    template <class Request>
    Result<void, std::string> tell(const Request& request, std::int16_t version_limit = INT16_MAX) {
        const wire::ApiInfo& api = wire::api_info(static_cast<wire::ApiKey>(wire::Schema<Request>::message.key));
        const auto version = agreed(api, version_limit);
        if (!version) return unexpected(version.error());
        const auto frame = wire::encode_request_frame(++correlation_id_, wire::String("highwater"), request, *version);
        if (!frame) return unexpected(std::string(wire::to_text(frame.error())));
        return send(*frame);
    }

    [[nodiscard]] const Address& address() const { return address_; }

  private:
    BrokerConnection(std::unique_ptr<Channel> channel, Address address)
        : channel_(std::move(channel)), address_(std::move(address)) {}

    [[nodiscard]] Result<std::int16_t, std::string> agreed(const wire::ApiInfo& api, std::int16_t limit) const;
    Result<void, std::string> ask_versions();
    Result<void, std::string> send(const wire::OutputBuffer& frame);
    /// The next frame without its length.
    Result<std::vector<std::byte>, std::string> receive();
    [[nodiscard]] std::string unreadable(const wire::ApiInfo& api, std::string_view why) const;

    std::unique_ptr<Channel> channel_;
    Address address_;
    std::int32_t correlation_id_ = 0;
    std::map<std::int16_t, std::pair<std::int16_t, std::int16_t>> versions_;
};

}  // namespace highwater::client
