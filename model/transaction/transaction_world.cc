#include "model/transaction/transaction_world.h"

#include <algorithm>

#include <fmt/format.h>
#include <xxhash.h>

#include "core/base/hash.h"
#include "model/explore/invariant_trap.h"
#include "model/transaction/check/property.h"
#include "model/transaction/names.h"
#include "model/transaction/occurrence.h"
#include "model/transaction/transaction_step.h"

namespace highwater::model::transaction {

TransactionWorld::TransactionWorld(const Scope& scope)
    : scope_(scope),
      states_(std::make_shared<StateStore>([scope](std::uint8_t) { return StatePartition(scope); },
                                           [scope](std::uint8_t, StatePartition& partition, const StateInput& input) {
                                               return transaction::step(scope, partition, input);
                                           })),
      data_(std::make_shared<DataStore>([scope](std::uint8_t id) { return DataPartition(scope, id != 0); },
                                        [scope](std::uint8_t, DataPartition& partition, const DataInput& input) {
                                            return transaction::step(scope, partition, input);
                                        })) {
    link_invariant_trap();
}

State TransactionWorld::initial(Story* story) const {
    State state;
    state.coordinator = states_->keep_new(0);
    for (std::size_t p = 0; p < kPartitions; ++p) {
        state.data[p] = data_->keep_new(static_cast<std::uint8_t>(scope_.has_offsets(p) ? 1 : 0));
    }
    for (std::uint8_t id = 0; id < scope_.producers; ++id) {
        if ((scope_.down_at_first >> id & 1) == 0) state.rest.producers[id].start(scope_.version);
    }
    send_what_is_due(state);
    if (scope_.settled) settle(state);
    state.rest.history.waits = 0;
    state.rest.budgets = scope_.budgets;
    if (scope_.settled && story != nullptr) story->push_back("the producers that are there have initialised");
    return state;
}

/// Undisturbed, to where nothing is left to do. A core that fails even so is judged by scopes that begin with nothing.
void TransactionWorld::settle(State& state) const {
    TransactionWorld calm = *this;
    calm.scope_.transactions = 0;
    calm.scope_.stays_down |= scope_.down_at_first;
    Coverage coverage;
    std::vector<Action> actions;
    while (!calm.enabled(state, actions, coverage) && !actions.empty()) {
        if (calm.apply(state, actions.front(), coverage)) break;
        actions.clear();
    }
}

std::optional<Violation> TransactionWorld::apply(State& state, Action action, Coverage& coverage, Story* story) const {
    const State was = state;
    if (disturbs(action)) --state.rest.budgets[static_cast<std::size_t>(action.kind)];
    const bool is_new = disturbs(action) || action.kind == ActionKind::deliver_late;
    if (is_new) state.rest.history.waits = 0;
    Step step{state, coverage, story};
    act(step, action);
    // The same request to the same coordinator would be answered the same.
    if (state.coordinator != was.coordinator) note_change(state);
    send_what_is_due(state);
    if (step.violation) return step.violation;
    return properties().judge(Judged{*this, was, state, step.events, coverage}, scope_.silenced_properties);
}

void TransactionWorld::act(Step& step, Action action) const {
    State::Rest& rest = step.state.rest;
    switch (action.kind) {
        case ActionKind::tick:
        case ActionKind::wait:
            step.tell([&] { return fmt::format("the clock passes to tick {}", step.state.coordinator->ticks + 1); });
            if (action.kind == ActionKind::wait) ++rest.history.waits;
            give(step, input_of(StateInput::Kind::tick));
            break;
        case ActionKind::wake:
            step.tell([&] { return std::string{"the coordinator tries again"}; });
            give(step, input_of(StateInput::Kind::wake));
            break;
        case ActionKind::failover:
            fail_over(step, action.a);
            break;
        case ActionKind::fail_write:
            step.tell([&] { return std::string{"the first write under way does not get into the log"}; });
            count(step.coverage, Occurrence::write_failed);
            give(step, input_of(StateInput::Kind::fail_write));
            break;
        case ActionKind::restart:
            restart(step, action.a);
            break;
        case ActionKind::crash:
            step.tell([&] { return fmt::format("producer {}: its process is gone", action.a); });
            if (action.b != 0) make_late(step.state, rest.slots[action.a]);
            rest.slots[action.a] = {};
            unhear(step.state, action.a);
            rest.producers[action.a].stop();
            break;
        case ActionKind::drop:
            step.tell([&] { return fmt::format("lost: {}", message_text(rest.slots[action.a], scope_)); });
            rest.slots[action.a] = {};
            rest.producers[action.a].timed_out();
            break;
        case ActionKind::hold:
            step.tell([&] { return fmt::format("late: {}", message_text(rest.slots[action.a], scope_)); });
            make_late(step.state, rest.slots[action.a]);
            rest.slots[action.a] = {};
            rest.producers[action.a].timed_out();
            break;
        case ActionKind::duplicate:
            step.tell([&] { return fmt::format("a copy is late: {}", message_text(rest.slots[action.a], scope_)); });
            count(step.coverage, Occurrence::request_repeated);
            make_late(step.state, rest.slots[action.a]);
            break;
        case ActionKind::give_up:
            step.tell([&] { return fmt::format("producer {} gives its record up", action.a); });
            if (action.b != 0) make_late(step.state, rest.slots[action.a]);
            rest.slots[action.a] = {};
            unhear(step.state, action.a);
            rest.producers[action.a].give_up_record();
            break;
        case ActionKind::lose_marker: {
            Marker marker = rest.markers[action.a];
            step.tell([&] { return fmt::format("{}: {}", action.b != 0 ? "late" : "lost", marker_text(marker)); });
            rest.markers.erase(action.a);
            if (action.b != 0) {
                marker.is_late = 1;
                rest.markers.push_back(marker);
                marker.is_late = 0;
            }
            marker.is_answer = 1;
            marker.error_plus_one = plus_one(ErrorCode::request_timed_out);
            rest.markers.push_back(marker);
            std::ranges::sort(rest.markers);
            break;
        }
        case ActionKind::lose_answer:
            step.tell([&] { return fmt::format("lost: {}", marker_text(rest.markers[action.a])); });
            rest.markers[action.a].error_plus_one = plus_one(ErrorCode::request_timed_out);
            std::ranges::sort(rest.markers);
            break;
        case ActionKind::load:
            step.tell([&] {
                return fmt::format("broker {} has loaded the log and coordinates", step.state.coordinator->leader);
            });
            give(step, input_of(StateInput::Kind::load));
            break;
        case ActionKind::write_committed:
            step.tell([&] { return std::string{"the first write under way is committed"}; });
            give(step, input_of(StateInput::Kind::write_committed));
            break;
        case ActionKind::deliver: {
            const Message message = rest.slots[action.a];
            rest.slots[action.a] = {};
            if (message.is_answer != 0) {
                hear(step, message);
            } else {
                arrive(step, message, rest.producers[action.a].waits_for == message.kind);
            }
            break;
        }
        case ActionKind::deliver_late: {
            const Message message = rest.late[action.a];
            rest.late.erase(action.a);
            count(step.coverage, Occurrence::late_request_arrived);
            arrive(step, message, false);
            break;
        }
        case ActionKind::deliver_marker:
            deliver_marker(step, action.a);
            break;
        case ActionKind::vouch:
            vouch(step, action.a);
            break;
        case ActionKind::start:
            step.tell([&] { return fmt::format("producer {} starts", action.a); });
            rest.producers[action.a].start(scope_.version);
            break;
        case ActionKind::begin: {
            const Transaction begun = transaction_of(action.a, rest.history.begun[action.a]++);
            step.tell(
                [&] { return fmt::format("producer {} begins transaction {}", action.a, transaction_text(begun)); });
            rest.producers[action.a].begin(begun);
            break;
        }
        case ActionKind::send:
            rest.producers[action.a].send_next();
            break;
        case ActionKind::end: {
            TransactionalProducer& producer = rest.producers[action.a];
            step.tell([&] {
                return fmt::format("producer {} {} transaction {}", action.a, action.b != 0 ? "commits" : "aborts",
                                   transaction_text(producer.transaction));
            });
            producer.end(action.b != 0);
            break;
        }
    }
}

const StateOutput& TransactionWorld::give(Step& step, const StateInput& input) const {
    State& state = step.state;
    const StateStore::Taken& taken = states_->step(0, *state.coordinator, input);
    const StateOutput& output = taken.output;
    state.coordinator = taken.after;
    if (output.compared != 0) {
        step.events.compared = true;
        step.events.replay_differs = output.differs;
        count(step.coverage, Occurrence::replayed);
    }
    note_moves(step, output);
    for (const StateOutput::Answer& answer : output.answers) take_answer(step, answer);
    for (const Marker& marker : output.markers) {
        step.tell([&] { return fmt::format("sent: {}", marker_text(marker)); });
        state.rest.markers.push_back(marker);
    }
    if (!output.markers.empty()) std::ranges::sort(state.rest.markers);
    return output;
}

const DataOutput& TransactionWorld::give(Step& step, std::uint8_t partition, const DataInput& input) const {
    const DataPartition*& data = step.state.data[partition];
    const DataStore::Taken& taken = data_->step(0, *data, input);
    data = taken.after;
    if (taken.output.breach != 0) {
        step.breach(kContractProperty, fmt::format("partition {} asks for what no driver can do", partition));
    }
    return taken.output;
}

void TransactionWorld::note_moves(Step& step, const StateOutput& output) const {
    History& history = step.state.rest.history;
    for (const Moved& move : output.began) {
        step.events.began.push_back(move);
        const IdView& was = step.state.coordinator->view.ids[move.id];
        if (move.to == TransactionState::ongoing) history.open[move.id] = step.events.cause.transaction;
        if (move.to == TransactionState::prepare_commit) count(step.coverage, Occurrence::transaction_committed);
        if (move.to == TransactionState::prepare_abort) {
            const bool by_itself = step.events.cause.kind == Message::Kind::none;
            count(step.coverage, by_itself ? Occurrence::transaction_timed_out : Occurrence::transaction_aborted);
        }
        if (was.claim.producer != 0 && move.claim.producer != was.claim.producer) {
            count(step.coverage, Occurrence::producer_id_replaced);
        }
    }
}

void TransactionWorld::take_answer(Step& step, const StateOutput::Answer& told) const {
    State::Rest& rest = step.state.rest;
    if (told.token >= kVerificationTokens) {
        for (std::size_t i = 0; i < rest.waiting.size(); ++i) {
            Waiting& waiting = rest.waiting[i];
            if (waiting.guard == 0 || verification_token(waiting) != told.token) continue;
            if (waiting.is_forgotten != 0) return rest.waiting.erase(i);
            waiting.error_plus_one =
                told.missing != 0 ? plus_one(ErrorCode::transaction_abortable) : told.error_plus_one;
            const auto error = static_cast<ErrorCode>(waiting.error_plus_one - 1);
            if (error == ErrorCode::transaction_abortable || error == ErrorCode::producer_fenced) {
                count(step.coverage, Occurrence::verification_refused);
            }
            step.tell([&] {
                return fmt::format("the coordinator says of {}: {}", message_text(waiting.request, scope_), error);
            });
            return;
        }
        return step.breach(kContractProperty, "a verification is answered that nobody asked for");
    }
    const auto parked = std::ranges::find(rest.parked, told.token, &Parked::token);
    if (parked == rest.parked.end()) {
        step.breach(kContractProperty, "an answer to a request that does not wait");
        return;
    }
    const Parked answered = *parked;
    rest.parked.erase(static_cast<std::size_t>(parked - rest.parked.begin()));
    Message message = answer_to(answered.request, static_cast<ErrorCode>(told.error_plus_one - 1));
    const bool gives_claim = message.error() == ErrorCode::none && message.kind != Message::Kind::add;
    if (gives_claim) message.claim = told.claim;
    message.broker = step.state.coordinator->view.leader;
    answer(step, answered.request, answered.heard != 0, message);
}

/// An answer leaves; whoever waits for it will hear it.
void TransactionWorld::answer(Step& step, const Message& request, bool heard, Message message) const {
    step.events.told.push_back({request, message});
    step.tell([&] {
        return fmt::format("answered{}: {}", heard ? "" : " (nobody hears it)", message_text(message, scope_));
    });
    note_told(step, request, message);
    if (heard) step.state.rest.slots[request.producer] = message;
}

void TransactionWorld::note_told(Step& step, const Message& request, const Message& message) const {
    History& history = step.state.rest.history;
    const ErrorCode error = message.error();
    const std::uint8_t id = scope_.id_of(request.producer);
    const bool is_fenced = error == ErrorCode::producer_fenced || error == ErrorCode::invalid_producer_epoch;
    if (is_fenced) count(step.coverage, Occurrence::producer_fenced);
    if (is_fenced && request.claim < history.holder[id]) count(step.coverage, Occurrence::former_holder_refused);
    const bool of_another = request.kind == Message::Kind::end && request.transaction != history.open[id];
    if (of_another && error != ErrorCode::none && !is_retried(error))
        count(step.coverage, Occurrence::late_end_refused);
    if (request.kind == Message::Kind::produce && error != ErrorCode::none && !is_retried(error)) {
        count(step.coverage, Occurrence::record_refused);
    }
    if (error != ErrorCode::none) return;
    if (request.kind == Message::Kind::init) history.holder[id] = message.claim;
    if (request.kind == Message::Kind::add || request.kind == Message::Kind::init) return;
    std::uint8_t& seen = history.seen[request.transaction - 1U];
    std::uint8_t news = acknowledged(request.partition);
    if (request.kind == Message::Kind::end) news = request.commit != 0 ? kCommitTold : kAbortTold;
    if (request.kind == Message::Kind::end && (seen & news) != 0) count(step.coverage, Occurrence::decision_repeated);
    seen |= news;
}

void TransactionWorld::note_change(State& state) const {
    for (TransactionalProducer& producer : state.rest.producers) producer.holds_back = 0;
    for (Message& slot : state.rest.slots) {
        if (slot.is_answer != 0 && is_retried(slot.error())) slot.is_outdated = 1;
    }
    for (Waiting& waiting : state.rest.waiting) {
        if (waiting.error_plus_one != 0) waiting.is_outdated = 1;
    }
}

void TransactionWorld::hear(Step& step, const Message& answer) const {
    TransactionalProducer& producer = step.state.rest.producers[answer.producer];
    step.tell([&] { return fmt::format("producer {} hears: {}", answer.producer, message_text(answer, scope_)); });
    producer.answered(answer);
    if (is_retried(answer.error()) && producer.is_up()) producer.holds_back = answer.is_outdated != 0 ? 0 : 1;
}

void TransactionWorld::unhear(State& state, std::uint8_t producer) const {
    for (Parked& parked : state.rest.parked) {
        if (parked.request.producer == producer) parked.heard = 0;
    }
    std::ranges::sort(state.rest.parked);
    for (Waiting& waiting : state.rest.waiting) {
        if (waiting.request.producer == producer) waiting.heard = 0;
    }
}

void TransactionWorld::make_late(State& state, const Message& request) const {
    state.rest.late.push_back(request);
    std::ranges::sort(state.rest.late);
}

/// Whoever has something to say says it as soon as there is somebody who would hear it.
void TransactionWorld::send_what_is_due(State& state) const {
    for (std::uint8_t id = 0; id < scope_.producers; ++id) {
        TransactionalProducer& producer = state.rest.producers[id];
        if (state.rest.slots[id].kind != Message::Kind::none) continue;
        Message request = producer.due(scope_, id);
        if (request.kind == Message::Kind::none) continue;
        const bool to_coordinator = request.kind != Message::Kind::produce;
        if (to_coordinator && state.coordinator->view.loaded == 0) continue;
        if (to_coordinator) request.broker = state.coordinator->view.leader;
        if (request.kind == Message::Kind::end) {
            std::uint8_t& seen = state.rest.history.seen[request.transaction - 1U];
            seen |= request.commit != 0 ? kCommitAsked : kAbortAsked;
        }
        state.rest.slots[id] = request;
        producer.sent_request(request.kind);
    }
}

std::uint64_t TransactionWorld::fingerprint(const State& state) const {
    Hasher hasher;
    hasher.add(XXH3_64bits(&state.rest, sizeof(State::Rest)));
    hasher.add(state.coordinator->hash);
    for (const DataPartition* data : state.data) hasher.add(data->hash);
    return hasher.value();
}

}  // namespace highwater::model::transaction
