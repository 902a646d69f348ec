#include "net/wire/codec_json.h"

#include <cmath>

namespace highwater::wire::detail {

namespace {

// The published names start with a capital letter, a few with a small one.
char lowered(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string json_key(const char* name) {
    std::string key = name;
    if (!key.empty()) key[0] = lowered(key[0]);
    return key;
}

std::string bytes_to_base64(const Bytes& bytes) {
    const std::vector<std::byte> flat = bytes.to_vector();
    return to_base64({reinterpret_cast<const char*>(flat.data()), flat.size()});
}

bool base64_to_bytes(const JsonValue& json, Bytes& out, std::string& error) {
    const auto* text = std::get_if<std::string>(&json.value);
    std::vector<std::byte> bytes;
    if (!text || !from_base64(*text, bytes)) return error = ": expected a base64 string", false;
    static_cast<Bytes&>(out) = Bytes(std::move(bytes));
    return true;
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

bool json_to_tags(const JsonValue& json, std::uint32_t known_tags, TaggedFields& out, std::string& error) {
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
        if (!base64_to_bytes(*data, field.data, error)) {
            error = fmt::format(".{}{}", kUnknownTagsKey, error);
            return false;
        }
    }
    out = TaggedFields(std::move(fields));
    return true;
}

bool check_keys(const JsonValue& json, std::span<const char* const> names, std::string& error) {
    const auto* object = std::get_if<JsonObject>(&json.value);
    if (!object) return error = ": expected an object", false;
    for (const JsonMember& member : *object) {
        const auto is_key = [&](const char* name) { return json_key(name) == member.key; };
        if (member.key != kUnknownTagsKey && std::ranges::none_of(names, is_key)) {
            return error = fmt::format(": unknown field {}", member.key), false;
        }
    }
    return true;
}

bool json_to_float(const JsonValue& json, double& out, std::string& error) {
    if (const auto* number = std::get_if<double>(&json.value)) return out = *number, true;
    if (const auto* number = std::get_if<std::int64_t>(&json.value)) return out = static_cast<double>(*number), true;
    const auto* text = std::get_if<std::string>(&json.value);
    if (text && *text == "NaN") return out = std::numeric_limits<double>::quiet_NaN(), true;
    if (text && *text == "Infinity") return out = std::numeric_limits<double>::infinity(), true;
    if (text && *text == "-Infinity") return out = -std::numeric_limits<double>::infinity(), true;
    return error = ": expected a number", false;
}

JsonValue float_to_json(double value) {
    if (std::isnan(value)) return std::string("NaN");
    if (std::isinf(value)) return std::string(value > 0 ? "Infinity" : "-Infinity");
    return value;
}

void print_text(std::string& out, std::string_view text) {
    out += '"';
    for (char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c >= 0x20 && c < 0x7F) {
            out += c;
        } else {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    out += '"';
}

}  // namespace highwater::wire::detail
