// The scenarios of a partition on one broker.
#include <array>
#include <utility>

#include "model/check/property.h"
#include "model/scenarios/idempotence.h"
#include "model/scenarios/scenario_checker.h"
#include "model/trace/partition_picture.h"
#include "model/world/live_partition.h"
#include "model/world/partition_world.h"

namespace highwater::model {

std::string bounds_of(const Scope& scope) {
    return fmt::format("{} producers of {} batches, {} in flight, flush={}", scope.producers, scope.batches,
                       scope.max_in_flight, enumerator_name(scope.flush_mode));
}

std::vector<Statement> statements_of(const Scope&) {
    std::vector<Statement> statements;
    for (const Property& property : properties().all()) {
        statements.push_back({property.id, property.name, property.statement});
    }
    statements.push_back(
        {"", kRestProperty, "When nothing is left to do, every record is in the log once and was acknowledged."});
    statements.push_back({"", kInvariantProperty, "No invariant of the core is broken."});
    return statements;
}

std::uint32_t& silenced_properties(Scope& scope) {
    return scope.controls.silenced_properties;
}

std::optional<std::uint32_t> property_bit(const Scope&, std::string_view name) {
    return properties().bit_of(name);
}

void without_reductions(Scope& scope) {
    scope.symmetry = false;
}

LivePartition live_world(const Scope& scope) {
    return LivePartition(scope);
}

bool set_control(Scope& scope, std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, bool Controls::*>, 5> kControls = {{
        {"new_epoch_does_not_wait", &Controls::new_epoch_does_not_wait},
        {"recovery_does_not_sync", &Controls::recovery_does_not_sync},
        {"disk_loses_nothing", &Controls::disk_loses_nothing},
        {"disk_loses_durable", &Controls::disk_loses_durable},
        {"fingerprint_omits_network", &Controls::fingerprint_omits_network},
    }};
    for (const auto& [known, member] : kControls) {
        if (known == name) return scope.controls.*member = true;
    }
    return false;
}

template Exploration<Action> explore(const Scope&, const CheckOptions&);
template Counterexample<Action> minimise(const Scope&, Counterexample<Action>, Length);
template Told tell_story(const Scope&, std::span<const Action>);

std::vector<std::unique_ptr<const Checker>> partition_checkers() {
    std::vector<std::unique_ptr<const Checker>> checkers;
    for (const Scenario& scenario : idempotence_scenarios()) {
        checkers.push_back(
            std::make_unique<ScenarioChecker<Scope, Occurrence>>(scenario, "of a partition on one broker"));
    }
    return checkers;
}

}  // namespace highwater::model
