#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace highwater::model {

/// The kinds of action of a world, an enum whose first enumerators are the disturbances. Found by ADL:
///     constexpr std::size_t disturbances_of(Kind);              how many of the kinds disturb
///     constexpr std::array<std::string_view, N> names_of(Kind)  the names, as traces have them
template <class Kind>
concept ActionKinds = std::is_enum_v<Kind> && requires(Kind kind) {
    { disturbances_of(kind) } -> std::same_as<std::size_t>;
    { names_of(kind)[0] } -> std::convertible_to<std::string_view>;
};

/// Something that can happen next: its kind and up to two small numbers, whose meaning is the kind's.
template <class Kind>
struct ActionOf {
    Kind kind{};
    std::uint8_t a = 0;
    std::uint8_t b = 0;

    friend bool operator==(const ActionOf&, const ActionOf&) = default;
};

template <ActionKinds Kind>
[[nodiscard]] constexpr std::string_view name_of(Kind kind) {
    return names_of(kind)[static_cast<std::size_t>(kind)];
}

template <ActionKinds Kind>
[[nodiscard]] constexpr std::optional<Kind> kind_from(std::string_view name) {
    const auto names = names_of(Kind{});
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<Kind>(i);
    }
    return std::nullopt;
}

template <ActionKinds Kind>
[[nodiscard]] constexpr bool disturbs(ActionOf<Kind> action) {
    return static_cast<std::size_t>(action.kind) < disturbances_of(action.kind);
}

/// "power_loss 0 1".
template <ActionKinds Kind>
[[nodiscard]] std::string to_text(ActionOf<Kind> action) {
    return fmt::format("{} {} {}", name_of(action.kind), action.a, action.b);
}

/// Reads what to_text() wrote, and nothing else.
template <ActionKinds Kind>
[[nodiscard]] std::optional<ActionOf<Kind>> action_from(std::string_view text) {
    const auto number_from = [](std::string_view digits) -> std::optional<std::uint8_t> {
        std::uint8_t number = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
        return number;
    };
    const auto first = text.find(' ');
    if (first == std::string_view::npos) return std::nullopt;
    const auto second = text.find(' ', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const auto kind = kind_from<Kind>(text.substr(0, first));
    const auto a = number_from(text.substr(first + 1, second - first - 1));
    const auto b = number_from(text.substr(second + 1));
    if (!kind || !a || !b) return std::nullopt;
    return ActionOf<Kind>{*kind, *a, *b};
}

}  // namespace highwater::model
