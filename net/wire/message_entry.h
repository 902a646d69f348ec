#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/base/result.h"
#include "net/wire/byte_source.h"
#include "net/wire/codec.h"
#include "net/wire/json.h"
#include "net/wire/output_buffer.h"
#include "net/wire/value_visitor.h"

namespace highwater::wire {

/// A message without its type, for what handles any of them: tools, tests, fuzzers.
struct MessageEntry {
    /// What only the type can do. `value` is the address of a message of it.
    struct Type {
        const StructTable& (*table)();
        /// Calls `use` with a message that has its defaults.
        void (*with_new)(ValueVisitor<void*> use);
        /// Calls `use` with what decode() gives. Takes no memory. Errors: as decode().
        Result<void, DecodeError> (*decode)(std::span<const std::byte> bytes, std::int16_t version,
                                            DecodeOptions options, ValueVisitor<const void*> use);
        /// As wire::encode().
        Result<void, EncodeError> (*encode)(Writer& writer, const void* value, std::int16_t version);
    };

    MessageInfo info;
    Type type;

    /// Bytes of a body to its JSON form. Errors: as decode().
    [[nodiscard]] Result<JsonValue, DecodeError> decode_json(std::span<const std::byte> bytes, std::int16_t version,
                                                             DecodeOptions options) const;
    /// JSON form of a body to its bytes. Error: what is wrong, for a person.
    [[nodiscard]] Result<OutputBuffer, std::string> encode_json(const JsonValue& json, std::int16_t version) const;
    /// Decodes, and encodes what was decoded. From what a peer may send in several ways (an over-long varint, a known
    /// tagged field that is its default) the bytes come back in the one that is written here. Error: of decode() or
    /// encode(), as text.
    [[nodiscard]] Result<OutputBuffer, std::string> reencode(std::span<const std::byte> bytes, std::int16_t version,
                                                             DecodeOptions options) const;
    /// Decodes and drops it. Takes no memory. Errors: as decode().
    [[nodiscard]] Result<void, DecodeError> validate(std::span<const std::byte> bytes, std::int16_t version,
                                                     DecodeOptions options) const;
    /// Decodes, and prints for people: as to_text(). Errors: as decode().
    [[nodiscard]] Result<std::string, DecodeError> decode_text(std::span<const std::byte> bytes, std::int16_t version,
                                                               DecodeOptions options) const;
    /// The bytes of a random message, which is then compared with what is decoded from them and with its size as a
    /// counting writer gives it. Error: what differs.
    [[nodiscard]] Result<OutputBuffer, std::string> generate(ByteSource& source, std::int16_t version) const;
};

/// The entry of a message. Defined in codec_instantiate.h, instantiated beside the message's Codec.
template <Message T>
const MessageEntry& message_entry();

}  // namespace highwater::wire
