#include "model/scenarios/replication.h"

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

#include "model/scenarios/replication_narrow.h"

namespace highwater::model::cluster {
namespace {

using Budget = std::pair<ActionKind, std::uint8_t>;

struct Size {
    std::uint8_t brokers;
    std::uint8_t min_insync_replicas;
    std::uint8_t batches;
};

Scope scope(FlushMode mode, Size size, std::initializer_list<Budget> budgets) {
    Scope result;
    result.flush_mode = mode;
    result.brokers = size.brokers;
    result.min_insync_replicas = size.min_insync_replicas;
    result.batches = size.batches;
    result.late_messages = 1;
    for (const auto& [kind, times] : budgets) result.budget(kind) = times;
    return result;
}

constexpr auto kKill = ActionKind::kill;
constexpr auto kPowerLoss = ActionKind::power_loss;
constexpr auto kFence = ActionKind::fence;
constexpr auto kClockJump = ActionKind::clock_jump;
constexpr auto kDrop = ActionKind::drop;
constexpr auto kHold = ActionKind::hold;
constexpr auto kDuplicate = ActionKind::duplicate;
constexpr auto kGiveUp = ActionKind::give_up;
constexpr auto kLateProduce = ActionKind::late_produce;

/// What the properties speak of.
std::vector<Occurrence> common() {
    using enum Occurrence;
    return {record_appended,
            record_acknowledged,
            consumer_read,
            leader_changed,
            two_leaders_at_once,
            follower_truncated,
            isr_shrank,
            isr_grew,
            metadata_learned_late,
            committed_record_outlived_its_leader,
            acknowledged_record_outlived_its_leader,
            leader_with_an_old_isr,
            logs_compared_below_high_watermark,
            logs_compared_by_epoch,
            high_watermark_told_in_a_newer_epoch,
            read_again_in_another_epoch,
            came_to_rest};
}

Scenario replication() {
    auto must_occur = common();
    must_occur.push_back(Occurrence::power_loss_took_records);
    must_occur.push_back(Occurrence::broker_came_back);
    must_occur.push_back(Occurrence::late_answer_arrived);
    return {.name = "replication",
            .sentence =
                "Brokers replicate one partition and are elected, fenced and cut from power; what was not synced "
                "is lost, messages are late. Nothing acknowledged is lost, and no two logs differ below their "
                "high watermarks.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small,
                        scope(FlushMode::fsync, {2, 1, 1}, {{kPowerLoss, 1}, {kFence, 1}}),
                        {{358517, 46}}},
                       {ScopeSize::ci,
                        scope(FlushMode::fsync, {2, 1, 2}, {{kPowerLoss, 1}, {kFence, 1}, {kHold, 1}}),
                        {{9077306, 56}}}},
            .must_occur = std::move(must_occur)};
}

Scenario replicated() {
    auto must_occur = common();
    must_occur.push_back(Occurrence::broker_came_back);
    return {.name = "replication-replicated",
            .sentence = "flush=replicated: the same while processes die and no power is lost.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small,
                        scope(FlushMode::replicated, {2, 1, 1}, {{kKill, 1}, {kFence, 1}}),
                        {{135999, 43}}},
                       {ScopeSize::ci,
                        scope(FlushMode::replicated, {2, 1, 2}, {{kKill, 1}, {kFence, 1}, {kHold, 1}}),
                        {{2837308, 50}}}},
            .must_occur = std::move(must_occur)};
}

/// Three brokers, two of which must have a record; broker 1 leads, and the controller has just given the partition to
/// broker 0: nobody knows that yet.
Scope three_epochs(std::uint8_t batches, std::initializer_list<Budget> budgets) {
    Scope result = scope(FlushMode::fsync, {3, 2, batches}, budgets);
    result.first_leader = 1;
    result.first_action = Action{ActionKind::elect, 0, 0};
    result.disturbances = 1;
    return result;
}

Scenario epochs() {
    using enum Occurrence;
    auto must_occur = common();
    for (const Occurrence occurrence : {power_loss_took_records, broker_came_back, late_request_arrived,
                                        late_answer_arrived, log_has_three_leader_epochs}) {
        must_occur.push_back(occurrence);
    }
    const std::vector<Occurrence> without_a_second_leader = {leader_changed,
                                                             isr_shrank,
                                                             isr_grew,
                                                             metadata_learned_late,
                                                             leader_with_an_old_isr,
                                                             power_loss_took_records,
                                                             broker_came_back,
                                                             log_has_three_leader_epochs};
    const std::initializer_list<Budget> every_kind = {{kPowerLoss, 1}, {kDrop, 1}, {kHold, 1}, {kDuplicate, 1}};
    // It is the new leader that loses power.
    Scope ci = three_epochs(3, every_kind);
    ci.first_batches = 1;
    ci.disturbed = only(0);
    Scope medium = ci;
    medium.first_batches = 0;
    // A broker that leads or has led stops, with or without its power.
    Scope large = three_epochs(3, {{kPowerLoss, 1}, {kKill, 1}, {kDrop, 1}, {kHold, 1}, {kDuplicate, 1}});
    large.disturbed = only(0) | only(1);
    return {.name = "replication-epochs",
            .sentence =
                "Three brokers in three leader epochs: a leader that does not know yet that it is none, and then a "
                "power loss, or a lost, late or repeated message. What was acknowledged is in each later leader's log.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small,
                        three_epochs(2, {{kDrop, 1}, {kHold, 1}, {kDuplicate, 1}}),
                        {{534393, 55}},
                        without_a_second_leader},
                       {ScopeSize::ci, ci, {{36695013, 76}}},
                       {ScopeSize::medium, medium, {{120881535, 92}}},
                       {ScopeSize::large, large, {{328025701, 95}}}},
            .must_occur = std::move(must_occur)};
}

Scenario elections() {
    using enum Occurrence;
    return {.name = "replication-elections",
            .sentence =
                "Three brokers, of which the controller takes one after the other for dead: what an in-sync replica "
                "holds outlives each of its leaders.",
            .known_to_fail = {},
            .scopes = {{ScopeSize::small, scope(FlushMode::replicated, {3, 1, 1}, {{kFence, 1}}), {{290370, 44}}},
                       {ScopeSize::large, scope(FlushMode::replicated, {3, 1, 1}, {{kFence, 2}}), {{97623815, 70}}}},
            .must_occur = {record_appended, record_acknowledged, consumer_read, leader_changed, two_leaders_at_once,
                           follower_truncated, isr_shrank, isr_grew, committed_record_outlived_its_leader,
                           acknowledged_record_outlived_its_leader, came_to_rest}};
}

Scenario isr() {
    using enum Occurrence;
    return {
        .name = "replication-isr",
        .sentence =
            "Followers lag and come back while AlterPartition requests and their answers are late, lost or "
            "repeated: the ISR that a leader counts with contains every one that may have been committed.",
        .known_to_fail = {},
        .scopes = {{ScopeSize::small,
                    scope(FlushMode::replicated, {2, 1, 1}, {{kClockJump, 1}, {kFence, 1}, {kHold, 1}}),
                    {{407806, 38}}},
                   {ScopeSize::ci,
                    scope(FlushMode::fsync, {3, 2, 1}, {{kClockJump, 1}, {kDrop, 1}}),
                    {{7232702, 45}},
                    {leader_changed, two_leaders_at_once, proposal_refused}}},
        .must_occur = {record_appended, record_acknowledged, consumer_read, isr_shrank, isr_grew, metadata_learned_late,
                       proposal_without_answer, leader_with_an_old_isr, logs_compared_below_high_watermark,
                       logs_compared_by_epoch, leader_changed, two_leaders_at_once, proposal_refused, came_to_rest}};
}

Scenario retries() {
    using enum Occurrence;
    return {
        .name = "replication-retries",
        .sentence =
            "The producer does not wait for answers and sends again, to whoever leads; copies of its "
            "requests are late. What it appends is there once, and once acknowledged stays.",
        .known_to_fail = {},
        .scopes = {{ScopeSize::small,
                    scope(FlushMode::fsync, {2, 1, 1}, {{kGiveUp, 1}, {kLateProduce, 1}, {kFence, 1}, {kDuplicate, 1}}),
                    {{160572, 34}}},
                   {ScopeSize::ci,
                    scope(FlushMode::fsync, {2, 1, 2}, {{kGiveUp, 1}, {kLateProduce, 1}, {kFence, 1}}),
                    {{322594, 41}}}},
        .must_occur = {record_appended, record_acknowledged, retry_acknowledged, consumer_read, leader_changed,
                       two_leaders_at_once, follower_truncated, acknowledged_record_outlived_its_leader, came_to_rest}};
}

}  // namespace

std::span<const Scenario> replication_scenarios() {
    static const std::vector<Scenario> scenarios = [] {
        std::vector<Scenario> all = {replication(), replicated(), elections(), epochs(), isr(), retries()};
        for (Scenario& narrow : narrow_scenarios()) all.push_back(std::move(narrow));
        return all;
    }();
    return scenarios;
}

const Scenario* find_scenario(std::string_view name) {
    const auto scenarios = replication_scenarios();
    const auto found = std::ranges::find(scenarios, name, &Scenario::name);
    return found == scenarios.end() ? nullptr : &*found;
}

}  // namespace highwater::model::cluster
