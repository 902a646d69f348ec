// The scenarios of a replicated partition.
#include <array>
#include <utility>

#include "model/cluster/check/property.h"
#include "model/cluster/cluster_world.h"
#include "model/scenarios/replication.h"
#include "model/scenarios/scenario_checker.h"
#include "model/trace/cluster_picture.h"

namespace highwater::model {
namespace cluster {

std::string bounds_of(const Scope& scope) {
    std::string bounds =
        fmt::format("{} brokers, min.insync.replicas {}, {} batches, {} in flight, flush={}, {} late messages",
                    scope.brokers, scope.min_insync_replicas, scope.batches, scope.in_flight,
                    enumerator_name(scope.flush_mode), scope.late_messages);
    if (scope.first_batches > 0) bounds += fmt::format(", first {} committed", scope.first_batches);
    if (scope.first_action) bounds += fmt::format(", first {}", to_text(*scope.first_action));
    if (scope.disturbances > 0) bounds += fmt::format(", {} disturbance(s) in all", scope.disturbances);
    return bounds;
}

std::vector<Statement> statements_of(const Scope&) {
    std::vector<Statement> statements;
    for (const Property& property : properties().all()) {
        statements.push_back({property.id, property.name, property.statement});
    }
    statements.push_back(
        {"", kRestProperty,
         "When nothing is left to do, every record was acknowledged and is on every replica, and all are in sync."});
    statements.push_back({"", kContractProperty, "The machine keeps its contract with the driver."});
    statements.push_back({"", kInvariantProperty, "No invariant of the core is broken."});
    return statements;
}

std::uint32_t& silenced_properties(Scope& scope) {
    return scope.silenced_properties;
}

std::optional<std::uint32_t> property_bit(const Scope&, std::string_view name) {
    return properties().bit_of(name);
}

void without_reductions(Scope& scope) {
    scope.fetches_wait = false;
}

/// A fetch that is parked hides one that is answered in the same way for ever.
ClusterWorld live_world(Scope scope) {
    without_reductions(scope);
    return ClusterWorld(scope);
}

bool set_control(Scope& scope, std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, bool Controls::*>, 4> kControls = {{
        {"nothing_is_late", &Controls::nothing_is_late},
        {"disk_loses_nothing", &Controls::disk_loses_nothing},
        {"disk_loses_durable", &Controls::disk_loses_durable},
        {"rest_is_not_judged", &Controls::rest_is_not_judged},
    }};
    for (const auto& [known, member] : kControls) {
        if (known == name) return scope.controls.*member = true;
    }
    if (name == "metadata_is_not_skipped") return !(scope.metadata_is_skipped = false);
    if (name == "fetches_do_not_wait") return !(scope.fetches_wait = false);
    return false;
}

}  // namespace cluster

template Exploration<cluster::Action> explore(const cluster::Scope&, const CheckOptions&);
template Counterexample<cluster::Action> minimise(const cluster::Scope&, Counterexample<cluster::Action>, Length);
template Told tell_story(const cluster::Scope&, std::span<const cluster::Action>);

std::vector<std::unique_ptr<const Checker>> cluster_checkers() {
    std::vector<std::unique_ptr<const Checker>> checkers;
    for (const cluster::Scenario& scenario : cluster::replication_scenarios()) {
        checkers.push_back(std::make_unique<ScenarioChecker<cluster::Scope, cluster::Occurrence>>(
            scenario, "of a replicated partition"));
    }
    return checkers;
}

}  // namespace highwater::model
