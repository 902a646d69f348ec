// How brokers come and go: registration, controlled shutdown, and the metadata that they learn.
#include <fmt/format.h>

#include "model/cluster/cluster_step.h"
#include "model/cluster/lifecycle.h"
#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {

void ClusterWorld::restart(Step& step, std::uint8_t id) const {
    State& state = step.state;
    const ControllerState& controller = state.rest.controller;
    const Broker::Driver& driver = state.brokers[id]->driver;
    Lifecycle lifecycle(id, driver.clean_mark);
    ControllerInput registration = input_about(ControllerInput::Kind::register_broker, controller, id);
    ++registration.broker_epoch;
    registration.previous_epoch = lifecycle.registers();
    count(step.coverage, Occurrence::broker_came_back);
    if (registration.previous_epoch != 0) count(step.coverage, Occurrence::broker_came_back_clean);
    if (registration.previous_epoch == 0 && has(controller.eligible, id)) {
        count(step.coverage, Occurrence::eligible_leader_came_back_unclean);
    }
    const ControllerOutput& registered = decide(step, registration);
    BrokerInput start = input_of(BrokerInput::Kind::start);
    start.broker_epoch = lifecycle.is_registered(registered.broker_epoch);
    step.tell([&] {
        return fmt::format("broker {} starts{}: recovers {} records, registers with broker epoch {}", id,
                           registration.previous_epoch != 0 ? " after a clean shutdown" : "",
                           state.brokers[id]->disk().log.size(), start.broker_epoch);
    });
    give(step, id, start);
    // It begins with the metadata as it is now: with what was just written.
    if (!registered.changed) tell_brokers(state, false);
    state.rest.unseen[id] = 1;
}

void ClusterWorld::learn(Step& step, std::uint8_t id, std::uint8_t skips) const {
    State::Rest& rest = step.state.rest;
    std::size_t at = rest.news.size() - rest.unseen[id];
    BrokerInput input = input_of(BrokerInput::Kind::metadata);
    for (std::uint8_t skipped = 0; skipped < skips; ++skipped, ++at) {
        input.skipped_a_change |= rest.news[at].partition_changed;
    }
    if (skips > 0) count(step.coverage, Occurrence::metadata_skipped);
    input.metadata = rest.news[at];
    rest.unseen[id] = static_cast<std::uint8_t>(rest.unseen[id] - skips - 1);
    if (rest.unseen[id] > 0) count(step.coverage, Occurrence::metadata_learned_late);
    step.tell([&] {
        const Metadata& m = input.metadata;
        return fmt::format(
            "broker {} learns{}: leader {}, epoch {}, partition epoch {}, replicas {:03b}, ISR {:03b}, active {:03b}",
            id, skips > 0 ? fmt::format(" {} pieces at once", skips + 1) : "",
            m.leader == kNobody ? "none" : fmt::format("{}", m.leader), m.leader_epoch, m.partition_epoch, m.replicas,
            m.isr, m.active);
    });
    const bool deletes = give(step, id, input).deleted != 0;
    if (!deletes) return;
    count(step.coverage, Occurrence::replica_deleted);
    step.tell([&] { return fmt::format("broker {} deletes its replica", id); });
    for (std::uint8_t& status : rest.producer.status) {
        if (status == id + 1) status = Producer::kToSend;
    }
}

/// A heartbeat of a broker that wants to stop. Its process ends when the answer allows it.
void ClusterWorld::ask_to_stop(Step& step, std::uint8_t id) const {
    step.tell([&] { return fmt::format("a heartbeat of broker {} asks to be let go", id); });
    if (!decide(step, request_to_stop(step.state, id)).should_shut_down) return;
    Lifecycle lifecycle(id, 0);
    static_cast<void>(lifecycle.registers());
    static_cast<void>(lifecycle.is_registered(step.state.brokers[id]->driver.broker_epoch));
    BrokerInput stop = input_of(BrokerInput::Kind::stop);
    stop.broker_epoch = lifecycle.stops();
    count(step.coverage, Occurrence::broker_let_go);
    step.tell([&] { return fmt::format("broker {} may go: it flushes, marks its clean shutdown, and stops", id); });
    give(step, id, stop);
    stopped(step, id);
}

ControllerInput ClusterWorld::request_to_stop(const State& state, std::uint8_t id) const {
    ControllerInput heartbeat = input_about(ControllerInput::Kind::shut_down, state.rest.controller, id);
    heartbeat.all_have_seen_it = static_cast<std::uint8_t>(all_have_seen_stopping(state, id));
    return heartbeat;
}

/// Whether every active broker has applied the metadata that says that `id` is in controlled shutdown.
bool ClusterWorld::all_have_seen_stopping(const State& state, std::uint8_t id) const {
    const State::Rest& rest = state.rest;
    const ControllerState& controller = rest.controller;
    if (!has(controller.stopping, id)) return false;
    std::size_t first = rest.news.size();
    while (first > 0 && !has(rest.news[first - 1].active, id)) --first;
    for (std::uint8_t other = 0; other < scope_.brokers; ++other) {
        if (has(static_cast<Brokers>(controller.fenced | controller.stopping), other)) continue;
        if (rest.news.size() - rest.unseen[other] <= first && rest.unseen[other] > 0) return false;
    }
    return true;
}

}  // namespace highwater::model::cluster
