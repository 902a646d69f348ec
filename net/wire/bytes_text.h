#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "net/wire/bytes.h"

namespace highwater::wire {

/// The machines of groups hold what members carry as text, whatever it is.
[[nodiscard]] inline std::string text_of(const Bytes& bytes) {
    const auto view = bytes.view();
    return {reinterpret_cast<const char*>(view.data()), view.size()};
}

/// A copy.
[[nodiscard]] inline Bytes bytes_of(std::string_view text) {
    const auto* data = reinterpret_cast<const std::byte*>(text.data());
    return Bytes(std::vector<std::byte>(data, data + text.size()));
}

}  // namespace highwater::wire
