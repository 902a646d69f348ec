#pragma once

#include <concepts>
#include <ostream>

#include "core/base/describe.h"
#include "core/base/error_code.h"

// For tests: googletest prints described structs and strong types in their own words.

namespace highwater {

template <class T>
    requires Described<T> || IsStrongType<T> || std::derived_from<T, Uuid>
void PrintTo(const T& value, std::ostream* out) {
    *out << print(value);
}

inline void PrintTo(ErrorCode code, std::ostream* out) {
    *out << kafka_name(code);
}

}  // namespace highwater
