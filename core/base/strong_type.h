#pragma once

#include <compare>
#include <concepts>
#include <cstdint>

#include <fmt/format.h>

namespace highwater {

/// A number that only mixes with itself. Construction is explicit, the default is zero, and there is no arithmetic:
/// what a kind of number may do is declared where the kind is (see offset.h).
template <class Tag, class Rep>
class StrongType {
  public:
    using rep = Rep;

    constexpr StrongType() = default;
    constexpr explicit StrongType(Rep value) : value_(value) {}

    [[nodiscard]] constexpr Rep value() const { return value_; }
    friend constexpr auto operator<=>(StrongType, StrongType) = default;

  private:
    Rep value_ = 0;
};

template <class T>
concept IsStrongType = requires { typename T::rep; } && requires(T t) {
    { t.value() } -> std::same_as<typename T::rep>;
};

}  // namespace highwater

template <class T>
    requires highwater::IsStrongType<T>
struct fmt::formatter<T> : fmt::formatter<typename T::rep> {
    auto format(T value, fmt::format_context& context) const {
        return fmt::formatter<typename T::rep>::format(value.value(), context);
    }
};
