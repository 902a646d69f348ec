#include "model/group/history.h"

#include <algorithm>

namespace highwater::model::group {
namespace {

void note_generation(const Scope& scope, History& history, const Message& answer) {
    std::uint8_t& told = history.told_generation_plus_one;
    told = std::max(told, answer.generation_plus_one);
    history.ever_told_generation_plus_one = std::max(history.ever_told_generation_plus_one, told);
    const std::uint8_t instance = scope.instance[answer.client];
    // It goes on in a generation that is in the log.
    const bool replaced = instance != 0 && answer.generation_plus_one == history.logged_generation_plus_one;
    if (replaced) history.newest[instance - 1U] = answer.member;
}

void note_assignment(const Scope& scope, History& history, const Answered& told) {
    if (told.request.generation_plus_one > history.assigned_generation_plus_one) {
        history.assigned_generation_plus_one = told.request.generation_plus_one;
        history.given_to = {};
    }
    for (std::size_t p = 0; p < kPartitions; ++p) {
        if (has(told.answer.partitions, p)) history.given_to[p] = owner_key(scope, told.request.member);
    }
    const std::uint8_t instance = scope.instance[told.request.client];
    if (instance != 0) history.newest[instance - 1U] = told.request.member;
}

void note_commit(History& history, const Parked& commit) {
    for (std::size_t p = 0; p < kPartitions; ++p) {
        if (!has(commit.partitions, p)) continue;
        auto& offsets = history.offsets[p];
        const auto found = std::find(offsets.begin(), offsets.end(), commit.offset);
        // Whoever was told so before its write began is told an offset that is nowhere.
        const bool is_written = found != offsets.end();
        while (is_written && offsets.front() != commit.offset) offsets.erase(0);
        if (is_written) continue;
        offsets.clear();
        offsets.push_back(commit.offset);
    }
}

void note_heartbeat(const Scope& scope, History& history, const Answered& told) {
    if (is_leaving(told.request)) return;
    const std::uint8_t client = told.request.client;
    if (history.told_epoch_as[client] != told.request.member) history.told_epoch_plus_one[client] = 0;
    history.told_epoch_as[client] = told.request.member;
    std::uint8_t& epoch = history.told_epoch_plus_one[client];
    epoch = std::max(epoch, told.answer.generation_plus_one);
    if (told.answer.is_full == 0) return;
    for (std::size_t p = 0; p < kPartitions; ++p) {
        if (has(told.answer.partitions, p)) history.given_to[p] = owner_key(scope, told.request.member);
    }
}

}  // namespace

void forget_generations(History& history) {
    history.told_generation_plus_one = 0;
    history.ever_told_generation_plus_one = 0;
    history.logged_generation_plus_one = 0;
    history.assigned_generation_plus_one = 0;
    history.given_to = {};
    history.told_epoch_plus_one = {};
    history.told_epoch_as = {};
}

void note_told(const Scope& scope, History& history, const Answered& told) {
    if (told.answer.error() != ErrorCode::none) return;
    switch (told.request.kind) {
        case Message::Kind::join:
            return note_generation(scope, history, told.answer);
        case Message::Kind::sync:
            return note_assignment(scope, history, told);
        case Message::Kind::commit:
            return note_commit(history, told.request);
        case Message::Kind::consumer_heartbeat:
            return note_heartbeat(scope, history, told);
        default:
            return;
    }
}

}  // namespace highwater::model::group
