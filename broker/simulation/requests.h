#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "broker/simulation/node_host.h"
#include "net/wire/header.h"

namespace highwater::simulation {

inline constexpr std::string_view kTopic = "t";

/// The request as a frame with its length.
template <class Request>
std::vector<std::byte> frame_of(World& world, const Request& message, std::int16_t version) {
    const auto encoded = wire::encode_request_frame(1, wire::String("sim"), message, version);
    if (encoded) return encoded->to_vector();
    world.violated("Decodes", wire::to_text(encoded.error()));
    return {};
}

/// The response; nullopt, with a violation, when it is not one.
template <class Response>
std::optional<Response> response_from(World& world, std::span<const std::byte> frame, wire::ApiKey api,
                                      std::int16_t version) {
    const auto header = wire::decode_response_header(frame, api, version);
    if (!header) {
        world.violated("Decodes", wire::to_text(header.error()));
        return std::nullopt;
    }
    auto answer = wire::decode<Response>(header->body, version);
    if (!answer) {
        world.violated("Decodes", wire::to_text(answer.error()));
        return std::nullopt;
    }
    return *std::move(answer);
}

}  // namespace highwater::simulation
