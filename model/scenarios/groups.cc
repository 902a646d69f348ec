#include "model/scenarios/groups.h"

#include <vector>

#include "model/group/check/property.h"

namespace highwater::model::group {
namespace {

/// Two or three dynamic members.
Scenario classic() {
    using enum Occurrence;
    Scope small;
    small.clients = 2;
    small.budget(ActionKind::failover) = 1;
    small.budget(ActionKind::tick) = 2;
    small.budget(ActionKind::hold) = 1;
    small.budget(ActionKind::crash) = 1;
    small.disturbances = 3;
    Scope ci = small;
    ci.clients = 3;
    ci.disturbances = 2;
    ci.budget(ActionKind::duplicate) = 1;
    ci.budget(ActionKind::leave) = 1;
    Scope medium = ci;
    medium.disturbances = 3;
    Scope large = medium;
    large.disturbances = 4;
    return {.name = "groups-classic",
            .sentence =
                "Members of a classic group, whose sessions end, whose requests come late or twice, and whose "
                "coordinator goes, with records that may be lost.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{423973, 77}}},
                       {ScopeSize::ci, ci, {{1641205, 83}}},
                       {ScopeSize::medium, medium, std::nullopt},
                       {ScopeSize::large, large, std::nullopt}},
            .must_occur = {generation_told, assignment_told, coordinator_changed, write_lost_at_failover,
                           write_kept_at_failover, late_request_arrived, request_of_a_lower_generation,
                           offsets_replayed, group_replayed, group_settled, member_forgotten, session_ended,
                           partition_moved, partition_owned_by_a_fenced_member_too, came_to_rest}};
}

/// Clients 0 and 1 are two processes with one group.instance.id (KIP-345); client 1 starts later.
Scenario statics() {
    using enum Occurrence;
    Scope small;
    small.clients = 2;
    small.instance = {1, 1, 0};
    small.down_at_first = 0b010;
    small.commits = 1;
    small.budget(ActionKind::failover) = 1;
    small.budget(ActionKind::hold) = 1;
    small.budget(ActionKind::crash) = 1;
    Scope ci = small;
    ci.clients = 3;
    ci.instance = {1, 1, 2};
    ci.commits = 0;
    ci.disturbances = 2;
    ci.budget(ActionKind::tick) = 2;
    ci.budget(ActionKind::crash) = 2;
    Scope medium = ci;
    medium.disturbances = 3;
    return {.name = "groups-static",
            .sentence =
                "Two processes have one group.instance.id and start, crash and stall, while the coordinator goes: "
                "at most one is heard, and a member that comes back goes on where it was.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{599935, 38}}},
                       {ScopeSize::ci, ci, {{235105, 44}}},
                       {ScopeSize::medium, medium, std::nullopt}},
            .must_occur = {generation_told, assignment_told, coordinator_changed, write_lost_at_failover,
                           write_kept_at_failover, late_request_arrived, request_of_a_lower_generation,
                           offsets_replayed, group_replayed, group_settled, member_fenced, static_member_replaced,
                           partition_owned_by_a_fenced_member_too, older_instance_not_heard, came_to_rest}};
}

Scenario offsets() {
    using enum Occurrence;
    Scope small;
    small.clients = 1;
    small.commits = 2;
    small.budget(ActionKind::failover) = 1;
    small.budget(ActionKind::fail_write) = 1;
    small.budget(ActionKind::hold) = 1;
    small.budget(ActionKind::leave) = 1;
    small.budget(ActionKind::tick) = 1;
    small.budget(ActionKind::expire) = 1;
    small.budget(ActionKind::simple_commit) = 1;
    small.disturbances = 2;
    Scope ci = small;
    ci.clients = 2;
    ci.disturbances = 3;
    ci.commits = 1;
    ci.budget(ActionKind::leave) = 2;
    Scope medium = ci;
    medium.commits = 3;
    medium.disturbances = 4;
    return {
        .name = "groups-offsets",
        .sentence =
            "Offsets are committed while coordinators change, writes fail, members leave, and what nobody "
            "needs any more expires.",
        .known_to_fail = {},
        .scopes = {{ScopeSize::small, small, {{4074, 40}}},
                   {ScopeSize::ci, ci, {{3472325, 82}}},
                   {ScopeSize::medium, medium, std::nullopt}},
        .must_occur = {generation_told, assignment_told, coordinator_changed, write_lost_at_failover,
                       write_kept_at_failover, late_request_arrived, request_of_a_lower_generation, offsets_replayed,
                       group_replayed, group_settled, write_failed, commit_acknowledged, commit_refused,
                       commit_without_membership, offset_expired, offset_outlived_its_coordinator, came_to_rest}};
}

Scenario cooperative() {
    using enum Occurrence;
    Scope small;
    small.clients = 2;
    small.cooperative = true;
    small.down_at_first = 0b010;
    small.budget(ActionKind::failover) = 1;
    small.budget(ActionKind::tick) = 2;
    small.budget(ActionKind::hold) = 1;
    small.disturbances = 2;
    Scope ci = small;
    ci.clients = 3;
    ci.down_at_first = 0b100;
    Scope medium = ci;
    medium.disturbances = 3;
    return {.name = "groups-cooperative",
            .sentence =
                "Members keep their partitions while they rebalance (KIP-429), and one more joins: a partition "
                "has no second owner before the first has given it up.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{175701, 82}}},
                       {ScopeSize::ci, ci, {{3872702, 115}}},
                       {ScopeSize::medium, medium, std::nullopt}},
            .must_occur = {generation_told, assignment_told, coordinator_changed, write_lost_at_failover,
                           write_kept_at_failover, late_request_arrived, request_of_a_lower_generation,
                           offsets_replayed, group_replayed, group_settled, session_ended, partition_moved,
                           partition_owned_by_a_fenced_member_too, came_to_rest}};
}

Scenario joining() {
    using enum Occurrence;
    Scope small;
    small.clients = 2;
    small.settled = false;
    small.known_member_ids = true;
    small.initial_delay = true;
    small.budget(ActionKind::drop) = 1;
    small.budget(ActionKind::duplicate) = 1;
    small.budget(ActionKind::failover) = 1;
    Scope ci = small;
    ci.clients = 3;
    ci.disturbances = 2;
    Scope medium = ci;
    medium.disturbances = 3;
    return {.name = "groups-joining",
            .sentence =
                "A group begins: members ask for their ids, join and wait for each other, while requests and "
                "answers are lost or come twice.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{334065, 72}}},
                       {ScopeSize::ci, ci, {{1390843, 97}}},
                       {ScopeSize::medium, medium, std::nullopt}},
            .must_occur = {generation_told, assignment_told, coordinator_changed, write_lost_at_failover,
                           write_kept_at_failover, late_request_arrived, request_of_a_lower_generation,
                           offsets_replayed, group_replayed, group_settled, request_repeated, member_forgotten,
                           partition_moved, came_to_rest}};
}

/// Two members of a consumer group; the second starts later. No heartbeat is late: see late_heartbeats().
Scenario consumers() {
    using enum Occurrence;
    Scope small;
    small.clients = 2;
    small.consumer_protocol = 0b011;
    small.down_at_first = 0b010;
    small.budget(ActionKind::failover) = 1;
    small.budget(ActionKind::tick) = 2;
    small.budget(ActionKind::crash) = 1;
    small.disturbances = 2;
    Scope ci = small;
    ci.budget(ActionKind::drop) = 1;
    ci.budget(ActionKind::give_up) = 1;
    ci.budget(ActionKind::leave) = 1;
    ci.budget(ActionKind::fail_write) = 1;
    Scope medium = ci;
    medium.disturbances = 3;
    return {.name = "groups-consumer",
            .sentence =
                "Members of a consumer group (KIP-848) join, give back partitions in their own time, stall and crash, "
                "while answers are lost and the coordinator goes with records that may be lost.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{1055452, 80}}},
                       {ScopeSize::ci, ci, {{3088532, 83}}},
                       {ScopeSize::medium, medium, std::nullopt}},
            .must_occur = {generation_told, assignment_told, coordinator_changed, write_lost_at_failover,
                           write_kept_at_failover, offsets_replayed, group_replayed, group_settled, member_forgotten,
                           session_ended, partition_moved, revocation_told, came_to_rest}};
}

/// Three members, of which one starts later; in the larger scope two that commit offsets.
Scenario more_consumers() {
    using enum Occurrence;
    Scope small = consumers().scopes.front().scope;
    small.clients = 3;
    small.down_at_first = 0b100;
    small.disturbances = 1;
    Scope ci = consumers().scopes.front().scope;
    ci.commits = 1;
    return {
        .name = "groups-consumer-more",
        .sentence = "Members of a consumer group (KIP-848), more of them than partitions; or two that commit offsets.",
        .known_to_fail = {},
        .scopes = {{ScopeSize::small,
                    small,
                    {{325269, 79}},
                    {commit_acknowledged, offset_outlived_its_coordinator, partition_moved, revocation_told}},
                   {ScopeSize::ci, ci, {{6143397, 87}}}},
        .must_occur = {generation_told, assignment_told, coordinator_changed, write_lost_at_failover,
                       write_kept_at_failover, offsets_replayed, group_replayed, group_settled, partition_moved,
                       revocation_told, commit_acknowledged, offset_outlived_its_coordinator, came_to_rest}};
}

/// Two processes with one group.instance.id; the second starts later.
Scenario static_consumers() {
    using enum Occurrence;
    Scope small = consumers().scopes.front().scope;
    small.clients = 3;
    small.instance = {1, 1, 0};
    small.consumer_protocol = 0b111;
    small.budget(ActionKind::leave) = 1;
    small.disturbances = 1;
    Scope ci = small;
    ci.disturbances = 2;
    return {.name = "groups-consumer-static",
            .sentence =
                "Two processes of a consumer group (KIP-848) have one group.instance.id: the second takes the "
                "place of the first only when that has let it go.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{3027, 37}}, {member_fenced, older_instance_not_heard}},
                       {ScopeSize::ci, ci, {{377408, 70}}}},
            .must_occur = {generation_told, assignment_told, coordinator_changed, offsets_replayed, group_replayed,
                           group_settled, member_fenced, older_instance_not_heard, partition_moved, revocation_told,
                           came_to_rest}};
}

/// An answer that nobody hears is not given again: what a late heartbeat was told is news that its member never gets,
/// so it may be out and a partition without an owner until the next change (KIP-848). What is safe stays judged.
Scenario late_heartbeats() {
    using enum Occurrence;
    Scope small;
    small.clients = 2;
    small.consumer_protocol = 0b011;
    small.settled = false;
    small.budget(ActionKind::failover) = 1;
    small.budget(ActionKind::tick) = 1;
    small.budget(ActionKind::hold) = 1;
    small.budget(ActionKind::duplicate) = 1;
    small.disturbances = 2;
    small.controls.rest_is_not_judged = true;
    small.silenced_properties = *properties().bit_of("WholeSession");
    Scope ci = small;
    ci.budget(ActionKind::tick) = 2;
    ci.budget(ActionKind::crash) = 1;
    ci.budget(ActionKind::fail_write) = 1;
    Scope medium = ci;
    medium.disturbances = 3;
    return {.name = "groups-consumer-late",
            .sentence =
                "Heartbeats of a consumer group's members (KIP-848) come late or twice, also at the next coordinator: "
                "what a member says that it owned is no claim to what it has got since.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{1284984, 36}}},
                       {ScopeSize::ci, ci, {{5273533, 51}}},
                       {ScopeSize::medium, medium, std::nullopt}},
            .must_occur = {generation_told, assignment_told, coordinator_changed, write_lost_at_failover,
                           write_kept_at_failover, late_request_arrived, request_repeated, offsets_replayed,
                           group_replayed, partition_moved, revocation_told}};
}

/// A gap of the protocol, in Kafka 4.3 as here (docs/findings.md).
Scenario hasty_members() {
    using enum Occurrence;
    Scope small = consumers().scopes.front().scope;
    small.members_are_hasty = true;
    return {.name = "groups-consumer-hasty",
            .sentence =
                "Members of a consumer group take on partitions while a heartbeat is under way that says they do not "
                "own them: believed to have nothing to give back, they own what somebody else is given.",
            .known_to_fail = "Exclusive",
            .scopes = {{ScopeSize::small, small, std::nullopt}},
            .must_occur = {generation_told, assignment_told}};
}

/// A group that changes its protocol while its members do (KIP-848): client 0 is a classic member, client 1 is not.
Scenario migration() {
    using enum Occurrence;
    Scope small;
    small.clients = 2;
    small.consumer_protocol = 0b010;
    small.down_at_first = 0b010;
    small.budget(ActionKind::failover) = 1;
    small.budget(ActionKind::tick) = 2;
    small.budget(ActionKind::crash) = 1;
    small.budget(ActionKind::leave) = 1;
    small.disturbances = 1;
    Scope ci = small;
    ci.disturbances = 2;
    return {
        .name = "groups-migration",
        .sentence = "A member of a classic group and one of KIP-848 share a group that changes its protocol with them.",
        .known_to_fail = {},
        .scopes = {{ScopeSize::small, small, {{34097, 65}}}, {ScopeSize::ci, ci, {{2027171, 94}}}},
        .must_occur = {generation_told, assignment_told, coordinator_changed, write_lost_at_failover,
                       write_kept_at_failover, offsets_replayed, group_replayed, group_settled, member_forgotten,
                       partition_moved, revocation_told, came_to_rest}};
}

}  // namespace

std::span<const Scenario> group_scenarios() {
    static const std::vector<Scenario> scenarios = {classic(),   statics(),        offsets(),         cooperative(),
                                                    joining(),   consumers(),      late_heartbeats(), hasty_members(),
                                                    migration(), more_consumers(), static_consumers()};
    return scenarios;
}

const Scenario* find_scenario(std::string_view name) {
    for (const Scenario& scenario : group_scenarios()) {
        if (scenario.name == name) return &scenario;
    }
    return nullptr;
}

}  // namespace highwater::model::group
