#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/group/group_coordinator.h"

namespace highwater::testing {

/// A coordinator, its log and its clock, for tests: what is written is committed at once unless `hold_writes`.
class Groups {
  public:
    explicit Groups(GroupConfig config = quick()) : config_(config), machine_(config) { give(GroupsLoaded{}); }

    /// No initial delay: a rebalance completes with the members that are there. Targets follow at once.
    static GroupConfig quick() {
        GroupConfig config;
        config.initial_rebalance_delay = {};
        config.consumer_assignment_interval = {};
        return config;
    }

    bool hold_writes = false;
    /// Everything that was committed, besides what is of transactions.
    GroupRecords log;
    /// All of it, with the markers, as it is loaded.
    std::vector<GroupInput> inputs_of_log;
    /// Everything that was answered and not asked for yet.
    GroupEffects answers;
    /// What there is for consumer groups.
    GroupTopics topics;

    void give(const GroupInput& input) {
        GroupEffects effects;
        machine_.step(now_, wall_, input, effects, topics);
        for (GroupEffect& effect : effects) {
            if (auto* write = std::get_if<WriteGroupRecords>(&effect)) {
                writes_.push_back(std::move(*write));
            } else if (!std::holds_alternative<WakeGroupsAt>(effect)) {
                answers.push_back(std::move(effect));
            }
        }
        if (!hold_writes) commit_writes();
    }

    void commit_writes() {
        while (!writes_.empty()) {
            WriteGroupRecords write = std::move(writes_.front());
            writes_.erase(writes_.begin());
            if (!write.transaction) log.insert(log.end(), write.records.begin(), write.records.end());
            for (const GroupRecord& record : write.records) {
                GroupRecordLoaded loaded{record};
                if (write.transaction) loaded.producer = write.transaction->producer.id;
                inputs_of_log.emplace_back(std::move(loaded));
            }
            give(GroupWriteCommitted{write.write});
        }
    }

    void fail_writes(ErrorCode error) {
        auto writes = std::exchange(writes_, {});
        for (const WriteGroupRecords& write : writes) give(GroupWriteFailed{write.write, error});
    }

    void pass(Duration duration) {
        const Time until = now_ + duration;
        wall_ = Timestamp{wall_.value() + std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()};
        now_ = until;
        give(GroupDeadlineReached{});
    }

    /// The same log, read by a coordinator that takes over.
    [[nodiscard]] GroupCoordinator taken_over() const {
        GroupCoordinator machine(config_);
        GroupEffects effects;
        for (const GroupInput& input : inputs_of_log) machine.step(now_, wall_, input, effects, topics);
        machine.step(now_, wall_, GroupsLoaded{}, effects, topics);
        return machine;
    }
    /// Another coordinator takes over, with the same log.
    void fail_over() {
        give(GroupsUnloaded{});
        writes_.clear();
        machine_ = taken_over();
    }

    [[nodiscard]] const GroupCoordinator& machine() const { return machine_; }
    [[nodiscard]] const ClassicGroup& group() const { return *machine_.find("g"); }
    [[nodiscard]] const ConsumerGroup& consumer() const { return *machine_.find_consumer("g"); }
    [[nodiscard]] Timestamp wall() const { return wall_; }

    /// Takes out the answer of this kind to a request; nullopt: it waits, or was answered with another kind.
    template <class Answer>
    std::optional<Answer> answer_to(GroupToken token) {
        for (auto it = answers.begin(); it != answers.end(); ++it) {
            auto* answer = std::get_if<Answer>(&*it);
            if (answer == nullptr || answer->token != token) continue;
            Answer taken = std::move(*answer);
            answers.erase(it);
            return taken;
        }
        return std::nullopt;
    }

    GroupToken fresh_token() { return GroupToken{++last_token_}; }

    /// Requests that most tests need, of group "g". Each returns its token.
    JoinReceived join_request(std::string member_id, std::optional<std::string> instance = {}) {
        return {.token = fresh_token(),
                .group = "g",
                .session_timeout = std::chrono::seconds{10},
                .rebalance_timeout = std::chrono::seconds{60},
                .member_id = std::move(member_id),
                .group_instance_id = std::move(instance),
                .client_id = "client",
                .client_host = "/127.0.0.1",
                .protocol_type = "consumer",
                .protocols = {{"range", "topics"}},
                .requires_known_member_id = false,
                .supports_skipping_assignment = true,
                .fresh_id = std::to_string(last_token_)};
    }
    GroupToken join(std::string member_id = {}, std::optional<std::string> instance = {}) {
        return send(join_request(std::move(member_id), std::move(instance)));
    }
    GroupToken sync(const std::string& member_id, Generation generation,
                    std::vector<std::pair<std::string, std::string>> assignments = {}) {
        return send(SyncReceived{fresh_token(), "g", {member_id, std::nullopt, generation}, {}, {}, assignments});
    }
    ErrorCode heartbeat(const std::string& member_id, Generation generation, std::optional<std::string> instance = {}) {
        const GroupToken token =
            send(HeartbeatReceived{fresh_token(), "g", {member_id, std::move(instance), generation}});
        return answer_to<HeartbeatAnswer>(token)->error;
    }
    ErrorCode leave(const std::string& member_id) {
        const GroupToken token = send(LeaveReceived{fresh_token(), "g", {{member_id, std::nullopt}}});
        return answer_to<LeaveAnswer>(token)->members.front();
    }
    GroupToken commit(const std::string& member_id, Generation generation, std::int64_t offset,
                      const std::string& topic = "t") {
        return send(OffsetCommitReceived{fresh_token(),
                                         "g",
                                         {member_id, std::nullopt, generation},
                                         {},
                                         {{{topic, PartitionId{0}}, Offset{offset}, std::nullopt, ""}}});
    }
    /// TxnOffsetCommit of producer `producer`, of a group that it is no member of.
    GroupToken stage(std::int64_t producer, std::int64_t offset, const MemberClaim& claim = {"", {}, Generation{-1}}) {
        OffsetCommitReceived commit{
            fresh_token(), "g", claim, {}, {{{"t", PartitionId{0}}, Offset{offset}, std::nullopt, ""}}};
        commit.transaction = GroupTransaction{{ProducerId{producer}, ProducerEpoch{0}}, std::nullopt};
        return send(commit);
    }
    /// The marker of the producer's transaction is committed.
    void end(std::int64_t producer, bool commit) {
        inputs_of_log.emplace_back(GroupTransactionEnded{ProducerId{producer}, commit});
        give(inputs_of_log.back());
    }
    /// The committed offset of partition 0; -1: none.
    std::int64_t committed(const std::string& topic = "t") {
        const auto& offsets = **machine_.offsets_of("g");
        const auto found = offsets.find({topic, PartitionId{0}});
        return found == offsets.end() ? -1 : found->second.offset.value();
    }

    /// A stable group of one dynamic member, whose id is returned.
    std::string one_stable_member() {
        const auto joined = answer_to<JoinAnswer>(join());
        sync(joined->member_id, joined->generation, {{joined->member_id, "all"}});
        answers.clear();
        return joined->member_id;
    }

    template <class Request>
    GroupToken send(Request request) {
        const GroupToken token = request.token;
        give(std::move(request));
        return token;
    }

  private:
    GroupConfig config_;
    GroupCoordinator machine_;
    Time now_{1'000'000'000};
    Timestamp wall_{1'700'000'000'000};
    std::uint64_t last_token_ = 0;
    std::vector<WriteGroupRecords> writes_;
};

}  // namespace highwater::testing
