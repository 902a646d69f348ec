// Claim: whatever happens between idempotent producers and a broker, in whatever order, no property is violated.
//
// Input: the choices of a walk through the model's world, one byte each (model/explore/guided.h). The scope is `medium`
// of `idempotence`; HIGHWATER_SCHEDULE=NAME:SCOPE takes another. A violation is saved as a trace for highwater-model.
#include "fuzz/schedule.h"
#include "model/scenarios/idempotence.h"
#include "model/world/abstract_state.h"
#include "model/world/partition_world.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace highwater::model;
    static const ChosenScope chosen = chosen_scope("idempotence", ScopeSize::medium);
    static const auto* const scenario = find_scenario(chosen.scenario);
    static const auto* const scope = scenario == nullptr ? nullptr : scenario->find(chosen.size);
    if (scope == nullptr) {
        std::fprintf(stderr, "no such scope of a partition: %s\n", chosen.scenario.c_str());
        std::exit(2);
    }
    static const PartitionWorld world(scope->scope);
    static std::uint64_t walks = 0;
    ++walks;
    const auto found = walk_along(world, std::span(data, size),
                                  [](const World& state) { observe_abstract_state(abstract_state(state)); });
    if (found) report(chosen, *found, walks);
    return 0;
}
