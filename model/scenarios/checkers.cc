#include "model/scenarios/checker.h"

#include <iterator>
#include <utility>

namespace highwater::model {

std::string_view name_of(Explorer explorer) {
    switch (explorer) {
        case Explorer::exhaustive:
            return "exhaustive";
        case Explorer::random:
            return "random";
        case Explorer::pct:
            return "pct";
        case Explorer::swarm:
            return "swarm";
        case Explorer::liveness:
            return "liveness";
    }
    return {};
}

std::span<const std::unique_ptr<const Checker>> all_checkers() {
    static const std::vector<std::unique_ptr<const Checker>> all = [] {
        std::vector<std::unique_ptr<const Checker>> checkers = partition_checkers();
        for (auto* others : {&cluster_checkers, &group_checkers, &transaction_checkers, &generation_checkers}) {
            auto more = others();
            checkers.insert(checkers.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
        }
        return checkers;
    }();
    return all;
}

const Checker* find_checker(std::string_view name) {
    for (const auto& checker : all_checkers()) {
        if (checker->name() == name) return checker.get();
    }
    return nullptr;
}

}  // namespace highwater::model
