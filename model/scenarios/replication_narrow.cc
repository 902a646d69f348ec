#include "model/scenarios/replication_narrow.h"

namespace highwater::model::cluster {
namespace {

/// With flush=replicated nothing waits for a disk: fewer states, and power loss takes all that no other replica has.
Scope replicated_scope(std::uint8_t brokers) {
    Scope scope;
    scope.flush_mode = FlushMode::replicated;
    scope.brokers = brokers;
    scope.late_messages = 1;
    return scope;
}

/// With eligible leader replicas and min.insync.replicas 2 one lossy stop at a time loses nothing.
Scope elr_scope(std::uint8_t brokers) {
    Scope scope = replicated_scope(brokers);
    scope.eligible_leader_replicas = true;
    scope.min_insync_replicas = 2;
    return scope;
}

/// KIP-966. Two brokers: the ISR is too small when one is away. Three: the ELR ends when the third has joined.
Scenario elr() {
    using enum Occurrence;
    Scope small = elr_scope(2);
    small.budget(ActionKind::power_loss) = 1;
    small.budget(ActionKind::fence) = 1;
    Scope ci = elr_scope(3);
    ci.first_isr = 0b011;
    ci.disturbed = 0b010;
    ci.budget(ActionKind::fence) = 1;
    return {.name = "replication-elr",
            .sentence =
                "Eligible leader replicas, flush=replicated: brokers lose power one at a time and come back unclean, "
                "or are fenced; min.insync.replicas 2 replicas can be elected without loss.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{253679, 46}}},
                       {ScopeSize::ci,
                        ci,
                        {{421411, 37}},
                        {leader_changed, power_loss_took_records, broker_came_back, leader_elected_from_elr,
                         eligible_leader_came_back_unclean, acknowledged_record_outlived_its_leader}}},
            .must_occur = {record_appended, record_acknowledged, consumer_read, leader_changed, isr_shrank, isr_grew,
                           power_loss_took_records, broker_came_back, leader_elected_from_elr,
                           eligible_leader_came_back_unclean, candidate_held_a_committed_record,
                           acknowledged_record_outlived_its_leader, came_to_rest}};
}

/// One disk that is gone, also in fsync mode: with eligible leader replicas min.insync.replicas 2 bears it. One such
/// stop at a time: whoever was killed or lost power counts as one that may have lost its log, too (KIP-966).
Scenario wiped() {
    using enum Occurrence;
    Scope small = elr_scope(2);
    small.flush_mode = FlushMode::fsync;
    small.budget(ActionKind::wipe) = 1;
    small.budget(ActionKind::fence) = 1;
    Scope ci = small;
    ci.brokers = 3;
    ci.first_isr = 0b011;
    ci.disturbed = 0b011;
    ci.late_messages = 0;
    ci.budget(ActionKind::fence) = 0;
    return {.name = "replication-wiped",
            .sentence =
                "Eligible leader replicas, min.insync.replicas 2: a broker's disk is gone and it comes back with an "
                "empty one. What was acknowledged is on another, which is elected.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{311809, 50}}},
                       {ScopeSize::ci, ci, {{1560397, 50}}, {leader_elected_from_elr}}},
            .must_occur = {record_appended, record_acknowledged, consumer_read, leader_changed, isr_shrank, isr_grew,
                           leader_elected_from_elr, eligible_leader_came_back_unclean, disk_wiped, broker_came_back,
                           candidate_held_a_committed_record, acknowledged_record_outlived_its_leader, came_to_rest}};
}

/// Without eligible leader replicas the last member of an ISR is elected again, whatever it has lost: as in Kafka.
Scenario wiped_without_elr() {
    Scope small = elr_scope(2);
    small.flush_mode = FlushMode::fsync;
    small.eligible_leader_replicas = false;
    small.budget(ActionKind::wipe) = 1;
    small.budget(ActionKind::fence) = 1;
    return {.name = "replication-wiped-without-elr",
            .sentence = "The same without eligible leader replicas: the last member of the ISR comes back empty.",
            .known_to_fail = {"NoAckedLoss"},
            .scopes = {{ScopeSize::small, small, {}}},
            .must_occur = {}};
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

/// KIP-101, KIP-279, KIP-320: the leadership goes to the preferred leader and back while all stay in sync, so that a
/// broker leads again without having followed.
Scenario leadership() {
    using enum Occurrence;
    Scope small = replicated_scope(2);
    small.first_leader = 1;
    small.metadata_is_skipped = true;
    small.disturbed = 0b001;
    small.budget(ActionKind::elect) = 1;
    small.budget(ActionKind::fence) = 1;
    Scope ci = small;
    ci.brokers = 3;
    Scope large = ci;
    large.budget(ActionKind::hold) = 1;
    return {.name = "replication-leadership",
            .sentence =
                "Leaders change while all replicas are in sync, and brokers hear of several changes at once: what was "
                "learned in one epoch does not count in another, and logs part where their epochs do.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{19759, 30}}},
                       {ScopeSize::ci, ci, {{2713142, 54}}},
                       {ScopeSize::large, large, {{9154992, 57}}}},
            .must_occur = {record_acknowledged, consumer_read, leader_changed, two_leaders_at_once, follower_truncated,
                           preferred_leader_elected, metadata_skipped, committed_record_outlived_its_leader,
                           read_again_in_another_epoch, epoch_led_again, came_to_rest}};
}

/// L10: safe because it is dead is not safe.
Scenario one_down() {
    using enum Occurrence;
    Scope small = replicated_scope(2);
    small.disturbed = 0b010;
    small.stays_down = 0b010;
    small.budget(ActionKind::kill) = 1;
    small.budget(ActionKind::clock_jump) = 1;
    return {
        .name = "replication-one-down",
        .sentence =
            "One broker of three dies and does not come back: what waits is acknowledged all the same, and the others "
            "are in sync.",
        .known_to_fail = {},
        .scopes = {{ScopeSize::small, small, {{1920, 21}}}},
        .must_occur = {record_acknowledged, consumer_read, isr_shrank, leader_with_an_old_isr, came_to_rest}};
}

/// KIP-460, U1: the tolerated anomaly, and what holds all the same.
Scenario unclean() {
    using enum Occurrence;
    Scope small = replicated_scope(2);
    small.unclean_leader_election = true;
    small.budget(ActionKind::fence) = 2;
    Scope ci = small;
    ci.batches = 2;
    return {.name = "replication-unclean",
            .sentence =
                "Unclean elections are on: they lose what was committed above the end of the replica that they choose, "
                "and nothing else; logs with the same epoch stay the same.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{158237, 42}}}, {ScopeSize::ci, ci, {{777902, 48}}}},
            .must_occur = {record_acknowledged, consumer_read, leader_changed, two_leaders_at_once, isr_grew,
                           follower_truncated, unclean_leader_elected, committed_record_lost_uncleanly, came_to_rest}};
}

/// KIP-631, KIP-841: a broker asks to be let go, marks its clean shutdown, and comes back.
Scenario shutdown() {
    using enum Occurrence;
    Scope small = elr_scope(2);
    small.first_isr = 0b01;
    small.leads_elsewhere = true;
    small.budget(ActionKind::shut_down) = 2;
    return {.name = "replication-shutdown",
            .sentence =
                "Brokers leave in controlled shutdown and come back clean: they keep what they may be elected for, and "
                "none joins an ISR that it is about to leave.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{122456, 55}}}},
            .must_occur = {record_acknowledged, consumer_read, leader_changed, isr_grew, isr_shrank, broker_let_go,
                           broker_came_back, broker_came_back_clean, leader_elected_from_elr,
                           isr_grew_beside_an_inactive_broker, came_to_rest}};
}

/// KIP-455: the partition moves to another broker; in the larger scope it moves back.
Scenario reassignment() {
    using enum Occurrence;
    Scope small = replicated_scope(3);
    small.first_replicas = 0b011;
    small.reassign_to = 0b110;
    small.budget(ActionKind::reassign) = 1;
    Scope ci = small;
    ci.reassign_to = 0b101;
    ci.metadata_is_skipped = true;
    ci.budget(ActionKind::reassign) = 2;
    return {.name = "replication-reassignment",
            .sentence =
                "The partition moves between brokers, also away from its leader; a replica that left is deleted, and "
                "one that comes back starts with nothing.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{6313, 29}}}, {ScopeSize::ci, ci, {{160104, 38}}, {leader_changed}}},
            .must_occur = {record_acknowledged, consumer_read, leader_changed, isr_grew, reassignment_done,
                           replica_deleted, candidate_held_a_committed_record, came_to_rest}};
}

/// KIP-392. Each broker gives what is below its own high watermark, whatever it has heard of elections.
Scenario follower_reads() {
    using enum Occurrence;
    Scope small = replicated_scope(3);
    small.min_insync_replicas = 2;
    small.consumers_read_followers = true;
    small.disturbed = 0b001;
    small.budget(ActionKind::fence) = 1;
    Scope ci = small;
    ci.flush_mode = FlushMode::fsync;
    return {
        .name = "replication-follower-reads",
        .sentence =
            "Consumers read from followers, too: what one reads is committed, and every replica that gives it gives "
            "the same.",
        .known_to_fail = {},
        .scopes = {{ScopeSize::small, small, {{254309, 44}}}, {ScopeSize::ci, ci, {{553928, 48}}}},
        .must_occur = {record_acknowledged, consumer_read, read_again_from_a_follower, clean_read, leader_changed,
                       two_leaders_at_once, follower_truncated, read_again_in_another_epoch,
                       committed_record_outlived_its_leader, came_to_rest}};
}

/// KIP-107. DeleteRecords goes past what a follower has, which then has nothing in common with its leader.
Scenario log_start() {
    using enum Occurrence;
    Scope small = replicated_scope(2);
    small.budget(ActionKind::delete_records) = 1;
    small.budget(ActionKind::fence) = 2;
    Scope ci = replicated_scope(2);
    ci.batches = 2;
    ci.budget(ActionKind::delete_records) = 1;
    ci.budget(ActionKind::fence) = 1;
    ci.budget(ActionKind::kill) = 1;
    return {
        .name = "replication-log-start",
        .sentence =
            "A client deletes what is committed: a follower that ends below its leader's log start begins anew there, "
            "and no log start passes a high watermark.",
        .known_to_fail = {},
        .scopes = {{ScopeSize::small, small, {{406930, 47}}}, {ScopeSize::ci, ci, {{3243614, 55}}}},
        .must_occur = {record_acknowledged, consumer_read, records_deleted, log_began_anew, leader_changed,
                       two_leaders_at_once, isr_shrank, isr_grew, came_to_rest}};
}

}  // namespace

std::vector<Scenario> narrow_scenarios() {
    return {elr(),     wiped(),    wiped_without_elr(), incarnations(),   leadership(), one_down(),
            unclean(), shutdown(), reassignment(),      follower_reads(), log_start()};
}

}  // namespace highwater::model::cluster
