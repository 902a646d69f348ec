// The controller's decisions about brokers, leaders, ISRs and reassignments: random histories of a small cluster.
// Beside the image goes a ghost that knows which replicas hold every committed record, from events alone.
#include "proptests/prelude.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/metadata/controller.h"
#include "core/metadata/controller_brokers.h"
#include "core/metadata/controller_elections.h"
#include "core/metadata/controller_partitions.h"
#include "core/metadata/controller_reassignments.h"
#include "core/metadata/leader_and_isr.h"
#include "core/metadata/leader_election.h"
#include "core/metadata/replicas.h"

namespace highwater {
namespace {

std::int32_t pick(std::int32_t below) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, below));
}

bool one_in(std::int32_t chances) {
    return pick(chances) == 0;
}

constexpr TopicId kTopicId{{{7}}};
const std::string kTopic = "x";
constexpr std::int32_t kPartitions = 2;

/// What just happened, as far as the checks must know it.
struct Event {
    /// An administrator asked for an unclean election.
    bool unclean_asked = false;
    /// The proposal that was granted for a partition.
    std::map<PartitionId, std::vector<NodeId>> proposed;
    std::optional<NodeId> restarted_uncleanly;
    bool reassigned = false;
};

struct Seen {
    bool unclean = false;
    bool from_elr = false;
    bool last_known = false;
    bool leaderless = false;
    bool reassigned = false;
    bool cancelled = false;
    bool preferred = false;
    bool new_leader_elected = false;
    bool ineligible = false;
    bool stale_version = false;
};

class History {
  public:
    explicit History(bool elr) : elr_(elr) {
        if (elr) write({FeatureLevelRecord{std::string(kEligibleLeaderReplicasFeature), 1}});
        broker_count_ = 3 + pick(3);
        for (std::int32_t id = 0; id < broker_count_; ++id) {
            restart(id, false);
            const BrokerEpoch epoch = image_.broker(NodeId{id})->epoch;
            const BrokerHeartbeat ready{NodeId{id}, epoch, Offset{epoch.value()}};
            write(broker_heartbeat(image_, ready, {}, defaults_).records);
        }
        TopicToCreate topic;
        topic.name = kTopic;
        topic.id = kTopicId;
        topic.partition_count = kPartitions;
        topic.replication_factor = static_cast<std::int16_t>(1 + pick(3));
        topic.placement = static_cast<std::uint64_t>(pick(8));
        topic.configs = {{std::string(kMinInsyncReplicas), std::to_string(1 + pick(3))}};
        write(create_topics(image_, {topic}, false, {}).records);
        RC_ASSERT(image_.topic(kTopicId) != nullptr);
        for (const auto& [id, partition] : partitions()) complete_[id] = set(partition.isr);
    }

    void step() {
        const MetadataImage before = image_;
        event_ = {};
        act();
        check(before);
    }

    void check_replay() const {
        MetadataImage replayed;
        for (const MetadataRecord& record : log_) RC_ASSERT(replayed.apply(record).has_value());
        RC_ASSERT(replayed == image_);
    }

    Seen seen;

  private:
    static std::set<NodeId> set(const std::vector<NodeId>& nodes) { return {nodes.begin(), nodes.end()}; }

    const std::map<PartitionId, PartitionImage>& partitions() const { return image_.topic(kTopicId)->partitions; }
    const PartitionImage& partition(PartitionId id) const { return *image_.partition(kTopicId, id); }
    ReplicationRules rules() const { return replication_rules(image_, *image_.topic(kTopicId), defaults_); }
    NodeId any_broker() const { return NodeId{pick(broker_count_)}; }
    PartitionId any_partition() const { return PartitionId{pick(kPartitions)}; }

    void write(const std::vector<MetadataRecord>& records) {
        for (const MetadataRecord& record : records) {
            const auto applied = image_.apply(record);
            RC_ASSERT(applied.has_value());
            log_.push_back(record);
        }
    }

    template <class Answer>
    const Answer& only(const Decision<Answer>& decision) const {
        RC_ASSERT(decision.answers.size() == 1U);
        return decision.answers.front();
    }

    /// A new process; a clean one finds the mark of the former.
    void restart(std::int32_t id, bool clean) {
        const NodeId node{id};
        const BrokerImage* existing = image_.broker(node);
        BrokerRegistration request;
        request.broker_id = node;
        request.incarnation_id.bytes[0] = static_cast<std::uint8_t>(++incarnations_ & 0xff);
        request.incarnation_id.bytes[1] = static_cast<std::uint8_t>(incarnations_ >> 8);
        for (const auto& [name, level] : image_.features()) request.features.push_back({name, 0, level});
        if (clean && existing) request.previous_broker_epoch = existing->epoch;
        if (!clean && one_in(3)) request.previous_broker_epoch = BrokerEpoch{pick(20)};
        const bool is_clean = existing && request.previous_broker_epoch == existing->epoch;
        const BrokerEpoch next{static_cast<std::int64_t>(log_.size())};
        const bool live = existing && one_in(5);
        const auto decision = register_broker(image_, request, {"", next, live}, defaults_);
        if (live) {
            RC_ASSERT(only(decision).error.error == ErrorCode::duplicate_broker_registration);
            RC_ASSERT(decision.records.empty());
            return;
        }
        RC_ASSERT(only(decision).error.error == ErrorCode::none);
        write(decision.records);
        const BrokerImage* now = image_.broker(node);
        RC_ASSERT((now && now->fenced && !now->in_controlled_shutdown));
        RC_ASSERT((now->epoch == only(decision).broker_epoch && now->epoch == next));
        if (!is_clean) {
            event_.restarted_uncleanly = node;
            for (auto& [partition, members] : complete_) members.erase(node);
        }
    }

    void heartbeat(std::int32_t id, bool want_fence, bool want_shut_down) {
        const BrokerImage* broker = image_.broker(NodeId{id});
        if (!broker) return;
        const BrokerImage was = *broker;
        BrokerHeartbeat request;
        request.broker_id = NodeId{id};
        request.broker_epoch = one_in(10) ? BrokerEpoch{pick(1000)} : was.epoch;
        request.current_metadata_offset = Offset{one_in(5) ? was.epoch.value() - 1 : was.epoch.value() + pick(9)};
        request.want_fence = want_fence;
        request.want_shut_down = want_shut_down;
        HeartbeatContext context;
        if (one_in(2)) context.controlled_shutdown_offset = Offset{50};
        if (one_in(2)) context.lowest_active_offset = Offset{45 + pick(9)};
        const auto decision = broker_heartbeat(image_, request, context, defaults_);
        write(decision.records);
        const HeartbeatAnswer& answer = only(decision);
        if (request.broker_epoch != was.epoch) {
            RC_ASSERT((answer.error == ErrorCode::stale_broker_epoch && decision.records.empty()));
            return;
        }
        const BrokerImage& now = *image_.broker(NodeId{id});
        RC_ASSERT(answer.error == ErrorCode::none);
        RC_ASSERT(answer.is_fenced == now.fenced);
        if (was.fenced && !now.fenced) RC_ASSERT((answer.is_caught_up && !want_fence && !want_shut_down));
        if (answer.should_shut_down) RC_ASSERT(want_shut_down || was.in_controlled_shutdown);
        if (was.in_controlled_shutdown) RC_ASSERT(now.in_controlled_shutdown);
    }

    void propose() {
        const PartitionId id = any_partition();
        const PartitionImage was = partition(id);
        IsrProposal proposal;
        proposal.topic = kTopicId;
        proposal.partition = id;
        proposal.leader_epoch = LeaderEpoch{was.leader_epoch.value() + (one_in(12) ? pick(3) - 1 : 0)};
        proposal.partition_epoch = PartitionEpoch{was.partition_epoch.value() + (one_in(8) ? pick(4) - 2 : 0)};
        proposal.leader_recovery_state =
            one_in(10) ? LeaderRecoveryState{static_cast<std::int8_t>(pick(3))} : LeaderRecoveryState::recovered;
        bool epochs_are_current = true;
        bool all_active = true;
        for (NodeId node : was.replicas) {
            if (node == was.leader ? one_in(20) : one_in(3)) continue;
            const BrokerImage* broker = image_.broker(node);
            std::optional<BrokerEpoch> epoch;
            if (broker) epoch = broker->epoch;
            if (one_in(15)) epoch = BrokerEpoch{pick(20)};
            if (node == was.leader && one_in(4)) epoch.reset();
            proposal.new_isr.push_back({node, epoch});
            all_active &= broker && is_active(*broker);
            epochs_are_current &= broker && (!epoch || *epoch == broker->epoch);
        }
        const NodeId sender = was.leader && !one_in(10) ? *was.leader : any_broker();
        const BrokerImage* from = image_.broker(sender);
        const AlterPartitionRequest request{sender, from ? from->epoch : BrokerEpoch{1}, {proposal}};
        const auto decision = alter_partition(image_, request, defaults_);
        if (!from) {
            RC_ASSERT(only(decision).error == ErrorCode::stale_broker_epoch);
            RC_ASSERT(decision.records.empty());
            return;
        }
        const AlteredPartition answer = only(decision).partitions.at(0);
        const bool granted = answer.error == ErrorCode::none || answer.error == ErrorCode::new_leader_elected;
        // Q8
        if (granted) {
            RC_ASSERT((proposal.leader_epoch == was.leader_epoch && proposal.partition_epoch == was.partition_epoch));
            RC_ASSERT((was.leader == sender && all_active && epochs_are_current));
            for (const NewIsrMember& member : proposal.new_isr) event_.proposed[id].push_back(member.broker);
            // The leader saw each of them caught up, in the life that is registered.
            for (const NewIsrMember& member : proposal.new_isr) complete_[id].insert(member.broker);
        } else {
            RC_ASSERT(decision.records.empty());
        }
        if (proposal.leader_epoch > was.leader_epoch || proposal.partition_epoch > was.partition_epoch) {
            RC_ASSERT(answer.error == ErrorCode::not_controller);
        }
        write(decision.records);
        if (answer.error == ErrorCode::none) {
            const PartitionImage& now = partition(id);
            RC_ASSERT((answer.isr == now.isr && answer.leader == now.leader));
            RC_ASSERT((answer.leader_epoch == now.leader_epoch && answer.partition_epoch == now.partition_epoch));
        }
        seen.new_leader_elected |= answer.error == ErrorCode::new_leader_elected;
        seen.ineligible |= answer.error == ErrorCode::ineligible_replica;
        seen.stale_version |= answer.error == ErrorCode::invalid_update_version;
    }

    void reassign() {
        const PartitionId id = any_partition();
        const PartitionImage was = partition(id);
        PartitionToReassign wanted{kTopic, id, std::nullopt};
        if (!one_in(3)) {
            wanted.replicas.emplace();
            for (std::int32_t i = pick(4); i >= 0; --i) {
                const NodeId node = any_broker();
                if (!contains(*wanted.replicas, node) || one_in(10)) wanted.replicas->push_back(node);
            }
        }
        const auto decision = alter_partition_reassignments(image_, {wanted}, !one_in(4), defaults_);
        if (only(decision).error.error != ErrorCode::none) {
            RC_ASSERT(decision.records.empty());
            return;
        }
        write(decision.records);
        event_.reassigned = true;
        const PartitionImage& now = partition(id);
        if (wanted.replicas) {
            RC_ASSERT(without(now.replicas, now.removing_replicas) == *wanted.replicas);
            seen.reassigned = true;
        } else {
            RC_ASSERT(now.replicas == without(was.replicas, was.adding_replicas));
            RC_ASSERT((now.adding_replicas.empty() && now.removing_replicas.empty()));
            seen.cancelled = true;
        }
    }

    void elect() {
        const auto type = static_cast<ElectionType>(pick(2));
        std::optional<std::vector<NamedPartition>> wanted;
        if (one_in(2)) wanted = {{kTopic, any_partition()}};
        const auto decision = elect_leaders(image_, type, wanted, defaults_);
        event_.unclean_asked = type == ElectionType::unclean;
        write(decision.records);
        for (const PartitionElection& answer : decision.answers) {
            if (answer.error.error != ErrorCode::none) continue;
            const PartitionImage& now = partition(answer.partition);
            RC_ASSERT(now.leader.has_value());
            if (type != ElectionType::preferred) continue;
            RC_ASSERT(*now.leader == now.replicas.front());
            seen.preferred = true;
        }
    }

    void configure() {
        const bool unclean = one_in(2);
        ConfigRecord record{{ConfigResourceType::topic, kTopic}, std::string(kMinInsyncReplicas), {}};
        if (unclean) record.name = std::string(kUncleanLeaderElection);
        if (!one_in(3)) record.value = unclean ? (one_in(2) ? "true" : "false") : std::to_string(1 + pick(3));
        if (one_in(4)) record.resource = {ConfigResourceType::broker, {}};
        std::vector<MetadataRecord> records{record};
        for (MetadataRecord& each : leader_and_isr_after_configs(image_, records, defaults_)) {
            records.push_back(std::move(each));
        }
        write(records);
    }

    /// The leader commits records: who is in the ISR has them, nobody else need have.
    void commit() {
        for (const auto& [id, partition] : partitions()) {
            if (!partition.leader || one_in(2)) continue;
            if (partition.isr.size() < effective_min_insync_replicas(rules(), partition.replicas.size())) continue;
            complete_[id] = set(partition.isr);
        }
    }

    void act() {
        const std::int32_t id = any_broker().value();
        switch (pick(16)) {
            case 0:
                return restart(id, true);
            case 1:
                return restart(id, false);
            case 2:
                if (const BrokerImage* broker = image_.broker(NodeId{id})) {
                    write(fence_broker(image_, NodeId{id}, broker->epoch, defaults_).records);
                    RC_ASSERT(image_.broker(NodeId{id})->fenced);
                }
                return;
            case 3:
            case 4:
            case 5:
                return heartbeat(id, false, false);
            case 6:
                return heartbeat(id, one_in(6), true);
            case 7:
                if (one_in(3)) write(unregister_broker(image_, NodeId{id}, defaults_).records);
                return;
            case 8:
                return reassign();
            case 9:
                return elect();
            case 10:
                if (one_in(2)) return configure();
                write(one_in(2) ? balance_preferred_leaders(image_, 1, defaults_)
                                : elect_unclean_leaders(image_, 1, defaults_));
                return;
            case 11:
                return commit();
            default:
                return propose();
        }
    }

    bool active(NodeId node) const {
        const BrokerImage* broker = image_.broker(node);
        return broker && is_active(*broker);
    }

    void check(const MetadataImage& before) {
        for (const auto& [id, now] : partitions()) {
            check_transition(id, *before.partition(kTopicId, id), now);
            check_state(id, now);
        }
    }

    void check_transition(PartitionId id, const PartitionImage& was, const PartitionImage& now) {
        // Q7, and one change at most.
        RC_ASSERT(now.leader_epoch >= was.leader_epoch);
        RC_ASSERT((now == was) == (now.partition_epoch == was.partition_epoch));
        if (now == was) return;
        RC_ASSERT(now.partition_epoch == PartitionEpoch{was.partition_epoch.value() + 1});
        if (now.leader != was.leader || !contains(now.replicas, was.replicas)) {
            RC_ASSERT(now.leader_epoch == LeaderEpoch{was.leader_epoch.value() + 1});
        }
        const auto proposed = event_.proposed.find(id);
        const std::vector<NodeId> candidates =
            joined(joined(was.isr, was.eligible_leader_replicas),
                   proposed == event_.proposed.end() ? std::vector<NodeId>{} : proposed->second);
        if (now.leader && now.leader != was.leader && !contains(candidates, *now.leader)) {
            const bool last_known = elr_ && was.last_known_elr == std::vector{*now.leader};
            RC_ASSERT((event_.unclean_asked || rules().unclean_leader_election || last_known));
            if (last_known && !rules().unclean_leader_election && !event_.unclean_asked) {
                const std::vector<NodeId> better = joined(was.isr, was.eligible_leader_replicas);
                RC_ASSERT((better.empty() || better == std::vector{event_.restarted_uncleanly.value_or(NodeId{-1})}));
            }
            RC_ASSERT(now.isr == std::vector{*now.leader});
            RC_ASSERT(now.leader_recovery_state == LeaderRecoveryState::recovering);
            RC_ASSERT(now.eligible_leader_replicas.empty());
            complete_[id] = {*now.leader};  // from here on its log is what counts
            seen.unclean |= !last_known;
            seen.last_known |= last_known;
        }
        if (now.leader && now.leader != was.leader && contains(was.eligible_leader_replicas, *now.leader)) {
            seen.from_elr = true;
        }
        if (elr_ && was.leader && !now.leader && contains(now.replicas, *was.leader)) {
            RC_ASSERT(now.last_known_elr == std::vector{*was.leader});
        }
        // KIP-966: who was in sync when the ISR fell under the minimum stays eligible, unless it lost something.
        const std::size_t minimum = effective_min_insync_replicas(rules(), now.replicas.size());
        const bool unclean = now.leader_recovery_state == LeaderRecoveryState::recovering;
        if (elr_ && now.isr.size() < minimum && !unclean) {
            for (NodeId node : within(without(was.isr, now.isr), now.replicas)) {
                RC_ASSERT((contains(now.eligible_leader_replicas, node) || event_.restarted_uncleanly == node));
            }
        }
        // KIP-455: nothing but the ISR ends a reassignment, unless it is asked for.
        if (!event_.reassigned && now.adding_replicas.empty()) RC_ASSERT(contains(now.isr, was.adding_replicas));
        // Q9: nobody joins the ISR who is fenced or stopping.
        for (NodeId node : without(now.isr, was.isr)) RC_ASSERT(active(node));
    }

    void check_state(PartitionId id, const PartitionImage& now) {
        RC_ASSERT((!now.replicas.empty() && !has_duplicates(now.replicas)));
        RC_ASSERT((contains(now.replicas, now.isr) && !has_duplicates(now.isr)));
        RC_ASSERT((contains(now.replicas, now.adding_replicas) && contains(now.replicas, now.removing_replicas)));
        RC_ASSERT(within(now.adding_replicas, now.removing_replicas).empty());
        if (now.leader) {
            RC_ASSERT((contains(now.isr, *now.leader) && active(*now.leader)));
        } else {
            seen.leaderless = true;
            for (NodeId node : now.isr) RC_ASSERT(!active(node));  // L3
            if (now.isr.empty()) {
                for (NodeId node : now.eligible_leader_replicas) RC_ASSERT(!active(node));
            }
        }
        if (!elr_) RC_ASSERT(!now.isr.empty());
        // Q9, KIP-966
        const std::vector<NodeId>& elr = now.eligible_leader_replicas;
        RC_ASSERT((contains(now.replicas, elr) && !has_duplicates(elr) && within(elr, now.isr).empty()));
        if (!elr.empty()) {
            RC_ASSERT((elr_ && now.isr.size() < effective_min_insync_replicas(rules(), now.replicas.size())));
        }
        RC_ASSERT(now.last_known_elr.size() <= (elr_ && !now.leader ? 1U : 0U));
        if (elr_) {
            for (NodeId node : now.isr) RC_ASSERT(active(node));
        }
        // P3: who may be elected has every committed record. (Without eligible leader replicas the last member of the
        // ISR stays in it, whatever it lost.)
        if (elr_) {
            for (NodeId node : joined(now.isr, elr)) RC_ASSERT(complete_[id].contains(node));
        }
        // KIP-455: a reassignment that could end has ended.
        if (!now.adding_replicas.empty() || !now.removing_replicas.empty()) {
            RC_ASSERT((!contains(now.isr, now.adding_replicas) || without(now.isr, now.removing_replicas).empty()));
        }
        const auto ongoing = list_partition_reassignments(image_, std::vector{NamedPartition{kTopic, id}});
        RC_ASSERT(ongoing.empty() == (now.adding_replicas.empty() && now.removing_replicas.empty()));
    }

    bool elr_;
    std::int32_t broker_count_ = 0;
    std::uint32_t incarnations_ = 0;
    ReplicationDefaults defaults_;
    MetadataImage image_;
    std::vector<MetadataRecord> log_;
    /// The ghost: who has every committed record.
    std::map<PartitionId, std::set<NodeId>> complete_;
    Event event_;
};

void run(bool elr) {
    History history(elr);
    for (int i = 50 + pick(250); i > 0; --i) history.step();
    history.check_replay();
    const Seen& seen = history.seen;
    RC_CLASSIFY(seen.unclean, "unclean election");
    RC_CLASSIFY(seen.from_elr, "elected from the ELR");
    RC_CLASSIFY(seen.last_known, "last known leader elected");
    RC_CLASSIFY(seen.leaderless, "without a leader");
    RC_CLASSIFY(seen.reassigned, "reassigned");
    RC_CLASSIFY(seen.cancelled, "reassignment cancelled");
    RC_CLASSIFY(seen.preferred, "preferred leader elected");
    RC_CLASSIFY(seen.new_leader_elected, "NEW_LEADER_ELECTED");
    RC_CLASSIFY(seen.ineligible, "INELIGIBLE_REPLICA");
    RC_CLASSIFY(seen.stale_version, "INVALID_UPDATE_VERSION");
}

RC_GTEST_PROP(ControllerProperties, LeadersAndIsrsFollowTheRulesWithEligibleLeaderReplicas, ()) {
    run(true);
}

RC_GTEST_PROP(ControllerProperties, LeadersAndIsrsFollowTheRulesWithoutEligibleLeaderReplicas, ()) {
    run(false);
}

}  // namespace
}  // namespace highwater
