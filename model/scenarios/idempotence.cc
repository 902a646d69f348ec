#include "model/scenarios/idempotence.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace highwater::model {
namespace {

using Budget = std::pair<ActionKind, std::uint8_t>;

Scope scope(std::uint8_t producers, std::uint8_t batches, std::uint8_t in_flight, std::initializer_list<Budget> budgets,
            FlushMode mode = FlushMode::fsync) {
    Scope result;
    result.flush_mode = mode;
    result.producers = producers;
    result.batches = batches;
    result.max_in_flight = in_flight;
    for (const auto& [kind, times] : budgets) result.budget(kind) = times;
    return result;
}

constexpr auto kDisconnect = ActionKind::disconnect;
constexpr auto kDuplicate = ActionKind::duplicate;
constexpr auto kOvertake = ActionKind::overtake;
constexpr auto kKill = ActionKind::kill;
constexpr auto kPowerLoss = ActionKind::power_loss;

Scenario idempotence() {
    using enum Occurrence;
    return {
        .name = "idempotence",
        .sentence =
            "Two idempotent producers; connections break, requests are lost, repeated and late; the broker "
            "is killed and loses power. Nothing acknowledged is lost, nothing is there twice.",
        .known_to_fail = {},
        .scopes = {{ScopeSize::small,
                    scope(2, 1, 1, {{kDisconnect, 1}, {kDuplicate, 1}, {kPowerLoss, 1}}),
                    {{2451, 13}}},
                   {ScopeSize::ci,
                    scope(2, 2, 2, {{kDisconnect, 1}, {kDuplicate, 1}, {kPowerLoss, 1}, {kKill, 1}}),
                    {{182111, 24}}},
                   {ScopeSize::medium,
                    scope(2, 2, 2, {{kDisconnect, 2}, {kDuplicate, 1}, {kPowerLoss, 2}, {kKill, 1}}),
                    {{1442904, 28}}}},
        .must_occur = {batch_appended, produce_acknowledged, retry_acknowledged_as_duplicate,
                       retry_met_its_original_before_it_was_acknowledged,
                       stray_arrived_after_its_batch_was_acknowledged, answer_lost, request_lost,
                       power_loss_took_batches, power_loss_spared_acknowledged_batches, consumer_read, came_to_rest}};
}

Scenario failures() {
    using enum Occurrence;
    return {.name = "failures",
            .sentence =
                "Writes and flushes fail, requests time out at the broker: fail stop, and the producers' "
                "retries still meet their originals.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small,
                        scope(1, 2, 2,
                              {{ActionKind::append_failure, 1},
                               {ActionKind::flush_failure, 1},
                               {ActionKind::request_timeout, 1},
                               {kDisconnect, 1}}),
                        {{2113, 21}}},
                       {ScopeSize::ci,
                        scope(2, 2, 2,
                              {{ActionKind::append_failure, 1},
                               {ActionKind::flush_failure, 1},
                               {ActionKind::request_timeout, 1},
                               {kPowerLoss, 1}}),
                        {{173471, 30}}}},
            .must_occur = {write_failed, produce_timed_out, retry_acknowledged_as_duplicate, came_to_rest}};
}

Scenario epochs() {
    using enum Occurrence;
    return {
        .name = "epochs",
        .sentence =
            "A producer goes on with a new epoch while copies of its old requests are still under way, and "
            "requests overtake one another.",
        .known_to_fail = {},
        .scopes =
            {{ScopeSize::small,
              scope(1, 4, 2, {{ActionKind::epoch_bump, 1}, {kDuplicate, 1}, {kOvertake, 1}}),
              {{983, 20}}},
             {ScopeSize::ci,
              scope(1, 4, 3,
                    {{ActionKind::epoch_bump, 1}, {kDuplicate, 1}, {kOvertake, 2}, {kDisconnect, 1}, {kPowerLoss, 1}}),
              {{19112, 23}}}},
        .must_occur = {overtaking_request_refused, old_epoch_fenced, new_epoch_began,
                       stray_arrived_after_its_batch_was_acknowledged, came_to_rest}};
}

Scenario window() {
    using enum Occurrence;
    return {.name = "window",
            .sentence =
                "One producer with five batches in flight loses its answers: each retry is recognised (KIP-98's "
                "window of five batches).",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, scope(1, 5, 5, {{kDisconnect, 1}}), {{1847, 21}}},
                       {ScopeSize::ci, scope(1, 6, 5, {{kDisconnect, 2}, {kKill, 1}}), {{30272, 29}}}},
            .must_occur = {retry_acknowledged_as_duplicate, answer_lost, request_lost, came_to_rest}};
}

Scenario retention() {
    using enum Occurrence;
    return {.name = "retention",
            .sentence =
                "Retention removes what is below the high watermark, and no more; retries of removed batches are "
                "still recognised.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, scope(1, 2, 2, {{ActionKind::retention, 1}, {kDisconnect, 1}}), {{270, 11}}},
                       {ScopeSize::ci, scope(2, 2, 2, {{ActionKind::retention, 2}, {kDisconnect, 1}}), {{47116, 20}}}},
            .must_occur = {log_start_advanced, retry_acknowledged_as_duplicate, came_to_rest}};
}

Scenario replicated() {
    using enum Occurrence;
    return {.name = "replicated",
            .sentence = "flush=replicated on one broker: acknowledged from memory. A killed process loses nothing.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small,
                        scope(2, 1, 1, {{kDisconnect, 1}, {kDuplicate, 1}, {kKill, 1}}, FlushMode::replicated),
                        {{1568, 13}}},
                       {ScopeSize::ci,
                        scope(2, 2, 2, {{kDisconnect, 1}, {kDuplicate, 1}, {kKill, 1}}, FlushMode::replicated),
                        {{34936, 21}}}},
            .must_occur = {kill_with_undurable_batches, retry_acknowledged_as_duplicate, came_to_rest}};
}

Scenario replicated_power_loss() {
    return {.name = "replicated-power-loss",
            .sentence =
                "flush=replicated on one broker that loses power: what was acknowledged from memory is gone. "
                "Documented; more replicas are the answer.",
            .known_to_fail = "NoAckedLoss",
            .scopes = {{ScopeSize::small, scope(2, 1, 1, {{kPowerLoss, 1}}, FlushMode::replicated), {}},
                       {ScopeSize::ci, scope(2, 2, 2, {{kPowerLoss, 1}}, FlushMode::replicated), {}}},
            .must_occur = {}};
}

Scenario first_overtaken() {
    Scope small = scope(1, 2, 2, {{kOvertake, 1}});
    small.first_request_may_be_overtaken = true;
    return {.name = "first-overtaken",
            .sentence =
                "The second request of a producer that the log does not know arrives before the first. Kafka "
                "takes any first sequence of an unknown producer (its state may have expired); within one TCP "
                "connection this cannot happen.",
            .known_to_fail = "SequenceOrder",
            .scopes = {{ScopeSize::small, small, {}}},
            .must_occur = {}};
}

}  // namespace

std::span<const Scenario> idempotence_scenarios() {
    static const std::vector<Scenario> scenarios = {
        idempotence(),           failures(),       epochs(), window(), retention(), replicated(),
        replicated_power_loss(), first_overtaken()};
    return scenarios;
}

const Scenario* find_scenario(std::string_view name) {
    const auto scenarios = idempotence_scenarios();
    const auto found = std::ranges::find(scenarios, name, &Scenario::name);
    return found == scenarios.end() ? nullptr : &*found;
}

}  // namespace highwater::model
