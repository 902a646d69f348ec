#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/base/result.h"
#include "net/wire/byte_source.h"
#include "net/wire/codec.h"
#include "net/wire/json.h"
#include "net/wire/output_buffer.h"

namespace highwater::wire {

/// A message without its type, for what handles any of them: tools, tests, fuzzers.
struct MessageEntry {
    MessageInfo info;
    /// Bytes of a body to its JSON form. Errors: as decode().
    Result<JsonValue, DecodeError> (*decode_json)(std::span<const std::byte>, std::int16_t version, DecodeOptions);
    /// JSON form of a body to its bytes. Error: what is wrong, for a person.
    Result<OutputBuffer, std::string> (*encode_json)(const JsonValue&, std::int16_t version);
    /// Decodes and encodes again. `check` compares what was read from the result with what was read from the input.
    Result<OutputBuffer, std::string> (*reencode)(std::span<const std::byte>, std::int16_t version, DecodeOptions);
    /// Decodes and drops it. Takes no memory. Errors: as decode().
    Result<void, DecodeError> (*validate)(std::span<const std::byte>, std::int16_t version, DecodeOptions);
    /// Decodes, and prints for people. Errors: as decode().
    Result<std::string, DecodeError> (*decode_text)(std::span<const std::byte>, std::int16_t version, DecodeOptions);
    /// The bytes of a random message, which is then compared with what is decoded from them and with its size as
    /// encoded_size() gives it. Error: what differs.
    Result<OutputBuffer, std::string> (*generate)(ByteSource&, std::int16_t version);
};

/// Defined in codec_impl.h, instantiated beside the message's Codec.
template <Message T>
const MessageEntry& message_entry();

}  // namespace highwater::wire
