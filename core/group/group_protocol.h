#pragma once

#include <string>

#include "core/base/describe.h"

namespace highwater {

/// A way of assigning that a member of a classic group can do, and what it says for it (`JoinGroup.Protocols`). In
/// order of preference.
struct GroupProtocol {
    std::string name;
    std::string metadata;

    static constexpr void describe(auto&& field) {
        field("name", &GroupProtocol::name);
        field("metadata", &GroupProtocol::metadata);
    }
};

}  // namespace highwater
