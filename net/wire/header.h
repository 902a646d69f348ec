#pragma once

#include <span>

#include "core/base/result.h"
#include "net/wire/schema.h"
#include "net/wire/writer.h"

namespace highwater::wire {

/// Before every request. Version 1, or 2 before flexible versions; version 0 is only read (KIP-482). The client id
/// keeps its int16 length in version 2.
struct RequestHeader {
    std::int16_t request_api_key = 0;  ///< may be none of ApiKey
    std::int16_t request_api_version = 0;
    std::int32_t correlation_id = 0;
    std::optional<String> client_id{String{}};
    TaggedFields unknown_tags;
    friend bool operator==(const RequestHeader&, const RequestHeader&) = default;
};

/// Before every response. Version 1 before flexible versions except ApiVersions, else 0.
struct ResponseHeader {
    std::int32_t correlation_id = 0;
    TaggedFields unknown_tags;
    friend bool operator==(const ResponseHeader&, const ResponseHeader&) = default;
};

template <>
struct Schema<RequestHeader> {
    static constexpr MessageInfo message{"RequestHeader", MessageKind::header, -1, versions(0, 2), since(2)};
    static constexpr void describe(auto&& field) {
        using T = RequestHeader;
        field("RequestApiKey", &T::request_api_key, since(0));
        field("RequestApiVersion", &T::request_api_version, since(0));
        field("CorrelationId", &T::correlation_id, since(0));
        field("ClientId", &T::client_id, since(1), nullable_since(1), never_flexible);
    }
};
static_assert(describes_every_member<RequestHeader>);

template <>
struct Schema<ResponseHeader> {
    static constexpr MessageInfo message{"ResponseHeader", MessageKind::header, -1, versions(0, 1), since(1)};
    static constexpr void describe(auto&& field) { field("CorrelationId", &ResponseHeader::correlation_id, since(0)); }
};
static_assert(describes_every_member<ResponseHeader>);

/// What every request starts with, whatever its header's version.
struct RequestPrefix {
    std::int16_t api_key = 0;
    std::int16_t api_version = 0;
    std::int32_t correlation_id = 0;
};

/// Reads api key, version and correlation id of a request frame (without its length). Error: truncated.
Result<RequestPrefix, DecodeError> peek_request(std::span<const std::byte> frame);

template <class Header>
struct HeaderAndBody {
    Header header;
    std::span<const std::byte> body;
};

/// Reads the header of a request frame (without its length); its version follows from api key and version. The views
/// of the result live as long as the frame. Errors: unsupported_version for an api key that is not served, or a
/// version that is not (save ApiVersions, which is answered in any version, KIP-511); any other DecodeErrorKind.
Result<HeaderAndBody<RequestHeader>, DecodeError> decode_request_header(std::span<const std::byte> frame,
                                                                        DecodeOptions options = {});

/// Reads the header of the response frame (without its length) to a request of `key` and `version`. The views of the
/// result live as long as the frame. Errors: any DecodeErrorKind.
Result<HeaderAndBody<ResponseHeader>, DecodeError> decode_response_header(std::span<const std::byte> frame, ApiKey key,
                                                                          std::int16_t version,
                                                                          DecodeOptions options = {});

namespace detail {

template <Message Header, Message Body>
Result<OutputBuffer, EncodeError> encode_frame(const Header& header, std::int16_t header_version, const Body& body,
                                               std::int16_t version) {
    Writer writer;
    const std::size_t length_at = writer.placeholder_int32();
    if (auto done = encode(writer, header, header_version); !done) return std::unexpected(done.error());
    if (auto done = encode(writer, body, version); !done) return std::unexpected(done.error());
    if (writer.size() - 4 > INT32_MAX) {
        return std::unexpected(EncodeError{EncodeErrorKind::too_long, Schema<Body>::message.name, ""});
    }
    writer.patch_int32(length_at, static_cast<std::int32_t>(writer.size() - 4));
    return writer.take();
}

}  // namespace detail

/// A whole response frame: int32 length, header, body. Errors: as encode(), and too_long for more than 2^31 - 1 bytes.
template <Message T>
    requires(Schema<T>::message.kind == MessageKind::response)
Result<OutputBuffer, EncodeError> encode_response_frame(std::int32_t correlation_id, const T& response,
                                                        std::int16_t version) {
    const ApiInfo& api = api_info(static_cast<ApiKey>(Schema<T>::message.key));
    ResponseHeader header;
    header.correlation_id = correlation_id;
    return detail::encode_frame(header, response_header_version(api, version), response, version);
}

/// A whole request frame: int32 length, header, body. Errors: as encode_response_frame().
template <Message T>
    requires(Schema<T>::message.kind == MessageKind::request)
Result<OutputBuffer, EncodeError> encode_request_frame(std::int32_t correlation_id, std::optional<String> client_id,
                                                       const T& request, std::int16_t version) {
    const ApiInfo& api = api_info(static_cast<ApiKey>(Schema<T>::message.key));
    RequestHeader header;
    header.request_api_key = Schema<T>::message.key;
    header.request_api_version = version;
    header.correlation_id = correlation_id;
    header.client_id = std::move(client_id);
    return detail::encode_frame(header, request_header_version(api, version), request, version);
}

}  // namespace highwater::wire
