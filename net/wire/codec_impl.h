#pragma once

// Reading and writing bytes, compiled for each struct from its declaration. Only the source files of the messages use
// this, through codec_instantiate.h.

#include "net/wire/schema.h"
#include "net/wire/struct_table.h"
#include "net/wire/tag_section.h"
#include "net/wire/writer.h"

namespace highwater::wire {

namespace detail {

// ------------------------------------------------------------------------------------------------ read

// False for null.
template <class V>
bool read_nullable(Reader& reader, V& out, bool compact) {
    if constexpr (kIsArray<V>) {
        const auto count = reader.array_count(compact);
        if (count) out = V::read(reader, *count);
        return count.has_value();
    } else if constexpr (std::is_same_v<V, String>) {
        const auto text = reader.string(compact);
        if (text) out = String::borrowed(*text);
        return text.has_value();
    } else {
        const auto bytes = reader.bytes(compact);
        if (bytes) out = V(*bytes);
        return bytes.has_value();
    }
}

// What stands before a struct that may be null: an int8 (negative: null), in a tag a varint (0: null).
inline bool is_null_struct(Reader& reader, const FieldInfo& field) {
    if (field.tagged.contains(reader.version())) return reader.unsigned_varint() == 0;
    return reader.scalar<std::int8_t>() < 0;
}

template <class V>
void read_value(Reader& reader, V& out, const FieldInfo& field) {
    const bool compact = reader.flexible() && !field.is_never_flexible;
    if constexpr (kIsOptional<V>) {
        using Inner = typename V::value_type;
        const bool nullable = field.nullable.contains(reader.version());
        if constexpr (Described<Inner>) {
            out.reset();
            if (nullable && is_null_struct(reader, field)) return;
            Codec<Inner>::read(reader, out.emplace());
        } else {
            Inner inner;
            if (read_nullable(reader, inner, compact)) {
                out = std::move(inner);
            } else {
                out.reset();
                if (!nullable) reader.fail(DecodeErrorKind::null_not_allowed);
            }
        }
    } else if constexpr (Described<V>) {
        Codec<V>::read(reader, out);
    } else if constexpr (kIsArray<V> || std::is_same_v<V, String> || std::is_base_of_v<Bytes, V>) {
        if (!read_nullable(reader, out, compact)) reader.fail(DecodeErrorKind::null_not_allowed);
    } else {
        out = reader.scalar<V>();
    }
}

template <class T>
bool read_known_tag(Reader& reader, void* out, std::uint32_t tag) {
    bool found = false;
    for_each_field<T>([&](const FieldInfo& field, auto member) {
        if (field.tagged.empty() || field.tag != tag || !field.tagged.contains(reader.version())) return;
        found = true;
        reader.at_field(field.name);
        read_value(reader, static_cast<T*>(out)->*member, field);
    });
    return found;
}

template <class T>
void read_tags(Reader& reader, T& out) {
    const std::uint32_t total = reader.unsigned_varint();
    if (total == 0) return;
    TaggedFields* unknown = nullptr;
    if constexpr (kKeepsUnknownTags<T>) unknown = &out.unknown_tags;
    constexpr std::uint32_t kKnown = known_tags<T>();
    read_tag_section(reader, total, {kKnown, kKnown == 0 ? nullptr : &read_known_tag<T>, &out}, unknown);
}

// ------------------------------------------------------------------------------------------------ write

template <class V>
void write_value(Writer& writer, const V& value, const FieldInfo& field) {
    const bool compact = writer.flexible() && !field.is_never_flexible;
    if constexpr (kIsOptional<V>) {
        using Inner = typename V::value_type;
        const bool nullable = field.nullable.contains(writer.version());
        if (!value && !nullable) return writer.fail(EncodeErrorKind::null_not_allowed);
        if constexpr (Described<Inner>) {
            if (nullable && field.tagged.contains(writer.version())) {
                writer.unsigned_varint(value ? 1 : 0);
            } else if (nullable) {
                writer.scalar<std::int8_t>(value ? 1 : -1);
            }
            if (value) Codec<Inner>::write(writer, *value);
        } else if (value) {
            write_value(writer, *value, field);
        } else if constexpr (std::is_same_v<Inner, String>) {
            writer.null_string(compact);
        } else {
            writer.null_long(compact);
        }
    } else if constexpr (Described<V>) {
        Codec<V>::write(writer, value);
    } else if constexpr (kIsArray<V>) {
        writer.long_length(value.size(), compact);
        for (const auto& element : value) {
            if (writer.failed()) return;
            write_value(writer, element, field);
        }
    } else if constexpr (std::is_same_v<V, String>) {
        writer.string(value.view(), compact);
    } else if constexpr (std::is_base_of_v<Bytes, V>) {
        writer.bytes(value, compact);
    } else {
        writer.scalar(value);
    }
}

template <class T>
void write_known_tag(Writer& writer, const void* value, std::uint32_t tag) {
    for_each_field<T>([&](const FieldInfo& field, auto member) {
        if (field.tagged.empty() || field.tag != tag) return;
        writer.at_field(field.name);
        write_value(writer, static_cast<const T*>(value)->*member, field);
    });
}

template <class T>
void write_tags(Writer& writer, const T& value) {
    constexpr std::uint32_t kKnown = known_tags<T>();
    std::uint32_t present = 0;
    if constexpr (kKnown != 0) {
        for_each_field<T>([&](const FieldInfo& field, auto member) {
            if (!field.tagged.contains(writer.version())) return;
            if (!(value.*member == default_of<T>().*member)) present |= 1U << field.tag;
        });
    }
    const TaggedFields* unknown = nullptr;
    if constexpr (kKeepsUnknownTags<T>) {
        if (!value.unknown_tags.empty()) unknown = &value.unknown_tags;
    }
    if (present == 0 && !unknown) return writer.unsigned_varint(0);
    write_tag_section(writer, present, {kKnown, kKnown == 0 ? nullptr : &write_known_tag<T>, &value}, unknown);
}

// ------------------------------------------------------------------------------------------------ structs

template <class T>
void read_struct(Reader& reader, T& out) {
    for_each_field<T>([&](const FieldInfo& field, auto member) {
        if (!field.versions.contains(reader.version()) || field.tagged.contains(reader.version())) return;
        if (reader.failed()) return;
        reader.at_field(field.name);
        read_value(reader, out.*member, field);
    });
    if (reader.flexible()) read_tags(reader, out);
}

template <class T>
void write_struct(Writer& writer, const T& value) {
    const std::int16_t version = writer.version();
    for_each_field<T>([&](const FieldInfo& field, auto member) {
        if (writer.failed()) return;
        writer.at_field(field.name);
        if (!field.versions.contains(version)) {
            if (!field.is_ignorable && !(value.*member == default_of<T>().*member)) {
                writer.fail(EncodeErrorKind::field_not_in_version);
            }
        } else if (!field.tagged.contains(version)) {
            write_value(writer, value.*member, field);
        }
    });
    if (writer.failed()) return;
    if (writer.flexible()) {
        write_tags(writer, value);
    } else if constexpr (kKeepsUnknownTags<T>) {
        if (!value.unknown_tags.empty()) writer.fail(EncodeErrorKind::tags_not_in_version);
    }
}

}  // namespace detail

}  // namespace highwater::wire
