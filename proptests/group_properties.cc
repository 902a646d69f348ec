// A classic group and clients that behave and misbehave, while writes are slow, fail, and the coordinator changes:
// judged from what clients are told and from the log, never from the coordinator's own state.
#include "proptests/prelude.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/group/testing.h"

namespace highwater {
namespace {

std::size_t pick(std::size_t below) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, below));
}

bool one_in(std::size_t chances) {
    return pick(chances) == 0;
}

/// What a client believes. It may be wrong by now.
struct Client {
    std::optional<std::string> instance;
    std::string member_id;
    Generation generation{-1};
    std::optional<std::string> assignment;
    /// As leader of `generation`: whom it has to assign to.
    std::vector<std::string> to_assign;
};

/// What is on its way, by token: whose it is.
struct Asked {
    enum class Kind { join, sync, heartbeat, leave, commit };
    Kind kind;
    std::size_t client;
    std::string member_id;
    Generation generation;
    std::int64_t offset = -1;
};

class World {
  public:
    World() {
        clients_[2].instance = "static";
        clients_[3].instance = "static";
    }

    void do_something() {
        const std::size_t client = pick(clients_.size());
        const std::size_t what = pick(14);
        RC_LOG() << "client " << client << ", action " << what << ", of " << print(groups_.machine().groups()) << "\n";
        switch (what) {
            case 0:
            case 1:
            case 2:
                join(client);
                break;
            case 3:
            case 4:
            case 5:
                sync(client);
                break;
            case 6:
            case 7:
                heartbeat(client);
                break;
            case 8:
                commit(client);
                break;
            case 9:
                if (one_in(3)) leave(client);
                break;
            case 10:
                groups_.pass(std::chrono::seconds{static_cast<std::int64_t>(1 + pick(8))});
                break;
            case 11:
                groups_.hold_writes = !groups_.hold_writes;
                if (!groups_.hold_writes) groups_.commit_writes();
                break;
            case 12:
                if (one_in(4)) groups_.fail_writes(ErrorCode::not_enough_replicas);
                break;
            default:
                if (one_in(4)) fail_over();
                if (one_in(4)) groups_.give(ExpireOffsets{});
                break;
        }
        hear();
        judge_log();
    }

    /// Time passes and everything is written: nobody may be left without an answer.
    void come_to_rest() {
        groups_.hold_writes = false;
        groups_.commit_writes();
        hear();
        for (int i = 0; i < 100; ++i) {
            groups_.pass(std::chrono::seconds{10});
            hear();
        }
        judge_log();
        RC_ASSERT(asked_.empty());
    }

    void tag() const {
        RC_CLASSIFY(stable_generations_ > 0, "a generation became stable");
        RC_CLASSIFY(stable_generations_ > 2, "several generations became stable");
        RC_CLASSIFY(offsets_acknowledged_ > 0, "offsets were committed");
        RC_CLASSIFY(replaced_without_rebalance_ > 0, "a static member came back without a rebalance");
    }

  private:
    void ask(Asked::Kind kind, std::size_t client, GroupToken token, std::string member_id, Generation generation,
             std::int64_t offset = -1) {
        asked_[token] = {kind, client, std::move(member_id), generation, offset};
    }

    void join(std::size_t number) {
        const Client& client = clients_[number];
        // Now and then as a new process, or with the id of another.
        const std::string& id = one_in(5) ? clients_[pick(clients_.size())].member_id : client.member_id;
        JoinReceived request = groups_.join_request(one_in(4) ? "" : id, client.instance);
        request.requires_known_member_id = one_in(2);
        if (one_in(6)) request.protocols = {{"range", "other topics"}};
        ask(Asked::Kind::join, number, request.token, request.member_id, Generation{-1});
        groups_.give(request);
    }

    void sync(std::size_t number) {
        const Client& client = clients_[number];
        const GroupToken token = groups_.fresh_token();
        SyncReceived request{token, "g", {client.member_id, client.instance, client.generation}, {}, {}, {}};
        for (const std::string& member : client.to_assign) {
            request.assignments.emplace_back(member, fmt::format("{} in {} by {}", member, client.generation, token));
        }
        ask(Asked::Kind::sync, number, token, client.member_id, client.generation);
        groups_.give(request);
    }

    void heartbeat(std::size_t number) {
        const Client& client = clients_[number];
        const GroupToken token = groups_.fresh_token();
        ask(Asked::Kind::heartbeat, number, token, client.member_id, client.generation);
        groups_.give(HeartbeatReceived{token, "g", {client.member_id, client.instance, client.generation}});
    }

    void leave(std::size_t number) {
        const Client& client = clients_[number];
        const GroupToken token = groups_.fresh_token();
        ask(Asked::Kind::leave, number, token, client.member_id, client.generation);
        groups_.give(LeaveReceived{token, "g", {{client.member_id, client.instance}}});
    }

    void commit(std::size_t number) {
        const Client& client = clients_[number];
        const GroupToken token = groups_.fresh_token();
        const std::int64_t offset = ++last_offset_;
        ask(Asked::Kind::commit, number, token, client.member_id, client.generation, offset);
        groups_.give(OffsetCommitReceived{token,
                                          "g",
                                          {client.member_id, client.instance, client.generation},
                                          {},
                                          {{{"t", PartitionId{0}}, Offset{offset}, std::nullopt, ""}}});
    }

    void fail_over() {
        groups_.fail_over();
        hear();
        // A coordinator that takes over knows no more than the log, and leaves out generations that it cannot know of.
        newest_told_ = stable_in_log();
        members_told_.clear();
        // As in Kafka, a replacement during a rebalance is durable with the generation that it leads to, and not
        // before: until then the former member is the one that the log has.
        const GroupCoordinator other = groups_.taken_over();
        if (const ClassicGroup* group = other.find("g")) {
            for (const auto& [instance, member_id] : group->static_members) {
                fenced_.erase(member_id);
                holder_[instance] = member_id;
            }
        }
    }

    void hear() {
        for (GroupEffect& effect : std::exchange(groups_.answers, {})) {
            std::visit([this](const auto& answer) { this->hear_one(answer); }, effect);
        }
        // A group that is gone (as ListGroups would say) counts anew when it comes back.
        if (groups_.machine().find("g") == nullptr) newest_told_ = Generation{0}, members_told_.clear();
    }

    Asked take(GroupToken token) {
        const auto found = asked_.find(token);
        RC_ASSERT(found != asked_.end());  // each request is answered once
        Asked asked = found->second;
        asked_.erase(found);
        return asked;
    }

    void hear_one(const WriteGroupRecords&) {}
    void hear_one(const WakeGroupsAt&) {}

    void hear_one(const JoinAnswer& answer) {
        const Asked asked = take(answer.token);
        Client& client = clients_[asked.client];
        if (answer.error == ErrorCode::member_id_required) client.member_id = answer.member_id;
        if (answer.error == ErrorCode::unknown_member_id) client.member_id.clear();
        if (answer.error != ErrorCode::none) return;
        // P26: generations rise.
        RC_ASSERT(answer.generation >= newest_told_);
        newest_told_ = answer.generation;
        RC_ASSERT(!answer.member_id.empty());
        // P28: of an instance id the newest member id counts.
        if (client.instance) {
            const auto former = holder_.find(*client.instance);
            if (former != holder_.end() && former->second != answer.member_id) {
                fenced_.insert(former->second);
                if (answer.skip_assignment) ++replaced_without_rebalance_;
            }
            holder_[*client.instance] = answer.member_id;
            RC_ASSERT(!fenced_.contains(answer.member_id));
        }
        // One leader for each generation, the same for all who are told.
        if (!answer.members.empty() && !answer.skip_assignment) {
            const auto [told, first] = members_told_.try_emplace(answer.generation, answer.leader);
            RC_ASSERT(first || told->second == answer.leader);
        }
        client.member_id = answer.member_id;
        client.generation = answer.generation;
        client.to_assign.clear();
        if (!answer.skip_assignment) {
            for (const JoinedMember& member : answer.members) client.to_assign.push_back(member.member_id);
        }
    }

    void hear_one(const SyncAnswer& answer) {
        const Asked asked = take(answer.token);
        if (answer.error != ErrorCode::none) return;
        // P25, P26: only the newest generation is told an assignment, and each member its own; nobody hears what is not
        // committed (a coordinator that takes over now must know it).
        RC_ASSERT(asked.generation == newest_told_);
        RC_ASSERT(!fenced_.contains(asked.member_id));
        const GroupCoordinator other = groups_.taken_over();
        const ClassicGroup* group = other.find("g");
        RC_ASSERT(group != nullptr);
        RC_ASSERT(group->generation == asked.generation);
        const ClassicMember* member = group->find(asked.member_id);
        RC_ASSERT(member != nullptr);
        RC_ASSERT(member->assignment == answer.assignment);
        ++stable_generations_;
        clients_[asked.client].assignment = answer.assignment;
    }

    // No consumer group is here.
    void hear_one(const ConsumerHeartbeatAnswer&) {}
    void hear_one(const ResolveRegularExpressions&) {}
    void hear_one(const HeartbeatAnswer& answer) {
        const Asked asked = take(answer.token);
        if (answer.error != ErrorCode::none && answer.error != ErrorCode::rebalance_in_progress) return;
        RC_ASSERT(asked.generation == newest_told_);
        RC_ASSERT(!fenced_.contains(asked.member_id));
    }

    void hear_one(const LeaveAnswer& answer) { take(answer.token); }

    void hear_one(const OffsetsAnswer& answer) {
        const Asked asked = take(answer.token);
        if (answer.error != ErrorCode::none) return;
        // P25: accepted from the newest generation only, or from outside an empty group.
        RC_ASSERT(asked.generation < Generation{0} || asked.generation == newest_told_ || !asked.member_id.empty());
        // P27: what is acknowledged is in the log.
        const bool in_log = std::ranges::any_of(groups_.log, [&](const GroupRecord& record) {
            const auto* commit = std::get_if<OffsetCommitRecord>(&record);
            return commit != nullptr && commit->value && commit->value->offset == Offset{asked.offset};
        });
        RC_ASSERT(in_log);
        ++offsets_acknowledged_;
    }

    void hear_one(const DeleteGroupAnswer& answer) { take(answer.token); }

    [[nodiscard]] Generation stable_in_log() const {
        Generation generation{0};
        for (const GroupRecord& record : groups_.log) {
            const auto* metadata = std::get_if<GroupMetadataRecord>(&record);
            if (metadata == nullptr) continue;
            generation = metadata->value ? metadata->value->generation : Generation{0};
        }
        return generation;
    }

    /// P27, R2: what clients are told of offsets is the fold of the log, whoever coordinates.
    void judge_log() {
        std::map<TopicPartition, Offset> truth;
        for (const GroupRecord& record : groups_.log) {
            const auto* commit = std::get_if<OffsetCommitRecord>(&record);
            if (commit == nullptr) continue;
            if (commit->value) {
                truth[commit->partition] = commit->value->offset;
            } else {
                truth.erase(commit->partition);
            }
        }
        const GroupCoordinator other = groups_.taken_over();
        for (const GroupCoordinator* machine : {&groups_.machine(), &other}) {
            const auto offsets = machine->offsets_of("g");
            RC_ASSERT(offsets.has_value());
            RC_ASSERT((*offsets)->size() == truth.size());
            for (const auto& [partition, offset] : **offsets) RC_ASSERT(offset.offset == truth[partition]);
        }
        RC_ASSERT(groups_.machine().hash() == groups_.machine().hash_from_scratch());
    }

    testing::Groups groups_{testing::Groups::quick()};
    std::array<Client, 4> clients_;
    std::map<GroupToken, Asked> asked_;
    Generation newest_told_{0};
    std::map<Generation, std::string> members_told_;
    std::map<std::string, std::string> holder_;
    std::set<std::string> fenced_;
    std::int64_t last_offset_ = 0;
    std::uint64_t stable_generations_ = 0;
    std::uint64_t offsets_acknowledged_ = 0;
    std::uint64_t replaced_without_rebalance_ = 0;
};

// P25 to P28, R2: a classic group through anything that clients, the log and coordinators do.
RC_GTEST_PROP(ClassicGroup, IsOneGroupToAllOfItsClients, ()) {
    World world;
    const std::size_t steps = *rc::gen::inRange<std::size_t>(1, 200);
    for (std::size_t i = 0; i < steps; ++i) world.do_something();
    world.come_to_rest();
    world.tag();
}

}  // namespace
}  // namespace highwater
