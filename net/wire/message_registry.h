#pragma once

#include <span>
#include <string_view>

#include "net/wire/message_entry.h"

namespace highwater::wire {

/// Every message, in the order of message_list.h.
std::span<const MessageEntry* const> all_messages();

/// The message of that published name ("FetchRequest"), or nullptr.
const MessageEntry* find_message(std::string_view name);

/// Versions of the header before a request or response of version `version`, by the API catalogue. Requires: `info`
/// is a request or a response.
std::int16_t header_version(const MessageInfo& info, std::int16_t version);

/// A body with its header, as in a frame without its length: JSON {"header": ..., "body": ...}. In a request's header
/// the api key and version may be left out to encode, and must be the message's when given or decoded.
/// Requires: `entry` is a request or a response. Errors, as text: what is wrong.
Result<OutputBuffer, std::string> encode_json_with_header(const MessageEntry& entry, const JsonValue& json,
                                                          std::int16_t version);
Result<JsonValue, std::string> decode_json_with_header(const MessageEntry& entry, std::span<const std::byte> bytes,
                                                       std::int16_t version, DecodeOptions options);

/// One line per message, tab-separated: key ("-" for none), name, kind, versions, first flexible version or "none".
std::string list_messages();

/// docs/protocol-support.md, generated from the API catalogue.
std::string protocol_support_markdown();

}  // namespace highwater::wire
