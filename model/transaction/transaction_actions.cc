// What can happen next, and what must hold when nothing is left to do.
#include <algorithm>

#include <fmt/format.h>

#include "model/transaction/names.h"
#include "model/transaction/occurrence.h"
#include "model/transaction/transaction_world.h"

namespace highwater::model::transaction {
namespace {

/// L7: so many ticks that nobody disturbs are enough for a transaction to time out, twice over.
constexpr std::uint8_t kPatience = 5;

}  // namespace

/// No transaction is open or under way, and nobody waits.
bool TransactionWorld::is_quiet(const State& state) const {
    for (const DataPartition* data : state.data) {
        if (data->view.last_stable_offset < data->view.log.size()) return false;
    }
    for (std::uint8_t id = 0; id < scope_.ids(); ++id) {
        const auto known = state.coordinator->view.ids[id].state_plus_one;
        if (known == 0) continue;
        const auto is = static_cast<TransactionState>(known - 1);
        if (is != TransactionState::empty && !is_complete(is)) return false;
    }
    return std::ranges::none_of(state.rest.producers,
                                [](const TransactionalProducer& producer) { return producer.holds_back != 0; });
}

std::optional<Violation> TransactionWorld::judge_rest(const State& state) const {
    if (state.rest.history.waits < kPatience) return std::nullopt;
    std::string facts = fmt::format("{} ticks have passed without a disturbance", kPatience);
    for (std::size_t p = 0; p < kPartitions; ++p) {
        const DataView& view = state.data[p]->view;
        facts +=
            fmt::format("; partition {}: last stable offset {} of {}", p, view.last_stable_offset, view.log.size());
    }
    for (std::uint8_t id = 0; id < scope_.ids(); ++id) {
        const IdView& view = state.coordinator->view.ids[id];
        if (view.state_plus_one == 0) continue;
        facts += fmt::format("; {} is {}", transactional_id(id),
                             name_of(static_cast<TransactionState>(view.state_plus_one - 1)));
    }
    return Violation{kRestProperty, std::move(facts)};
}

std::optional<Violation> TransactionWorld::enabled(const State& state, std::vector<Action>& actions,
                                                   Coverage& coverage) const {
    const State::Rest& rest = state.rest;
    const StateView& view = state.coordinator->view;
    const auto add = [&](ActionKind kind, std::size_t a = 0, std::size_t b = 0) {
        actions.push_back({kind, static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)});
    };
    if (view.loaded == 0) add(ActionKind::load);
    if (view.writes > 0) add(ActionKind::write_committed);
    if (view.wakes != 0) add(ActionKind::wake);
    for (std::size_t i = 0; i < rest.markers.size(); ++i) {
        const bool is_repeated = i > 0 && rest.markers[i] == rest.markers[i - 1];
        if (rest.markers[i].is_late == 0 && !is_repeated) add(ActionKind::deliver_marker, i);
    }
    for (std::size_t i = 0; i < rest.waiting.size(); ++i) {
        if (rest.waiting[i].error_plus_one != 0) add(ActionKind::vouch, i);
    }
    using Phase = TransactionalProducer::Phase;
    for (std::uint8_t id = 0; id < scope_.producers; ++id) {
        const TransactionalProducer& producer = rest.producers[id];
        if (rest.slots[id].kind != Message::Kind::none) {
            add(ActionKind::deliver, id);
            continue;
        }
        const bool may_begin = rest.history.begun[id] < scope_.transactions;
        if (producer.may_start() && (scope_.stays_down >> id & 1) == 0) {
            // A process that has nothing to do is of no interest, but for the first one: it fences the others.
            const bool is_first = producer.phase == Phase::down && rest.history.begun[id] == 0;
            if (may_begin || is_first) add(ActionKind::start, id);
        }
        if (producer.phase == Phase::ready && may_begin) add(ActionKind::begin, id);
        if (producer.phase != Phase::open) continue;
        if (producer.sent < scope_.partitions) {
            add(ActionKind::send, id);
        } else {
            add(ActionKind::end, id, 1);
        }
        if (scope_.aborts) add(ActionKind::end, id, 0);
    }
    const bool rests = actions.empty();
    for (std::size_t i = 0; i < rest.late.size(); ++i) add(ActionKind::deliver_late, i);
    for (std::size_t i = 0; i < rest.markers.size(); ++i) {
        if (rest.markers[i].is_late != 0) add(ActionKind::deliver_marker, i);
    }
    if (rests && !scope_.controls.rest_is_not_judged) {
        if (is_quiet(state)) {
            count(coverage, Occurrence::came_to_rest);
        } else {
            if (auto violation = judge_rest(state)) return violation;
            add(ActionKind::wait);
        }
    }
    add_disturbances(state, actions);
    return std::nullopt;
}

void TransactionWorld::add_disturbances(const State& state, std::vector<Action>& actions) const {
    const State::Rest& rest = state.rest;
    const StateView& view = state.coordinator->view;
    std::size_t disturbances = 0;
    for (std::size_t kind = 0; kind < kDisturbances; ++kind) disturbances += scope_.budgets[kind] - rest.budgets[kind];
    if (scope_.disturbances != 0 && disturbances >= scope_.disturbances) return;
    const auto add = [&](ActionKind kind, std::size_t a = 0, std::size_t b = 0) {
        if (rest.budgets[static_cast<std::size_t>(kind)] == 0) return;
        actions.push_back({kind, static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)});
    };
    add(ActionKind::tick);
    if (view.loaded != 0) {
        const std::uint8_t least = scope_.controls.failover_keeps_everything ? view.writes : std::uint8_t{0};
        for (std::uint8_t keep = least; keep <= view.writes; ++keep) add(ActionKind::failover, keep);
        if (view.writes > 0) add(ActionKind::fail_write);
    }
    for (std::uint8_t partition = 0; partition < scope_.partitions; ++partition) add(ActionKind::restart, partition);
    const bool room = rest.late.size() < scope_.late_requests;
    for (std::uint8_t id = 0; id < scope_.producers; ++id) {
        if (!scope_.may_disturb(id)) continue;
        const TransactionalProducer& producer = rest.producers[id];
        const Message& slot = rest.slots[id];
        const bool is_request = slot.kind != Message::Kind::none && slot.is_answer == 0;
        const bool may_be_late = is_request && room && (scope_.late_ends || slot.kind != Message::Kind::end);
        if (producer.is_up()) {
            add(ActionKind::crash, id, 0);
            if (may_be_late) add(ActionKind::crash, id, 1);
            const bool produces = producer.phase == TransactionalProducer::Phase::producing;
            if (produces) add(ActionKind::give_up, id, 0);
            if (produces && may_be_late) add(ActionKind::give_up, id, 1);
        }
        if (slot.kind == Message::Kind::none) continue;
        add(ActionKind::drop, id);
        if (may_be_late) add(ActionKind::hold, id);
        if (may_be_late) add(ActionKind::duplicate, id);
    }
    for (std::size_t i = 0; i < rest.markers.size(); ++i) {
        const Marker& marker = rest.markers[i];
        if (marker.is_late != 0) continue;
        if (marker.is_answer != 0) {
            const bool is_good = marker.error_plus_one == plus_one(ErrorCode::none);
            if (is_good) add(ActionKind::lose_answer, i);
            continue;
        }
        add(ActionKind::lose_marker, i, 0);
        if (scope_.late_markers) add(ActionKind::lose_marker, i, 1);
    }
}

}  // namespace highwater::model::transaction
