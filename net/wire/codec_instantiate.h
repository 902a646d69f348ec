#pragma once

// Defines the codecs of the structs that the including source declares. Only the source files of the messages include
// this, and instantiate what they declare:
//
//     template struct Codec<FetchRequest>;
//     template const MessageEntry& message_entry<FetchRequest>();

#include "net/wire/codec_impl.h"
#include "net/wire/message_entry.h"
#include "net/wire/struct_table.h"

namespace highwater::wire {

template <class T>
void Codec<T>::read(Reader& reader, T& out) {
    detail::read_struct(reader, out);
}

template <class T>
void Codec<T>::write(Writer& writer, const T& value) {
    detail::write_struct(writer, value);
}

template <class T>
const StructTable& Codec<T>::table() {
    static const StructTable table = detail::make_struct_table<T>();
    return table;
}

template <Message T>
const MessageEntry& message_entry() {
    static constexpr MessageEntry entry{
        Schema<T>::message,
        {
            .table = &Codec<T>::table,
            .with_new =
                [](ValueVisitor<void*> use) {
                    T value;
                    use(&value);
                },
            .decode = [](std::span<const std::byte> bytes, std::int16_t version, DecodeOptions options,
                         ValueVisitor<const void*> use) -> Result<void, DecodeError> {
                const auto value = wire::decode<T>(bytes, version, options);
                if (!value) return std::unexpected(value.error());
                use(&*value);
                return {};
            },
            .encode = [](Writer& writer, const void* value,
                         std::int16_t version) { return wire::encode(writer, *static_cast<const T*>(value), version); },
        }};
    return entry;
}

}  // namespace highwater::wire
