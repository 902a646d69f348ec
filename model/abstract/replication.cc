#include "model/abstract/replication.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/hash.h"
#include "core/base/invariant.h"
#include "model/abstract/replication_predicates.h"

namespace highwater::model {
namespace {

using State = ReplicationState;
using Kind = ReplicationActionKind;
using Property = ReplicationProperty;
using Word = ReplicaWord;
constexpr std::uint32_t kReplicas = State::kReplicas;

constexpr std::array<std::string_view, kReplicationActionKinds> kKindNames = {
    "elect_leader", "remove_from_isr",          "become_leader", "become_follower", "write", "fetch",
    "truncate",     "increment_high_watermark", "shrink_isr",    "expand_isr"};
constexpr std::array<std::string_view, kReplicationProperties> kPropertyNames = {"StrongIsr", "WeakIsr", "LogMatching"};
constexpr std::array<std::string_view, kReplicationProperties> kStatements = {
    "What is below the high watermark of a replica that takes itself for the leader is on every member of the true "
    "ISR.",
    "What is below the high watermark of a replica that takes itself for the leader is on every member of the ISR "
    "that it knows.",
    "Two logs that have a record of the same epoch at the same offset are equal up to there."};

/// A new epoch, and a LeaderAndIsr request that tells of it.
void update_quorum(std::uint32_t& controller, std::uint32_t leader_and_isr) {
    const std::uint32_t epoch = ControllerWord::EpochsUsed::get(controller);
    ControllerWord::Quorum::set(controller, leader_and_isr);
    ControllerWord::set_request(controller, epoch, leader_and_isr);
    ControllerWord::EpochsUsed::set(controller, epoch + 1);
}

/// The leader changes the quorum's ISR and its own at once: AlterPartition with nothing between.
void update_isr(State& state, std::size_t leader, std::uint32_t isr) {
    const auto code = LeaderAndIsr::of(static_cast<std::uint32_t>(leader), isr);
    Word::LeaderAndIsrCode::set(state.replicas[leader], code);
    ControllerWord::Quorum::set(state.controller, code);
}

void hear(std::uint32_t& replica, std::uint32_t request, std::uint32_t epoch) {
    Word::LeaderAndIsrCode::set(replica, request);
    Word::EpochsSeen::set(replica, epoch + 1);
}

void truncate(std::uint32_t& replica, std::uint32_t end) {
    Word::truncate(replica, end);
    Word::HighWatermark::set(replica, std::min(end, Word::HighWatermark::get(replica)));
}

}  // namespace

std::string_view name_of(ReplicationActionKind kind) {
    return kKindNames[static_cast<std::size_t>(kind)];
}
std::string_view name_of(ReplicationProperty property) {
    return kPropertyNames[static_cast<std::size_t>(property)];
}
std::string_view statement_of(ReplicationProperty property) {
    return kStatements[static_cast<std::size_t>(property)];
}

ReplicationModel::ReplicationModel(ReplicationBounds bounds, ReplicationRules rules, std::uint32_t properties)
    : bounds_(bounds), rules_(rules), properties_(properties) {
    HIGHWATER_INVARIANT(bounds.offsets <= Word::kMaxOffsets && bounds.records <= 4 &&
                            bounds.greatest_epoch < ControllerWord::kMaxEpochs,
                        "{} offsets, {} records, epochs to {}", bounds.offsets, bounds.records, bounds.greatest_epoch);
    for (const Renaming& renaming : all_renamings(kReplicas)) {
        for (std::uint32_t code = 0; code < 32; ++code) {
            std::uint32_t leader = LeaderAndIsr::leader(code);
            if (leader != LeaderAndIsr::kNoLeader) leader = renaming.to[leader];
            std::uint32_t isr = 0;
            for (std::size_t replica = 0; replica < kReplicas; ++replica) {
                if (contains(LeaderAndIsr::isr(code), replica)) isr |= only(renaming.to[replica]);
            }
            renamed_leader_and_isr_[renaming.number][code] = static_cast<std::uint8_t>(LeaderAndIsr::of(leader, isr));
        }
    }
}

State ReplicationModel::initial() const {
    State state;
    state.replicas.fill(Word::kInitial);
    ControllerWord::Quorum::set(state.controller, LeaderAndIsr::of(LeaderAndIsr::kNoLeader, only(kReplicas) - 1));
    for (std::uint32_t epoch = 0; epoch < ControllerWord::kMaxEpochs; ++epoch) {
        ControllerWord::set_request(state.controller, epoch, LeaderAndIsr::kNothing);
    }
    return state;
}

std::optional<std::uint32_t> ReplicationModel::truncation_offset(const State& state, std::size_t replica,
                                                                 std::size_t leader, std::uint32_t epoch) const {
    const std::uint32_t end = log_end(state, replica);
    std::uint32_t offset = end;
    switch (rules_.truncation) {
        case TruncationRule::to_high_watermark:
            offset = high_watermark(state, replica);
            break;
        case TruncationRule::kip101:
            if (end > 0) {
                const std::uint32_t last = Word::record_at(state.replicas[replica], end - 1);
                offset = end_offset_for_epoch(state, leader, replica, Word::epoch_of(last));
            }
            break;
        case TruncationRule::kip279:
            offset = end_of_agreement(state, leader, replica);
            break;
        case TruncationRule::fenced:
            if (!presumes_leadership(state, leader) || epochs_seen(state, leader) != epoch + 1) return std::nullopt;
            offset = end_of_agreement(state, leader, replica);
            break;
        case TruncationRule::after_error:
        case TruncationRule::none:
            break;
    }
    // An answer past its own end is one that the replica of this model cannot use.
    if (offset > end) return std::nullopt;
    return offset;
}

std::optional<Violation> ReplicationModel::enabled(const State& state, std::vector<Action>& actions, Coverage&) const {
    const std::uint32_t quorum = ControllerWord::Quorum::get(state.controller);
    if (ControllerWord::EpochsUsed::get(state.controller) <= bounds_.greatest_epoch) {
        for (std::uint8_t replica = 0; replica < kReplicas; ++replica) {
            const bool leads = LeaderAndIsr::leader(quorum) == replica;
            const bool in_isr = contains(LeaderAndIsr::isr(quorum), replica);
            if (in_isr && !leads) actions.push_back({.kind = Kind::elect_leader, .replica = replica});
            if (in_isr || leads) actions.push_back({.kind = Kind::remove_from_isr, .replica = replica});
        }
    }
    add_request_actions(state, actions);
    for (std::uint8_t leader = 0; leader < kReplicas; ++leader) {
        if (!presumes_leadership(state, leader)) continue;
        add_replica_actions(state, leader, actions);
        if (is_true_leader(state, leader)) add_isr_actions(state, leader, actions);
    }
    return std::nullopt;
}

void ReplicationModel::add_request_actions(const State& state, std::vector<Action>& actions) const {
    const std::uint32_t epochs = ControllerWord::EpochsUsed::get(state.controller);
    for (std::uint8_t epoch = 0; epoch < epochs; ++epoch) {
        const std::uint32_t leader = LeaderAndIsr::leader(ControllerWord::request(state.controller, epoch));
        if (leader == LeaderAndIsr::kNoLeader) continue;
        for (std::uint8_t replica = 0; replica < kReplicas; ++replica) {
            if (epoch + 1U <= epochs_seen(state, replica)) continue;
            if (replica == leader) {
                actions.push_back({.kind = Kind::become_leader, .replica = replica, .epoch = epoch});
            } else if (truncation_offset(state, replica, leader, epoch)) {
                actions.push_back({.kind = Kind::become_follower, .replica = replica, .epoch = epoch});
            }
        }
    }
}

void ReplicationModel::add_replica_actions(const State& state, std::uint8_t leader,
                                           std::vector<Action>& actions) const {
    const std::uint32_t end = log_end(state, leader);
    if (end < bounds_.offsets && ControllerWord::RecordsWritten::get(state.controller) < bounds_.records) {
        actions.push_back({.kind = Kind::write, .replica = leader});
    }
    for (std::uint8_t follower = 0; follower < kReplicas; ++follower) {
        const std::uint32_t follower_end = log_end(state, follower);
        if (follower_end < end && has_caught_up(state, leader, follower, follower_end, rules_.fetch)) {
            actions.push_back({.kind = Kind::fetch, .replica = follower, .other = leader});
        }
        if (rules_.truncation == TruncationRule::after_error && Word::leader(state.replicas[follower]) == leader &&
            shows_difference(state, leader, follower)) {
            actions.push_back({.kind = Kind::truncate, .replica = follower, .other = leader});
        }
    }
    const std::uint32_t mark = high_watermark(state, leader);
    if (mark < end) {
        const std::uint32_t isr = Word::isr(state.replicas[leader]);
        bool all = true;
        for (std::size_t follower = 0; follower < kReplicas && all; ++follower) {
            all = !contains(isr, follower) || has_caught_up(state, leader, follower, mark + 1, rules_.high_watermark);
        }
        if (all) actions.push_back({.kind = Kind::increment_high_watermark, .replica = leader});
    }
}

void ReplicationModel::add_isr_actions(const State& state, std::uint8_t leader, std::vector<Action>& actions) const {
    const std::uint32_t isr = Word::isr(state.replicas[leader]);
    const std::uint32_t end = log_end(state, leader);
    const std::uint32_t needed = rules_.join_needs_high_watermark ? high_watermark(state, leader) : 0;
    for (std::uint8_t follower = 0; follower < kReplicas; ++follower) {
        if (contains(isr, follower)) {
            if (follower != leader && !has_caught_up(state, leader, follower, end, rules_.isr)) {
                actions.push_back({.kind = Kind::shrink_isr, .replica = leader, .other = follower});
            }
        } else if (has_caught_up(state, leader, follower, needed, rules_.isr) &&
                   (!rules_.join_needs_epoch_start || high_watermark_reached_epoch(state, leader))) {
            actions.push_back({.kind = Kind::expand_isr, .replica = leader, .other = follower});
        }
    }
}

std::optional<Violation> ReplicationModel::apply(State& state, Action action, Coverage& coverage) const {
    ++coverage.counts[static_cast<std::size_t>(action.kind)];
    std::uint32_t& replica = state.replicas[action.replica];
    switch (action.kind) {
        case Kind::elect_leader: {
            const std::uint32_t isr = LeaderAndIsr::isr(ControllerWord::Quorum::get(state.controller));
            update_quorum(state.controller, LeaderAndIsr::of(action.replica, isr));
            break;
        }
        case Kind::remove_from_isr: {
            // The last member stays in the ISR while it leads, or its records would be nowhere.
            const std::uint32_t quorum = ControllerWord::Quorum::get(state.controller);
            const std::uint32_t isr = LeaderAndIsr::isr(quorum);
            const bool led = LeaderAndIsr::leader(quorum) == action.replica;
            const bool stays = led && isr == only(action.replica);
            update_quorum(state.controller,
                          LeaderAndIsr::of(led ? LeaderAndIsr::kNoLeader : LeaderAndIsr::leader(quorum),
                                           stays ? isr : isr & ~only(action.replica)));
            break;
        }
        case Kind::become_leader:
            hear(replica, ControllerWord::request(state.controller, action.epoch), action.epoch);
            break;
        case Kind::become_follower: {
            const std::uint32_t request = ControllerWord::request(state.controller, action.epoch);
            const auto offset = truncation_offset(state, action.replica, LeaderAndIsr::leader(request), action.epoch);
            HIGHWATER_INVARIANT(offset, "{}", describe(state));
            hear(replica, request, action.epoch);
            if (*offset < Word::LogEnd::get(replica)) truncate(replica, *offset);
            break;
        }
        case Kind::write: {
            const std::uint32_t id = ControllerWord::RecordsWritten::get(state.controller);
            Word::append(replica, Word::record(id, Word::EpochsSeen::get(replica) - 1));
            ControllerWord::RecordsWritten::set(state.controller, id + 1);
            break;
        }
        case Kind::fetch: {
            const std::uint32_t leader = state.replicas[action.other];
            const std::uint32_t offset = Word::LogEnd::get(replica);
            Word::append(replica, Word::record_at(leader, offset));
            Word::HighWatermark::set(replica, std::min(offset + 1, Word::HighWatermark::get(leader)));
            break;
        }
        case Kind::truncate:
            truncate(replica, end_of_agreement(state, action.other, action.replica));
            break;
        case Kind::increment_high_watermark:
            Word::HighWatermark::set(replica, Word::HighWatermark::get(replica) + 1);
            break;
        case Kind::shrink_isr:
            update_isr(state, action.replica, Word::isr(replica) & ~only(action.other));
            break;
        case Kind::expand_isr:
            update_isr(state, action.replica, Word::isr(replica) | only(action.other));
            break;
    }
    return judge(state, coverage);
}

std::optional<Violation> ReplicationModel::judge(const State& state, Coverage& coverage) const {
    const auto judged = [&coverage](Property property) -> std::uint64_t& {
        return coverage.counts[kReplicationActionKinds + static_cast<std::size_t>(property)];
    };
    const std::uint32_t true_isr = LeaderAndIsr::isr(ControllerWord::Quorum::get(state.controller));
    for (std::size_t leader = 0; leader < kReplicas; ++leader) {
        const std::uint32_t mark = high_watermark(state, leader);
        if (mark == 0 || !presumes_leadership(state, leader)) continue;
        for (const Property property : {Property::strong_isr, Property::weak_isr}) {
            if ((properties_ & bit_of(property)) == 0) continue;
            ++judged(property);
            const std::uint32_t isr = property == Property::strong_isr ? true_isr : Word::isr(state.replicas[leader]);
            for (std::size_t member = 0; member < kReplicas; ++member) {
                if (!contains(isr, member) || same_records_below(state, leader, member, mark)) continue;
                return Violation{name_of(property),
                                 fmt::format("broker {} takes itself for the leader and has high "
                                             "watermark {}; broker {} is in the ISR without that\n{}",
                                             leader, mark, member, describe(state))};
            }
        }
    }
    if ((properties_ & bit_of(Property::log_matching)) == 0) return std::nullopt;
    for (std::size_t a = 0; a < kReplicas; ++a) {
        for (std::size_t b = a + 1; b < kReplicas; ++b) {
            if (log_end(state, a) == 0 || log_end(state, b) == 0) continue;
            ++judged(Property::log_matching);
            if (logs_match(state, a, b)) continue;
            return Violation{name_of(Property::log_matching),
                             fmt::format("the logs of brokers {} and {} differ below a record of the same epoch\n{}", a,
                                         b, describe(state))};
        }
    }
    return std::nullopt;
}

bool ReplicationModel::disturbs(Action action) const {
    return action.kind == Kind::elect_leader || action.kind == Kind::remove_from_isr ||
           action.kind == Kind::shrink_isr || action.kind == Kind::expand_isr;
}

std::uint64_t ReplicationModel::fingerprint(const State& state) const {
    Hasher hasher;
    hasher.add(std::uint64_t{state.replicas[0]} << 32 | state.replicas[1]);
    hasher.add(std::uint64_t{state.replicas[2]} << 32 | state.controller);
    return hasher.value();
}

State ReplicationModel::renamed(const State& state, const Renaming& renaming) const {
    const auto& table = renamed_leader_and_isr_[renaming.number];
    State result;
    for (std::size_t replica = 0; replica < kReplicas; ++replica) {
        std::uint32_t word = state.replicas[replica];
        Word::LeaderAndIsrCode::set(word, table[Word::LeaderAndIsrCode::get(word)]);
        result.replicas[renaming.to[replica]] = word;
    }
    result.controller = state.controller;
    ControllerWord::Quorum::set(result.controller, table[ControllerWord::Quorum::get(state.controller)]);
    for (std::uint32_t epoch = 0; epoch < ControllerWord::kMaxEpochs; ++epoch) {
        ControllerWord::set_request(result.controller, epoch, table[ControllerWord::request(state.controller, epoch)]);
    }
    return result;
}

std::uint64_t ReplicationModel::fingerprint(const State& state, const Renaming& renaming) const {
    return fingerprint(renamed(state, renaming));
}

std::uint64_t ReplicationModel::profile(const State& state, std::size_t replica) const {
    const std::uint32_t word = state.replicas[replica];
    // Its own part of the state without the leader and ISR, then what each leader and ISR says of it: whether it is
    // the one, and in the other.
    std::uint64_t profile = word >> 5;
    const auto add = [&profile, replica](std::uint32_t code) {
        const bool leads = LeaderAndIsr::leader(code) == replica;
        profile = profile << 2 | (leads ? 2U : 0U) | (contains(LeaderAndIsr::isr(code), replica) ? 1U : 0U);
    };
    add(Word::LeaderAndIsrCode::get(word));
    add(ControllerWord::Quorum::get(state.controller));
    for (std::uint32_t epoch = 0; epoch < ControllerWord::kMaxEpochs; ++epoch) {
        add(ControllerWord::request(state.controller, epoch));
    }
    return profile;
}

}  // namespace highwater::model
