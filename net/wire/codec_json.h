#pragma once

// JSON form and text form of a message, from its table. Part of codec_impl.h.
//
// The JSON form is that of Kafka's generated converters: an object per struct, keys are the field names with their
// first letter in lower case, fields that the version lacks are left out, tagged fields stand only where they are not
// their default; uuids are URL-safe base64, bytes and records padded base64, and unknown tagged fields the last key.

#include <algorithm>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "net/wire/json.h"
#include "net/wire/schema.h"

namespace highwater::wire::detail {

inline constexpr std::string_view kUnknownTagsKey = "_unknownTaggedFields";
inline constexpr std::uint32_t kMaxTag = 0x7FFFFFFE;

std::string json_key(const char* name);
std::string bytes_to_base64(const Bytes& bytes);
/// False and a reason in `error` unless `json` is a base64 string.
bool base64_to_bytes(const JsonValue& json, Bytes& out, std::string& error);
JsonValue tags_to_json(const TaggedFields& tags);
bool json_to_tags(const JsonValue& json, std::uint32_t known_tags, TaggedFields& out, std::string& error);
/// False and a reason unless every key of `json` is in `names` (published names), or the one for unknown tags.
bool check_keys(const JsonValue& json, std::span<const char* const> names, std::string& error);
bool json_to_float(const JsonValue& json, double& out, std::string& error);
JsonValue float_to_json(double value);
/// Quoted, with everything outside printable ASCII escaped.
void print_text(std::string& out, std::string_view text);

/// The integer type that a fixed-size number goes over the wire as.
template <class V>
constexpr auto wire_integer(V value) {
    if constexpr (IsStrongType<V>) {
        return value.value();
    } else if constexpr (std::is_enum_v<V>) {
        return static_cast<std::underlying_type_t<V>>(value);
    } else {
        return value;
    }
}

template <class V>
void write_json_value(JsonValue& out, const V& value, std::int16_t version) {
    if constexpr (kIsOptional<V>) {
        if (value) {
            write_json_value(out, *value, version);
        } else {
            out = JsonValue(nullptr);
        }
    } else if constexpr (Described<V>) {
        Codec<V>::write_json(out, value, version);
    } else if constexpr (kIsArray<V>) {
        JsonArray items;
        items.reserve(value.size());
        for (const auto& element : value) write_json_value(items.emplace_back(), element, version);
        out = JsonValue(std::move(items));
    } else if constexpr (std::is_same_v<V, String>) {
        out = JsonValue(value.to_string());
    } else if constexpr (std::is_base_of_v<Bytes, V>) {
        out = JsonValue(bytes_to_base64(value));
    } else if constexpr (std::is_base_of_v<Uuid, V>) {
        out = JsonValue(highwater::to_text(static_cast<const Uuid&>(value)));
    } else if constexpr (std::is_same_v<V, bool>) {
        out = JsonValue(value);
    } else if constexpr (std::is_same_v<V, double>) {
        out = float_to_json(value);
    } else {
        out = JsonValue(static_cast<std::int64_t>(wire_integer(value)));
    }
}

template <class T>
void write_json_struct(JsonValue& out, const T& value, const T& defaults, std::int16_t version) {
    JsonObject members;
    for_each_field<T>([&](const FieldInfo& field, auto member) {
        if (!field.versions.contains(version)) return;
        if (field.tagged.contains(version) && value.*member == defaults.*member) return;
        members.push_back({json_key(field.name), {}});
        write_json_value(members.back().value, value.*member, version);
    });
    if constexpr (kKeepsUnknownTags<T>) {
        if (!value.unknown_tags.empty()) {
            members.push_back({std::string(kUnknownTagsKey), tags_to_json(value.unknown_tags)});
        }
    }
    out = JsonValue(std::move(members));
}

template <class V>
bool read_json_value(const JsonValue& json, V& out, std::int16_t version, bool nullable, std::string& error) {
    if constexpr (kIsOptional<V>) {
        if (std::holds_alternative<std::nullptr_t>(json.value)) {
            out.reset();
            if (!nullable) error = ": null is not allowed in this version";
            return nullable;
        }
        return read_json_value(json, out.emplace(), version, false, error);
    } else if constexpr (Described<V>) {
        return Codec<V>::read_json(json, out, version, error);
    } else if constexpr (kIsArray<V>) {
        const auto* items = std::get_if<JsonArray>(&json.value);
        if (!items) return error = ": expected an array", false;
        std::vector<typename V::value_type> elements;
        elements.reserve(items->size());
        for (const JsonValue& item : *items) {
            if (!read_json_value(item, elements.emplace_back(), version, false, error)) {
                error = fmt::format("[{}]{}", elements.size() - 1, error);
                return false;
            }
        }
        out = V(std::move(elements));
        return true;
    } else if constexpr (std::is_same_v<V, String>) {
        const auto* text = std::get_if<std::string>(&json.value);
        if (!text) return error = ": expected a string", false;
        out = String(*text);
        return true;
    } else if constexpr (std::is_base_of_v<Bytes, V>) {
        return base64_to_bytes(json, out, error);
    } else if constexpr (std::is_base_of_v<Uuid, V>) {
        const auto* text = std::get_if<std::string>(&json.value);
        const auto uuid = text ? uuid_from_text(*text) : std::nullopt;
        if (!uuid) return error = ": a uuid is 22 characters of URL-safe base64", false;
        out.bytes = uuid->bytes;
        return true;
    } else if constexpr (std::is_same_v<V, bool>) {
        const auto* flag = std::get_if<bool>(&json.value);
        if (!flag) return error = ": expected a bool", false;
        out = *flag;
        return true;
    } else if constexpr (std::is_same_v<V, double>) {
        return json_to_float(json, out, error);
    } else {
        using Integer = decltype(wire_integer(out));
        const auto* number = std::get_if<std::int64_t>(&json.value);
        if (!number || *number < static_cast<std::int64_t>(std::numeric_limits<Integer>::min()) ||
            *number > static_cast<std::int64_t>(std::numeric_limits<Integer>::max())) {
            error = fmt::format(": expected an integer of {} bits", sizeof(Integer) * 8);
            return false;
        }
        out = static_cast<V>(static_cast<Integer>(*number));
        return true;
    }
}

template <class T>
bool read_json_struct(const JsonValue& json, T& out, const T& defaults, std::int16_t version, std::string& error) {
    std::vector<const char*> names;
    for_each_field<T>([&](const FieldInfo& field, auto) { names.push_back(field.name); });
    if (!check_keys(json, names, error)) return false;
    bool good = true;
    for_each_field<T>([&](const FieldInfo& field, auto member) {
        if (!good) return;
        const std::string key = json_key(field.name);
        const JsonValue* item = json.find(key);
        const bool exists = field.versions.contains(version);
        if (!item) {
            good = !exists || field.tagged.contains(version);
            if (!good) error = fmt::format(".{}: missing", key);
            return;
        }
        if (!exists && field.is_ignorable) return;
        good = read_json_value(*item, out.*member, version, !exists || field.nullable.contains(version), error);
        if (good && !exists && !(out.*member == defaults.*member)) {
            good = false;
            error = ": does not exist in this version";
        }
        if (!good) error = "." + key + error;
    });
    if constexpr (kKeepsUnknownTags<T>) {
        const JsonValue* tags = json.find(kUnknownTagsKey);
        if (good && tags) good = json_to_tags(*tags, known_tags<T>(), out.unknown_tags, error);
    }
    return good;
}

template <class V>
void print_value(std::string& out, const V& value, std::int16_t version) {
    if constexpr (kIsOptional<V>) {
        if (value) {
            print_value(out, *value, version);
        } else {
            out += "null";
        }
    } else if constexpr (Described<V>) {
        Codec<V>::print(out, value, version);
    } else if constexpr (kIsArray<V>) {
        out += '[';
        const char* separator = "";
        for (const auto& element : value) {
            out += std::exchange(separator, ", ");
            print_value(out, element, version);
        }
        out += ']';
    } else if constexpr (std::is_same_v<V, String>) {
        print_text(out, value.view());
    } else if constexpr (std::is_base_of_v<Bytes, V>) {
        fmt::format_to(std::back_inserter(out), "<{} bytes>", value.size());
    } else if constexpr (std::is_base_of_v<Uuid, V>) {
        out += highwater::to_text(static_cast<const Uuid&>(value));
    } else {
        fmt::format_to(std::back_inserter(out), "{}", value);
    }
}

template <class T>
void print_struct(std::string& out, const T& value, std::int16_t version) {
    out += '{';
    const char* separator = "";
    for_each_field<T>([&](const FieldInfo& field, auto member) {
        if (!field.versions.contains(version)) return;
        out += std::exchange(separator, ", ");
        out += field.name;
        out += '=';
        print_value(out, value.*member, version);
    });
    if constexpr (kKeepsUnknownTags<T>) {
        value.unknown_tags.for_each([&](std::uint32_t tag, const Bytes& data) {
            fmt::format_to(std::back_inserter(out), "{}tag {}=<{} bytes>", std::exchange(separator, ", "), tag,
                           data.size());
        });
    }
    out += '}';
}

}  // namespace highwater::wire::detail
