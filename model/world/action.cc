#include "model/world/action.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace highwater::model {
namespace {

constexpr std::array<std::string_view, kActionKinds> kNames = {
    "disconnect",     "duplicate",         "overtake",        "kill",           "power_loss",      "append_failure",
    "flush_failure",  "request_timeout",   "epoch_bump",      "retention",      "deliver_request", "deliver_stray",
    "deliver_answer", "notice_disconnect", "complete_append", "complete_flush", "restart"};

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

std::optional<ActionKind> action_kind_from(std::string_view name) {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] == name) return static_cast<ActionKind>(i);
    }
    return std::nullopt;
}

std::string to_text(Action action) {
    return fmt::format("{} {} {}", name_of(action.kind), action.a, action.b);
}

std::optional<Action> action_from_text(std::string_view text) {
    const auto first = text.find(' ');
    if (first == std::string_view::npos) return std::nullopt;
    const auto second = text.find(' ', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const auto kind = action_kind_from(text.substr(0, first));
    const auto a = number_from(text.substr(first + 1, second - first - 1));
    const auto b = number_from(text.substr(second + 1));
    if (!kind || !a || !b) return std::nullopt;
    return Action{*kind, *a, *b};
}

}  // namespace highwater::model
