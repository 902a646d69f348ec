#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "model/cluster/cluster_world.h"

namespace highwater::model::cluster {

/// What a step may use besides the state. Of the sources of ClusterWorld only.
struct ClusterWorld::Step {
    State& state;
    Coverage& coverage;
    Story* story = nullptr;
    std::optional<Violation> violation;

    void tell(const auto& line) {
        if (story != nullptr) story->push_back(line());
    }
    void breach(std::string_view property, std::string facts) {
        if (!violation) violation = Violation{property, std::move(facts)};
    }
};

}  // namespace highwater::model::cluster
