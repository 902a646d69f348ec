// Claim: a request frame is refused, or what was decoded encodes, and that decodes to the same; with a broker's
// options and with a tool's. Input: a request frame without its length.

#include <cstdint>

#include "core/base/invariant.h"
#include "net/wire/header.h"
#include "net/wire/message_registry.h"

namespace {

using namespace highwater::wire;

void check(const MessageEntry& entry, std::span<const std::byte> body, std::int16_t version, DecodeOptions options) {
    const auto json = entry.decode_json(body, version, options);
    HIGHWATER_INVARIANT(json.has_value() == entry.validate(body, version, options).has_value(), "{}", entry.info.name);
    if (!json) return;
    const auto again = entry.reencode(body, version, options);
    HIGHWATER_INVARIANT(again.has_value(), "{} v{}: {}", entry.info.name, version, again.error());
    const auto bytes = again->to_vector();
    const auto json_again = entry.decode_json(bytes, version, options);
    HIGHWATER_INVARIANT(json_again && *json_again == *json, "{} v{} comes back differently", entry.info.name, version);
    HIGHWATER_INVARIANT(entry.decode_text(body, version, options).has_value(), "{}", entry.info.name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto frame = std::as_bytes(std::span(data, size));
    for (const DecodeOptions& options : {DecodeOptions{}, kToolDecodeOptions}) {
        const auto request = decode_request_header(frame, options);
        if (!request) continue;
        for (const MessageEntry* entry : all_messages()) {
            const auto& info = entry->info;
            if (info.kind == MessageKind::request && info.key == request->header.request_api_key &&
                info.versions.contains(request->header.request_api_version)) {
                check(*entry, request->body, request->header.request_api_version, options);
            }
        }
    }
    return 0;
}
