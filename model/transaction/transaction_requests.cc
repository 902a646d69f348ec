// What happens to requests and markers where they arrive.
#include <algorithm>

#include <fmt/format.h>

#include "core/base/invariant.h"
#include "core/transaction/verification.h"
#include "model/transaction/names.h"
#include "model/transaction/occurrence.h"
#include "model/transaction/transaction_step.h"

namespace highwater::model::transaction {

void TransactionWorld::arrive(Step& step, const Message& request, bool heard) const {
    step.tell([&] { return fmt::format("arrives: {}", message_text(request, scope_)); });
    if (request.kind == Message::Kind::produce) return arrive_at_partition(step, request, heard);
    arrive_at_coordinator(step, request, heard);
}

void TransactionWorld::arrive_at_coordinator(Step& step, const Message& request, bool heard) const {
    State& state = step.state;
    const StateView& view = state.coordinator->view;
    if (request.broker != view.leader || view.loaded == 0) {
        const bool leads = request.broker == view.leader;
        Message refusal =
            answer_to(request, leads ? ErrorCode::coordinator_load_in_progress : ErrorCode::not_coordinator);
        // Whoever hears it looks for the coordinator anew.
        refusal.is_outdated = leads ? 0 : 1;
        return answer(step, request, heard, refusal);
    }
    StateInput input = input_of(StateInput::Kind::request);
    input.token = fresh_token(state);
    input.message = request;
    state.rest.parked.push_back({input.token, static_cast<std::uint8_t>(heard ? 1 : 0), request});
    std::ranges::sort(state.rest.parked);
    step.events.cause = request;
    give(step, input);
}

/// As a broker takes a batch of a transaction (KIP-890): those of one producer go on in the order in which they came.
void TransactionWorld::arrive_at_partition(Step& step, const Message& request, bool heard) const {
    State& state = step.state;
    const auto is_before = [&](const Waiting& other) {
        return other.is_forgotten == 0 && other.request.partition == request.partition &&
               other.request.claim.producer == request.claim.producer;
    };
    const bool must_wait = std::ranges::any_of(state.rest.waiting, is_before);
    if (!must_wait && state.data[request.partition]->has_open(request.claim)) return append(step, request, heard, 0);
    state.rest.waiting.push_back({.request = request, .heard = static_cast<std::uint8_t>(heard ? 1 : 0)});
    if (!must_wait) ask_coordinator(step, state.rest.waiting.size() - 1U);
}

void TransactionWorld::ask_coordinator(Step& step, std::size_t place) const {
    State& state = step.state;
    Waiting& waiting = state.rest.waiting[place];
    const Message request = waiting.request;
    DataInput begun;
    begun.kind = DataInput::Kind::begin_verify;
    begun.guard = fresh_guard(state, request.partition);
    begun.message = request;
    waiting.guard = begun.guard;
    give(step, request.partition, begun);
    if (state.coordinator->view.loaded == 0) {
        waiting.error_plus_one = plus_one(ErrorCode::coordinator_load_in_progress);
        return;
    }
    StateInput input = input_of(StateInput::Kind::verify);
    input.token = verification_token(waiting);
    input.message = request;
    step.tell([&] { return fmt::format("partition {} asks the coordinator", request.partition); });
    step.events.cause = request;
    give(step, input);
}

void TransactionWorld::append(Step& step, const Message& request, bool heard, std::uint8_t guard) const {
    DataInput input;
    input.kind = DataInput::Kind::produce;
    input.guard = guard;
    input.version = scope_.version;
    input.message = request;
    const DataOutput output = give(step, request.partition, input);
    if (output.duplicate != 0) count(step.coverage, Occurrence::record_repeated);
    if (output.appended != 0) {
        step.tell([&] { return fmt::format("partition {} appends the record", request.partition); });
    }
    answer(step, request, heard, answer_to(request, static_cast<ErrorCode>(output.error_plus_one - 1)));
}

/// The coordinator's word has arrived where the record waits.
void TransactionWorld::vouch(Step& step, std::size_t place) const {
    State& state = step.state;
    const Waiting waiting = state.rest.waiting[place];
    state.rest.waiting.erase(place);
    const Message& request = waiting.request;
    step.tell([&] { return fmt::format("the coordinator's word arrives: {}", message_text(request, scope_)); });
    DataInput ended;
    ended.kind = DataInput::Kind::end_verify;
    ended.message = request;
    const ErrorCode error =
        told_of_verification(static_cast<ErrorCode>(waiting.error_plus_one - 1), TransactionVersion{scope_.version});
    if (error == ErrorCode::none) {
        append(step, request, waiting.heard != 0, waiting.guard);
        // The batch was refused: nothing will come under its guard.
        if (!state.data[request.partition]->has_open(request.claim)) give(step, request.partition, ended);
    } else {
        give(step, request.partition, ended);
        Message refusal = answer_to(request, error);
        refusal.is_outdated = waiting.is_outdated;
        answer(step, request, waiting.heard != 0, refusal);
    }
    go_on_with_next(step, request, error == ErrorCode::none ? std::uint8_t{0} : plus_one(error));
}

/// What came after it of the same producer. `error_plus_one`: what the former was told by its coordinator; 0: nothing.
void TransactionWorld::go_on_with_next(Step& step, const Message& former, std::uint8_t error_plus_one) const {
    State& state = step.state;
    for (std::size_t i = 0; i < state.rest.waiting.size(); ++i) {
        const Waiting next = state.rest.waiting[i];
        const bool is_after = next.is_forgotten == 0 && next.request.partition == former.partition &&
                              next.request.claim.producer == former.claim.producer;
        if (!is_after) continue;
        const bool shares_error = error_plus_one != 0 && next.request.claim == former.claim;
        const bool may_go_on = error_plus_one == 0 && state.data[former.partition]->has_open(next.request.claim);
        if (!shares_error && !may_go_on) return ask_coordinator(step, i);
        state.rest.waiting.erase(i--);
        if (may_go_on) {
            append(step, next.request, next.heard != 0, 0);
        } else {
            answer(step, next.request, next.heard != 0,
                   answer_to(next.request, static_cast<ErrorCode>(error_plus_one - 1)));
        }
    }
}

void TransactionWorld::deliver_marker(Step& step, std::size_t place) const {
    State& state = step.state;
    Marker marker = state.rest.markers[place];
    state.rest.markers.erase(place);
    step.tell([&] { return fmt::format("arrives: {}", marker_text(marker)); });
    if (marker.is_answer != 0) {
        const StateView& view = state.coordinator->view;
        if (marker.broker != view.leader || view.loaded == 0) return;
        StateInput input = input_of(StateInput::Kind::marker);
        input.marker = marker;
        give(step, input);
        return;
    }
    DataInput input;
    input.kind = DataInput::Kind::marker;
    input.marker = marker;
    const DataView before = state.data[marker.partition]->view;
    const DataOutput output = give(step, marker.partition, input);
    const DataView& now = state.data[marker.partition]->view;
    const auto error = static_cast<ErrorCode>(output.error_plus_one - 1);
    step.tell([&] { return fmt::format("partition {} says to the marker: {}", marker.partition, error); });
    const bool ends_nothing = output.appended != 0 && now.last_stable_offset == before.log.size() + 1;
    if (ends_nothing && before.last_stable_offset == before.log.size())
        count(step.coverage, Occurrence::marker_repeated);
    if (marker.is_late != 0) {
        count(step.coverage,
              error == ErrorCode::none ? Occurrence::late_marker_arrived : Occurrence::late_marker_refused);
        return;
    }
    marker.is_answer = 1;
    marker.error_plus_one = output.error_plus_one;
    state.rest.markers.push_back(marker);
    std::ranges::sort(state.rest.markers);
}

void TransactionWorld::fail_over(Step& step, std::uint8_t keep) const {
    State& state = step.state;
    count(step.coverage, Occurrence::coordinator_changed);
    const std::uint8_t writes = state.coordinator->view.writes;
    if (scope_.controls.failover_keeps_everything) keep = writes;
    if (keep < writes) count(step.coverage, Occurrence::write_lost_at_failover);
    if (keep > 0) count(step.coverage, Occurrence::write_kept_at_failover);
    step.tell([&] {
        return fmt::format(
            "broker {} does not lead any more; of {} writes under way {} are in the log that broker {} loads",
            state.coordinator->leader, writes, keep, 1 - state.coordinator->leader);
    });
    StateInput input = input_of(StateInput::Kind::failover);
    input.keep = keep;
    give(step, input);
    if (!state.rest.parked.empty()) {
        step.breach(kContractProperty, "a coordinator that does not lead any more lets a request wait");
    }
    // Nobody hears those any more.
    const std::uint8_t gone = 1 - state.coordinator->leader;
    for (std::size_t i = state.rest.markers.size(); i-- > 0;) {
        Marker& marker = state.rest.markers[i];
        if (marker.broker != gone) continue;
        if (marker.is_answer != 0) {
            state.rest.markers.erase(i);
        } else {
            marker.is_late = 1;
        }
    }
    std::ranges::sort(state.rest.markers);
}

/// Whatever was written stays; what waited is told to come again.
void TransactionWorld::restart(Step& step, std::uint8_t partition) const {
    State& state = step.state;
    step.tell([&] { return fmt::format("the broker of partition {} crashes and comes back", partition); });
    count(step.coverage, Occurrence::partition_restarted);
    DataInput input;
    input.kind = DataInput::Kind::restart;
    give(step, partition, input);
    for (std::size_t i = state.rest.waiting.size(); i-- > 0;) {
        const Waiting waiting = state.rest.waiting[i];
        if (waiting.request.partition != partition || waiting.is_forgotten != 0) continue;
        const bool is_asked = waiting.guard != 0 && waiting.error_plus_one == 0;
        if (is_asked) {
            state.rest.waiting[i].is_forgotten = 1;
            state.rest.waiting[i].heard = 0;
        } else {
            state.rest.waiting.erase(i);
        }
        Message refusal = answer_to(waiting.request, ErrorCode::not_leader_or_follower);
        refusal.is_outdated = 1;
        answer(step, waiting.request, waiting.heard != 0, refusal);
    }
}

std::uint8_t TransactionWorld::fresh_token(const State& state) const {
    std::uint8_t token = 0;
    while (std::ranges::find(state.rest.parked, token, &Parked::token) != state.rest.parked.end()) ++token;
    return token;
}

/// The least that neither a record that waits nor the machine knows of.
std::uint8_t TransactionWorld::fresh_guard(const State& state, std::uint8_t partition) const {
    std::uint32_t used = state.data[partition]->view.guards | 1U;
    for (const Waiting& waiting : state.rest.waiting) {
        if (waiting.request.partition == partition) used |= std::uint32_t{1} << waiting.guard;
    }
    std::uint8_t guard = 1;
    while ((used >> guard & 1) != 0) ++guard;
    HIGHWATER_INVARIANT(guard < kGuards, "the scope needs more than {} guards", kGuards);
    return guard;
}

}  // namespace highwater::model::transaction
