#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "model/explore/exhaustive.h"
#include "model/trace/replay.h"

namespace highwater::model {

/// A shorter way to a violation of the same property by leaving out actions (delta debugging: ever smaller pieces,
/// until no single action can be left out). What is then not possible any more is left out as well.
template <System S>
Counterexample<typename S::Action> leave_out(const S& system, Counterexample<typename S::Action> found) {
    using Step = typename S::Action;
    for (std::size_t piece = found.actions.size(); piece >= 1;) {
        bool shorter = false;
        for (std::size_t from = 0; from < found.actions.size();) {
            std::vector<Step> rest(found.actions.begin(), found.actions.begin() + static_cast<std::ptrdiff_t>(from));
            const std::size_t to = std::min(found.actions.size(), from + piece);
            rest.insert(rest.end(), found.actions.begin() + static_cast<std::ptrdiff_t>(to), found.actions.end());
            auto tried = replay(system, std::span<const Step>(rest), Impossible::skip);
            if (tried.violation && tried.violation->property == found.violation.property &&
                tried.actions.size() < found.actions.size()) {
                found = {std::move(tried.actions), std::move(*tried.violation)};
                shorter = true;
            } else {
                from += piece;
            }
        }
        if (!shorter) piece /= 2;
    }
    return found;
}

}  // namespace highwater::model
