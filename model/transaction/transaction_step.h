#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "model/transaction/step_events.h"
#include "model/transaction/transaction_world.h"

namespace highwater::model::transaction {

/// What a step may use besides the state. Of the sources of TransactionWorld only.
struct TransactionWorld::Step {
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

}  // namespace highwater::model::transaction
