#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/group/testing.h"

namespace highwater::testing {

inline TopicId topic_id(std::uint8_t number) {
    TopicId id;
    id.bytes[15] = number;
    return id;
}

/// Partitions 0 to `count` - 1 of the topic.
inline AssignedPartitions first_of(TopicId topic, std::int32_t count) {
    AssignedPartitions assigned;
    for (std::int32_t i = 0; i < count; ++i) assigned[topic].emplace_back(i);
    return assigned;
}

inline AssignedPartitions some_of(TopicId topic, const std::vector<std::int32_t>& partitions) {
    AssignedPartitions assigned;
    for (const std::int32_t partition : partitions) assigned[topic].emplace_back(partition);
    return assigned;
}

/// A member of a consumer group, as it sees itself.
struct Consumer {
    std::string id{};
    std::optional<std::string> instance{};
    std::set<std::string> topics{"t"};
    std::optional<std::string> regex{};
    GroupEpoch epoch{};
    /// What it has, and what it was told last to have.
    AssignedPartitions owned{};
    AssignedPartitions assigned{};
};

/// Consumer group "g" with topic "t" of four partitions.
class Consumers : public Groups {
  public:
    explicit Consumers(GroupConfig config = quick()) : Groups(std::move(config)) { set_topic("t", 1, 4); }

    void set_topic(const std::string& name, std::uint8_t id, std::int32_t partitions) {
        topics.by_name[name] = {topic_id(id), partitions};
        ++topics.version;
    }

    /// Says everything, as a client does after it joined or lost an answer.
    ConsumerHeartbeatReceived request(const Consumer& consumer) {
        ConsumerHeartbeatReceived input;
        input.token = fresh_token();
        input.group = "g";
        input.member_id = consumer.id;
        input.member_epoch = consumer.epoch;
        input.group_instance_id = consumer.instance;
        input.rebalance_timeout = std::chrono::seconds{60};
        input.subscribed_topic_names = consumer.topics;
        input.subscribed_topic_regex = consumer.regex;
        input.owned = consumer.owned;
        input.client_id = "client";
        input.client_host = "/127.0.0.1";
        return input;
    }

    /// What it hears at once; nullopt: its answer waits.
    std::optional<ConsumerHeartbeatAnswer> ask(Consumer& consumer) { return hear(consumer, send(request(consumer))); }
    std::optional<ConsumerHeartbeatAnswer> hear(Consumer& consumer, GroupToken token) {
        auto answer = answer_to<ConsumerHeartbeatAnswer>(token);
        if (!answer || answer->error != ErrorCode::none) return answer;
        consumer.epoch = answer->member_epoch;
        if (answer->assignment) consumer.assigned = *answer->assignment;
        return answer;
    }
    ErrorCode heartbeat(Consumer& consumer) {
        const auto answer = ask(consumer);
        return answer ? answer->error : ErrorCode::none;
    }
    /// Heartbeats, and takes and gives back what it is told, until it is told nothing new.
    void settle(Consumer& consumer) {
        do {
            consumer.owned = consumer.assigned;
            if (heartbeat(consumer) != ErrorCode::none) return;
        } while (consumer.owned != consumer.assigned);
    }
    void settle(const std::vector<Consumer*>& consumers) {
        for (std::size_t round = 0; round < 3; ++round) {
            for (Consumer* consumer : consumers) settle(*consumer);
        }
    }
    ErrorCode leave_with(Consumer& consumer, GroupEpoch epoch = kLeaveGroupEpoch) {
        auto input = request(consumer);
        input.member_epoch = epoch;
        return answer_to<ConsumerHeartbeatAnswer>(send(std::move(input)))->error;
    }
    ErrorCode commit_as(const Consumer& consumer, std::int32_t partition, GroupEpoch epoch) {
        OffsetCommitReceived input;
        input.token = fresh_token();
        input.group = "g";
        input.claim = {consumer.id, consumer.instance, Generation{epoch.value()}};
        input.offsets = {{{"t", PartitionId{partition}}, Offset{1}, std::nullopt, ""}};
        input.knows_member_epochs = true;
        const auto answer = answer_to<OffsetsAnswer>(send(std::move(input)));
        return answer->error != ErrorCode::none ? answer->error : answer->partitions.front();
    }
    /// Answers the one question what regular expressions match.
    void resolve(const std::map<std::string, std::set<std::string>>& matching) {
        const auto asked = std::ranges::find_if(answers, [](const GroupEffect& effect) {
            return std::holds_alternative<ResolveRegularExpressions>(effect);
        });
        if (asked == answers.end()) return;
        answers.erase(asked);
        give(RegularExpressionsResolved{"g", topics.version, matching});
    }
};

}  // namespace highwater::testing
