#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/result.h"
#include "net/wire/codec_text.h"
#include "net/wire/decode_error.h"
#include "net/wire/message_info.h"
#include "net/wire/reader.h"

namespace highwater::wire {

class Writer;
struct StructTable;

/// The table of a struct's fields, specialised beside the struct: see schema.h.
template <class T>
struct Schema;

/// A struct that is declared by a table.
template <class T>
concept Described = requires { &Schema<T>::template describe<void (*)(...)>; };

/// A described struct that is a whole message, header or record.
template <class T>
concept Message = Described<T> && requires { Schema<T>::message; };

/// What a described struct needs at run time. Defined in codec_instantiate.h and instantiated in the source file of the
/// API, so that what includes a message's header does not compile its codec again.
template <class T>
struct Codec {
    /// Reads the fields that `reader`'s version has; the others keep their defaults. Arrays, strings and bytes become
    /// views. On failure (reader.failed()) `out` is half read.
    static void read(Reader& reader, T& out);
    /// Appends the fields that the writer's version has. Failures stick to the writer.
    static void write(Writer& writer, const T& value);
    /// The declaration as data, for what is not hot: see struct_table.h.
    static const StructTable& table();
};

/// What the bytes of a T of `version` are; `version` need not exist.
template <Message T>
constexpr DecodeContext context_of(std::int16_t version, DecodeOptions options = {}) {
    return {Schema<T>::message.name, version, Schema<T>::message.flexible.contains(version), options};
}

/// Reads a message that is all of `bytes`. The result's strings, bytes and arrays are views: `bytes` must outlive it.
/// Takes no memory. Errors: any DecodeErrorKind.
template <Message T>
Result<T, DecodeError> decode(std::span<const std::byte> bytes, std::int16_t version, DecodeOptions options = {}) {
    const MessageInfo& info = Schema<T>::message;
    if (!info.versions.contains(version)) {
        return std::unexpected(DecodeError{DecodeErrorKind::unsupported_version, info.name, "", 0});
    }
    Reader reader(bytes, context_of<T>(version, options));
    Result<T, DecodeError> result;
    Codec<T>::read(reader, *result);
    if (!reader.failed() && reader.remaining() > 0) {
        reader.at_field("");
        reader.fail(DecodeErrorKind::trailing_bytes);
    }
    if (reader.failed()) return std::unexpected(reader.error());
    return result;
}

/// Appends `value`'s bytes at `version` to `writer`. On an error the writer is as it was before.
/// Errors: any EncodeErrorKind.
template <Message T>
Result<void, EncodeError> encode(Writer& writer, const T& value, std::int16_t version);

/// Bytes that encode() would append. Errors: as encode().
template <Message T>
Result<std::size_t, EncodeError> encoded_size(const T& value, std::int16_t version);

/// One line for people, after the message's name: as print_struct().
template <Message T>
std::string to_text(const T& value, std::int16_t version) {
    std::string out = Schema<T>::message.name;
    print_struct(out, Codec<T>::table(), &value, version);
    return out;
}

}  // namespace highwater::wire
