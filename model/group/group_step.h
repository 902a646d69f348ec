#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "model/group/group_world.h"
#include "model/group/step_events.h"

namespace highwater::model::group {

/// What a step may use besides the state. Of the sources of GroupWorld only.
struct GroupWorld::Step {
    State& state;
    Coverage& coverage;
    Story* story = nullptr;
    StepEvents events{};
    std::optional<Violation> violation{};

    void tell(const auto& line) {
        if (story != nullptr) story->push_back(line());
    }
    void breach(std::string_view property, std::string facts) {
        if (!violation) violation = Violation{property, std::move(facts)};
    }
};

}  // namespace highwater::model::group
