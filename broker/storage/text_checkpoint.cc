#include "broker/storage/text_checkpoint.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace highwater::storage {

namespace {

std::optional<std::string_view> next_line(std::string_view& text) {
    if (text.empty()) return std::nullopt;
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

}  // namespace

bool parse_number(std::string_view text, std::int64_t& number) {
    if (text.empty() || text.front() == '-') return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

std::string encode_text_checkpoint(const std::vector<std::string>& lines) {
    std::string text = fmt::format("0\n{}\n", lines.size());
    for (const std::string& line : lines) {
        text += line;
        text += '\n';
    }
    return text;
}

IoResult<std::vector<std::vector<std::string_view>>> decode_text_checkpoint(std::string_view text,
                                                                            std::size_t field_count,
                                                                            std::string_view path) {
    std::int64_t number = 0;
    const auto version = next_line(text);
    if (!version || !parse_number(*version, number) || number != 0) return damaged(path, "not a version 0 checkpoint");
    const auto count = next_line(text);
    if (!count || !parse_number(*count, number)) return damaged(path, "no count of entries");

    std::vector<std::vector<std::string_view>> entries;
    while (auto line = next_line(text)) {
        std::vector<std::string_view> fields;
        for (std::string_view rest = *line;;) {
            const auto space = rest.find(' ');
            fields.push_back(rest.substr(0, space));
            if (space == std::string_view::npos) break;
            rest.remove_prefix(space + 1);
        }
        if (fields.size() != field_count)
            return damaged(path,
                           fmt::format("line {}: {} fields, not {}", entries.size() + 3, fields.size(), field_count));
        entries.push_back(std::move(fields));
    }
    if (entries.size() != static_cast<std::uint64_t>(number))
        return damaged(path, fmt::format("{} entries, {} announced", entries.size(), number));
    return entries;
}

}  // namespace highwater::storage
