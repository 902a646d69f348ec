#include "model/scenarios/transactions.h"

#include <vector>

#include "model/transaction/check/property.h"

namespace highwater::model::transaction {
namespace {

/// Of version 1 an EndTxn or a marker that comes late ends whatever is open when it arrives: late_ends(),
/// late_markers().
void speak_version_1(Scope& scope) {
    scope.version = 1;
    scope.late_ends = false;
    scope.late_markers = false;
    scope.silenced_properties = *properties().bit_of("EndBinding");
}

/// One producer, two transactions.
Scope one_producer() {
    Scope scope;
    scope.transactions = 2;
    scope.disturbances = 1;
    for (const ActionKind kind : {ActionKind::failover, ActionKind::fail_write, ActionKind::hold, ActionKind::duplicate,
                                  ActionKind::drop, ActionKind::give_up, ActionKind::lose_marker,
                                  ActionKind::lose_answer, ActionKind::restart, ActionKind::crash}) {
        scope.budget(kind) = 1;
    }
    scope.budget(ActionKind::tick) = 2;
    return scope;
}

Scenario single(bool is_version_1) {
    using enum Occurrence;
    Scope small = one_producer();
    if (is_version_1) speak_version_1(small);
    Scope ci = small;
    ci.disturbances = 2;
    Scope medium = small;
    medium.disturbances = 3;
    Scenario scenario{
        .name = is_version_1 ? "transactions-v1" : "transactions",
        .sentence = is_version_1
                        ? "The same with transactions of version 1, where no EndTxn and no marker is late."
                        : "One producer's transactions of version 2 (KIP-890) over two partitions, while requests and "
                          "markers come late or twice, time runs out, processes and brokers crash, and the coordinator "
                          "goes with records that may be lost.",
        .known_to_fail = {},
        .scopes = {{ScopeSize::small, small, is_version_1 ? Golden{30226, 55} : Golden{33550, 44}},
                   {ScopeSize::ci, ci, is_version_1 ? Golden{1164617, 61} : Golden{1330219, 50}},
                   {ScopeSize::medium, medium, is_version_1 ? Golden{24521837, 68} : Golden{30118787, 55}}},
        .must_occur = {transaction_committed, transaction_aborted, transaction_timed_out,  producer_fenced,
                       record_refused,        record_repeated,     verification_refused,   request_repeated,
                       late_request_arrived,  coordinator_changed, write_lost_at_failover, write_kept_at_failover,
                       write_failed,          partition_restarted, record_delivered,       record_skipped,
                       record_unstable,       decision_repeated,   former_holder_refused,  replayed,
                       came_to_rest}};
    if (!is_version_1) {
        for (const Occurrence more : {late_marker_arrived, late_marker_refused, late_end_refused}) {
            scenario.must_occur.push_back(more);
        }
    }
    return scenario;
}

/// Two processes with one transactional id; the second starts later.
Scenario instances(bool is_version_1) {
    using enum Occurrence;
    Scope small;
    small.producers = 2;
    small.one_transactional_id = true;
    small.down_at_first = 0b10;
    for (const ActionKind kind :
         {ActionKind::failover, ActionKind::hold, ActionKind::drop, ActionKind::tick, ActionKind::give_up}) {
        small.budget(kind) = 1;
    }
    small.disturbances = 1;
    if (is_version_1) speak_version_1(small);
    Scope ci = small;
    ci.disturbances = 2;
    return {.name = is_version_1 ? "transactions-instances-v1" : "transactions-instances",
            .sentence =
                "Two processes have one transactional id, and the second starts at any moment of the first's "
                "transaction: what the first says from then on changes nothing.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, is_version_1 ? Golden{349551, 61} : Golden{345956, 50}},
                       {ScopeSize::ci, ci, is_version_1 ? Golden{8668223, 67} : Golden{7430001, 55}}},
            .must_occur = {transaction_committed, transaction_aborted, producer_fenced, record_refused,
                           verification_refused, late_request_arrived, coordinator_changed, write_lost_at_failover,
                           write_kept_at_failover, record_delivered, record_skipped, record_unstable,
                           former_holder_refused, replayed, came_to_rest}};
}

/// Two transactional ids, whose records and markers are interleaved in both partitions.
Scenario interleaved() {
    using enum Occurrence;
    Scope small;
    small.producers = 2;
    for (const ActionKind kind : {ActionKind::failover, ActionKind::restart, ActionKind::lose_marker}) {
        small.budget(kind) = 1;
    }
    small.disturbances = 1;
    small.partitions = 1;
    Scope ci = small;
    ci.partitions = 2;
    ci.budgets = {};
    ci.budget(ActionKind::restart) = 1;
    Scope medium = small;
    medium.partitions = 2;
    medium.budget(ActionKind::hold) = 1;
    medium.budget(ActionKind::tick) = 2;
    return {.name = "transactions-interleaved",
            .sentence =
                "The transactions of two producers are interleaved in two partitions, and a consumer of "
                "committed records reads on at every moment.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{273321, 32}}},
                       {ScopeSize::ci,
                        ci,
                        {{501784, 39}},
                        {coordinator_changed, write_lost_at_failover, write_kept_at_failover, replayed}},
                       {ScopeSize::medium, medium, {{13232203, 48}}}},
            .must_occur = {transaction_committed, transaction_aborted, coordinator_changed, write_lost_at_failover,
                           write_kept_at_failover, partition_restarted, record_delivered, record_skipped,
                           record_unstable, two_transactions_open, replayed, came_to_rest}};
}

/// The epochs of a producer id come to their end (KIP-360).
Scenario exhausted() {
    using enum Occurrence;
    Scope small = one_producer();
    small.first_epoch = 32'764;
    small.disturbances = 1;
    Scope ci = small;
    ci.disturbances = 2;
    Scope medium = ci;
    medium.transactions = 3;
    return {.name = "transactions-exhausted",
            .sentence =
                "A producer's transactions take its last epochs, and the next producer id comes with one of "
                "them.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{34639, 44}}},
                       {ScopeSize::ci, ci, {{1442187, 50}}},
                       {ScopeSize::medium, medium, {{13174010, 69}}}},
            .must_occur = {transaction_committed, transaction_aborted, transaction_timed_out, producer_fenced,
                           producer_id_replaced, record_refused, late_request_arrived, coordinator_changed,
                           write_lost_at_failover, write_kept_at_failover, partition_restarted, record_delivered,
                           record_skipped, record_unstable, decision_repeated, replayed, came_to_rest}};
}

/// The loop of consume, transform, produce: a record, and the offset that was consumed (KIP-98, KIP-447).
Scenario offsets() {
    using enum Occurrence;
    Scope small = one_producer();
    small.commits_offsets = true;
    Scope ci = small;
    ci.disturbances = 2;
    return {.name = "transactions-offsets",
            .sentence =
                "Each transaction has a record in one partition and commits an offset in another, one of "
                "__consumer_offsets: both count, or none.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{34822, 44}}}, {ScopeSize::ci, ci, {{1430004, 50}}}},
            .must_occur = {transaction_committed, transaction_aborted, transaction_timed_out, late_request_arrived,
                           coordinator_changed, write_lost_at_failover, write_kept_at_failover, partition_restarted,
                           record_delivered, record_skipped, record_unstable, offset_committed, offset_unstable,
                           replayed, came_to_rest}};
}

/// The same offset, of two producers at a time.
Scenario shared_offset() {
    using enum Occurrence;
    Scope small;
    small.commits_offsets = true;
    small.producers = 2;
    small.disturbances = 1;
    small.budget(ActionKind::restart) = 1;
    return {.name = "transactions-shared-offset",
            .sentence =
                "The transactions of two producers commit the same offset at a time: the last that counts in "
                "the log counts, in whatever order they end.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, small, {{501784, 39}}}},
            .must_occur = {transaction_committed, transaction_aborted, partition_restarted, record_delivered,
                           record_skipped, record_unstable, two_transactions_open, offset_committed, offset_unstable,
                           came_to_rest}};
}

/// KAFKA-17754, which version 2 is made against.
Scenario late_ends() {
    Scope small = one_producer();
    speak_version_1(small);
    small.late_ends = true;
    small.budgets = {};
    small.budget(ActionKind::hold) = 1;
    small.disturbances = 1;
    return {.name = "transactions-v1-late-end",
            .sentence = "An EndTxn of version 1 is late, and ends the next transaction of its producer (KAFKA-17754).",
            .known_to_fail = "Atomic",
            .scopes = {{ScopeSize::small, small, std::nullopt}},
            .must_occur = {Occurrence::transaction_committed}};
}

/// KIP-890: why a marker of version 2 has an epoch of its own.
Scenario late_markers() {
    Scope small = one_producer();
    speak_version_1(small);
    small.late_markers = true;
    small.budgets = {};
    small.budget(ActionKind::lose_marker) = 1;
    small.disturbances = 1;
    return {.name = "transactions-v1-late-marker",
            .sentence = "A marker of version 1 is late, and ends the next transaction of its producer (KIP-890).",
            .known_to_fail = "Atomic",
            .scopes = {{ScopeSize::small, small, std::nullopt}},
            .must_occur = {Occurrence::transaction_committed}};
}

}  // namespace

std::span<const Scenario> transaction_scenarios() {
    static const std::vector<Scenario> scenarios = {single(false), single(true),  instances(false), instances(true),
                                                    interleaved(), exhausted(),   offsets(),        shared_offset(),
                                                    late_ends(),   late_markers()};
    return scenarios;
}

const Scenario* find_scenario(std::string_view name) {
    for (const Scenario& scenario : transaction_scenarios()) {
        if (scenario.name == name) return &scenario;
    }
    return nullptr;
}

}  // namespace highwater::model::transaction
