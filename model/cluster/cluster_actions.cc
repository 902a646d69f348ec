// What can happen next, and what must hold when nothing is left to do.
#include "model/cluster/cluster_world.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

using Kind = Message::Kind;

}  // namespace

bool ClusterWorld::may_send(const State& state, std::uint8_t batch, std::uint8_t broker) const {
    if (!state.brokers[broker]->view.leads) return false;
    const Producer& producer = state.rest.producer;
    if (producer.status[batch] != Producer::kToSend) return false;
    std::uint8_t waiting = 0;
    for (std::uint8_t other = 0; other < scope_.batches; ++other) {
        const std::uint8_t status = producer.status[other];
        if (status != Producer::kToSend && status != Producer::kAcknowledged) ++waiting;
        // In order, over one connection.
        const bool settled = status == Producer::kAcknowledged || status == broker + 1;
        if (other < batch && !settled) return false;
    }
    return waiting < scope_.in_flight;
}

bool ClusterWorld::is_worth_producing(const State& state, std::uint8_t batch, std::uint8_t broker) const {
    BrokerInput input = input_of(BrokerInput::Kind::produce);
    input.batch = batch;
    const BrokerStep& step = brokers_->step(broker, *state.brokers[broker], input);
    if (step.after != state.brokers[broker]) return true;
    return std::ranges::any_of(step.output.produced,
                               [](const ProduceAnswer& answer) { return answer.error() == ErrorCode::none; });
}

bool ClusterWorld::is_worth_fetching(const State& state, std::uint8_t follower) const {
    if (!scope_.fetches_wait) return true;
    const Broker& from = *state.brokers[follower];
    const Broker& leader = *state.brokers[from.view.fetch.leader];
    const BrokerStep& asked = brokers_->step(from.view.fetch.leader, leader, input_of(from.view.fetch));
    if (asked.after != &leader) return true;
    const Message& answer = asked.output.fetch_answer;
    if (answer.kind == Kind::none) return false;
    if (answer.error() != ErrorCode::none && answer.error() != ErrorCode::offset_out_of_range) return false;
    return brokers_->step(follower, from, input_of(answer)).after != &from;
}

bool ClusterWorld::would_change(const State& state, const ControllerInput& input) const {
    return decisions_->decide(state.rest.controller, input).changed;
}

std::optional<Violation> ClusterWorld::enabled(const State& state, std::vector<Action>& actions,
                                               Coverage& coverage) const {
    const State::Rest& rest = state.rest;
    const auto add = [&](ActionKind kind, std::size_t a, std::size_t b = 0) {
        actions.push_back({kind, static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)});
    };
    for (std::uint8_t id = 0; id < scope_.brokers; ++id) {
        const Broker& broker = *state.brokers[id];
        const bool fenced = has(rest.controller.fenced, id);
        if (!broker.view.up) {
            if (!has(scope_.stays_down, id)) add(ActionKind::restart, id);
            if (!fenced) add(ActionKind::session_timeout, id);
            continue;
        }
        const std::uint8_t most_skips = scope_.metadata_is_skipped ? rest.unseen[id] : std::uint8_t{1};
        for (std::uint8_t skips = 0; rest.unseen[id] > 0 && skips < most_skips; ++skips) {
            add(ActionKind::learn, id, skips);
        }
        // A broker does not come back from controlled shutdown.
        if (fenced && broker.view.knows_the_metadata && !broker.view.stops) add(ActionKind::unfence, id);
        if (broker.view.stops) {
            const ControllerOutput& answer = decisions_->decide(rest.controller, request_to_stop(state, id));
            if (answer.changed || answer.should_shut_down) add(ActionKind::heartbeat, id);
        }
        if (broker.driver.flush_end_plus_one > 0) add(ActionKind::flush, id);
        const bool may_fetch = broker.view.may_fetch && rest.network.slots[id].kind == Kind::none &&
                               state.brokers[broker.view.fetch.leader]->view.up;
        if (may_fetch && is_worth_fetching(state, id)) add(ActionKind::fetch, id);
        for (std::uint8_t batch = 0; batch < scope_.batches; ++batch) {
            if (may_send(state, batch, id) && is_worth_producing(state, batch, id)) add(ActionKind::produce, batch, id);
        }
    }
    for (std::size_t slot = 0; slot < rest.network.slots.size(); ++slot) {
        if (rest.network.slots[slot].kind != Kind::none) add(ActionKind::deliver, slot);
    }
    const bool rests = actions.empty();
    for (std::size_t i = 0; i < rest.network.late.size(); ++i) add(ActionKind::deliver_late, i);
    if (rests) {
        count(coverage, Occurrence::came_to_rest);
        auto violation = scope_.controls.rest_is_not_judged ? std::nullopt : judge_rest(state);
        if (violation) return violation;
    }
    std::size_t disturbances = 0;
    for (std::size_t kind = 0; kind < kDisturbances; ++kind) disturbances += scope_.budgets[kind] - rest.budgets[kind];
    if (scope_.disturbances != 0 && disturbances == scope_.disturbances) return std::nullopt;
    const auto may = [&](ActionKind kind) { return rest.budgets[static_cast<std::size_t>(kind)] > 0; };
    for (std::uint8_t id = 0; id < scope_.brokers; ++id) {
        const Broker& broker = *state.brokers[id];
        if (!broker.view.up || !scope_.may_disturb(id)) continue;
        if (may(ActionKind::kill)) add(ActionKind::kill, id);
        if (may(ActionKind::power_loss)) {
            const bool keeps_all = scope_.controls.disk_loses_nothing;
            const std::size_t unsure = keeps_all ? 0 : broker.disk().log.size() - broker.disk().durable;
            for (std::size_t more = 0; more <= unsure; ++more) add(ActionKind::power_loss, id, more);
        }
        if (may(ActionKind::wipe)) add(ActionKind::wipe, id);
        if (may(ActionKind::fence) && !has(rest.controller.fenced, id)) add(ActionKind::fence, id);
        if (may(ActionKind::shut_down) && !broker.view.stops && broker.view.knows_the_metadata) {
            add(ActionKind::shut_down, id);
        }
    }
    for (std::uint8_t id = 0; id < scope_.brokers; ++id) {
        const Broker& broker = *state.brokers[id];
        if (!broker.view.up) continue;
        if (may(ActionKind::clock_jump) && broker.view.leads) add(ActionKind::clock_jump, id);
        const bool has_records_to_delete = broker.view.leads && broker.view.log_start < broker.view.high_watermark;
        if (may(ActionKind::delete_records) && has_records_to_delete) add(ActionKind::delete_records, id);
        for (std::uint8_t batch = 0; may(ActionKind::late_produce) && batch < scope_.batches; ++batch) {
            const bool was_sent = (rest.producer.sent & (1U << batch)) != 0;
            if (was_sent && rest.producer.status[batch] != Producer::kToSend && broker.view.leads) {
                add(ActionKind::late_produce, batch, id);
            }
        }
    }
    ControllerInput elect;
    elect.kind = ControllerInput::Kind::elect;
    if (may(ActionKind::elect) && would_change(state, elect)) add(ActionKind::elect, 0);
    for (std::uint8_t back = 0; may(ActionKind::reassign) && back < 2; ++back) {
        ControllerInput reassign;
        reassign.kind = ControllerInput::Kind::reassign;
        reassign.replicas = reassignment_target(back);
        if (would_change(state, reassign)) add(ActionKind::reassign, back);
    }
    const bool room = rest.network.late.size() < scope_.late_messages;
    for (std::size_t slot = 0; slot < rest.network.slots.size(); ++slot) {
        if (rest.network.slots[slot].kind == Kind::none) continue;
        if (scope_.fetches_arrive && slot < kFirstAlterSlot) continue;
        if (may(ActionKind::drop)) add(ActionKind::drop, slot);
        // The answer to a fetch that was given up is never heard: it is lost.
        const Kind message = rest.network.slots[slot].kind;
        if (may(ActionKind::hold) && room && message != Kind::fetch_answer) add(ActionKind::hold, slot);
        // No connection repeats of its own accord: an AlterPartition is made twice only when one is given up.
        const bool repeats = message == Kind::fetch;
        if (may(ActionKind::duplicate) && room && repeats) add(ActionKind::duplicate, slot);
    }
    for (std::uint8_t batch = 0; may(ActionKind::give_up) && batch < scope_.batches; ++batch) {
        const std::uint8_t status = rest.producer.status[batch];
        if (status != Producer::kToSend && status != Producer::kAcknowledged) add(ActionKind::give_up, batch);
    }
    return std::nullopt;
}

std::optional<Violation> ClusterWorld::judge_rest(const State& state) const {
    const auto violated = [](std::string facts) { return Violation{kRestProperty, std::move(facts)}; };
    const ControllerState& controller = state.rest.controller;
    for (std::uint8_t batch = 0; batch < scope_.batches; ++batch) {
        if (state.rest.producer.status[batch] == Producer::kAcknowledged) continue;
        return violated(fmt::format("nothing is under way, and #{} is not acknowledged", batch));
    }
    Brokers gone = 0;
    for (std::uint8_t id = 0; id < scope_.brokers; ++id) {
        if (has(scope_.stays_down, id) && !state.brokers[id]->view.up) gone = static_cast<Brokers>(gone | only(id));
    }
    if (controller.isr != (controller.replicas & ~gone) || controller.adding != 0 || controller.removing != 0) {
        return violated(fmt::format("nothing is under way; of the replicas {:03b} (as bits) the ISR is {:03b}",
                                    controller.replicas, controller.isr));
    }
    for (std::uint8_t id = 0; id < scope_.brokers; ++id) {
        if (!has(controller.replicas, id) || has(gone, id)) continue;
        const Broker& broker = *state.brokers[id];
        // What an unclean election lost is gone. Who began anew knows no producer, and may take again what was deleted.
        const bool may_differ = scope_.unclean_leader_election || scope_.budget(ActionKind::delete_records) > 0;
        const std::size_t records = may_differ && controller.leader != kNobody
                                        ? state.brokers[controller.leader]->disk().log.size()
                                        : scope_.batches;
        if (broker.disk().log.size() != records || broker.view.high_watermark != records) {
            return violated(
                fmt::format("nothing is under way; broker {} has {} records, high watermark {}, of {} records", id,
                            broker.disk().log.size(), broker.view.high_watermark, records));
        }
        if (controller.leader == kNobody) continue;
        const std::uint8_t leader_start = state.brokers[controller.leader]->view.log_start;
        if (broker.view.log_start < leader_start) {
            return violated(fmt::format("nothing is under way; the log of broker {} starts at {}, its leader's at {}",
                                        id, broker.view.log_start, leader_start));
        }
    }
    return std::nullopt;
}

}  // namespace highwater::model::cluster
