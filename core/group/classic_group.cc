#include "core/group/classic_group.h"

#include <algorithm>
#include <array>

#include "core/base/invariant.h"
#include "core/group/consumer_subscription.h"

namespace highwater {

bool ClassicMember::supports(std::string_view protocol) const {
    return std::ranges::find(protocols, protocol, &GroupProtocol::name) != protocols.end();
}

const std::string& ClassicMember::metadata_for(std::string_view protocol) const {
    const auto found = std::ranges::find(protocols, protocol, &GroupProtocol::name);
    HIGHWATER_INVARIANT(found != protocols.end(), "{} does not support {}", member_id, protocol);
    return found->metadata;
}

std::string_view state_name(ClassicState state) {
    static constexpr std::array<std::string_view, 4> kNames = {"Empty", "PreparingRebalance", "CompletingRebalance",
                                                               "Stable"};
    return kNames[static_cast<std::size_t>(state)];
}

const ClassicMember* ClassicGroup::find(std::string_view member_id) const {
    const auto found = members.find(std::string{member_id});
    return found == members.end() ? nullptr : &found->second;
}

ClassicMember* ClassicGroup::find(std::string_view member_id) {
    const auto found = members.find(std::string{member_id});
    return found == members.end() ? nullptr : &found->second;
}

Generation ClassicGroup::next_generation() const {
    return std::max(Generation{generation.value() + 1}, least_new_generation);
}

std::size_t ClassicGroup::awaiting_joins() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(members, [](const auto& entry) { return entry.second.awaiting_join.has_value(); }));
}

Duration ClassicGroup::rebalance_timeout() const {
    Duration longest{};
    for (const auto& [id, member] : members) longest = std::max(longest, member.rebalance_timeout);
    return longest;
}

bool ClassicGroup::supports(std::string_view type, const std::vector<GroupProtocol>& protocols) const {
    if (type.empty() || protocols.empty()) return false;
    if (members.empty()) return true;
    if (type != protocol_type) return false;
    return std::ranges::any_of(protocols, [this](const GroupProtocol& candidate) {
        return std::ranges::all_of(members, [&](const auto& entry) { return entry.second.supports(candidate.name); });
    });
}

std::string ClassicGroup::select_protocol() const {
    const auto all_have = [this](const std::string& name) {
        return std::ranges::all_of(members, [&](const auto& entry) { return entry.second.supports(name); });
    };
    std::map<std::string, std::size_t> votes;
    for (const auto& [id, member] : members) {
        const auto choice = std::ranges::find_if(
            member.protocols, [&](const GroupProtocol& candidate) { return all_have(candidate.name); });
        HIGHWATER_INVARIANT(choice != member.protocols.end(), "no protocol is common to all members");
        ++votes[choice->name];
    }
    HIGHWATER_INVARIANT(!votes.empty(), "no members to vote");
    return std::ranges::max_element(votes, {}, [](const auto& vote) { return vote.second; })->first;
}

std::optional<std::set<std::string>> ClassicGroup::subscribed_topics() const {
    if (protocol_type != kConsumerProtocolType || !protocol) return std::nullopt;
    std::set<std::string> topics;
    for (const auto& [id, member] : members) {
        if (!member.supports(*protocol)) return std::nullopt;
        const auto subscribed = topics_of_subscription(member.metadata_for(*protocol));
        if (!subscribed) return std::nullopt;
        topics.insert(subscribed->begin(), subscribed->end());
    }
    return topics;
}

GroupMetadata metadata_of(const ClassicGroup& group, const std::map<std::string, std::string>& assignments,
                          Timestamp wall) {
    GroupMetadata metadata{.protocol_type = group.protocol_type,
                           .generation = group.generation,
                           .protocol = group.protocol,
                           .leader = group.leader,
                           .current_state_timestamp = wall,
                           .members = {}};
    for (const auto& [id, member] : group.members) {
        const auto assigned = assignments.find(id);
        metadata.members.push_back({.member_id = id,
                                    .group_instance_id = member.group_instance_id,
                                    .client_id = member.client_id,
                                    .client_host = member.client_host,
                                    .rebalance_timeout = member.rebalance_timeout,
                                    .session_timeout = member.session_timeout,
                                    .subscription = group.protocol ? member.metadata_for(*group.protocol) : "",
                                    .assignment = assigned == assignments.end() ? "" : assigned->second});
    }
    return metadata;
}

ClassicGroup group_from(const GroupMetadata& metadata) {
    ClassicGroup group;
    group.state = metadata.members.empty() ? ClassicState::empty : ClassicState::stable;
    group.generation = metadata.generation;
    if (metadata.generation <= Generation{INT32_MAX - kGenerationsLeftOut}) {
        group.least_new_generation = Generation{metadata.generation.value() + kGenerationsLeftOut};
    }
    group.protocol_type = metadata.protocol_type;
    group.protocol = metadata.protocol;
    group.leader = metadata.leader;
    group.current_state_timestamp = metadata.current_state_timestamp;
    for (const PersistedMember& member : metadata.members) {
        if (member.group_instance_id) group.static_members[*member.group_instance_id] = member.member_id;
        group.members[member.member_id] = {
            .member_id = member.member_id,
            .group_instance_id = member.group_instance_id,
            .client_id = member.client_id,
            .client_host = member.client_host,
            .rebalance_timeout = member.rebalance_timeout,
            .session_timeout = member.session_timeout,
            .protocols = {{metadata.protocol.value_or(""), member.subscription}},
            .assignment = member.assignment,
            .awaiting_join = std::nullopt,
            .awaiting_sync = std::nullopt,
            .is_new = false,
        };
    }
    return group;
}

}  // namespace highwater
