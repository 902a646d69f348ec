#pragma once

// The walks over a message's table. Only the source files of the messages include this.

#include <algorithm>
#include <bit>

#include "net/wire/codec_generate.h"
#include "net/wire/codec_json.h"
#include "net/wire/message_entry.h"
#include "net/wire/schema.h"
#include "net/wire/writer.h"

namespace highwater::wire {

namespace detail {

template <class T>
const T& default_of() {
    static const T value{};
    return value;
}

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

template <class V>
void read_value(Reader& reader, V& out, const FieldInfo& field) {
    const bool compact = reader.flexible() && !field.is_never_flexible;
    if constexpr (kIsOptional<V>) {
        using Inner = typename V::value_type;
        const bool nullable = field.nullable.contains(reader.version());
        if constexpr (Described<Inner>) {
            out.reset();
            if (nullable && reader.scalar<std::int8_t>() < 0) return;
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
void read_tags(Reader& reader, T& out) {
    constexpr std::uint32_t kKnown = known_tags<T>();
    const std::uint32_t total = reader.unsigned_varint();
    if (total == 0) return;
    const std::byte* start = reader.data();
    const std::size_t before = reader.position();
    std::int64_t previous = -1;
    std::uint32_t unknown = 0;
    for (std::uint32_t i = 0; i < total && !reader.failed(); ++i) {
        const std::uint32_t tag = reader.unsigned_varint();
        const std::uint32_t size = reader.unsigned_varint();
        if (tag <= previous || tag > kMaxTag) return reader.fail(DecodeErrorKind::tag_out_of_order);
        previous = tag;
        if (size > reader.remaining()) return reader.fail(DecodeErrorKind::truncated);
        if (tag >= 32 || (kKnown >> tag & 1U) == 0) {
            reader.take(size);
            ++unknown;
            continue;
        }
        const std::size_t content = reader.position();
        bool found = false;
        for_each_field<T>([&](const FieldInfo& field, auto member) {
            static_assert(!kIsOptional<std::remove_reference_t<decltype(out.*member)>> ||
                              !Described<std::remove_reference_t<decltype(out.*member)>>,
                          "a tagged nullable struct has a varint marker");
            if (field.tagged.empty() || field.tag != tag || !field.tagged.contains(reader.version())) return;
            found = true;
            reader.at_field(field.name);
            read_value(reader, out.*member, field);
        });
        if (!found) return reader.fail(DecodeErrorKind::tag_not_in_version);
        if (!reader.failed() && reader.position() - content != size) {
            return reader.fail(DecodeErrorKind::tag_size_mismatch);
        }
    }
    if constexpr (kKeepsUnknownTags<T>) {
        if (unknown > 0 && !reader.failed()) {
            out.unknown_tags = TaggedFields::view({start, reader.position() - before}, total, unknown, kKnown);
        }
    }
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
            if (nullable) writer.scalar<std::int8_t>(value ? 1 : -1);
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
void write_known_tag(Writer& writer, const T& value, std::uint32_t tag) {
    for_each_field<T>([&](const FieldInfo& field, auto member) {
        if (field.tagged.empty() || field.tag != tag) return;
        writer.at_field(field.name);
        Writer counter = Writer::counting();
        counter.set_context(writer.context());
        write_value(counter, value.*member, field);
        writer.unsigned_varint(tag);
        writer.unsigned_varint(static_cast<std::uint32_t>(counter.size()));
        write_value(writer, value.*member, field);
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
    std::vector<TaggedField> unknown;
    if constexpr (kKeepsUnknownTags<T>) {
        if (!value.unknown_tags.empty()) unknown = value.unknown_tags.to_vector();
    }
    writer.unsigned_varint(
        static_cast<std::uint32_t>(static_cast<std::size_t>(std::popcount(present)) + unknown.size()));
    std::int64_t previous = -1;
    const auto write_known_below = [&](std::uint32_t end) {
        for (; present != 0 && static_cast<std::uint32_t>(std::countr_zero(present)) < end; present &= present - 1) {
            write_known_tag(writer, value, static_cast<std::uint32_t>(std::countr_zero(present)));
        }
    };
    for (const TaggedField& field : unknown) {
        const bool known = field.tag < 32 && (kKnown >> field.tag & 1U) != 0;
        if (known || field.tag <= previous || field.tag > kMaxTag || field.data.size() > INT32_MAX) {
            return writer.fail(EncodeErrorKind::bad_tag);
        }
        previous = field.tag;
        write_known_below(field.tag);
        writer.unsigned_varint(field.tag);
        writer.unsigned_varint(static_cast<std::uint32_t>(field.data.size()));
        writer.raw_bytes(field.data);
    }
    write_known_below(32);
}

}  // namespace detail

template <class T>
void Codec<T>::read(Reader& reader, T& out) {
    for_each_field<T>([&](const FieldInfo& field, auto member) {
        if (!field.versions.contains(reader.version()) || field.tagged.contains(reader.version())) return;
        if (reader.failed()) return;
        reader.at_field(field.name);
        detail::read_value(reader, out.*member, field);
    });
    if (reader.flexible()) detail::read_tags(reader, out);
}

template <class T>
void Codec<T>::write(Writer& writer, const T& value) {
    const std::int16_t version = writer.version();
    for_each_field<T>([&](const FieldInfo& field, auto member) {
        if (writer.failed()) return;
        writer.at_field(field.name);
        if (!field.versions.contains(version)) {
            if (!field.is_ignorable && !(value.*member == detail::default_of<T>().*member)) {
                writer.fail(EncodeErrorKind::field_not_in_version);
            }
        } else if (!field.tagged.contains(version)) {
            detail::write_value(writer, value.*member, field);
        }
    });
    if (writer.failed()) return;
    if (writer.flexible()) {
        detail::write_tags(writer, value);
    } else if constexpr (kKeepsUnknownTags<T>) {
        if (!value.unknown_tags.empty()) writer.fail(EncodeErrorKind::tags_not_in_version);
    }
}

template <class T>
void Codec<T>::write_json(JsonValue& out, const T& value, std::int16_t version) {
    detail::write_json_struct(out, value, detail::default_of<T>(), version);
}

template <class T>
bool Codec<T>::read_json(const JsonValue& json, T& out, std::int16_t version, std::string& error) {
    return detail::read_json_struct(json, out, detail::default_of<T>(), version, error);
}

template <class T>
void Codec<T>::print(std::string& out, const T& value, std::int16_t version) {
    detail::print_struct(out, value, version);
}

template <class T>
void Codec<T>::generate(ByteSource& source, T& out, const DecodeContext& context) {
    detail::generate_struct(source, out, context);
}

namespace detail {

template <Message T>
Result<OutputBuffer, std::string> encode_or_text(const T& value, std::int16_t version) {
    Writer writer;
    if (auto done = encode(writer, value, version); !done) return std::unexpected(to_text(done.error()));
    return writer.take();
}

template <Message T>
Result<OutputBuffer, std::string> encode_json(const JsonValue& json, std::int16_t version) {
    const MessageInfo& info = Schema<T>::message;
    if (!info.versions.contains(version)) {
        return std::unexpected(to_text(EncodeError{EncodeErrorKind::unsupported_version, info.name, ""}));
    }
    T value;
    std::string error;
    if (!Codec<T>::read_json(json, value, version, error)) return std::unexpected(info.name + error);
    return encode_or_text(value, version);
}

template <Message T>
Result<OutputBuffer, std::string> generate_checked(ByteSource& source, std::int16_t version) {
    T value;
    Codec<T>::generate(source, value, context_of<T>(version));
    auto bytes = encode_or_text(value, version);
    if (!bytes) return bytes;
    if (encoded_size(value, version) != bytes->size()) return std::unexpected("encoded_size is wrong");
    const std::vector<std::byte> flat = bytes->to_vector();
    const auto back = decode<T>(flat, version, kToolDecodeOptions);
    if (!back) return std::unexpected(to_text(back.error()));
    if (!(*back == value)) return std::unexpected("decode(encode(x)) differs: " + to_text(value, version));
    return bytes;
}

// Decodes, and hands the message to `use`.
template <Message T, class R, class E>
Result<R, E> decode_then(std::span<const std::byte> bytes, std::int16_t version, DecodeOptions options, auto use) {
    const auto value = decode<T>(bytes, version, options);
    if (value) return use(*value);
    if constexpr (std::is_same_v<E, std::string>) {
        return std::unexpected(to_text(value.error()));
    } else {
        return std::unexpected(value.error());
    }
}

}  // namespace detail

template <Message T>
const MessageEntry& message_entry() {
    using Input = std::span<const std::byte>;
    static constexpr MessageEntry entry{
        .info = Schema<T>::message,
        .decode_json =
            [](Input bytes, std::int16_t version, DecodeOptions options) {
                return detail::decode_then<T, JsonValue, DecodeError>(bytes, version, options, [&](const T& value) {
                    JsonValue json;
                    Codec<T>::write_json(json, value, version);
                    return json;
                });
            },
        .encode_json = &detail::encode_json<T>,
        .reencode =
            [](Input bytes, std::int16_t version, DecodeOptions options) {
                return detail::decode_then<T, OutputBuffer, std::string>(
                    bytes, version, options, [&](const T& value) { return detail::encode_or_text(value, version); });
            },
        .validate =
            [](Input bytes, std::int16_t version, DecodeOptions options) {
                return detail::decode_then<T, void, DecodeError>(bytes, version, options,
                                                                 [](const T&) { return Result<void, DecodeError>{}; });
            },
        .decode_text =
            [](Input bytes, std::int16_t version, DecodeOptions options) {
                return detail::decode_then<T, std::string, DecodeError>(
                    bytes, version, options, [&](const T& value) { return to_text(value, version); });
            },
        .generate = &detail::generate_checked<T>,
    };
    return entry;
}

}  // namespace highwater::wire
