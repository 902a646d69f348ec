#include "model/group/names.h"

#include <utility>

#include "core/base/invariant.h"
#include "core/group/consumer_subscription.h"
#include "model/world/batch.h"

namespace highwater::model::group {
namespace {

constexpr char kFirst = 'a';
constexpr std::string_view kClient = "m";

std::string assignment_of(Partitions partitions) {
    PartitionsByName named;
    for (std::size_t p = 0; p < kPartitions; ++p) {
        if (has(partitions, p)) named[std::string{kTopic}].push_back(PartitionId{static_cast<std::int32_t>(p)});
    }
    return write_assignment(1, named);
}

constexpr std::size_t kUserDataAt = 13;

/// A consumer's subscription to the one topic, version 1: what it owns, and as its user data since when.
std::string subscription_of(const Message& join) {
    std::string bytes{"\0\1\0\0\0\1\0\1t\0\0\0\2", kUserDataAt};
    bytes += static_cast<char>(kFirst + join.owned);
    bytes += static_cast<char>(kFirst + join.owned_generation);
    // An assignment has the same list of partitions, behind its version and before its user data.
    const std::string owned = assignment_of(join.owned);
    return bytes + owned.substr(2, owned.size() - 6);
}

std::uint8_t number_in(std::string_view text, std::size_t at) {
    return static_cast<std::uint8_t>(text[at] - kFirst);
}

Partitions partitions_in(std::string_view assignment) {
    Partitions partitions = 0;
    const auto named = partitions_of_assignment(assignment).value_or(PartitionsByName{});
    for (const auto& [topic, list] : named) {
        for (const PartitionId id : list) partitions = static_cast<Partitions>(partitions | 1U << id.value());
    }
    return partitions;
}

MemberClaim claim_of(const Scope& scope, const Message& request) {
    const std::uint8_t instance =
        request.client == kSimpleConsumer ? std::uint8_t{0} : scope.told_instance(request.client);
    return {member_id_of(request.member, instance), instance_id_of(instance),
            generation_of(request.generation_plus_one)};
}

JoinReceived join_of(const Scope& scope, const Message& request, GroupToken token, Member fresh) {
    MemberClaim claim = claim_of(scope, request);
    return {.token = token,
            .group = std::string{kGroup},
            .session_timeout = kTimeout,
            .rebalance_timeout = kTimeout,
            .member_id = std::move(claim.member_id),
            .group_instance_id = std::move(claim.group_instance_id),
            .client_id = std::string{kClient},
            .client_host = {},
            .protocol_type = std::string{kConsumerProtocolType},
            .protocols = {{scope.cooperative ? "c" : "e", subscription_of(request)}},
            .requires_known_member_id = scope.known_member_ids,
            .supports_skipping_assignment = true,
            .fresh_id = fresh_id_of(fresh)};
}

OffsetCommitReceived commit_of(const Scope& scope, const Message& request, GroupToken token) {
    OffsetCommitReceived commit{token, std::string{kGroup}, claim_of(scope, request), std::nullopt, {}, true};
    for (std::size_t p = 0; p < kPartitions; ++p) {
        if (!has(request.partitions, p)) continue;
        commit.offsets.push_back({{std::string{kTopic}, PartitionId{static_cast<std::int32_t>(p)}},
                                  Offset{request.offset},
                                  std::nullopt,
                                  {}});
    }
    return commit;
}

AssignedPartitions assigned_of(Partitions partitions) {
    AssignedPartitions assigned;
    for (std::size_t p = 0; p < kPartitions; ++p) {
        if (has(partitions, p)) assigned[topic_id()].push_back(PartitionId{static_cast<std::int32_t>(p)});
    }
    return assigned;
}

ConsumerHeartbeatReceived consumer_heartbeat_of(const Scope& scope, const Message& request, GroupToken token) {
    const std::uint8_t instance = scope.told_instance(request.client);
    ConsumerHeartbeatReceived heartbeat{.token = token,
                                        .group = std::string{kGroup},
                                        .member_id = member_id_of(request.member, instance),
                                        .member_epoch = kLeaveGroupStaticMemberEpoch,
                                        .group_instance_id = instance_id_of(instance),
                                        .rack_id = std::nullopt,
                                        .rebalance_timeout = std::nullopt,
                                        .subscribed_topic_names = std::nullopt,
                                        .subscribed_topic_regex = std::nullopt,
                                        .server_assignor = std::nullopt,
                                        .owned = std::nullopt,
                                        .client_id = std::string{kClient},
                                        .client_host = {},
                                        .fresh_id = {}};
    if (request.generation_plus_one != kLeavesForAWhile) {
        heartbeat.member_epoch = GroupEpoch{generation_of(request.generation_plus_one).value()};
    }
    if (request.is_full != 0) {
        heartbeat.rebalance_timeout = kTimeout;
        heartbeat.subscribed_topic_names = {std::string{kTopic}};
    }
    if (request.says_owned != 0) heartbeat.owned = assigned_of(request.owned);
    return heartbeat;
}

Message answer_with(Message::Kind kind, ErrorCode error) {
    Message answer;
    answer.kind = kind;
    answer.is_answer = 1;
    answer.error_plus_one = narrow(static_cast<std::int64_t>(error) + 1);
    return answer;
}

TokenAnswer told(const JoinAnswer& said) {
    Message answer = answer_with(Message::Kind::join, said.error);
    answer.member = member_of(said.member_id);
    if (said.error == ErrorCode::none) {
        answer.generation_plus_one = generation_plus_one(said.generation);
        answer.leads = said.leader == said.member_id ? 1 : 0;
        answer.skips_assignment = said.skip_assignment ? 1 : 0;
    }
    for (const JoinedMember& member : said.members) {
        Listed listed;
        listed.member = member_of(member.member_id);
        listed.owned = number_in(member.metadata, kUserDataAt);
        listed.owned_generation = number_in(member.metadata, kUserDataAt + 1);
        answer.members.push_back(listed);
    }
    return {said.token, answer};
}

}  // namespace

TopicId topic_id() {
    TopicId id;
    id.bytes[0] = 1;
    return id;
}

std::uint8_t generation_plus_one(Generation generation) {
    const std::int32_t later = generation.value() / kGenerationsLeftOut;
    const std::int32_t since = generation.value() % kGenerationsLeftOut;
    HIGHWATER_INVARIANT(since + 1 < kGenerationsLater, "the scope needs more than {} generations of one coordinator",
                        kGenerationsLater);
    return narrow(std::int64_t{later} * kGenerationsLater + since + 1);
}

Generation generation_of(std::uint8_t generation_plus_one) {
    const int generation = generation_plus_one - 1;
    if (generation < 0) return Generation{generation};
    return Generation{generation / kGenerationsLater * kGenerationsLeftOut + generation % kGenerationsLater};
}

std::string fresh_id_of(Member member) {
    return std::string(1, static_cast<char>(kFirst + member - 1));
}

std::string member_id_of(Member member, std::uint8_t instance) {
    if (member == kNoMember) return {};
    return instance_id_of(instance).value_or(std::string{kClient}) + "-" + fresh_id_of(member);
}

Member member_of(std::string_view member_id) {
    return member_id.empty() ? kNoMember : static_cast<Member>(number_in(member_id, member_id.size() - 1) + 1);
}

std::optional<std::string> instance_id_of(std::uint8_t instance) {
    if (instance == 0) return std::nullopt;
    return std::string{'s', static_cast<char>('0' + instance)};
}

GroupInput input_of(const Scope& scope, const Message& request, GroupToken token, Member fresh) {
    const std::string group{kGroup};
    MemberClaim claim = claim_of(scope, request);
    switch (request.kind) {
        case Message::Kind::join:
            return join_of(scope, request, token, fresh);
        case Message::Kind::sync: {
            SyncReceived sync{token, group, std::move(claim), std::nullopt, std::nullopt, {}};
            for (const Listed& listed : request.members) {
                const std::uint8_t instance = scope.told_instance(client_of(listed.member));
                sync.assignments.emplace_back(member_id_of(listed.member, instance), assignment_of(listed.assigned));
            }
            return sync;
        }
        case Message::Kind::heartbeat:
            return HeartbeatReceived{token, group, std::move(claim)};
        case Message::Kind::leave:
            return LeaveReceived{token, group, {{claim.member_id, claim.group_instance_id}}};
        case Message::Kind::consumer_heartbeat:
            return consumer_heartbeat_of(scope, request, token);
        case Message::Kind::commit:
            return commit_of(scope, request, token);
        case Message::Kind::none:
            break;
    }
    HIGHWATER_INVARIANT(false, "a request of no kind");
    return GroupsLoaded{};
}

std::optional<TokenAnswer> answer_of(const GroupEffect& effect) {
    if (const auto* join = std::get_if<JoinAnswer>(&effect)) return told(*join);
    if (const auto* sync = std::get_if<SyncAnswer>(&effect)) {
        Message answer = answer_with(Message::Kind::sync, sync->error);
        answer.partitions = partitions_in(sync->assignment);
        return TokenAnswer{sync->token, answer};
    }
    if (const auto* heartbeat = std::get_if<HeartbeatAnswer>(&effect)) {
        return TokenAnswer{heartbeat->token, answer_with(Message::Kind::heartbeat, heartbeat->error)};
    }
    if (const auto* leave = std::get_if<LeaveAnswer>(&effect)) {
        const bool of_all = leave->error != ErrorCode::none || leave->members.empty();
        return TokenAnswer{leave->token,
                           answer_with(Message::Kind::leave, of_all ? leave->error : leave->members.front())};
    }
    if (const auto* heartbeat = std::get_if<ConsumerHeartbeatAnswer>(&effect)) {
        Message answer = answer_with(Message::Kind::consumer_heartbeat, heartbeat->error);
        if (heartbeat->error == ErrorCode::none && heartbeat->member_epoch >= GroupEpoch{0}) {
            answer.generation_plus_one = generation_plus_one(Generation{heartbeat->member_epoch.value()});
        }
        answer.is_full = heartbeat->assignment ? 1 : 0;
        if (heartbeat->assignment) {
            for (const auto& [topic, partitions] : *heartbeat->assignment) {
                for (const PartitionId id : partitions) {
                    answer.partitions = static_cast<Partitions>(answer.partitions | 1U << id.value());
                }
            }
        }
        return TokenAnswer{heartbeat->token, answer};
    }
    if (const auto* offsets = std::get_if<OffsetsAnswer>(&effect)) {
        return TokenAnswer{offsets->token, answer_with(Message::Kind::commit, offsets->error)};
    }
    return std::nullopt;
}

std::optional<WrittenOffset> written_offset(const GroupRecord& record) {
    const auto* offset = std::get_if<OffsetCommitRecord>(&record);
    if (offset == nullptr) return std::nullopt;
    return WrittenOffset{narrow(offset->partition.partition.value()),
                         offset->value ? narrow(offset->value->offset.value()) : std::uint8_t{0}};
}

}  // namespace highwater::model::group
