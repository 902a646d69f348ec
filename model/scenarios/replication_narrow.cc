#include "model/scenarios/replication_narrow.h"

namespace highwater::model::cluster {
namespace {

/// flush=replicated with eligible leader replicas and min.insync.replicas 2: one lossy stop at a time loses nothing.
Scope elr_scope(std::uint8_t brokers) {
    Scope scope;
    scope.flush_mode = FlushMode::replicated;
    scope.eligible_leader_replicas = true;
    scope.brokers = brokers;
    scope.min_insync_replicas = 2;
    scope.late_messages = 1;
    return scope;
}

/// KIP-966: two brokers, so the ISR is too small when one is away, and the ELR has who can still be elected.
Scenario elr() {
    using enum Occurrence;
    Scope small = elr_scope(2);
    small.budget(ActionKind::power_loss) = 1;
    small.budget(ActionKind::fence) = 1;
    return {.name = "replication-elr",
            .sentence =
                "Eligible leader replicas, flush=replicated: brokers lose power one at a time and come back unclean, "
                "or are fenced; min.insync.replicas 2 replicas can be elected without loss.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{253679, 46}}}},
            .must_occur = {record_appended, record_acknowledged, consumer_read, leader_changed, isr_shrank, isr_grew,
                           power_loss_took_records, broker_came_back, leader_elected_from_elr,
                           eligible_leader_came_back_unclean, candidate_held_a_committed_record,
                           acknowledged_record_outlived_its_leader, came_to_rest}};
}

/// KIP-903: the third replica is out of sync at first, and what vouches for it may be of its former life.
Scenario incarnations() {
    using enum Occurrence;
    Scope small = elr_scope(3);
    small.first_isr = 0b011;
    small.disturbed = 0b100;
    small.fetches_arrive = true;
    small.budget(ActionKind::power_loss) = 1;
    Scope ci = small;
    ci.budget(ActionKind::drop) = 1;
    return {.name = "replication-incarnations",
            .sentence =
                "A replica that is about to join the ISR loses power and comes back empty while requests that vouch "
                "for its former life are under way.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{542084, 42}}}, {ScopeSize::ci, ci, {{3521726, 47}}}},
            .must_occur = {record_acknowledged, consumer_read, isr_grew, isr_shrank, power_loss_took_records,
                           broker_came_back, proposal_refused, candidate_held_a_committed_record, came_to_rest}};
}

}  // namespace

std::vector<Scenario> narrow_scenarios() {
    return {elr(), incarnations()};
}

}  // namespace highwater::model::cluster
