#include "model/group/group_world.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>
#include <xxhash.h>

#include "core/base/hash.h"
#include "core/base/invariant.h"
#include "model/explore/invariant_trap.h"
#include "model/group/check/property.h"
#include "model/group/group_step.h"
#include "model/group/history.h"
#include "model/group/occurrence.h"

namespace highwater::model::group {

GroupWorld::GroupWorld(const Scope& scope)
    : scope_(scope),
      partitions_(std::make_shared<PartitionStore>(
          [scope](std::uint8_t) { return OffsetsPartition(scope); },
          [scope](std::uint8_t, OffsetsPartition& partition, const PartitionInput& input) {
              return group::step(scope, partition, input);
          })),
      probes_(std::make_shared<MemoTable<Probed>>()) {
    link_invariant_trap();
}

State GroupWorld::initial(Story* story) const {
    State state;
    state.partition = partitions_->keep_new(0);
    for (auto& offsets : state.rest.history.offsets) offsets.push_back(0);
    for (std::uint8_t id = 0; id < scope_.clients; ++id) {
        state.rest.clients[id] = Client(scope_.is_async(id));
        if ((scope_.down_at_first >> id & 1) == 0) start(state, id);
    }
    send_what_is_due(state);
    if (scope_.settled) settle(state);
    state.rest.history.waits = 0;
    state.rest.budgets = scope_.budgets;
    if (scope_.settled && story != nullptr) story->push_back("the clients that are there have a stable group");
    return state;
}

/// Undisturbed, to where nothing is left to do. A core that fails even so is judged by scopes that begin with nothing.
void GroupWorld::settle(State& state) const {
    GroupWorld calm = *this;
    calm.scope_.commits = 0;
    calm.scope_.stays_down |= scope_.down_at_first;
    calm.scope_.heartbeats_wait = true;
    Coverage coverage;
    std::vector<Action> actions;
    while (!calm.enabled(state, actions, coverage) && !actions.empty()) {
        if (calm.apply(state, actions.front(), coverage)) break;
        actions.clear();
    }
}

std::optional<Violation> GroupWorld::apply(State& state, Action action, Coverage& coverage, Story* story) const {
    const State was = state;
    if (disturbs(action)) --state.rest.budgets[static_cast<std::size_t>(action.kind)];
    const bool something_new = disturbs(action) || action.kind == ActionKind::deliver_late;
    if (something_new) state.rest.history.waits = 0;
    Step step{state, coverage, story};
    act(step, action);
    send_what_is_due(state);
    if (step.violation) return step.violation;
    return properties().judge(Judged{*this, was, state, step.events, coverage}, scope_.silenced_properties);
}

void GroupWorld::act(Step& step, Action action) const {
    State::Rest& rest = step.state.rest;
    switch (action.kind) {
        case ActionKind::tick:
        case ActionKind::wait:
            step.tell([&] { return fmt::format("the clock passes to tick {}", step.state.partition->ticks + 1); });
            if (action.kind == ActionKind::wait) ++rest.history.waits;
            give(step, input_of(PartitionInput::Kind::tick));
            break;
        case ActionKind::failover:
            fail_over(step, action.a);
            break;
        case ActionKind::fail_write:
            step.tell([&] { return std::string{"the first write under way does not get into the log"}; });
            count(step.coverage, Occurrence::write_failed);
            give(step, input_of(PartitionInput::Kind::fail_write));
            break;
        case ActionKind::crash:
            step.tell([&] { return fmt::format("client {}: its process is gone", action.a); });
            stop(step, action.a, action.b != 0);
            break;
        case ActionKind::leave:
            leave(step, action.a);
            break;
        case ActionKind::drop:
            step.tell([&] { return fmt::format("lost: {}", message_text(rest.slots[action.a], scope_)); });
            lose_slot(step, action.a);
            break;
        case ActionKind::hold:
            step.tell([&] { return fmt::format("late: {}", message_text(rest.slots[action.a], scope_)); });
            make_late(step.state, rest.slots[action.a]);
            lose_slot(step, action.a);
            break;
        case ActionKind::duplicate:
            step.tell([&] { return fmt::format("a copy is late: {}", message_text(rest.slots[action.a], scope_)); });
            count(step.coverage, Occurrence::request_repeated);
            make_late(step.state, rest.slots[action.a]);
            break;
        case ActionKind::give_up:
            step.tell([&] { return fmt::format("client {} does not wait for its answer any longer", action.a); });
            unhear(step.state, action.a);
            rest.clients[action.a].timed_out(scope_);
            break;
        case ActionKind::simple_commit: {
            Message commit;
            commit.kind = Message::Kind::commit;
            commit.client = kSimpleConsumer;
            commit.broker = step.state.partition->view.leader;
            commit.partitions = kAllPartitions;
            commit.offset = ++rest.history.commits;
            arrive(step, commit, false);
            break;
        }
        case ActionKind::expire:
            step.tell([&] {
                return std::string{"the retention of offsets passes, and the coordinator looks for what has expired"};
            });
            give(step, input_of(PartitionInput::Kind::expire));
            break;
        case ActionKind::load:
            step.tell([&] {
                return fmt::format("broker {} has loaded the log and coordinates", step.state.partition->leader);
            });
            give(step, input_of(PartitionInput::Kind::load));
            break;
        case ActionKind::write_committed:
            step.tell([&] { return std::string{"the first write under way is committed"}; });
            give(step, input_of(PartitionInput::Kind::write_committed));
            break;
        case ActionKind::deliver: {
            const Message message = rest.slots[action.a];
            rest.slots[action.a] = {};
            if (message.is_answer != 0) {
                hear(step, message);
            } else {
                arrive(step, message, rest.clients[action.a].waits_for() == message.kind);
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
        case ActionKind::start:
            step.tell([&] { return fmt::format("client {} starts", action.a); });
            start(step.state, action.a);
            break;
        case ActionKind::heartbeat:
            send(step.state, action.a, rest.clients[action.a].heartbeat());
            step.tell([&] { return fmt::format("sent: {}", message_text(rest.slots[action.a], scope_)); });
            break;
        case ActionKind::commit:
            rest.clients[action.a].begin_commit(++rest.history.commits);
            send(step.state, action.a, rest.clients[action.a].due());
            step.tell([&] { return fmt::format("sent: {}", message_text(rest.slots[action.a], scope_)); });
            break;
        case ActionKind::reconcile:
            rest.clients[action.a].reconcile(scope_);
            step.tell([&] {
                return fmt::format("client {} owns {}", action.a, partitions_text(rest.clients[action.a].owned()));
            });
            break;
    }
}

const PartitionOutput& GroupWorld::give(Step& step, const PartitionInput& input) const {
    State& state = step.state;
    const PartitionStore::Taken& taken = partitions_->step(0, *state.partition, input);
    const PartitionOutput& output = taken.output;
    state.partition = taken.after;
    note_offsets(step, output);
    History& history = state.rest.history;
    if (output.group_deleted != 0) {
        forget_generations(history);
        step.events.group_deleted = true;
    }
    if (output.logged_generation_plus_one != 0) history.logged_generation_plus_one = output.logged_generation_plus_one;
    for (const PartitionOutput::Answer& answer : output.answers) take_answer(step, answer);
    if (output.compared_offsets != 0) {
        step.events.compared_offsets = true;
        step.events.compared_group = output.compared_group != 0;
        step.events.replay_differs = output.differs;
    }
    return output;
}

void GroupWorld::note_offsets(Step& step, const PartitionOutput& output) const {
    History& history = step.state.rest.history;
    for (const WrittenOffset& written : output.written) {
        history.offsets[written.partition].push_back(written.offset);
        step.events.written.push_back(written);
        if (written.offset == 0) count(step.coverage, Occurrence::offset_expired);
    }
    for (const WrittenOffset& lost : output.lost) {
        auto& offsets = history.offsets[lost.partition];
        // The last of them: writes that were begun later were lost, too, or come later.
        for (std::size_t i = offsets.size(); i-- > 1;) {
            if (offsets[i] != lost.offset) continue;
            offsets.erase(i);
            break;
        }
    }
}

void GroupWorld::take_answer(Step& step, const PartitionOutput::Answer& answer) const {
    State::Rest& rest = step.state.rest;
    const auto client = static_cast<std::uint8_t>(answer.token / kTokensPerClient);
    const auto token = static_cast<std::uint8_t>(answer.token % kTokensPerClient);
    const auto waiting = std::ranges::find_if(
        rest.parked, [&](const Parked& parked) { return parked.client == client && parked.token == token; });
    if (waiting == rest.parked.end() || waiting->kind != answer.answer.kind) {
        step.breach(kContractProperty, fmt::format("an answer to a request of client {} that does not wait", client));
        return;
    }
    Answered told{*waiting, answer.answer};
    rest.parked.erase(static_cast<std::size_t>(waiting - rest.parked.begin()));
    told.answer.client = client;
    told.answer.broker = step.state.partition->view.leader;
    if (told.answer.member == kNoMember) told.answer.member = told.request.member;
    step.events.told.push_back(told);
    step.tell([&] {
        return fmt::format("answered{}: {}", told.request.heard != 0 ? "" : " (nobody hears it)",
                           message_text(told.answer, scope_));
    });
    note(step, told);
    if (told.request.heard != 0) rest.slots[client] = told.answer;
}

void GroupWorld::note(Step& step, const Answered& told) const {
    History& history = step.state.rest.history;
    const ErrorCode error = told.answer.error();
    if (error == ErrorCode::unknown_member_id) count(step.coverage, Occurrence::member_forgotten);
    if (error == ErrorCode::fenced_instance_id) count(step.coverage, Occurrence::member_fenced);
    if (told.request.kind == Message::Kind::commit) {
        count(step.coverage, error == ErrorCode::none ? Occurrence::commit_acknowledged : Occurrence::commit_refused);
    }
    if (error != ErrorCode::none) return;
    if (told.request.kind == Message::Kind::sync) {
        count(step.coverage, Occurrence::assignment_told);
        for (std::size_t p = 0; p < kPartitions; ++p) {
            const std::uint8_t owner = owner_key(scope_, told.request.member);
            const bool moves =
                has(told.answer.partitions, p) && history.given_to[p] != 0 && history.given_to[p] != owner;
            if (moves) count(step.coverage, Occurrence::partition_moved);
        }
    }
    if (told.request.kind == Message::Kind::consumer_heartbeat) return note_heartbeat(step, told);
    if (told.request.kind == Message::Kind::join) {
        count(step.coverage, Occurrence::generation_told);
        const bool replaced = told.answer.generation_plus_one == history.logged_generation_plus_one &&
                              told.answer.member != told.request.member;
        if (replaced) count(step.coverage, Occurrence::static_member_replaced);
    }
    const bool is_new = told.answer.generation_plus_one > history.told_generation_plus_one;
    note_told(scope_, history, told);
    // A JoinGroup that comes again in a generation that stands does not begin the session anew.
    // A member of a consumer group is heard of by its heartbeats only.
    const bool is_async = told.request.client != kSimpleConsumer && scope_.is_async(told.request.client);
    const bool is_well = told.request.heard != 0 && !is_async && told.request.kind != Message::Kind::leave &&
                         (told.request.kind != Message::Kind::join || is_new);
    if (!is_well) return forget_newest_if_another_joins(step.state, told.request.client);
    // In a consumer group requests wait for what is being written: a session counts from when they came.
    const bool counts_from_arrival = scope_.consumer_protocol != 0;
    history.well_at_plus_one[told.request.client] = counts_from_arrival
                                                        ? history.arrived_at_plus_one[told.request.client]
                                                        : static_cast<std::uint8_t>(step.state.partition->ticks + 1);
    forget_newest_if_another_joins(step.state, told.request.client);
}

void GroupWorld::note_heartbeat(Step& step, const Answered& told) const {
    History& history = step.state.rest.history;
    const bool leaves = is_leaving(told.request);
    if (told.answer.is_full != 0) {
        count(step.coverage, Occurrence::assignment_told);
        for (std::size_t p = 0; p < kPartitions; ++p) {
            const std::uint8_t owner = owner_key(scope_, told.request.member);
            const bool moves =
                has(told.answer.partitions, p) && history.given_to[p] != 0 && history.given_to[p] != owner;
            if (moves) count(step.coverage, Occurrence::partition_moved);
        }
    }
    note_told(scope_, history, told);
    if (leaves || told.request.heard == 0) return;
    count(step.coverage, Occurrence::generation_told);
    // Whoever has to give up partitions has until the rebalance timeout, and is out then, however often it is heard of.
    const Client& client = step.state.rest.clients[told.request.client];
    const bool has_to_give_up =
        told.answer.is_full != 0 ? (client.owned() & ~told.answer.partitions) != 0 : !client.keeps_what_it_owns();
    const bool owes = has_to_give_up || client.async().acknowledges != 0;
    history.well_at_plus_one[told.request.client] =
        owes ? std::uint8_t{0} : history.arrived_at_plus_one[told.request.client];
    if (has_to_give_up) count(step.coverage, Occurrence::revocation_told);
}

/// Whoever takes an instance over is told later; until then nobody can say which process is the newest.
void GroupWorld::forget_newest_if_another_joins(State& state, std::uint8_t client) const {
    const std::uint8_t instance = client == kSimpleConsumer ? std::uint8_t{0} : scope_.instance[client];
    if (instance == 0) return;
    const bool joins = std::ranges::any_of(state.rest.parked, [&](const Parked& parked) {
        return parked.kind == Message::Kind::join && parked.member == kNoMember && parked.client != kSimpleConsumer &&
               scope_.instance[parked.client] == instance;
    });
    if (joins) state.rest.history.newest[instance - 1U] = kNoMember;
}

void GroupWorld::arrive(Step& step, const Message& request, bool heard) const {
    State& state = step.state;
    step.tell([&] { return fmt::format("arrives: {}", message_text(request, scope_)); });
    if (request.broker != state.partition->view.leader) {
        step.tell([&] { return fmt::format("broker {} does not coordinate the group", request.broker); });
        if (heard) state.rest.slots[request.client] = refusal_of(request, ErrorCode::not_coordinator);
        return;
    }
    Parked parked{.client = request.client,
                  .token = fresh_token(state, request.client),
                  .kind = request.kind,
                  .heard = heard ? std::uint8_t{1} : std::uint8_t{0},
                  .member = request.member,
                  .generation_plus_one = request.generation_plus_one,
                  .partitions = request.partitions,
                  .offset = request.offset};
    PartitionInput input = input_of(PartitionInput::Kind::request);
    input.token = static_cast<std::uint8_t>(request.client * kTokensPerClient + parked.token);
    input.message = request;
    const bool is_new = request.kind == Message::Kind::join && request.member == kNoMember;
    if (is_new) input.fresh = fresh_member(state, request.client);
    state.rest.parked.push_back(parked);
    std::ranges::sort(state.rest.parked);
    step.events.arrived = parked;
    if (heard && request.kind == Message::Kind::consumer_heartbeat) {
        // One that does not say what its sender has given up leaves the rebalance timeout as it is.
        const Client& client = state.rest.clients[request.client];
        const bool owes = client.async().acknowledges != 0 || (request.says_owned == 0 && !client.is_settled());
        state.rest.history.arrived_at_plus_one[request.client] =
            owes ? std::uint8_t{0} : static_cast<std::uint8_t>(state.partition->ticks + 1);
    }
    const bool is_classic_beside_others = scope_.consumer_protocol != 0 && !scope_.is_async(request.client);
    if (heard && is_classic_beside_others) {
        state.rest.history.arrived_at_plus_one[request.client] = static_cast<std::uint8_t>(state.partition->ticks + 1);
    }
    const std::array<Member, kMaxClients> newest = state.rest.history.newest;
    if (is_new) forget_newest_if_another_joins(state, request.client);
    give(step, input);
    const auto answered = std::ranges::find_if(step.events.told, [&](const Answered& told) {
        return told.request.client == parked.client && told.request.token == parked.token;
    });
    step.events.taken = answered == step.events.told.end() || answered->answer.error() == ErrorCode::none;
    if (!step.events.taken) state.rest.history.newest = newest;
}

void GroupWorld::hear(Step& step, const Message& answer) const {
    step.tell([&] { return fmt::format("client {} hears: {}", answer.client, message_text(answer, scope_)); });
    Client& client = step.state.rest.clients[answer.client];
    const Partitions owned = client.owned();
    client.answered(scope_, answer);
    if (client.generation_plus_one() == 0) step.state.rest.history.well_at_plus_one[answer.client] = 0;
    if (client.owned() != owned) {
        step.tell([&] { return fmt::format("client {} owns {}", answer.client, partitions_text(client.owned())); });
    }
}

void GroupWorld::fail_over(Step& step, std::uint8_t keep) const {
    State& state = step.state;
    count(step.coverage, Occurrence::coordinator_changed);
    const std::uint8_t writes = state.partition->view.writes;
    if (scope_.controls.failover_keeps_everything) keep = writes;
    if (keep < writes) count(step.coverage, Occurrence::write_lost_at_failover);
    if (keep > 0) count(step.coverage, Occurrence::write_kept_at_failover);
    step.tell([&] {
        return fmt::format(
            "broker {} does not lead any more; of {} writes under way {} are in the log that broker {} loads",
            state.partition->leader, writes, keep, 1 - state.partition->leader);
    });
    PartitionInput input = input_of(PartitionInput::Kind::failover);
    input.keep = keep;
    give(step, input);
    if (!state.rest.parked.empty()) {
        step.breach(kContractProperty, "a coordinator that does not lead any more lets a request wait");
    }
    History& history = state.rest.history;
    history.told_generation_plus_one = history.logged_generation_plus_one;
    history.well_at_plus_one = {};
    // The next coordinator never heard of the group.
    if (history.logged_generation_plus_one == 0) forget_generations(history);
}

void GroupWorld::stop(Step& step, std::uint8_t client, bool request_is_late) const {
    State& state = step.state;
    Message& slot = state.rest.slots[client];
    if (request_is_late) make_late(state, slot);
    slot = {};
    unhear(state, client);
    state.rest.clients[client].stop();
    state.rest.history.well_at_plus_one[client] = 0;
}

void GroupWorld::leave(Step& step, std::uint8_t client) const {
    Client& leaving = step.state.rest.clients[client];
    send(step.state, client, leaving.leaving(scope_.instance[client] != 0));
    leaving.stop();
    step.state.rest.history.well_at_plus_one[client] = 0;
    step.tell([&] {
        return fmt::format("client {} closes: {}", client, message_text(step.state.rest.slots[client], scope_));
    });
}

void GroupWorld::lose_slot(Step& step, std::uint8_t client) const {
    step.state.rest.slots[client] = {};
    step.state.rest.clients[client].timed_out(scope_);
}

void GroupWorld::unhear(State& state, std::uint8_t client) const {
    for (Parked& parked : state.rest.parked) {
        if (parked.client == client) parked.heard = 0;
    }
    std::ranges::sort(state.rest.parked);
}

void GroupWorld::make_late(State& state, const Message& request) const {
    auto& late = state.rest.late;
    late.push_back(request);
    std::ranges::sort(late, [](const Message& a, const Message& b) { return std::memcmp(&a, &b, sizeof a) < 0; });
}

void GroupWorld::send(State& state, std::uint8_t client, Message request) const {
    request.client = client;
    request.broker = state.partition->view.leader;
    state.rest.slots[client] = request;
    state.rest.clients[client].sent(request.kind);
}

void GroupWorld::start(State& state, std::uint8_t client) const {
    const Member fresh = scope_.is_async(client) ? fresh_member(state, client) : kNoMember;
    state.rest.clients[client].start(fresh);
}

/// Whoever has something to say says it as soon as there is a coordinator that would hear it.
void GroupWorld::send_what_is_due(State& state) const {
    if (state.partition->view.loaded == 0) return;
    for (std::uint8_t id = 0; id < scope_.clients; ++id) {
        if (state.rest.slots[id].kind != Message::Kind::none) continue;
        const Message request = state.rest.clients[id].due();
        if (request.kind != Message::Kind::none) send(state, id, request);
    }
}

/// Ids are unique because they are drawn at random: here the least of the client's numbers that nobody knows of.
Member GroupWorld::fresh_member(const State& state, std::uint8_t client) const {
    std::uint32_t used = state.partition->view.members;
    const auto add = [&](Member member) {
        if (member != kNoMember) used |= std::uint32_t{1} << (member - 1);
    };
    const auto add_message = [&](const Message& message) {
        add(message.member);
        for (const Listed& listed : message.members) add(listed.member);
    };
    for (const Client& other : state.rest.clients) {
        add(other.member());
        for (const Listed& listed : other.classic().assignment) add(listed.member);
    }
    std::ranges::for_each(state.rest.slots, add_message);
    std::ranges::for_each(state.rest.late, add_message);
    for (const Parked& parked : state.rest.parked) add(parked.member);
    for (const Member newest : state.rest.history.newest) add(newest);
    for (const std::uint8_t owner : state.rest.history.given_to) {
        if (owner < 0x80) add(owner);
    }
    for (std::size_t i = client * kIdsPerClient; i < (client + 1U) * kIdsPerClient; ++i) {
        if ((used >> i & 1) == 0) return static_cast<Member>(i + 1);
    }
    HIGHWATER_INVARIANT(false, "the scope needs more than {} ids of a client", kIdsPerClient);
    return kNoMember;
}

std::uint8_t GroupWorld::fresh_token(const State& state, std::uint8_t client) const {
    std::uint8_t token = 0;
    // Sorted by client and token.
    for (const Parked& parked : state.rest.parked) {
        if (parked.client == client && parked.token == token) ++token;
    }
    HIGHWATER_INVARIANT(token < kTokensPerClient, "more than {} requests of a client wait", kTokensPerClient);
    return token;
}

ErrorCode GroupWorld::probe(const State& state, const Message& request) const {
    PartitionInput input = input_of(PartitionInput::Kind::request);
    input.token = kSimpleConsumer * kTokensPerClient + kTokensPerClient - 1;
    input.message = request;
    const std::uint64_t key = XXH3_64bits_withSeed(&input, sizeof input, state.partition->hash);
    if (const Probed* known = probes_->find(key)) return known->error;
    OffsetsPartition copy = *state.partition;
    const PartitionOutput output = group::step(scope_, copy, input);
    const bool is_taken = copy.writes.size() > state.partition->writes.size();
    Probed probed{is_taken ? ErrorCode::none : ErrorCode::coordinator_load_in_progress};
    for (const PartitionOutput::Answer& answer : output.answers) {
        if (answer.token == input.token) probed.error = answer.answer.error();
    }
    return probes_->keep(key, [&](std::size_t) { return probed; }).error;
}

std::uint64_t GroupWorld::fingerprint(const State& state) const {
    return mix_bits(XXH3_64bits(&state.rest, sizeof(State::Rest)) ^ state.partition->hash);
}

}  // namespace highwater::model::group
