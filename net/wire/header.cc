#include "net/wire/header.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<RequestHeader>;
template const MessageEntry& message_entry<RequestHeader>();
template struct Codec<ResponseHeader>;
template const MessageEntry& message_entry<ResponseHeader>();

namespace {

template <Message Header>
Result<HeaderAndBody<Header>, DecodeError> read_header(std::span<const std::byte> frame, std::int16_t version,
                                                       DecodeOptions options) {
    Reader reader(frame, context_of<Header>(version, options));
    HeaderAndBody<Header> result;
    Codec<Header>::read(reader, result.header);
    if (reader.failed()) return std::unexpected(reader.error());
    result.body = frame.subspan(reader.position());
    return result;
}

}  // namespace

Result<RequestPrefix, DecodeError> peek_request(std::span<const std::byte> frame) {
    Reader reader(frame, context_of<RequestHeader>(0));
    RequestPrefix prefix;
    prefix.api_key = reader.scalar<std::int16_t>();
    prefix.api_version = reader.scalar<std::int16_t>();
    prefix.correlation_id = reader.scalar<std::int32_t>();
    if (reader.failed()) return std::unexpected(reader.error());
    return prefix;
}

Result<HeaderAndBody<RequestHeader>, DecodeError> decode_request_header(std::span<const std::byte> frame,
                                                                        DecodeOptions options) {
    const auto prefix = peek_request(frame);
    if (!prefix) return std::unexpected(prefix.error());
    const ApiInfo* api = find_api(prefix->api_key);
    const bool served = api && (api->versions.contains(prefix->api_version) || api->key == ApiKey::api_versions);
    if (!served) {
        return std::unexpected(
            DecodeError{DecodeErrorKind::unsupported_version, "RequestHeader", api ? api->name : "RequestApiKey", 0});
    }
    return read_header<RequestHeader>(frame, request_header_version(*api, prefix->api_version), options);
}

Result<HeaderAndBody<ResponseHeader>, DecodeError> decode_response_header(std::span<const std::byte> frame, ApiKey key,
                                                                          std::int16_t version, DecodeOptions options) {
    return read_header<ResponseHeader>(frame, response_header_version(api_info(key), version), options);
}

}  // namespace highwater::wire
