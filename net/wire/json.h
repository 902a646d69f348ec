#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.h"

namespace highwater::wire {

struct JsonValue;
struct JsonMember;
using JsonArray = std::vector<JsonValue>;
/// Members in the order in which they stand; a key occurs once.
using JsonObject = std::vector<JsonMember>;

/// A JSON document. Integers use all 64 bits; a number with a fraction, an exponent or more than 64 bits is a double.
struct JsonValue {
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, JsonArray, JsonObject>
        value;  // null at first

    /// Null.
    JsonValue() = default;
    /// One of the alternatives.
    template <class V>
        requires std::is_constructible_v<decltype(value), V>
    JsonValue(V v) : value(std::move(v)) {}  // NOLINT: a value is a document
    friend bool operator==(const JsonValue&, const JsonValue&);

    /// The member called `key`, or nullptr, also if this is no object.
    [[nodiscard]] const JsonValue* find(std::string_view key) const;
};

struct JsonMember {
    std::string key;
    JsonValue value;
    friend bool operator==(const JsonMember&, const JsonMember&) = default;
};

/// Reads one JSON document. Errors, as text: no JSON, a repeated key, more than 64 levels, NaN or infinities.
Result<JsonValue, std::string> parse_json(std::string_view text);

/// One line, or `indent` spaces per level if indent >= 0. Everything outside ASCII is escaped as \uXXXX.
std::string to_text(const JsonValue& json, int indent = -1);

/// Base64 of RFC 4648 §4, padded.
std::string to_base64(std::string_view bytes);
/// False unless `text` is padded base64.
bool from_base64(std::string_view text, std::vector<std::byte>& out);

}  // namespace highwater::wire
