// JoinGroup: who may come in, and how a rebalance begins.
#include <algorithm>
#include <utility>

#include "core/base/invariant.h"
#include "core/group/group_coordinator.h"
#include "core/group/group_step.h"

namespace highwater {
namespace {

/// A member that has not been in a generation may take so long to be in one.
constexpr Duration kNewMemberTimeout = std::chrono::minutes{5};

bool same_protocols(const std::vector<GroupProtocol>& a, const std::vector<GroupProtocol>& b) {
    return std::ranges::equal(a, b, [](const GroupProtocol& x, const GroupProtocol& y) {
        return x.name == y.name && x.metadata == y.metadata;
    });
}

/// What a member is told that is in the present generation already. The list of members is the leader's.
JoinAnswer present_generation(const ClassicGroup& group, GroupToken token, const std::string& member_id,
                              bool with_members) {
    JoinAnswer answer{.token = token,
                      .error = ErrorCode::none,
                      .generation = group.generation,
                      .protocol_type = group.protocol_type,
                      .protocol = group.protocol,
                      .leader = group.leader.value_or(""),
                      .skip_assignment = false,
                      .member_id = member_id,
                      .members = {}};
    if (!with_members) return answer;
    for (const auto& [id, member] : group.members) {
        answer.members.push_back({id, member.group_instance_id, member.metadata_for(*group.protocol)});
    }
    return answer;
}

}  // namespace

void GroupCoordinator::on(Step& step, const JoinReceived& input) {
    const auto refuse = [&](ErrorCode error) { step.refuse_join(input.token, error, input.member_id); };
    if (!loaded_) return refuse(ErrorCode::coordinator_load_in_progress);
    if (input.group.empty()) return refuse(ErrorCode::invalid_group_id);
    if (input.session_timeout < config_.min_session_timeout || input.session_timeout > config_.max_session_timeout) {
        return refuse(ErrorCode::invalid_session_timeout);
    }
    if (postpone(input.group, GroupInput{input})) return;
    if (const ConsumerGroup* consumer = find_consumer(input.group)) {
        return join_consumer_group(step, *consumer, input);
    }
    auto found = groups_.find(input.group);
    if (found == groups_.end()) {
        if (!input.member_id.empty()) return refuse(ErrorCode::unknown_member_id);
        found = groups_.try_emplace(input.group).first;
    }
    ClassicGroup& group = found->second;
    if (!has_room(group, input)) {
        refuse(ErrorCode::group_max_size_reached);
    } else if (!group.supports(input.protocol_type, input.protocols)) {
        refuse(ErrorCode::inconsistent_group_protocol);
    } else if (input.member_id.empty()) {
        join_new(step, group, input);
    } else {
        join_known(step, group, input);
    }
    forget_if_unused(input.group);
}

bool GroupCoordinator::has_room(const ClassicGroup& group, const JoinReceived& input) const {
    const auto limit = static_cast<std::size_t>(config_.max_size);
    const ClassicMember* member = group.find(input.member_id);
    const bool comes_back = input.group_instance_id && group.static_members.contains(*input.group_instance_id);
    if (comes_back || group.pending_members.contains(input.member_id)) return true;
    if (group.pending_members.size() >= kMaxPendingMembers && member == nullptr) return false;
    // While members come back, whoever waits already counts; in order of arrival.
    if (group.state == ClassicState::preparing_rebalance) {
        const bool waits = member != nullptr && member->awaiting_join;
        return waits || group.awaiting_joins() + group.pending_members.size() < limit;
    }
    return member != nullptr || group.members.size() + group.pending_members.size() < limit;
}

void GroupCoordinator::join_new(Step& step, ClassicGroup& group, const JoinReceived& input) {
    if (input.group_instance_id) {
        if (group.static_members.contains(*input.group_instance_id)) {
            replace_static_member(step, group, input);
        } else {
            add_and_rebalance(step, group, input, new_member_id(input));
        }
        return;
    }
    const std::string member_id = new_member_id(input);
    if (!input.requires_known_member_id) return add_and_rebalance(step, group, input, member_id);
    // The client comes back with this id, so that an answer that gets lost leaves no member behind (KIP-394).
    group.pending_members.insert(member_id);
    deadlines_.set({input.group, DeadlineKey::Kind::pending_member, member_id}, step.now + input.session_timeout);
    step.refuse_join(input.token, ErrorCode::member_id_required, member_id);
}

void GroupCoordinator::join_known(Step& step, ClassicGroup& group, const JoinReceived& input) {
    const auto refuse = [&](ErrorCode error) { step.refuse_join(input.token, error, input.member_id); };
    if (group.pending_members.contains(input.member_id)) {
        // Ids are handed out to dynamic members only.
        if (input.group_instance_id) return refuse(ErrorCode::unknown_member_id);
        group.pending_members.erase(input.member_id);
        deadlines_.clear({input.group, DeadlineKey::Kind::pending_member, input.member_id});
        return add_and_rebalance(step, group, input, input.member_id);
    }
    if (const ErrorCode error = check_member(group, input.member_id, input.group_instance_id);
        error != ErrorCode::none) {
        return refuse(error);
    }
    ClassicMember& member = *group.find(input.member_id);
    const bool unchanged = same_protocols(member.protocols, input.protocols);
    const bool leads = group.is_leader(input.member_id);
    switch (group.state) {
        case ClassicState::empty:
            HIGHWATER_INVARIANT(false, "group {} is empty and has member {}", input.group, input.member_id);
            break;
        case ClassicState::preparing_rebalance:
            update_and_rebalance(step, group, member, input);
            break;
        case ClassicState::completing_rebalance:
            // Its answer was lost: the generation stands.
            if (unchanged) {
                step.effects.push_back(present_generation(group, input.token, input.member_id, leads));
            } else {
                update_and_rebalance(step, group, member, input);
            }
            break;
        case ClassicState::stable:
            // A leader that joins again wants to assign anew.
            if (leads || !unchanged) {
                update_and_rebalance(step, group, member, input);
            } else {
                step.effects.push_back(present_generation(group, input.token, input.member_id, false));
            }
            break;
    }
}

void GroupCoordinator::add_and_rebalance(Step& step, ClassicGroup& group, const JoinReceived& input,
                                         const std::string& member_id) {
    if (group.members.empty()) {
        group.protocol_type = input.protocol_type;
        group.leader = member_id;
    }
    if (input.group_instance_id) group.static_members[*input.group_instance_id] = member_id;
    group.members[member_id] = {.member_id = member_id,
                                .group_instance_id = input.group_instance_id,
                                .client_id = input.client_id,
                                .client_host = input.client_host,
                                .rebalance_timeout = input.rebalance_timeout,
                                .session_timeout = input.session_timeout,
                                .protocols = input.protocols,
                                .assignment = {},
                                .awaiting_join = input.token,
                                .awaiting_sync = std::nullopt,
                                .is_new = true};
    if (group.initial_delay_left) group.joined_during_initial_delay = true;
    deadlines_.set({input.group, DeadlineKey::Kind::session, member_id}, step.now + kNewMemberTimeout);
    rebalance(step, input.group, group);
}

void GroupCoordinator::update_and_rebalance(Step& step, ClassicGroup& group, ClassicMember& member,
                                            const JoinReceived& input) {
    // The request that waited was given up by its client.
    if (member.awaiting_join) step.refuse_join(*member.awaiting_join, ErrorCode::unknown_member_id, member.member_id);
    member.client_id = input.client_id;
    member.client_host = input.client_host;
    member.rebalance_timeout = input.rebalance_timeout;
    member.session_timeout = input.session_timeout;
    member.protocols = input.protocols;
    member.awaiting_join = input.token;
    rebalance(step, input.group, group);
}

void GroupCoordinator::put_in_place_of(Step& step, ClassicGroup& group, const std::string& former_id,
                                       const JoinReceived& input) {
    const std::string member_id = new_member_id(input);
    auto entry = group.members.extract(former_id);
    HIGHWATER_INVARIANT(!entry.empty(), "{} of {} is to be replaced and not there", former_id, input.group);
    ClassicMember& member = entry.mapped();
    // Two processes with one instance id: the older one has to stop (KIP-345).
    if (member.awaiting_join) step.refuse_join(*member.awaiting_join, ErrorCode::fenced_instance_id, former_id);
    if (member.awaiting_sync) step.refuse_sync(*member.awaiting_sync, ErrorCode::fenced_instance_id);
    member.member_id = member_id;
    member.client_id = input.client_id;
    member.client_host = input.client_host;
    member.rebalance_timeout = input.rebalance_timeout;
    member.session_timeout = input.session_timeout;
    member.protocols = input.protocols;
    member.awaiting_join.reset();
    member.awaiting_sync.reset();
    entry.key() = member_id;
    group.members.insert(std::move(entry));
    group.static_members[*input.group_instance_id] = member_id;
    if (group.is_leader(former_id)) group.leader = member_id;
    if (group.pending_sync.erase(former_id) > 0) group.pending_sync.insert(member_id);
    deadlines_.clear({input.group, DeadlineKey::Kind::session, former_id});
    extend_session(step, input.group, *group.find(member_id));
}

void GroupCoordinator::replace_static_member(Step& step, ClassicGroup& group, const JoinReceived& input) {
    const std::string former_id = group.static_members.at(*input.group_instance_id);
    const ClassicMember& former = *group.find(former_id);
    const auto& wanted = input.protocols;
    const bool as_before =
        group.state == ClassicState::stable && group.protocol && former.supports(*group.protocol) &&
        std::ranges::any_of(wanted, [&](const GroupProtocol& protocol) {
            return protocol.name == *group.protocol && protocol.metadata == former.metadata_for(*group.protocol);
        });
    if (!as_before) {
        put_in_place_of(step, group, former_id, input);
        group.find(new_member_id(input))->awaiting_join = input.token;
        rebalance(step, input.group, group);
        return;
    }
    // It takes over without a rebalance, once a new coordinator would know of it too (KAFKA-10284). The record has all
    // members: whoever comes back meanwhile waits, or the next record would be made without this one.
    ClassicGroup with_it = group;
    const std::string member_id = new_member_id(input);
    auto entry = with_it.members.extract(former_id);
    entry.key() = member_id;
    entry.mapped().member_id = member_id;
    entry.mapped().protocols = wanted;
    with_it.members.insert(std::move(entry));
    if (with_it.is_leader(former_id)) with_it.leader = member_id;
    std::map<std::string, std::string> assignments;
    for (const auto& [id, member] : with_it.members) assignments[id] = member.assignment;
    write(step, {GroupMetadataRecord{input.group, metadata_of(with_it, assignments, step.wall)}},
          ReplacementWrite{input, former_id}, input.group);
}

void GroupCoordinator::replacement_committed(Step& step, const ReplacementWrite& done) {
    const JoinReceived& input = done.request;
    ClassicGroup& group = groups_.at(input.group);
    const bool led = group.is_leader(done.former_member_id);
    put_in_place_of(step, group, done.former_member_id, input);
    const std::string& member_id = group.static_members.at(*input.group_instance_id);
    JoinAnswer answer = present_generation(group, input.token, member_id, led && input.supports_skipping_assignment);
    if (led && input.supports_skipping_assignment) {
        answer.skip_assignment = true;
    } else if (led) {
        // An older client that is told that it leads would assign anew: it is told that its former self does.
        answer.leader = done.former_member_id;
    }
    step.effects.push_back(std::move(answer));
}

}  // namespace highwater
