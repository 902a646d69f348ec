#include "core/base/error_code.h"

#include <array>

namespace highwater {
namespace {

/// "not_leader_or_follower" to "NOT_LEADER_OR_FOLLOWER", at compile time.
template <std::size_t N>
constexpr std::array<char, N> upper(const char (&name)[N]) {
    std::array<char, N> result{};
    for (std::size_t i = 0; i < N; ++i) {
        result[i] = name[i] >= 'a' && name[i] <= 'z' ? static_cast<char>(name[i] - 'a' + 'A') : name[i];
    }
    return result;
}

#define HIGHWATER_NAME(name, number) constexpr auto k_##name = upper(#name);
HIGHWATER_ERROR_CODES(HIGHWATER_NAME)
#undef HIGHWATER_NAME

}  // namespace

std::string_view kafka_name(ErrorCode code) {
    switch (code) {
#define HIGHWATER_CASE(name, number) \
    case ErrorCode::name:            \
        return std::string_view{k_##name.data(), k_##name.size() - 1};
        HIGHWATER_ERROR_CODES(HIGHWATER_CASE)
#undef HIGHWATER_CASE
    }
    return "UNKNOWN";
}

}  // namespace highwater
