// The scenarios of transactions.
#include <array>
#include <utility>

#include "model/scenarios/scenario_checker.h"
#include "model/scenarios/transactions.h"
#include "model/trace/transaction_picture.h"
#include "model/transaction/check/property.h"
#include "model/transaction/transaction_world.h"

namespace highwater::model {
namespace transaction {

std::string bounds_of(const Scope& scope) {
    std::string bounds = fmt::format(
        "{} producer(s){}, version {}, {} transaction(s) of each, {} partition(s), {} late "
        "request(s)",
        scope.producers, scope.one_transactional_id ? " of one transactional id" : "", scope.version,
        scope.transactions, scope.partitions, scope.late_requests);
    if (scope.commits_offsets) bounds += ", one of them with offsets";
    if (scope.first_epoch > 0) bounds += fmt::format(", ids at epoch {}", scope.first_epoch);
    if (scope.settled) bounds += ", first initialised";
    if (scope.down_at_first != 0) bounds += fmt::format(", {:02b} (as bits) down at first", scope.down_at_first);
    if (!scope.late_ends) bounds += ", no EndTxn is late";
    if (!scope.late_markers) bounds += ", no marker is late";
    if (!scope.aborts) bounds += ", no aborts";
    if (scope.disturbances > 0) bounds += fmt::format(", {} disturbance(s) in all", scope.disturbances);
    return bounds;
}

std::vector<Statement> statements_of(const Scope&) {
    std::vector<Statement> statements;
    for (const Property& property : properties().all()) {
        statements.push_back({property.id, property.name, property.statement});
    }
    statements.push_back({"L7", kRestProperty,
                          "When nobody disturbs any more, each transaction is decided by its timeout, and last stable "
                          "offsets reach high watermarks."});
    statements.push_back(
        {"", kContractProperty, "The machines answer each request once, at the latest when they unload."});
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
    scope.log_is_compacted = false;
}

TransactionWorld live_world(const Scope& scope) {
    return TransactionWorld(scope);
}

bool set_control(Scope& scope, std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, bool Controls::*>, 6> kControls = {{
        {"failover_keeps_everything", &Controls::failover_keeps_everything},
        {"failover_loses_everything", &Controls::failover_loses_everything},
        {"deadlines_do_not_fire", &Controls::deadlines_do_not_fire},
        {"rest_is_not_judged", &Controls::rest_is_not_judged},
        {"consumers_take_aborted_records", &Controls::consumers_take_aborted_records},
        {"markers_are_not_written", &Controls::markers_are_not_written},
    }};
    for (const auto& [known, member] : kControls) {
        if (known == name) return scope.controls.*member = true;
    }
    return false;
}

}  // namespace transaction

template Exploration<transaction::Action> explore(const transaction::Scope&, const CheckOptions&);
template Counterexample<transaction::Action> minimise(const transaction::Scope&, Counterexample<transaction::Action>,
                                                      Length);
template Told tell_story(const transaction::Scope&, std::span<const transaction::Action>);

std::vector<std::unique_ptr<const Checker>> transaction_checkers() {
    std::vector<std::unique_ptr<const Checker>> checkers;
    for (const transaction::Scenario& scenario : transaction::transaction_scenarios()) {
        checkers.push_back(std::make_unique<ScenarioChecker<transaction::Scope, transaction::Occurrence>>(
            scenario, "of transactions"));
    }
    return checkers;
}

}  // namespace highwater::model
