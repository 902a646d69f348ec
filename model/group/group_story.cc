// What people read of a group.
#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/group/group_world.h"
#include "model/group/names.h"

namespace highwater::model::group {
namespace {

std::string_view kind_text(Message::Kind kind) {
    static constexpr std::array<std::string_view, 7> kNames = {
        "nothing", "JoinGroup", "SyncGroup", "Heartbeat", "LeaveGroup", "OffsetCommit", "ConsumerGroupHeartbeat"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::string_view phase_text(const Client& client) {
    static constexpr std::array<std::string_view, 6> kClassic = {"down",   "joining", "syncing",
                                                                 "member", "fenced",  "refused"};
    static constexpr std::array<std::string_view, 6> kAsync = {"down",   "joining", "reconciling",
                                                               "member", "fenced",  "refused"};
    return client.is_async() ? kAsync[static_cast<std::size_t>(client.async().phase)]
                             : kClassic[static_cast<std::size_t>(client.classic().phase)];
}

std::string who(std::uint8_t client) {
    return client == kSimpleConsumer ? std::string{"a consumer without a group"} : fmt::format("client {}", client);
}

std::string list_text(const Message& m, const Scope& scope) {
    std::string text;
    for (const Listed& listed : m.members) {
        text += fmt::format(" {}", member_text(listed.member, scope));
        if (m.is_answer == 0) text += ":" + partitions_text(listed.assigned);
    }
    return text.empty() ? text : fmt::format(", [{} ]", text);
}

}  // namespace

std::string partitions_text(Partitions partitions) {
    std::vector<std::size_t> members;
    for (std::size_t p = 0; p < kPartitions; ++p) {
        if (has(partitions, p)) members.push_back(p);
    }
    return fmt::format("{{{}}}", fmt::join(members, ", "));
}

std::string member_text(Member member, const Scope& scope) {
    if (member == kNoMember) return "nobody";
    return member_id_of(member, scope.instance[client_of(member)]);
}

std::string message_text(const Message& m, const Scope& scope) {
    if (m.kind == Message::Kind::none) return "nothing";
    if (m.is_answer != 0) {
        std::string text = fmt::format("{} answer to {}: {}", kind_text(m.kind), who(m.client), m.error());
        const bool names = m.error() == ErrorCode::none || m.error() == ErrorCode::member_id_required;
        if (m.kind == Message::Kind::join && names) {
            text += fmt::format(", {}, generation {}{}", member_text(m.member, scope),
                                generation_of(m.generation_plus_one), m.leads != 0 ? ", leads" : "");
        }
        if (m.kind == Message::Kind::consumer_heartbeat && m.error() == ErrorCode::none) {
            text += fmt::format(", epoch {}", generation_of(m.generation_plus_one));
        }
        const bool gives = m.kind == Message::Kind::sync || m.is_full != 0;
        if (gives && m.error() == ErrorCode::none) text += ", " + partitions_text(m.partitions);
        return text + list_text(m, scope);
    }
    std::string text = fmt::format("{} of {} as {} to broker {}", kind_text(m.kind), who(m.client),
                                   member_text(m.member, scope), m.broker);
    if (m.kind == Message::Kind::join) return text + ", owns " + partitions_text(m.owned);
    if (m.kind == Message::Kind::consumer_heartbeat) {
        if (m.generation_plus_one == kLeavesForAWhile) return text + ", epoch -2";
        text += fmt::format(", epoch {}{}", generation_of(m.generation_plus_one), m.is_full != 0 ? ", all" : "");
        return m.says_owned != 0 ? text + ", owns " + partitions_text(m.owned) : text;
    }
    if (m.kind != Message::Kind::leave) text += fmt::format(", generation {}", generation_of(m.generation_plus_one));
    if (m.kind == Message::Kind::commit)
        text += fmt::format(", offset {} of {}", m.offset, partitions_text(m.partitions));
    return text + list_text(m, scope);
}

std::string print(const State& state, const Scope& scope) {
    const PartitionView& view = state.partition->view;
    std::string text = fmt::format("broker {} {}, tick {}, {} writes under way\n", view.leader,
                                   view.loaded != 0 ? "coordinates" : "loads", state.partition->ticks, view.writes);
    if (const ClassicGroup* group = state.partition->brokers[view.leader].find(kGroup)) {
        text += fmt::format("group: {}, generation {}, leader {}, members [", state_name(group->state),
                            group->generation.value(), group->leader.value_or("none"));
        for (const auto& [id, member] : group->members) text += fmt::format(" {}", id);
        text += " ]\n";
    }
    if (const ConsumerGroup* group = state.partition->brokers[view.leader].find_consumer(kGroup)) {
        text += fmt::format("consumer group: {}, epoch {}, target of {}, members [", state_name(group->state()),
                            group->epoch.value(), group->assignment_epoch.value());
        for (const auto& [id, member] : group->members) text += fmt::format(" {}@{}", id, member.current.member_epoch);
        text += " ]\n";
    }
    for (std::size_t p = 0; p < kPartitions; ++p) {
        if (view.offset_plus_one[p] == 0) continue;
        text += fmt::format("committed offset of partition {}: {}\n", p, view.offset_plus_one[p] - 1);
    }
    for (std::uint8_t id = 0; id < scope.clients; ++id) {
        const Client& client = state.rest.clients[id];
        text += fmt::format("client {}: {}, {}, generation {}, owns {}\n", id, phase_text(client),
                            member_text(client.member(), scope), generation_of(client.generation_plus_one()),
                            partitions_text(client.owned()));
    }
    for (const Message& message : state.rest.slots) {
        if (message.kind != Message::Kind::none) text += fmt::format("under way: {}\n", message_text(message, scope));
    }
    for (const Message& message : state.rest.late) text += fmt::format("late: {}\n", message_text(message, scope));
    for (const Parked& parked : state.rest.parked) {
        text += fmt::format("at the coordinator: {} of {}{}\n", kind_text(parked.kind), who(parked.client),
                            parked.heard != 0 ? "" : ", whose answer nobody hears");
    }
    return text;
}

}  // namespace highwater::model::group
