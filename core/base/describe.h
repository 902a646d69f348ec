#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/base/strong_type.h"

// One table per struct, and hash, text, difference and equality follow from it:
//
//   struct FollowerProgress {
//       NodeId node;
//       Offset end_offset;
//       static constexpr void describe(auto&& field) {
//           field("node", &FollowerProgress::node);
//           field("end_offset", &FollowerProgress::end_offset);
//       }
//   };
//   static_assert(describes_every_member<FollowerProgress>);
//
// Equality is found by the compiler for structs of namespace highwater itself (and nested ones), not of inner
// namespaces.

namespace highwater {
namespace detail {

struct IgnoreField {
    constexpr void operator()(std::string_view, auto) const {}
};

struct ConvertsToAnything {
    template <class T>
    operator T() const;  // never defined: for unevaluated use
};

template <class T, std::size_t... I>
constexpr bool initializable_with(std::index_sequence<I...>) {
    return requires { T{(static_cast<void>(I), std::declval<ConvertsToAnything>())...}; };
}

template <class T, std::size_t N = 0>
constexpr std::size_t count_members() {
    if constexpr (!initializable_with<T>(std::make_index_sequence<N + 1>{})) {
        return N;
    } else {
        return count_members<T, N + 1>();
    }
}

template <class T>
constexpr std::size_t count_described() {
    std::size_t count = 0;
    T::describe([&count](std::string_view, auto) { ++count; });
    return count;
}

/// "highwater::Foo" as the compiler spells it in the name of this function.
template <class T>
constexpr std::string_view spelled_name() {
    std::string_view text = __PRETTY_FUNCTION__;
    const auto from = text.find("T = ") + 4;
    return text.substr(from, text.find_first_of(";]", from) - from);
}

}  // namespace detail

/// A struct with a table of its members.
template <class T>
concept Described = requires { T::describe(detail::IgnoreField{}); };

/// True when the table of the aggregate `T` has as many rows as `T` has members: a new member cannot be forgotten.
template <class T>
    requires std::is_aggregate_v<T> && Described<T>
inline constexpr bool describes_every_member = detail::count_members<T>() == detail::count_described<T>();

/// The name of a type without its namespaces: "AppendBatch".
template <class T>
constexpr std::string_view type_name() {
    constexpr std::string_view full = detail::spelled_name<T>();
    const auto at = full.rfind("::");
    return at == std::string_view::npos ? full : full.substr(at + 2);
}

namespace detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_variant = false;
template <class... T>
inline constexpr bool is_variant<std::variant<T...>> = true;
template <class T>
inline constexpr bool is_pair = false;
template <class A, class B>
inline constexpr bool is_pair<std::pair<A, B>> = true;

template <class T>
inline constexpr bool is_duration = false;
template <class Rep, class Period>
inline constexpr bool is_duration<std::chrono::duration<Rep, Period>> = true;

template <class T>
concept Sequence = requires(const T& t) {
    t.begin();
    t.end();
} && !std::convertible_to<const T&, std::string_view>;

template <class T>
concept HasOwnHash = requires(const T& t) {
    { t.hash() } -> std::same_as<std::uint64_t>;
};

}  // namespace detail

/// Whether a hash may ask values for the hash that they keep while they change, or computes all of it from nothing
/// (which must give the same: a test of the keeping).
enum class HashFrom { kept, scratch };

/// Adds a value to a hash: a number, enumerator, duration, strong type, text, optional, variant, pair, sequence, or
/// described struct. A type with members `hash()` and `hash_from_scratch()` is asked for the one or the other.
template <HashFrom kFrom = HashFrom::kept, class T>
constexpr void add_hash(Hasher& hasher, const T& value) {
    if constexpr (detail::HasOwnHash<T>) {
        if constexpr (kFrom == HashFrom::kept) {
            hasher.add(value.hash());
        } else {
            hasher.add(value.hash_from_scratch());
        }
    } else if constexpr (detail::is_duration<T>) {
        hasher.add(static_cast<std::uint64_t>(value.count()));
    } else if constexpr (std::is_integral_v<T>) {
        hasher.add(static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_enum_v<T>) {
        hasher.add(static_cast<std::uint64_t>(static_cast<std::underlying_type_t<T>>(value)));
    } else if constexpr (IsStrongType<T>) {
        hasher.add(static_cast<std::uint64_t>(value.value()));
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
        hasher.add(std::string_view{value});
    } else if constexpr (std::derived_from<T, Uuid>) {
        for (auto byte : value.bytes) hasher.add(std::uint64_t{byte});
    } else if constexpr (detail::is_optional<T>) {
        hasher.add(std::uint64_t{value.has_value()});
        if (value) add_hash<kFrom>(hasher, *value);
    } else if constexpr (detail::is_variant<T>) {
        hasher.add(static_cast<std::uint64_t>(value.index()));
        std::visit([&hasher](const auto& v) { add_hash<kFrom>(hasher, v); }, value);
    } else if constexpr (detail::is_pair<T>) {
        add_hash<kFrom>(hasher, value.first);
        add_hash<kFrom>(hasher, value.second);
    } else if constexpr (Described<T>) {
        T::describe([&](std::string_view, auto member) { add_hash<kFrom>(hasher, value.*member); });
    } else {
        static_assert(detail::Sequence<T>, "no hash for this type: give it a describe()");
        std::uint64_t count = 0;
        for (const auto& item : value) {
            add_hash<kFrom>(hasher, item);
            ++count;
        }
        hasher.add(count);
    }
}

/// The hash of one value. Equal values have equal hashes, on every run and compiler.
template <class T>
[[nodiscard]] constexpr std::uint64_t hash_of(const T& value) {
    Hasher hasher;
    add_hash(hasher, value);
    return hasher.value();
}

/// The hash of a described class over its members: what such a class answers in its own hash().
template <HashFrom kFrom, Described T>
[[nodiscard]] constexpr std::uint64_t hash_members(const T& value) {
    Hasher hasher;
    T::describe([&](std::string_view, auto member) { add_hash<kFrom>(hasher, value.*member); });
    return hasher.value();
}

/// Appends a value's text to `out`: `Name{member: value, ...}`, `[a, b]`, `none`, `"text"`, or a number.
template <class T>
void print_to(std::string& out, const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        out += value ? "true" : "false";
    } else if constexpr (detail::is_duration<T>) {
        fmt::format_to(std::back_inserter(out), "{}ns", std::chrono::nanoseconds{value}.count());
    } else if constexpr (std::derived_from<T, Uuid>) {
        out += to_text(value);
    } else if constexpr (IsStrongType<T>) {
        fmt::format_to(std::back_inserter(out), "{}", value.value());
    } else if constexpr (std::is_integral_v<T>) {
        fmt::format_to(std::back_inserter(out), "{}", value);
    } else if constexpr (std::is_enum_v<T>) {
        if constexpr (requires {
                          { enumerator_name(value) } -> std::convertible_to<std::string_view>;
                      }) {
            out += enumerator_name(value);
        } else if constexpr (fmt::is_formattable<T>::value) {
            fmt::format_to(std::back_inserter(out), "{}", value);
        } else {
            fmt::format_to(std::back_inserter(out), "{}", static_cast<std::int64_t>(value));
        }
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
        fmt::format_to(std::back_inserter(out), "\"{}\"", std::string_view{value});
    } else if constexpr (detail::is_optional<T>) {
        if (value) {
            print_to(out, *value);
        } else {
            out += "none";
        }
    } else if constexpr (detail::is_variant<T>) {
        std::visit([&out](const auto& v) { print_to(out, v); }, value);
    } else if constexpr (detail::is_pair<T>) {
        print_to(out, value.first);
        out += ": ";
        print_to(out, value.second);
    } else if constexpr (Described<T>) {
        out += type_name<T>();
        out += '{';
        bool first = true;
        T::describe([&](std::string_view name, auto member) {
            if (!std::exchange(first, false)) out += ", ";
            out += name;
            out += ": ";
            print_to(out, value.*member);
        });
        out += '}';
    } else {
        static_assert(detail::Sequence<T>, "no text for this type: give it a describe()");
        out += '[';
        bool first = true;
        for (const auto& item : value) {
            if (!std::exchange(first, false)) out += ", ";
            print_to(out, item);
        }
        out += ']';
    }
}

/// A value's text on one line, as print_to() writes it. For people and failing tests, not a format to parse.
template <class T>
[[nodiscard]] std::string print(const T& value) {
    std::string out;
    print_to(out, value);
    return out;
}

/// Appends one line "path: a -> b" for every innermost described member in which `a` and `b` differ.
template <class T>
void diff_to(std::vector<std::string>& lines, const std::string& path, const T& a, const T& b) {
    if constexpr (Described<T>) {
        T::describe([&](std::string_view name, auto member) {
            diff_to(lines, path.empty() ? std::string{name} : fmt::format("{}.{}", path, name), a.*member, b.*member);
        });
    } else if constexpr (detail::is_variant<T>) {
        if (a.index() == b.index()) {
            std::visit(
                [&](const auto& alternative) {
                    using A = std::remove_cvref_t<decltype(alternative)>;
                    diff_to(lines, path, alternative, *std::get_if<A>(&b));
                },
                a);
        } else {
            lines.push_back(fmt::format("{}: {} -> {}", path, print(a), print(b)));
        }
    } else if (!(a == b)) {
        lines.push_back(fmt::format("{}: {} -> {}", path, print(a), print(b)));
    }
}

/// What changed from `a` to `b`, one line per member. Empty when they are equal.
template <class T>
[[nodiscard]] std::vector<std::string> diff(const T& a, const T& b) {
    std::vector<std::string> lines;
    diff_to(lines, {}, a, b);
    return lines;
}

/// Member by member. Structs that declare an operator== of their own keep it.
template <Described T>
[[nodiscard]] constexpr bool operator==(const T& a, const T& b) {
    bool equal = true;
    T::describe([&](std::string_view, auto member) { equal = equal && a.*member == b.*member; });
    return equal;
}

}  // namespace highwater

template <highwater::Described T>
struct fmt::formatter<T> : fmt::formatter<std::string_view> {
    auto format(const T& value, fmt::format_context& context) const {
        return fmt::formatter<std::string_view>::format(highwater::print(value), context);
    }
};
