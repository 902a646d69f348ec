#include "model/cluster/action.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace highwater::model::cluster {
namespace {

constexpr std::array<std::string_view, kActionKinds> kNames = {
    "kill",    "power_loss",   "fence",        "clock_jump",      "drop",    "hold",  "duplicate",
    "give_up", "late_produce", "restart",      "session_timeout", "unfence", "learn", "flush",
    "fetch",   "deliver",      "deliver_late", "produce"};

std::optional<std::uint8_t> number_from(std::string_view text) {
    std::uint8_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

std::string_view name_of(ActionKind kind) {
    return kNames[static_cast<std::size_t>(kind)];
}

std::string to_text(Action action) {
    return fmt::format("{} {} {}", name_of(action.kind), action.a, action.b);
}

std::optional<Action> action_from_text(std::string_view text) {
    const auto first = text.find(' ');
    if (first == std::string_view::npos) return std::nullopt;
    const auto second = text.find(' ', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const auto a = number_from(text.substr(first + 1, second - first - 1));
    const auto b = number_from(text.substr(second + 1));
    if (!a || !b) return std::nullopt;
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] == text.substr(0, first)) return Action{static_cast<ActionKind>(i), *a, *b};
    }
    return std::nullopt;
}

}  // namespace highwater::model::cluster
