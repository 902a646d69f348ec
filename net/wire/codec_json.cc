#include "net/wire/codec_json.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "net/wire/struct_table.h"

namespace highwater::wire {

namespace {

constexpr std::string_view kUnknownTagsKey = "_unknownTaggedFields";

// The published names start with a capital letter, a few with a small one.
std::string json_key(const char* name) {
    std::string key = name;
    if (!key.empty() && key[0] >= 'A' && key[0] <= 'Z') key[0] = static_cast<char>(key[0] - 'A' + 'a');
    return key;
}

// ------------------------------------------------------------------------------------------------ to JSON

std::string bytes_to_base64(const Bytes& bytes) {
    const std::vector<std::byte> flat = bytes.to_vector();
    return to_base64({reinterpret_cast<const char*>(flat.data()), flat.size()});
}

JsonValue tags_to_json(const TaggedFields& tags) {
    JsonArray items;
    tags.for_each([&](std::uint32_t tag, const Bytes& data) {
        JsonObject item;
        item.push_back({"tag", std::int64_t{tag}});
        item.push_back({"data", bytes_to_base64(data)});
        items.emplace_back(std::move(item));
    });
    return items;
}

JsonValue float_to_json(double value) {
    if (std::isnan(value)) return std::string("NaN");
    if (std::isinf(value)) return std::string(value > 0 ? "Infinity" : "-Infinity");
    return value;
}

JsonValue array_to_json(const ValueType& type, const void* value, std::int16_t version) {
    JsonArray items;
    items.reserve(type.size(value));
    type.for_each(value, [&](const void* element) { items.push_back(value_to_json(*type.element, element, version)); });
    return items;
}

JsonValue nullable_to_json(const ValueType& type, const void* value, std::int16_t version) {
    JsonValue json;
    type.for_each(value, [&](const void* element) { json = value_to_json(*type.element, element, version); });
    return json;
}

// ------------------------------------------------------------------------------------------------ from JSON

bool bytes_from_json(const JsonValue& json, Bytes& out, std::string& error) {
    const auto* text = std::get_if<std::string>(&json.value);
    std::vector<std::byte> bytes;
    if (!text || !from_base64(*text, bytes)) return error = ": expected a base64 string", false;
    out = Bytes(std::move(bytes));
    return true;
}

bool tags_from_json(const JsonValue& json, std::uint32_t known_tags, TaggedFields& out, std::string& error) {
    const auto* items = std::get_if<JsonArray>(&json.value);
    if (!items) return error = fmt::format(".{}: expected an array", kUnknownTagsKey), false;
    std::vector<TaggedField> fields;
    std::int64_t previous = -1;
    for (const JsonValue& item : *items) {
        const auto* object = std::get_if<JsonObject>(&item.value);
        const JsonValue* tag = item.find("tag");
        const JsonValue* data = item.find("data");
        const auto* number = tag ? std::get_if<std::int64_t>(&tag->value) : nullptr;
        if (!object || object->size() != 2 || !number || !data) {
            return error = fmt::format(".{}: an element is {{tag: integer, data: base64}}", kUnknownTagsKey), false;
        }
        const bool known = *number >= 0 && *number < 32 && (known_tags >> *number & 1U) != 0;
        if (known || *number <= previous || *number > kMaxTag) {
            return error = fmt::format(".{}: tag {} is known, out of order or out of range", kUnknownTagsKey, *number),
                   false;
        }
        previous = *number;
        TaggedField& field = fields.emplace_back();
        field.tag = static_cast<std::uint32_t>(*number);
        if (!bytes_from_json(*data, field.data, error)) {
            error = fmt::format(".{}{}", kUnknownTagsKey, error);
            return false;
        }
    }
    out = TaggedFields(std::move(fields));
    return true;
}

bool check_keys(const JsonValue& json, const StructTable& table, std::string& error) {
    const auto* object = std::get_if<JsonObject>(&json.value);
    if (!object) return error = ": expected an object", false;
    for (const JsonMember& member : *object) {
        const auto is_key = [&](const StructTable::Field& field) { return json_key(field.info.name) == member.key; };
        if (member.key != kUnknownTagsKey && std::ranges::none_of(table.fields, is_key)) {
            return error = fmt::format(": unknown field {}", member.key), false;
        }
    }
    return true;
}

bool float_from_json(const JsonValue& json, double& out, std::string& error) {
    if (const auto* number = std::get_if<double>(&json.value)) return out = *number, true;
    if (const auto* number = std::get_if<std::int64_t>(&json.value)) return out = static_cast<double>(*number), true;
    const auto* text = std::get_if<std::string>(&json.value);
    if (text && *text == "NaN") return out = std::numeric_limits<double>::quiet_NaN(), true;
    if (text && *text == "Infinity") return out = std::numeric_limits<double>::infinity(), true;
    if (text && *text == "-Infinity") return out = -std::numeric_limits<double>::infinity(), true;
    return error = ": expected a number", false;
}

bool integer_from_json(const JsonValue& json, ValueKind kind, void* out, std::string& error) {
    const unsigned bits = integer_bits(kind);
    const std::int64_t largest = INT64_MAX >> (64 - bits - (is_signed(kind) ? 0 : 1));
    const std::int64_t smallest = is_signed(kind) ? -largest - 1 : 0;
    const auto* number = std::get_if<std::int64_t>(&json.value);
    if (!number || *number < smallest || *number > largest) {
        error = fmt::format(": expected an integer of {} bits", bits);
        return false;
    }
    store_integer(kind, out, *number);
    return true;
}

bool uuid_from_json(const JsonValue& json, Uuid& out, std::string& error) {
    const auto* text = std::get_if<std::string>(&json.value);
    const auto uuid = text ? uuid_from_text(*text) : std::nullopt;
    if (!uuid) return error = ": a uuid is 22 characters of URL-safe base64", false;
    out = *uuid;
    return true;
}

bool value_from_json(const JsonValue& json, const ValueType& type, void* out, std::int16_t version, bool nullable,
                     std::string& error);

bool array_from_json(const JsonValue& json, const ValueType& type, void* out, std::int16_t version,
                     std::string& error) {
    const auto* items = std::get_if<JsonArray>(&json.value);
    if (!items) return error = ": expected an array", false;
    auto* element = static_cast<std::byte*>(type.assign(out, items->size()));
    for (std::size_t i = 0; i < items->size(); ++i, element += type.element_size) {
        if (!value_from_json((*items)[i], *type.element, element, version, false, error)) {
            error = fmt::format("[{}]{}", i, error);
            return false;
        }
    }
    return true;
}

bool value_from_json(const JsonValue& json, const ValueType& type, void* out, std::int16_t version, bool nullable,
                     std::string& error) {
    switch (type.kind) {
        case ValueKind::nullable:
            if (std::holds_alternative<std::nullptr_t>(json.value)) {
                type.assign(out, 0);
                if (!nullable) error = ": null is not allowed in this version";
                return nullable;
            }
            return value_from_json(json, *type.element, type.assign(out, 1), version, false, error);
        case ValueKind::structure:
            return struct_from_json(json, type.structure(), out, version, error);
        case ValueKind::array:
            return array_from_json(json, type, out, version, error);
        case ValueKind::string: {
            const auto* text = std::get_if<std::string>(&json.value);
            if (!text) return error = ": expected a string", false;
            *static_cast<String*>(out) = String(*text);
            return true;
        }
        case ValueKind::bytes:
        case ValueKind::records:
            return bytes_from_json(json, *static_cast<Bytes*>(out), error);
        case ValueKind::uuid:
            return uuid_from_json(json, *static_cast<Uuid*>(out), error);
        case ValueKind::boolean: {
            const auto* flag = std::get_if<bool>(&json.value);
            if (!flag) return error = ": expected a bool", false;
            *static_cast<bool*>(out) = *flag;
            return true;
        }
        case ValueKind::float64:
            return float_from_json(json, *static_cast<double*>(out), error);
        default:
            return integer_from_json(json, type.kind, out, error);
    }
}

bool field_from_json(const JsonValue& json, const StructTable& table, const StructTable::Field& field, void* out,
                     std::int16_t version, std::string& error) {
    const std::string key = json_key(field.info.name);
    const JsonValue* item = json.find(key);
    const bool exists = field.info.versions.contains(version);
    if (!item) {
        if (!exists || field.info.tagged.contains(version)) return true;
        return error = fmt::format(".{}: missing", key), false;
    }
    if (!exists && field.info.is_ignorable) return true;
    const bool nullable = !exists || field.info.nullable.contains(version);
    bool good = value_from_json(*item, *field.type, field.in(out), version, nullable, error);
    if (good && !exists && !field.type->equal(field.in(out), field.in(table.defaults))) {
        good = false;
        error = ": does not exist in this version";
    }
    if (!good) error = "." + key + error;
    return good;
}

}  // namespace

JsonValue value_to_json(const ValueType& type, const void* value, std::int16_t version) {
    switch (type.kind) {
        case ValueKind::nullable:
            return nullable_to_json(type, value, version);
        case ValueKind::structure:
            return struct_to_json(type.structure(), value, version);
        case ValueKind::array:
            return array_to_json(type, value, version);
        case ValueKind::string:
            return static_cast<const String*>(value)->to_string();
        case ValueKind::bytes:
        case ValueKind::records:
            return bytes_to_base64(*static_cast<const Bytes*>(value));
        case ValueKind::uuid:
            return highwater::to_text(*static_cast<const Uuid*>(value));
        case ValueKind::boolean:
            return *static_cast<const bool*>(value);
        case ValueKind::float64:
            return float_to_json(*static_cast<const double*>(value));
        default:
            return load_integer(type.kind, value);
    }
}

JsonValue struct_to_json(const StructTable& table, const void* value, std::int16_t version) {
    JsonObject members;
    for (const auto& field : table.fields) {
        if (!field.info.versions.contains(version)) continue;
        const void* member = field.in(value);
        if (field.info.tagged.contains(version) && field.type->equal(member, field.in(table.defaults))) continue;
        members.push_back({json_key(field.info.name), value_to_json(*field.type, member, version)});
    }
    if (const TaggedFields* tags = table.unknown_tags(value); tags && !tags->empty()) {
        members.push_back({std::string(kUnknownTagsKey), tags_to_json(*tags)});
    }
    return members;
}

bool struct_from_json(const JsonValue& json, const StructTable& table, void* out, std::int16_t version,
                      std::string& error) {
    if (!check_keys(json, table, error)) return false;
    for (const auto& field : table.fields) {
        if (!field_from_json(json, table, field, out, version, error)) return false;
    }
    const JsonValue* given = json.find(kUnknownTagsKey);
    if (!given) return true;
    TaggedFields tags;
    if (!tags_from_json(*given, table.known_tags, tags, error)) return false;
    if (TaggedFields* kept = table.unknown_tags(out)) {
        *kept = std::move(tags);
    } else if (!tags.empty()) {
        error = fmt::format(".{}: no version has tagged fields", kUnknownTagsKey);
        return false;
    }
    return true;
}

}  // namespace highwater::wire
