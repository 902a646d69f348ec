// What can happen next, and what must hold when nothing is left to do.
#include "model/group/group_world.h"

#include <fmt/format.h>

#include "model/group/occurrence.h"

namespace highwater::model::group {
namespace {

/// L8: so many ticks of a group that nobody disturbs are enough for sessions, rebalances and waits for new members to
/// end one after the other.
constexpr std::uint8_t kPatience = 8;

}  // namespace

bool GroupWorld::is_worth_a_heartbeat(const State& state, std::uint8_t client) const {
    if (!scope_.heartbeats_wait) return true;
    Message request = state.rest.clients[client].heartbeat();
    request.client = client;
    request.broker = state.partition->view.leader;
    PartitionInput input = input_of(PartitionInput::Kind::request);
    input.token = static_cast<std::uint8_t>(client * kTokensPerClient + fresh_token(state, client));
    input.message = request;
    const PartitionStore::Taken& asked = partitions_->step(0, *state.partition, input);
    if (asked.after != state.partition || asked.output.answers.empty()) return true;
    const Message& answer = asked.output.answers.front().answer;
    return answer.error() != ErrorCode::none || answer.is_full != 0;
}

bool GroupWorld::is_settled(const State& state) const {
    std::uint8_t generation = 0;
    Partitions owned = 0;
    bool somebody = false;
    for (std::uint8_t id = 0; id < scope_.clients; ++id) {
        const Client& client = state.rest.clients[id];
        if (!client.is_up()) continue;
        if (!client.is_settled()) return false;
        // Members of a consumer group learn of an epoch that changes nothing for them when they are heard of next.
        const bool shares_generation = scope_.consumer_protocol == 0;
        if (shares_generation && somebody && client.generation_plus_one() != generation) return false;
        if ((owned & client.owned()) != 0) return false;
        generation = client.generation_plus_one();
        owned = static_cast<Partitions>(owned | client.owned());
        somebody = true;
    }
    return !somebody || owned == kAllPartitions;
}

std::optional<Violation> GroupWorld::judge_rest(const State& state) const {
    if (state.rest.history.waits < kPatience) return std::nullopt;
    std::string facts = fmt::format("{} ticks have passed without a disturbance", kPatience);
    for (std::uint8_t id = 0; id < scope_.clients; ++id) {
        const Client& client = state.rest.clients[id];
        facts += fmt::format("; client {}: {}, generation {}, owns {}", id, member_text(client.member(), scope_),
                             generation_of(client.generation_plus_one()), partitions_text(client.owned()));
    }
    return Violation{kRestProperty, std::move(facts)};
}

std::optional<Violation> GroupWorld::enabled(const State& state, std::vector<Action>& actions,
                                             Coverage& coverage) const {
    const State::Rest& rest = state.rest;
    const PartitionView& view = state.partition->view;
    const auto add = [&](ActionKind kind, std::size_t a = 0, std::size_t b = 0) {
        actions.push_back({kind, static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)});
    };
    if (view.loaded == 0) add(ActionKind::load);
    if (view.writes > 0) add(ActionKind::write_committed);
    for (std::uint8_t id = 0; id < scope_.clients; ++id) {
        const Client& client = rest.clients[id];
        if (client.is_refused()) {
            return Violation{kRestProperty, fmt::format("client {} is told what it cannot go on from", id)};
        }
        if (client.may_reconcile(scope_)) add(ActionKind::reconcile, id);
        if (rest.slots[id].kind != Message::Kind::none) {
            add(ActionKind::deliver, id);
            continue;
        }
        if (client.is_down() && (scope_.stays_down >> id & 1) == 0) add(ActionKind::start, id);
        if (!client.is_member() || client.waits() || view.loaded == 0) continue;
        if (is_worth_a_heartbeat(state, id)) add(ActionKind::heartbeat, id);
        if (client.owned() != 0 && rest.history.commits < scope_.commits) add(ActionKind::commit, id);
    }
    const bool rests = actions.empty();
    for (std::size_t i = 0; i < rest.late.size(); ++i) add(ActionKind::deliver_late, i);
    if (rests && !scope_.controls.rest_is_not_judged) {
        if (is_settled(state)) {
            count(coverage, Occurrence::came_to_rest);
            if (rest.history.given_to != decltype(rest.history.given_to){}) count(coverage, Occurrence::group_settled);
        } else {
            if (auto violation = judge_rest(state)) return violation;
            add(ActionKind::wait);
        }
    }
    add_disturbances(state, actions);
    return std::nullopt;
}

void GroupWorld::add_disturbances(const State& state, std::vector<Action>& actions) const {
    const State::Rest& rest = state.rest;
    const PartitionView& view = state.partition->view;
    std::size_t disturbances = 0;
    for (std::size_t kind = 0; kind < kDisturbances; ++kind) disturbances += scope_.budgets[kind] - rest.budgets[kind];
    if (scope_.disturbances != 0 && disturbances >= scope_.disturbances) return;
    const auto may = [&](ActionKind kind) { return rest.budgets[static_cast<std::size_t>(kind)] > 0; };
    const auto add = [&](ActionKind kind, std::size_t a = 0, std::size_t b = 0) {
        if (may(kind)) actions.push_back({kind, static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)});
    };
    add(ActionKind::tick);
    if (view.loaded != 0) {
        const std::uint8_t least = scope_.controls.failover_keeps_everything ? view.writes : std::uint8_t{0};
        for (std::uint8_t keep = least; keep <= view.writes; ++keep) add(ActionKind::failover, keep);
        if (view.writes > 0) add(ActionKind::fail_write);
        if (rest.history.commits < scope_.commits) add(ActionKind::simple_commit);
        add(ActionKind::expire);
    }
    const bool room = rest.late.size() < scope_.late_requests;
    for (std::uint8_t id = 0; id < scope_.clients; ++id) {
        if (!scope_.may_disturb(id)) continue;
        const Client& client = rest.clients[id];
        const Message& slot = rest.slots[id];
        const bool is_request = slot.kind != Message::Kind::none && slot.is_answer == 0;
        if (client.is_up()) {
            add(ActionKind::crash, id, 0);
            if (is_request && room) add(ActionKind::crash, id, 1);
            const bool may_leave = client.has_joined() && !client.waits() && view.loaded != 0;
            if (may_leave && slot.kind == Message::Kind::none) add(ActionKind::leave, id);
            if (client.waits() && slot.kind == Message::Kind::none) add(ActionKind::give_up, id);
        }
        if (slot.kind == Message::Kind::none) continue;
        add(ActionKind::drop, id);
        if (is_request && room) add(ActionKind::hold, id);
        if (is_request && room) add(ActionKind::duplicate, id);
    }
}

}  // namespace highwater::model::group
