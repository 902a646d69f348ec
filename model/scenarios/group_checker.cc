// The scenarios of a group and its coordinators.
#include <array>
#include <utility>

#include "model/group/check/property.h"
#include "model/group/group_world.h"
#include "model/scenarios/groups.h"
#include "model/scenarios/scenario_checker.h"
#include "model/trace/group_picture.h"

namespace highwater::model {
namespace group {

std::string bounds_of(const Scope& scope) {
    std::string bounds = fmt::format("{} {} clients", scope.clients, scope.cooperative ? "cooperative" : "eager");
    if (scope.consumer_protocol != 0) {
        bounds += fmt::format(" ({:03b} (as bits) with the protocol of consumer groups)", scope.consumer_protocol);
    }
    std::vector<int> instances;
    for (std::uint8_t id = 0; id < scope.clients; ++id) instances.push_back(scope.instance[id]);
    if (std::ranges::any_of(instances, [](int instance) { return instance != 0; })) {
        bounds += fmt::format(", instances {} (0: dynamic)", fmt::join(instances, " "));
    }
    bounds +=
        fmt::format(", {} partitions, {} commits, {} late requests", kPartitions, scope.commits, scope.late_requests);
    if (scope.known_member_ids) bounds += ", ids before they join";
    if (scope.initial_delay) bounds += ", initial delay";
    if (scope.settled) bounds += ", first stable";
    if (scope.down_at_first != 0) bounds += fmt::format(", {:03b} (as bits) down at first", scope.down_at_first);
    if (scope.disturbances > 0) bounds += fmt::format(", {} disturbance(s) in all", scope.disturbances);
    return bounds;
}

std::vector<Statement> statements_of(const Scope&) {
    std::vector<Statement> statements;
    for (const Property& property : properties().all()) {
        statements.push_back({property.id, property.name, property.statement});
    }
    statements.push_back({"L8", kRestProperty,
                          "A group that nobody disturbs any more becomes stable, and every partition has an owner."});
    statements.push_back(
        {"", kContractProperty, "The machine answers each request once, at the latest when it unloads."});
    statements.push_back({"", kInvariantProperty, "No invariant of the core is broken."});
    return statements;
}

std::uint32_t& silenced_properties(Scope& scope) {
    return scope.silenced_properties;
}

std::optional<std::uint32_t> property_bit(const Scope&, std::string_view name) {
    return properties().bit_of(name);
}

/// Heartbeats that tell nobody anything are left out all the same: with them no run comes to rest.
void without_reductions(Scope& scope) {
    scope.log_is_compacted = false;
}

GroupWorld live_world(const Scope& scope) {
    return GroupWorld(scope);
}

bool set_control(Scope& scope, std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, bool Controls::*>, 6> kControls = {{
        {"failover_keeps_everything", &Controls::failover_keeps_everything},
        {"failover_loses_everything", &Controls::failover_loses_everything},
        {"deadlines_do_not_fire", &Controls::deadlines_do_not_fire},
        {"rest_is_not_judged", &Controls::rest_is_not_judged},
        {"instance_ids_are_not_told", &Controls::instance_ids_are_not_told},
        {"members_do_not_revoke", &Controls::members_do_not_revoke},
    }};
    for (const auto& [known, member] : kControls) {
        if (known == name) return scope.controls.*member = true;
    }
    return false;
}

}  // namespace group

template Exploration<group::Action> explore(const group::Scope&, const CheckOptions&);
template Counterexample<group::Action> minimise(const group::Scope&, Counterexample<group::Action>, Length);
template Told tell_story(const group::Scope&, std::span<const group::Action>);

std::vector<std::unique_ptr<const Checker>> group_checkers() {
    std::vector<std::unique_ptr<const Checker>> checkers;
    for (const group::Scenario& scenario : group::group_scenarios()) {
        checkers.push_back(std::make_unique<ScenarioChecker<group::Scope, group::Occurrence>>(
            scenario, "of a group and its coordinators"));
    }
    return checkers;
}

}  // namespace highwater::model
