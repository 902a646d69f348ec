#pragma once

// Random messages from a table. Part of codec_impl.h.

#include <limits>

#include "net/wire/byte_source.h"
#include "net/wire/codec_json.h"
#include "net/wire/schema.h"

namespace highwater::wire::detail {

/// Text that tries what breaks codecs: NUL, quotes, every length of UTF-8, both sides of its edges.
std::string generate_text(ByteSource& source);
std::vector<std::byte> generate_bytes(ByteSource& source);
/// Up to three unknown tagged fields, none of whose tags is in `known_tags`.
std::vector<TaggedField> generate_tags(ByteSource& source, std::uint32_t known_tags);
/// Zero, small, the edges of `bits` bits or anything.
std::uint64_t generate_integer(ByteSource& source, unsigned bits);

template <class V>
void generate_value(ByteSource& source, V& out, const FieldInfo& field, const DecodeContext& context) {
    if constexpr (kIsOptional<V>) {
        if (field.nullable.contains(context.version) && source.below(4) == 0) {
            out.reset();
        } else {
            generate_value(source, out.emplace(), field, context);
        }
    } else if constexpr (Described<V>) {
        Codec<V>::generate(source, out, context);
    } else if constexpr (kIsArray<V>) {
        std::vector<typename V::value_type> elements;
        for (std::uint32_t left = source.below(4); left > 0 && source.spend_element(); --left) {
            generate_value(source, elements.emplace_back(), field, context);
        }
        out = V(std::move(elements));
    } else if constexpr (std::is_same_v<V, String>) {
        out = String(generate_text(source));
    } else if constexpr (std::is_base_of_v<Bytes, V>) {
        out = V(generate_bytes(source));
    } else if constexpr (std::is_base_of_v<Uuid, V>) {
        if (source.below(4) == 0) return;
        for (auto& byte : out.bytes) byte = source.next();
    } else if constexpr (std::is_same_v<V, bool>) {
        out = source.below(2) == 1;
    } else if constexpr (std::is_same_v<V, double>) {
        out = static_cast<double>(static_cast<std::int64_t>(source.next64())) / 1024;
    } else {
        using Integer = decltype(wire_integer(out));
        out = static_cast<V>(static_cast<Integer>(generate_integer(source, sizeof(Integer) * 8)));
    }
}

template <class T>
void generate_struct(ByteSource& source, T& out, const DecodeContext& context) {
    for_each_field<T>([&](const FieldInfo& field, auto member) {
        if (!field.versions.contains(context.version)) return;
        if (field.tagged.contains(context.version) && source.below(2) == 0) return;
        generate_value(source, out.*member, field, context);
    });
    if constexpr (kKeepsUnknownTags<T>) {
        if (context.flexible && source.below(8) == 1) {
            out.unknown_tags = TaggedFields(generate_tags(source, known_tags<T>()));
        }
    }
}

}  // namespace highwater::wire::detail
