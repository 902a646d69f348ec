#include "broker/storage/segment_files.h"

#include <charconv>

#include <fmt/format.h>

namespace highwater::storage {

namespace {
constexpr std::size_t kDigits = 20;
}

std::string segment_file_name(Offset base, std::string_view suffix) {
    return fmt::format("{:020}{}", base.value(), suffix);
}

std::optional<Offset> offset_of_file(std::string_view name, std::string_view suffix) {
    if (name.size() != kDigits + suffix.size() || !name.ends_with(suffix)) return std::nullopt;
    const std::string_view digits = name.substr(0, kDigits);
    if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return Offset{value};
}

}  // namespace highwater::storage
