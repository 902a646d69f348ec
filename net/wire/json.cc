#include "net/wire/json.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace highwater::wire {

namespace {

constexpr std::size_t kMaxDepth = 64;

// Builds a JsonValue from nlohmann's events, since its own document type keeps neither repeated keys nor their order.
class Builder {
  public:
    bool null() { return add(nullptr); }
    bool boolean(bool v) { return add(v); }
    bool number_integer(std::int64_t v) { return add(v); }
    bool number_unsigned(std::uint64_t v) {
        if (v > INT64_MAX) return add(static_cast<double>(v));
        return add(static_cast<std::int64_t>(v));
    }
    bool number_float(double v, const std::string&) {
        if (!std::isfinite(v)) return refuse("a number is out of range");
        return add(v);
    }
    bool string(std::string& v) { return add(std::move(v)); }
    bool binary(std::vector<std::uint8_t>&) { return refuse("binary"); }
    bool start_object(std::size_t) { return open(JsonObject{}); }
    bool start_array(std::size_t) { return open(JsonArray{}); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool key(std::string& v) {
        if (open_.back().find(v)) return refuse("the key \"" + v + "\" is repeated");
        std::get<JsonObject>(open_.back().value).push_back({std::move(v), {}});
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const std::exception&) {
        return refuse("bad JSON at byte " + std::to_string(position));
    }

    JsonValue result;
    std::string error;

  private:
    bool refuse(std::string why) {
        error = std::move(why);
        return false;
    }
    bool add(JsonValue v) {
        if (open_.empty()) {
            result = std::move(v);
        } else if (auto* array = std::get_if<JsonArray>(&open_.back().value)) {
            array->push_back(std::move(v));
        } else {
            std::get<JsonObject>(open_.back().value).back().value = std::move(v);
        }
        return true;
    }
    bool open(JsonValue v) {
        if (open_.size() == kMaxDepth) return refuse("more than 64 levels");
        open_.push_back(std::move(v));
        return true;
    }
    bool close() {
        JsonValue done = std::move(open_.back());
        open_.pop_back();
        return add(std::move(done));
    }

    std::vector<JsonValue> open_;
};

nlohmann::ordered_json to_nlohmann(const JsonValue& json) {
    using Json = nlohmann::ordered_json;
    return std::visit(
        []<class V>(const V& v) -> Json {
            if constexpr (std::is_same_v<V, JsonArray>) {
                Json array = Json::array();
                for (const JsonValue& item : v) array.push_back(to_nlohmann(item));
                return array;
            } else if constexpr (std::is_same_v<V, JsonObject>) {
                Json object = Json::object();
                for (const auto& [key, item] : v) object.push_back({key, to_nlohmann(item)});
                return object;
            } else {
                return Json(v);
            }
        },
        json.value);
}

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

bool operator==(const JsonValue& a, const JsonValue& b) {
    return a.value == b.value;
}

const JsonValue* JsonValue::find(std::string_view key) const {
    if (const auto* object = std::get_if<JsonObject>(&value)) {
        for (const auto& [name, item] : *object) {
            if (name == key) return &item;
        }
    }
    return nullptr;
}

Result<JsonValue, std::string> parse_json(std::string_view text) {
    Builder builder;
    if (!nlohmann::ordered_json::sax_parse(text.begin(), text.end(), &builder)) {
        return std::unexpected(builder.error.empty() ? "bad JSON" : builder.error);
    }
    return std::move(builder.result);
}

std::string to_text(const JsonValue& json, int indent) {
    return to_nlohmann(json).dump(indent, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

std::string to_base64(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            group = group << 8 | (j < count ? static_cast<std::uint8_t>(bytes[i + j]) : 0U);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            out += j <= count ? kAlphabet[group >> (18 - 6 * j) & 0x3F] : '=';
        }
    }
    return out;
}

bool from_base64(std::string_view text, std::vector<std::byte>& out) {
    out.clear();
    if (text.size() % 4 != 0) return false;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    const std::string_view digits = text.substr(0, text.size() - padding);
    std::uint32_t group = 0;
    int bits = 0;
    for (char c : digits) {
        const std::size_t digit = kAlphabet.find(c);
        if (digit == std::string_view::npos) return false;
        group = group << 6 | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out.push_back(static_cast<std::byte>(group >> bits & 0xFF));
        }
    }
    return true;
}

}  // namespace highwater::wire
