#include "model/cluster/cluster_world.h"

#include <algorithm>

#include <fmt/format.h>
#include <xxhash.h>

#include "core/base/hash.h"
#include "core/base/invariant.h"
#include "model/cluster/check/property.h"
#include "model/cluster/cluster_step.h"
#include "model/cluster/occurrence.h"
#include "model/explore/invariant_trap.h"

namespace highwater::model::cluster {

namespace {

using Kind = Message::Kind;

}  // namespace

ClusterWorld::ClusterWorld(const Scope& scope)
    : scope_(scope),
      brokers_(std::make_shared<BrokerStore>(scope)),
      decisions_(std::make_shared<DecisionStore>(scope)) {
    link_invariant_trap();
}

State ClusterWorld::initial() const {
    State state;
    state.rest.controller = new_controller(scope_);
    state.rest.budgets = scope_.budgets;
    Metadata metadata = metadata_of(scope_, state.rest.controller, true);
    for (std::uint8_t id = 0; id < kMaxBrokers; ++id) {
        state.brokers[id] = brokers_->keep_new(id);
        if (id >= scope_.brokers) continue;
        BrokerInput start = input_of(BrokerInput::Kind::start);
        start.broker_epoch = 1;
        state.brokers[id] = brokers_->step(id, *state.brokers[id], start).after;
        BrokerInput learn = input_of(BrokerInput::Kind::metadata);
        learn.metadata = metadata;
        state.brokers[id] = brokers_->step(id, *state.brokers[id], learn).after;
    }
    Coverage coverage;
    Step step{state, coverage, nullptr, {}};
    observe(step);
    commit_first_batches(state);
    if (scope_.first_action) act(step, *scope_.first_action);
    return state;
}

/// Undisturbed, to where nothing is left to do. A core that fails even so is judged by scopes that begin with nothing.
void ClusterWorld::commit_first_batches(State& state) const {
    if (scope_.first_batches == 0) return;
    ClusterWorld calm = *this;
    calm.scope_.batches = scope_.first_batches;
    calm.scope_.fetches_wait = true;
    state.rest.budgets = {};
    Coverage coverage;
    std::vector<Action> actions;
    while (!calm.enabled(state, actions, coverage) && !actions.empty()) {
        if (calm.apply(state, actions.front(), coverage)) break;
        actions.clear();
    }
    state.rest.budgets = scope_.budgets;
}

std::optional<Violation> ClusterWorld::apply(State& state, Action action, Coverage& coverage, Story* story) const {
    const State was = state;
    if (disturbs(action)) --state.rest.budgets[static_cast<std::size_t>(action.kind)];
    Step step{state, coverage, story, {}};
    act(step, action);
    forget_old_news(state);
    if (step.violation) return step.violation;
    observe(step);
    return properties().judge(Judged{scope_, was, state, coverage}, scope_.silenced_properties);
}

void ClusterWorld::act(Step& step, Action action) const {
    State& state = step.state;
    Network& network = state.rest.network;
    ControllerState& controller = state.rest.controller;
    switch (action.kind) {
        case ActionKind::kill:
            step.tell([&] { return fmt::format("broker {}: its process is killed; what it wrote stays", action.a); });
            give(step, action.a, input_of(BrokerInput::Kind::kill));
            stopped(step, action.a);
            break;
        case ActionKind::power_loss: {
            const Disk& disk = state.brokers[action.a]->disk();
            BrokerInput input = input_of(BrokerInput::Kind::power_loss);
            const std::uint8_t sure = scope_.controls.disk_loses_durable ? std::uint8_t{0} : disk.durable;
            input.keep = static_cast<std::uint8_t>(sure + action.b);
            if (scope_.controls.disk_loses_nothing) input.keep = static_cast<std::uint8_t>(disk.log.size());
            if (input.keep < disk.log.size()) count(step.coverage, Occurrence::power_loss_took_records);
            step.tell([&] {
                return fmt::format("broker {}: power loss, {} of {} records survive, {} were durable", action.a,
                                   input.keep, disk.log.size(), disk.durable);
            });
            give(step, action.a, input);
            stopped(step, action.a);
            break;
        }
        case ActionKind::wipe:
            count(step.coverage, Occurrence::disk_wiped);
            step.tell([&] {
                return fmt::format("broker {}: its process dies, and its disk with {} records is gone", action.a,
                                   state.brokers[action.a]->disk().log.size());
            });
            give(step, action.a, input_of(BrokerInput::Kind::wipe));
            stopped(step, action.a);
            break;
        case ActionKind::fence:
        case ActionKind::session_timeout: {
            step.tell([&] { return fmt::format("the controller has not heard of broker {} and fences it", action.a); });
            decide(step, input_about(ControllerInput::Kind::fence, controller, action.a));
            break;
        }
        case ActionKind::unfence:
            step.tell([&] { return fmt::format("a heartbeat of broker {} arrives: it is unfenced", action.a); });
            decide(step, input_about(ControllerInput::Kind::unfence, controller, action.a));
            break;
        case ActionKind::shut_down:
            step.tell([&] { return fmt::format("broker {} is told to stop", action.a); });
            give(step, action.a, input_of(BrokerInput::Kind::shut_down));
            ask_to_stop(step, action.a);
            break;
        case ActionKind::heartbeat:
            ask_to_stop(step, action.a);
            break;
        case ActionKind::elect:
            step.tell([&] { return std::string{"the controller gives the partition to its preferred leader"}; });
            count(step.coverage, Occurrence::preferred_leader_elected);
            decide(step, input_about(ControllerInput::Kind::elect, controller, 0));
            break;
        case ActionKind::reassign: {
            ControllerInput input = input_about(ControllerInput::Kind::reassign, controller, 0);
            input.replicas = reassignment_target(action.a);
            step.tell(
                [&] { return fmt::format("the partition shall move to brokers {:03b} (as bits)", input.replicas); });
            decide(step, input);
            break;
        }
        case ActionKind::delete_records:
            step.tell([&] { return fmt::format("a client deletes all committed records at broker {}", action.a); });
            count(step.coverage, Occurrence::records_deleted);
            give(step, action.a, input_of(BrokerInput::Kind::delete_records));
            break;
        case ActionKind::clock_jump:
            step.tell([&] { return fmt::format("the clock of broker {} passes replica.lag.time.max", action.a); });
            give(step, action.a, input_of(BrokerInput::Kind::clock_jump));
            break;
        case ActionKind::drop:
        case ActionKind::hold: {
            const Message message = network.slots[action.a];
            network.slots[action.a] = {};
            step.tell([&] {
                return fmt::format("{}: {}", action.kind == ActionKind::drop ? "lost" : "late", message_text(message));
            });
            if (action.kind == ActionKind::hold) make_late(step, message);
            give_up(step, message);
            break;
        }
        case ActionKind::duplicate:
            step.tell([&] { return fmt::format("a copy is late: {}", message_text(network.slots[action.a])); });
            make_late(step, network.slots[action.a]);
            break;
        case ActionKind::give_up:
            step.tell([&] { return fmt::format("the producer does not wait any longer for #{}", action.a); });
            state.rest.producer.status[action.a] = Producer::kToSend;
            break;
        case ActionKind::late_produce:
            step.tell([&] { return fmt::format("a late request with #{} arrives at broker {}", action.a, action.b); });
            produce(step, action.a, action.b, false);
            break;
        case ActionKind::restart:
            restart(step, action.a);
            break;
        case ActionKind::learn:
            learn(step, action.a, action.b);
            break;
        case ActionKind::flush:
            step.tell([&] {
                return fmt::format("broker {}: the flush up to offset {} is done", action.a,
                                   state.brokers[action.a]->driver.flush_end_plus_one - 1);
            });
            give(step, action.a, input_of(BrokerInput::Kind::flush_done));
            break;
        case ActionKind::fetch:
            network.slots[action.a] = state.brokers[action.a]->view.fetch;
            step.tell([&] { return fmt::format("sent: {}", message_text(network.slots[action.a])); });
            break;
        case ActionKind::deliver: {
            const Message message = network.slots[action.a];
            network.slots[action.a] = {};
            deliver(step, message, true);
            break;
        }
        case ActionKind::deliver_late: {
            const Message message = network.late[action.a];
            network.late.erase(action.a);
            count(step.coverage,
                  message.is_request() ? Occurrence::late_request_arrived : Occurrence::late_answer_arrived);
            deliver(step, message, false);
            break;
        }
        case ActionKind::produce:
            step.tell([&] { return fmt::format("the producer sends #{} to broker {}", action.a, action.b); });
            produce(step, action.a, action.b, true);
            break;
    }
}

Brokers ClusterWorld::reassignment_target(std::uint8_t back) const {
    if (back == 0) return scope_.reassign_to;
    return scope_.first_replicas != 0 ? scope_.first_replicas : scope_.all_brokers();
}

const BrokerOutput& ClusterWorld::give(Step& step, std::uint8_t id, const BrokerInput& input) const {
    State& state = step.state;
    const Broker& before = *state.brokers[id];
    const BrokerStep& taken = brokers_->step(id, before, input);
    const BrokerOutput& output = taken.output;
    state.brokers[id] = taken.after;
    if (output.breach != nullptr) step.breach(kContractProperty, fmt::format("broker {}: {}", id, output.breach));
    if (output.reloaded != 0 && scope_.unclean_leader_election) {
        // It starts anew, and is told its role again.
        if (state.rest.unseen[id] == 0) tell_brokers(state, false);
    } else if (output.reloaded != 0) {
        step.breach("HWMonotone", fmt::format("broker {} is told to cut its log below its high watermark", id));
    }
    if (output.began_anew != 0) {
        count(step.coverage, Occurrence::log_began_anew);
        step.tell([&] { return fmt::format("broker {}: its log begins anew at {}", id, taken.after->disk().first); });
    }
    if (output.appended_as_leader != 0) {
        count(step.coverage, Occurrence::record_appended);
        if (taken.after->disk().epochs.size() >= 3) count(step.coverage, Occurrence::log_has_three_leader_epochs);
    }
    if (output.truncated != 0 && taken.after->disk().log.size() < before.disk().log.size()) {
        count(step.coverage, Occurrence::follower_truncated);
    }
    for (const ProduceAnswer& answer : output.produced) {
        step.tell([&] { return fmt::format("broker {} answers #{}: {}", id, answer.batch, answer.error()); });
        std::uint8_t& status = state.rest.producer.status[answer.batch];
        const bool heard = status == id + 1;
        if (answer.error() == ErrorCode::none) {
            count(step.coverage, Occurrence::record_acknowledged);
            if (answer.duplicate != 0) count(step.coverage, Occurrence::retry_acknowledged);
            const bool counts = before.view.leader_epoch >= state.rest.history.unclean_epoch;
            std::uint8_t& acknowledged = state.rest.history.acknowledged[answer.batch];
            if (counts && acknowledged != 0 && acknowledged != answer.offset_plus_one) {
                step.breach("NoAckedLoss", fmt::format("#{} was acknowledged at offset {}, and now at {}", answer.batch,
                                                       acknowledged - 1, answer.offset_plus_one - 1));
            }
            if (counts) acknowledged = answer.offset_plus_one;
            if (heard) status = Producer::kAcknowledged;
        } else if (heard) {
            status = Producer::kToSend;
        }
    }
    settle(step, id);
    if (output.alter.kind != Kind::none && state.brokers[id]->view.leads) {
        Message& slot = state.rest.network.slots[static_cast<std::size_t>(kFirstAlterSlot + id)];
        if (slot.kind != Kind::none) make_late(step, slot);
        slot = output.alter;
        step.tell([&] { return fmt::format("sent: {}", message_text(slot)); });
    }
    if (step.story != nullptr) {
        const BrokerView& was = before.view;
        const BrokerView& is = taken.after->view;
        if (is.up && was.high_watermark != is.high_watermark) {
            step.tell([&] {
                return fmt::format("broker {}: high watermark {} -> {}", id, was.high_watermark, is.high_watermark);
            });
        }
        if (output.truncated != 0 && taken.after->disk().log.size() < before.disk().log.size()) {
            step.tell([&] {
                return fmt::format("broker {}: truncates its log to offset {}", id, taken.after->disk().log.size());
            });
        } else if (before.disk().log != taken.after->disk().log) {
            step.tell([&] {
                std::string log;
                for (std::size_t o = 0; o < taken.after->disk().log.size(); ++o) {
                    log += fmt::format(" {}", record_text(taken.after->disk(), o));
                }
                return fmt::format("broker {}: its log is now [{} ]", id, log);
            });
        }
    }
    return output;
}

const ControllerOutput& ClusterWorld::decide(Step& step, const ControllerInput& input) const {
    State::Rest& rest = step.state.rest;
    const ControllerOutput& decided = decisions_->decide(rest.controller, input);
    if (input.kind != ControllerInput::Kind::alter && decided.error != ErrorCode::none) {
        step.breach(kContractProperty, fmt::format("the controller answers {}", decided.error));
    }
    if (!decided.changed) return decided;
    const ControllerState before = rest.controller;
    const ControllerState& after = decided.after;
    rest.controller = after;
    note_decision(step, before);
    step.tell([&] {
        return fmt::format(
            "the controller: leader {}, epoch {}, partition epoch {}, ISR {:03b}, ELR {:03b}, fenced {:03b}",
            after.leader == kNobody ? "none" : fmt::format("{}", after.leader), after.leader_epoch,
            after.partition_epoch, after.isr, after.eligible, after.fenced);
    });
    tell_brokers(step.state, decided.partition_changed);
    return decided;
}

/// What the decision that was just taken means for those who count.
void ClusterWorld::note_decision(Step& step, const ControllerState& was) const {
    const ControllerState& is = step.state.rest.controller;
    const bool elected = is.leader != was.leader && is.leader != kNobody;
    if (elected) count(step.coverage, Occurrence::leader_changed);
    if ((was.isr & ~is.isr) != 0) count(step.coverage, Occurrence::isr_shrank);
    if ((is.isr & ~was.isr) != 0) count(step.coverage, Occurrence::isr_grew);
    if (elected && !has(was.isr, is.leader) && has(was.eligible, is.leader)) {
        count(step.coverage, Occurrence::leader_elected_from_elr);
    }
    const auto candidates = static_cast<Brokers>(was.isr | was.eligible);
    if (elected && scope_.unclean_leader_election && !has(candidates, is.leader)) {
        count(step.coverage, Occurrence::unclean_leader_elected);
        if (scope_.controls.nothing_is_forgiven) return;
        step.state.rest.history.unclean_epoch = is.leader_epoch;
    }
    const bool moved = was.removing != 0 || was.adding != 0;
    if (moved && is.removing == 0 && is.adding == 0) count(step.coverage, Occurrence::reassignment_done);
}

/// U1: an unclean election may lose what was committed above the end of the replica that it chose, as it is when that
/// begins to lead, and no more.
void ClusterWorld::forgive_unclean_election(Step& step, std::uint8_t leader) const {
    const Records& log = step.state.brokers[leader]->disk().log;
    History& history = step.state.rest.history;
    history.latest = 0;
    const auto has_it = [&](std::size_t offset, std::uint8_t batch) {
        return offset < log.size() && log[offset].batch == batch;
    };
    for (std::size_t offset = 0; offset < kMaxRecords; ++offset) {
        std::uint8_t& read = history.read[offset];
        if (read == 0 || has_it(offset, static_cast<std::uint8_t>(read - 1))) continue;
        count(step.coverage, Occurrence::committed_record_lost_uncleanly);
        read = 0;
        history.read_in_epoch[offset] = 0;
    }
    for (std::uint8_t batch = 0; batch < scope_.batches; ++batch) {
        std::uint8_t& acknowledged = history.acknowledged[batch];
        if (acknowledged != 0 && !has_it(acknowledged - 1U, batch)) acknowledged = 0;
    }
}

void ClusterWorld::tell_brokers(State& state, bool partition_changed) const {
    // What nobody has to learn any more makes room first.
    forget_old_news(state);
    state.rest.news.push_back(metadata_of(scope_, state.rest.controller, partition_changed));
    for (std::uint8_t id = 0; id < scope_.brokers; ++id) {
        if (state.brokers[id]->view.up) ++state.rest.unseen[id];
    }
}

void ClusterWorld::forget_old_news(State& state) const {
    const std::size_t wanted = *std::ranges::max_element(state.rest.unseen);
    auto& news = state.rest.news;
    const std::size_t drop = news.size() - wanted;
    if (drop == 0) return;
    for (std::size_t i = 0; i < wanted; ++i) news[i] = news[i + drop];
    news.truncate(wanted);
}

/// Consumers read all that a broker gives, at once.
void ClusterWorld::read_from(Step& step, std::uint8_t id) const {
    History& history = step.state.rest.history;
    const Broker& broker = *step.state.brokers[id];
    if (!broker.view.gives_to_consumers || broker.view.leader_epoch < history.unclean_epoch) return;
    const Records& log = broker.disk().log;
    const std::size_t end = std::min<std::size_t>(broker.view.readable_end, log.size());
    for (std::size_t offset = broker.view.log_start; offset < end; ++offset) {
        if (history.read[offset] != 0) continue;
        history.read[offset] = static_cast<std::uint8_t>(log[offset].batch + 1);
        history.read_in_epoch[offset] = broker.view.leader_epoch;
        count(step.coverage, Occurrence::consumer_read);
        step.tell(
            [&] { return fmt::format("a consumer reads {} from broker {}", record_text(broker.disk(), offset), id); });
    }
}

/// Of every leader, then of the followers; a client asks every leader for its latest offset.
void ClusterWorld::observe(Step& step) const {
    State& state = step.state;
    History& history = state.rest.history;
    int leaders = 0;
    for (std::uint8_t id = 0; id < scope_.brokers; ++id) {
        const Broker& broker = *state.brokers[id];
        if (!broker.view.leads) continue;
        ++leaders;
        HIGHWATER_INVARIANT(broker.view.leader_epoch < kMaxEpochs, "the scope needs more than {} epochs", kMaxEpochs);
        std::uint8_t& led_by = history.led_by[broker.view.leader_epoch];
        if (led_by == 0 && broker.view.leader_epoch >= history.unclean_epoch && is_unclean_epoch_to_come(history)) {
            forgive_unclean_election(step, id);
        }
        if (led_by == 0) led_by = static_cast<std::uint8_t>((id + 1) * 16 + broker.driver.broker_epoch);
        if (broker.view.leader_epoch < history.unclean_epoch) continue;
        read_from(step, id);
        if (broker.view.latest_plus_one > 0) {
            history.latest = std::max(history.latest, static_cast<std::uint8_t>(broker.view.latest_plus_one - 1));
            history.latest_in_epoch = std::max(history.latest_in_epoch, broker.view.leader_epoch);
        }
    }
    if (leaders > 1) count(step.coverage, Occurrence::two_leaders_at_once);
    for (std::uint8_t id = 0; id < scope_.brokers; ++id) {
        if (!state.brokers[id]->view.leads) read_from(step, id);
    }
}

std::uint64_t ClusterWorld::fingerprint(const State& state) const {
    std::uint64_t hash = XXH3_64bits(&state.rest, sizeof(State::Rest));
    for (std::uint8_t id = 0; id < scope_.brokers; ++id) hash = mix_bits(hash ^ state.brokers[id]->hash);
    return hash;
}

}  // namespace highwater::model::cluster
