// P26 GenerationOrder: Generations rise; in each, a partition is given to one member, and each member is told the same
// again; a request of a lower generation, or a commit of none while there are members, is refused.
#include "model/group/check/generation_order.h"

#include <optional>
#include <string>

#include <fmt/format.h>

#include "model/group/history.h"
#include "model/group/occurrence.h"

namespace highwater::model::group {
namespace {

std::optional<std::string> judge_assignment(const Judged& judged, const History& history, const Answered& told) {
    const std::uint8_t generation = told.request.generation_plus_one;
    if (generation < history.assigned_generation_plus_one) {
        return fmt::format("client {} is told an assignment of generation {}; one of generation {} was told before",
                           told.request.client, generation_of(generation),
                           generation_of(history.assigned_generation_plus_one));
    }
    if (generation > history.assigned_generation_plus_one) return std::nullopt;
    const std::uint8_t owner = owner_key(judged.scope(), told.request.member);
    for (std::size_t p = 0; p < kPartitions; ++p) {
        const bool given = has(told.answer.partitions, p);
        if (given && history.given_to[p] != 0 && history.given_to[p] != owner) {
            return fmt::format("in generation {} partition {} is given to two members", generation_of(generation), p);
        }
        if (!given && history.given_to[p] == owner) {
            return fmt::format("in generation {} client {} was given partition {} before, and now is not",
                               generation_of(generation), told.request.client, p);
        }
    }
    return std::nullopt;
}

/// A new generation is new to everybody, also when another coordinator told the others.
std::optional<std::string> judge_generation(const History& history, const Answered& told) {
    const std::uint8_t generation = told.answer.generation_plus_one;
    const bool falls = generation < history.told_generation_plus_one;
    const bool is_new = generation > history.told_generation_plus_one;
    if (!falls && !(is_new && generation <= history.ever_told_generation_plus_one)) return std::nullopt;
    return fmt::format("client {} is told generation {} as a new one; generation {} was told before",
                       told.request.client, generation_of(generation),
                       generation_of(history.ever_told_generation_plus_one));
}

/// A member is never told an epoch below one that it was told, not even when it joins again under its id.
std::optional<std::string> judge_epoch(const History& history, const Answered& told) {
    const std::uint8_t client = told.request.client;
    const bool falls = !is_leaving(told.request) && history.told_epoch_as[client] == told.request.member &&
                       told.answer.generation_plus_one < history.told_epoch_plus_one[client];
    if (!falls) return std::nullopt;
    return fmt::format("client {} is told epoch {}; it was told epoch {} before", client,
                       generation_of(told.answer.generation_plus_one),
                       generation_of(history.told_epoch_plus_one[client]));
}

std::optional<std::string> judge_told(const Judged& judged) {
    History history = judged.before.rest.history;
    if (judged.events.group_deleted) forget_generations(history);
    for (const Answered& told : judged.events.told) {
        if (told.answer.error() != ErrorCode::none) continue;
        if (told.request.kind == Message::Kind::join) {
            if (auto facts = judge_generation(history, told)) return facts;
        }
        if (told.request.kind == Message::Kind::sync) {
            if (auto facts = judge_assignment(judged, history, told)) return facts;
        }
        if (told.request.kind == Message::Kind::consumer_heartbeat) {
            if (auto facts = judge_epoch(history, told)) return facts;
        }
        note_told(judged.scope(), history, told);
    }
    return std::nullopt;
}

std::optional<std::string> judge_arrived(const Judged& judged) {
    const Parked& request = judged.events.arrived;
    const std::uint8_t present = judged.before.rest.history.told_generation_plus_one;
    if (request.client == kSimpleConsumer) {
        if (!judged.events.taken) return std::nullopt;
        if (judged.somebody_is_in_the_group())
            return std::string{"a commit without a generation is taken; there are members"};
        count(judged.coverage, Occurrence::commit_without_membership);
        return std::nullopt;
    }
    // What a member of a consumer group may still do at an older epoch is P25's.
    if (judged.scope().is_async(request.client)) return std::nullopt;
    const bool claims = request.kind == Message::Kind::sync || request.kind == Message::Kind::heartbeat ||
                        request.kind == Message::Kind::commit;
    if (!claims || request.generation_plus_one >= present) return std::nullopt;
    if (judged.events.taken) {
        // It may be refused when its turn comes.
        if (judged.everybody_waits()) return std::nullopt;
        return fmt::format("a request of client {} in generation {} is taken; generation {} was told", request.client,
                           generation_of(request.generation_plus_one), generation_of(present));
    }
    count(judged.coverage, Occurrence::request_of_a_lower_generation);
    return std::nullopt;
}

std::optional<std::string> judge(const Judged& judged) {
    if (auto facts = judge_told(judged)) return facts;
    return judge_arrived(judged);
}

}  // namespace

const Property kGenerationOrder = {
    "P26", "GenerationOrder",
    "Generations rise; in each, a partition is given to one member, and each member is told the same again; a request "
    "of a lower generation, or a commit of none while there are members, is refused.",
    judge};

}  // namespace highwater::model::group
