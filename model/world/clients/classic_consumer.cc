#include "model/world/clients/classic_consumer.h"

#include <algorithm>
#include <array>

namespace highwater::model {
namespace {

using group::Listed;
using group::Member;
using group::Partitions;

using List = FixedVector<Listed, group::kMaxClients + 2>;

constexpr std::size_t kNobody = SIZE_MAX;

/// Each partition to the next member of the list.
void assign_in_turn(List& members) {
    for (std::size_t p = 0; p < group::kPartitions; ++p) {
        Listed& listed = members[p % members.size()];
        listed.assigned = static_cast<Partitions>(listed.assigned | 1U << p);
    }
}

/// The place of the member that owns the partition; kNobody: none does, or two say so since the same generation.
std::size_t owner_of(const List& members, std::size_t partition) {
    std::size_t owner = kNobody;
    bool disputed = false;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (!group::has(members[i].owned, partition)) continue;
        if (owner == kNobody || members[i].owned_generation > members[owner].owned_generation) {
            owner = i;
            disputed = false;
        } else if (members[i].owned_generation == members[owner].owned_generation) {
            disputed = true;
        }
    }
    return disputed ? kNobody : owner;
}

/// Whoever owns a partition keeps it as long as all have as many; what must move is given to nobody until its owner has
/// given it up (KIP-429).
void assign_cooperatively(List& members) {
    const std::size_t most = (group::kPartitions + members.size() - 1) / members.size();
    std::array<std::size_t, group::kMaxClients + 2> load{};
    std::array<std::size_t, group::kPartitions> owners{};
    for (std::size_t p = 0; p < group::kPartitions; ++p) {
        owners[p] = owner_of(members, p);
        const bool stays = owners[p] != kNobody && load[owners[p]] < most;
        if (!stays) continue;
        ++load[owners[p]];
        members[owners[p]].assigned = static_cast<Partitions>(members[owners[p]].assigned | 1U << p);
    }
    for (std::size_t p = 0; p < group::kPartitions; ++p) {
        const bool claimed = std::any_of(members.begin(), members.end(),
                                         [&](const Listed& listed) { return group::has(listed.owned, p); });
        if (claimed) continue;
        std::size_t least = 0;
        for (std::size_t i = 1; i < members.size(); ++i) {
            if (load[i] < load[least]) least = i;
        }
        ++load[least];
        members[least].assigned = static_cast<Partitions>(members[least].assigned | 1U << p);
    }
}

}  // namespace

void ClassicConsumer::start() {
    *this = {};
    phase = Phase::joining;
}

void ClassicConsumer::stop() {
    *this = {};
}

ClassicConsumer::Message ClassicConsumer::claim(Message::Kind kind) const {
    Message message;
    message.kind = kind;
    message.member = member;
    message.generation_plus_one = generation_plus_one;
    return message;
}

ClassicConsumer::Message ClassicConsumer::heartbeat() const {
    return claim(Message::Kind::heartbeat);
}

ClassicConsumer::Message ClassicConsumer::due() const {
    if (waits()) return {};
    if (phase == Phase::joining) {
        Message message = claim(Message::Kind::join);
        message.generation_plus_one = 0;
        message.owned = owned;
        message.owned_generation = owned == 0 ? std::uint8_t{0} : owned_generation;
        return message;
    }
    if (phase == Phase::syncing) {
        Message message = claim(Message::Kind::sync);
        message.members = assignment;
        return message;
    }
    if (phase == Phase::member && committing != 0) {
        Message message = claim(Message::Kind::commit);
        message.offset = committing_offset;
        message.partitions = committing;
        return message;
    }
    return {};
}

void ClassicConsumer::begin_commit(std::uint8_t offset) {
    committing_offset = offset;
    committing = owned;
}

void ClassicConsumer::rejoin(const group::Scope& scope) {
    phase = Phase::joining;
    assignment.clear();
    committing_offset = 0;
    committing = 0;
    if (scope.cooperative || scope.controls.members_do_not_revoke) return;
    owned = 0;
    owned_generation = 0;
}

void ClassicConsumer::lose(bool with_id) {
    phase = Phase::joining;
    generation_plus_one = 0;
    owned = 0;
    owned_generation = 0;
    committing_offset = 0;
    committing = 0;
    assignment.clear();
    if (with_id) member = group::kNoMember;
}

void ClassicConsumer::timed_out(const group::Scope& scope) {
    waits_for = Message::Kind::none;
    if (phase == Phase::syncing) rejoin(scope);
}

void ClassicConsumer::take_error(const group::Scope& scope, ErrorCode error) {
    switch (error) {
        case ErrorCode::not_coordinator:
        case ErrorCode::coordinator_not_available:
        case ErrorCode::coordinator_load_in_progress:
            // Heartbeats are sent again in their own time, the others at once.
            if (phase == Phase::syncing) rejoin(scope);
            return;
        case ErrorCode::rebalance_in_progress:
            return rejoin(scope);
        case ErrorCode::illegal_generation:
            return lose(false);
        case ErrorCode::unknown_member_id:
            return lose(true);
        case ErrorCode::fenced_instance_id:
            lose(true);
            phase = Phase::fenced;
            return;
        default:
            lose(true);
            phase = Phase::refused;
            return;
    }
}

void ClassicConsumer::take_join(const group::Scope& scope, const Message& answer) {
    member = answer.member;
    generation_plus_one = answer.generation_plus_one;
    phase = Phase::syncing;
    assignment.clear();
    if (answer.leads == 0 || answer.skips_assignment != 0) return;
    assignment = answer.members;
    if (scope.cooperative) {
        assign_cooperatively(assignment);
    } else {
        assign_in_turn(assignment);
    }
    for (Listed& listed : assignment) {
        listed.owned = 0;
        listed.owned_generation = 0;
    }
}

void ClassicConsumer::take_assignment(const group::Scope& scope, Partitions given) {
    const Partitions kept = owned;
    owned = given;
    owned_generation = generation_plus_one;
    phase = Phase::member;
    assignment.clear();
    // What it has given up now may go to somebody else in the next generation.
    if (scope.cooperative && (kept & ~given) != 0) rejoin(scope);
}

void ClassicConsumer::answered(const group::Scope& scope, const Message& answer) {
    waits_for = Message::Kind::none;
    if (!is_up()) return;
    const ErrorCode error = answer.error();
    if (answer.kind == Message::Kind::join && error == ErrorCode::member_id_required) {
        member = answer.member;
        return;
    }
    if (error != ErrorCode::none) return take_error(scope, error);
    switch (answer.kind) {
        case Message::Kind::join:
            return take_join(scope, answer);
        case Message::Kind::sync:
            return take_assignment(scope, answer.partitions);
        case Message::Kind::commit:
            committing_offset = 0;
            committing = 0;
            return;
        default:
            return;
    }
}

}  // namespace highwater::model
