#pragma once

#include <expected>

#include "core/base/error_code.h"

namespace highwater {

/// A value or the reason why there is none. Refusals are values; nothing below the I/O shell throws.
template <class T, class E = ErrorCode>
using Result = std::expected<T, E>;

using std::unexpected;

/// Shorthand for `return refuse(ErrorCode::...)`.
template <class E>
constexpr std::unexpected<E> refuse(E error) {
    return std::unexpected<E>(error);
}

}  // namespace highwater
