// Claim: a response frame is refused, or what was decoded encodes, and that decodes to the same. Input: api key and
// version of the request, both int16, then a response frame without its length.

#include <cstdint>

#include "core/base/invariant.h"
#include "net/wire/header.h"
#include "net/wire/message_registry.h"

using namespace highwater::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 4) return 0;
    const auto key = static_cast<std::int16_t>(data[0] << 8 | data[1]);
    const auto version = static_cast<std::int16_t>(data[2] << 8 | data[3]);
    const ApiInfo* api = find_api(key);
    if (!api || !api->versions.contains(version)) return 0;
    const auto response = decode_response_header(std::as_bytes(std::span(data + 4, size - 4)), api->key, version);
    if (!response) return 0;
    for (const MessageEntry* entry : all_messages()) {
        if (entry->info.kind != MessageKind::response || entry->info.key != key) continue;
        const auto json = entry->decode_json(response->body, version, {});
        if (!json) return 0;
        const auto again = entry->reencode(response->body, version, {});
        HIGHWATER_INVARIANT(again.has_value(), "{} v{}: {}", entry->info.name, version, again.error());
        const auto bytes = again->to_vector();
        const auto json_again = entry->decode_json(bytes, version, {});
        HIGHWATER_INVARIANT(json_again && *json_again == *json, "{} v{} comes back differently", entry->info.name,
                            version);
    }
    return 0;
}
