#include "broker/config/properties.h"

#include <cstdint>
#include <optional>

namespace highwater::config {

namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\f';
}
bool is_line_end(char c) {
    return c == '\n' || c == '\r';
}

/// The text as logical lines: comments and blank lines left out, continued lines joined.
class Lines {
  public:
    explicit Lines(std::string_view text) : text_(text) {}

    /// The next logical line and where it begins; nullopt at the end.
    std::optional<Property> next() {
        while (at_ < text_.size()) {
            const int began = line_;
            skip_spaces();
            if (at_ == text_.size()) break;
            if (is_line_end(text_[at_])) {
                end_line();
            } else if (text_[at_] == '#' || text_[at_] == '!') {
                while (at_ < text_.size() && !is_line_end(text_[at_])) ++at_;
                end_line();
            } else {
                return Property{.key = logical_line(), .value = {}, .line = began};
            }
        }
        return std::nullopt;
    }

  private:
    void skip_spaces() {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    }
    void end_line() {
        if (at_ == text_.size()) return;
        if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
        ++at_;
        ++line_;
    }
    std::string logical_line() {
        std::string line;
        while (at_ < text_.size() && !is_line_end(text_[at_])) {
            if (text_[at_] != '\\') {
                line += text_[at_++];
            } else if (at_ + 1 == text_.size()) {
                ++at_;  // a backslash ends the text: Java drops it
            } else if (is_line_end(text_[at_ + 1])) {
                ++at_;
                end_line();
                skip_spaces();
            } else {
                line += text_[at_++];
                line += text_[at_++];
            }
        }
        end_line();
        return line;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int line_ = 1;
};

void append_utf8(std::string& out, std::uint32_t code_point) {
    const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (code_point >> shift & 0x3F)); };
    if (code_point < 0x80) {
        out += static_cast<char>(code_point);
    } else if (code_point < 0x800) {
        out += static_cast<char>(0xC0 | code_point >> 6);
        tail(0);
    } else if (code_point < 0x10000) {
        out += static_cast<char>(0xE0 | code_point >> 12);
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xF0 | code_point >> 18);
        tail(12);
        tail(6);
        tail(0);
    }
}

/// The unit of UTF-16 that four hexadecimal digits at `at` name.
std::optional<std::uint32_t> utf16_unit(std::string_view line, std::size_t at) {
    if (line.size() < at + 4) return std::nullopt;
    std::uint32_t unit = 0;
    for (const char c : line.substr(at, 4)) {
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return std::nullopt;
        unit = unit * 16 + static_cast<std::uint32_t>(digit);
    }
    return unit;
}

Result<std::string, std::string> unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        switch (const char escaped = text[++i]) {
            case 't':
                out += '\t';
                break;
            case 'n':
                out += '\n';
                break;
            case 'r':
                out += '\r';
                break;
            case 'f':
                out += '\f';
                break;
            case 'u': {
                const auto unit = utf16_unit(text, i + 1);
                if (!unit) return unexpected(std::string("\\u needs four hexadecimal digits"));
                i += 4;
                std::uint32_t code_point = *unit;
                if (code_point >= 0xD800 && code_point < 0xE000) {
                    const bool pair = code_point < 0xDC00 && text.substr(i + 1).starts_with("\\u");
                    const auto low = pair ? utf16_unit(text, i + 3) : std::nullopt;
                    if (!low || *low < 0xDC00 || *low >= 0xE000)
                        return unexpected(std::string("\\u names half of a surrogate pair"));
                    code_point = 0x10000 + ((code_point - 0xD800) << 10) + (*low - 0xDC00);
                    i += 6;
                }
                append_utf8(out, code_point);
                break;
            }
            default:
                out += escaped;
        }
    }
    return out;
}

}  // namespace

Result<std::vector<Property>, PropertiesError> parse_properties(std::string_view text) {
    std::vector<Property> properties;
    Lines lines(text);
    while (auto property = lines.next()) {
        const std::string line = std::move(property->key);
        std::size_t end = 0;
        while (end < line.size() && !is_space(line[end]) && line[end] != '=' && line[end] != ':')
            end += line[end] == '\\' && end + 1 < line.size() ? 2 : 1;
        std::size_t begin = end;
        while (begin < line.size() && is_space(line[begin])) ++begin;
        if (begin < line.size() && (line[begin] == '=' || line[begin] == ':')) ++begin;
        while (begin < line.size() && is_space(line[begin])) ++begin;
        auto key = unescape(std::string_view(line).substr(0, end));
        auto value = unescape(std::string_view(line).substr(begin));
        if (!key) return unexpected(PropertiesError{property->line, std::move(key.error())});
        if (!value) return unexpected(PropertiesError{property->line, std::move(value.error())});
        properties.push_back({std::move(*key), std::move(*value), property->line});
    }
    return properties;
}

}  // namespace highwater::config
