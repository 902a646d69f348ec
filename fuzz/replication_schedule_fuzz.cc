// Claim: whatever happens to a replicated partition, in whatever order, no property of it is violated.
//
// Input: the choices of a walk through the model's world, one byte each (model/explore/guided.h). The scope is `ci` of
// `replication`; HIGHWATER_SCHEDULE=NAME:SCOPE takes another. A violation is saved as a trace for highwater-model.
#include "fuzz/schedule.h"
#include "model/cluster/abstract_state.h"
#include "model/cluster/cluster_world.h"
#include "model/scenarios/replication.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace highwater::model;
    static const ChosenScope chosen = chosen_scope("replication", ScopeSize::ci);
    static const auto* const scenario = cluster::find_scenario(chosen.scenario);
    static const auto* const scope = scenario == nullptr ? nullptr : scenario->find(chosen.size);
    if (scope == nullptr) {
        std::fprintf(stderr, "no such scope of a replicated partition: %s\n", chosen.scenario.c_str());
        std::exit(2);
    }
    static const cluster::ClusterWorld world(scope->scope);
    static std::uint64_t walks = 0;
    ++walks;
    const auto found = walk_along(world, std::span(data, size), [](const cluster::State& state) {
        observe_abstract_state(cluster::abstract_state(state, world.scope().brokers));
    });
    if (found) report(chosen, *found, walks);
    return 0;
}
