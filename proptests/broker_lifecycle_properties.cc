// Brokers and the controller together, over a network that drops, duplicates and reorders: epochs are never shared, and
// once the network is whole again every broker is unfenced and may leave.
#include "proptests/prelude.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/metadata/broker_lifecycle.h"
#include "core/metadata/controller.h"
#include "core/metadata/controller_brokers.h"
#include "core/metadata/controller_partitions.h"

namespace highwater {
namespace {

constexpr std::int32_t kBrokers = 3;
constexpr Duration kSession = std::chrono::seconds{9};
constexpr TopicId kTopicId{{{7}}};

std::int32_t pick(std::int32_t below) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, below));
}

bool one_in(std::int32_t chances) {
    return pick(chances) == 0;
}

using Message =
    std::variant<SendBrokerRegistration, SendBrokerHeartbeat, BrokerRegistrationAnswered, BrokerHeartbeatAnswered>;

struct OnTheWay {
    NodeId broker;
    /// The process that sent it or shall get it.
    std::uint32_t life;
    Message message;
};

struct Process {
    std::uint32_t life;
    BrokerLifecycle machine;
    std::optional<Time> wake_at;
    std::int64_t applied = -1;
    bool logs_loaded = false;
    std::optional<StopBroker> stopped;
};

class World {
  public:
    World() {
        for (std::int32_t id = 0; id < kBrokers; ++id) start(NodeId{id}, std::nullopt);
    }

    void do_something() {
        const NodeId node{pick(kBrokers)};
        switch (pick(10)) {
            case 0:
                return pass(Duration{std::chrono::milliseconds{pick(4000)}});
            case 1:
                return restart(node, one_in(2));
            case 2:
                if (!messages_.empty()) messages_.erase(messages_.begin() + pick(count()));
                return;
            case 3:
                if (one_in(4)) hears(node, ShutDownBroker{});
                return;
            case 4:
                return apply(node, pick(3));
            case 5:
                return load_logs(node);
            default:
                if (!messages_.empty()) deliver(static_cast<std::size_t>(pick(count())), one_in(5));
                return;
        }
    }

    /// Everything arrives, in order, at once; time passes only when nothing else can happen.
    void heal() {
        settle([this] {
            for (std::int32_t id = 0; id < kBrokers; ++id) {
                if (process(NodeId{id}).machine.is_shut_down()) restart(NodeId{id}, true);
            }
            return all_run();
        });
        RC_ASSERT(all_run());
        // What was late has come, and every session is fresh.
        const Time quiet = now_ + 2 * kSession;
        settle([&] { return now_ >= quiet && messages_.empty() && all_run(); });
        RC_ASSERT((now_ >= quiet && all_run()));
        if (!image_.topic(kTopicId)) {
            TopicToCreate topic;
            topic.name = "x";
            topic.id = kTopicId;
            topic.partition_count = kBrokers;
            topic.replication_factor = kBrokers;
            write(create_topics(image_, {topic}, false, {}).records);
        }
        everybody_joins_the_isr();
    }

    void check_controlled_shutdown() {
        const NodeId node{pick(kBrokers)};
        hears(node, ShutDownBroker{});
        settle([&] { return process(node).machine.is_shut_down(); });
        RC_ASSERT(process(node).stopped.has_value());
        RC_ASSERT(process(node).stopped->reason == ErrorCode::none);  // L6: granted, not given up
        RC_ASSERT(image_.broker(node)->fenced);
        for (const auto& [id, partition] : image_.topic(kTopicId)->partitions) {
            RC_ASSERT((partition.leader && partition.leader != node));
            RC_ASSERT(std::count(partition.isr.begin(), partition.isr.end(), node) == 0);
        }
    }

    bool refused_as_duplicate = false;
    bool stale = false;
    bool expired = false;

  private:
    std::int32_t count() const { return static_cast<std::int32_t>(messages_.size()); }
    Process& process(NodeId node) { return processes_.at(node); }

    void write(const std::vector<MetadataRecord>& records) {
        for (const MetadataRecord& record : records) {
            RC_ASSERT(image_.apply(record).has_value());
            ++end_offset_;
        }
    }

    /// L3, L5: with every broker up each partition has a leader, and it may have all replicas in its ISR.
    void everybody_joins_the_isr() {
        const TopicImage topic = *image_.topic(kTopicId);
        for (const auto& [id, partition] : topic.partitions) {
            RC_ASSERT(partition.leader.has_value());
            IsrProposal proposal{kTopicId, id, partition.leader_epoch, partition.partition_epoch, {}};
            for (NodeId node : partition.replicas) proposal.new_isr.push_back({node, image_.broker(node)->epoch});
            const BrokerEpoch epoch = image_.broker(*partition.leader)->epoch;
            const auto decision = alter_partition(image_, {*partition.leader, epoch, {proposal}}, {});
            RC_ASSERT(decision.answers.at(0).partitions.at(0).error == ErrorCode::none);
            write(decision.records);
        }
    }

    void start(NodeId node, std::optional<BrokerEpoch> previous) {
        Uuid incarnation;
        ++lives_;
        incarnation.bytes[0] = static_cast<std::uint8_t>(lives_);
        incarnation.bytes[1] = static_cast<std::uint8_t>(lives_ >> 8);
        processes_.insert_or_assign(node, Process{lives_, BrokerLifecycle({}, incarnation, previous), {}, -1, {}, {}});
        hears(node, StartBroker{});
    }

    void restart(NodeId node, bool clean) {
        const auto stopped = process(node).stopped;
        start(node, clean && stopped ? stopped->broker_epoch : std::nullopt);
    }

    void hears(NodeId node, const LifecycleInput& input) {
        Process& at = process(node);
        LifecycleEffects effects;
        at.machine.step(now_, input, effects);
        for (const LifecycleEffect& effect : effects) {
            if (const auto* registration = std::get_if<SendBrokerRegistration>(&effect)) {
                messages_.push_back({node, at.life, *registration});
            } else if (const auto* heartbeat = std::get_if<SendBrokerHeartbeat>(&effect)) {
                messages_.push_back({node, at.life, *heartbeat});
            } else if (const auto* adopted = std::get_if<AdoptBrokerEpoch>(&effect)) {
                // One epoch, one life (KIP-903).
                const auto [owner, is_new] = owners_.emplace(adopted->broker_epoch, std::pair(node, at.life));
                RC_ASSERT((is_new || owner->second == std::pair(node, at.life)));
            } else if (const auto* stop = std::get_if<StopBroker>(&effect)) {
                at.stopped = *stop;
            } else if (const auto* wake = std::get_if<WakeLifecycleAt>(&effect)) {
                RC_ASSERT(wake->time >= now_);
                at.wake_at = wake->time;
            }
        }
    }

    void apply(NodeId node, std::int64_t records) {
        Process& at = process(node);
        const std::int64_t to = std::min(at.applied + records, end_offset_ - 1);
        if (to <= at.applied) return;
        at.applied = to;
        hears(node, MetadataApplied{Offset{to}});
    }

    void load_logs(NodeId node) {
        if (std::exchange(process(node).logs_loaded, true)) return;
        hears(node, LogsLoaded{});
    }

    void pass(Duration duration) {
        now_ = now_ + duration;
        for (auto& [node, at] : processes_) {
            if (!at.wake_at || *at.wake_at > now_) continue;
            at.wake_at.reset();
            hears(node, LifecycleDeadlineReached{});
        }
        for (const auto& [node, broker] : image_.brokers()) {
            if (broker.fenced || session_is_live(node)) continue;
            write(fence_broker(image_, node, broker.epoch, {}).records);
            expired = true;
            return;  // `brokers()` has changed; the others' turn comes with the next tick
        }
    }

    bool session_is_live(NodeId node) const {
        const auto heard = heard_.find(node);
        return heard != heard_.end() && now_ - heard->second < kSession;
    }

    void deliver(std::size_t index, bool again) {
        const OnTheWay it = messages_[index];
        if (!again) messages_.erase(messages_.begin() + static_cast<std::ptrdiff_t>(index));
        if (const auto* registration = std::get_if<SendBrokerRegistration>(&it.message)) {
            controller_hears(it, *registration);
        } else if (const auto* heartbeat = std::get_if<SendBrokerHeartbeat>(&it.message)) {
            controller_hears(it, *heartbeat);
        } else if (process(it.broker).life == it.life) {
            if (const auto* registered = std::get_if<BrokerRegistrationAnswered>(&it.message)) {
                hears(it.broker, *registered);
            } else {
                hears(it.broker, std::get<BrokerHeartbeatAnswered>(it.message));
            }
        }
    }

    void controller_hears(const OnTheWay& from, const SendBrokerRegistration& message) {
        BrokerRegistration request;
        request.broker_id = from.broker;
        request.incarnation_id = message.incarnation_id;
        request.previous_broker_epoch = message.previous_broker_epoch;
        const auto decision =
            register_broker(image_, request, {"", BrokerEpoch{end_offset_}, session_is_live(from.broker)}, {});
        write(decision.records);
        const RegisteredBroker& answer = decision.answers.at(0);
        refused_as_duplicate |= answer.error.error == ErrorCode::duplicate_broker_registration;
        if (answer.error.error == ErrorCode::none) {
            heard_[from.broker] = now_;
            if (!decision.records.empty()) shutdown_offsets_.erase(from.broker);
        }
        messages_.push_back({from.broker, from.life,
                             BrokerRegistrationAnswered{message.token, answer.error.error, answer.broker_epoch}});
    }

    void controller_hears(const OnTheWay& from, const SendBrokerHeartbeat& message) {
        BrokerHeartbeat request;
        request.broker_id = from.broker;
        request.broker_epoch = message.broker_epoch;
        request.current_metadata_offset = message.current_metadata_offset.value_or(Offset{-1});
        request.want_fence = message.want_fence;
        request.want_shut_down = message.want_shut_down;
        HeartbeatContext context;
        if (const auto found = shutdown_offsets_.find(from.broker); found != shutdown_offsets_.end()) {
            context.controlled_shutdown_offset = found->second;
        }
        for (const auto& [node, broker] : image_.brokers()) {
            if (broker.fenced || broker.in_controlled_shutdown) continue;
            const Offset seen = seen_.contains(node) ? seen_.at(node) : Offset{-1};
            context.lowest_active_offset = std::min(seen, context.lowest_active_offset.value_or(seen));
        }
        const auto decision = broker_heartbeat(image_, request, context, {});
        write(decision.records);
        const HeartbeatAnswer& answer = decision.answers.at(0);
        stale |= answer.error == ErrorCode::stale_broker_epoch;
        if (answer.error == ErrorCode::none) {
            heard_[from.broker] = now_;
            seen_[from.broker] = request.current_metadata_offset;
            if (answer.in_controlled_shutdown) shutdown_offsets_.emplace(from.broker, Offset{end_offset_ - 1});
        }
        messages_.push_back({from.broker, from.life,
                             BrokerHeartbeatAnswered{message.token, answer.error, answer.is_caught_up, answer.is_fenced,
                                                     answer.should_shut_down}});
    }

    bool all_run() const {
        for (const auto& [node, at] : processes_) {
            const BrokerImage* broker = image_.broker(node);
            if (!at.machine.is_running() || !broker || broker->fenced || at.machine.broker_epoch() != broker->epoch) {
                return false;
            }
        }
        return true;
    }

    void settle(const auto& done) {
        for (int round = 0; round < 2000 && !done(); ++round) {
            for (auto& [node, at] : processes_) {
                load_logs(node);
                apply(node, end_offset_);
            }
            if (!messages_.empty()) {
                deliver(0, false);
                continue;
            }
            std::optional<Time> next;
            for (const auto& [node, at] : processes_) {
                if (at.wake_at) next = std::min(*at.wake_at, next.value_or(*at.wake_at));
            }
            RC_ASSERT(next.has_value());
            pass(std::max(*next - now_, Duration{1}));
        }
    }

    MetadataImage image_;
    std::int64_t end_offset_ = 0;
    Time now_{1};
    std::map<NodeId, Time> heard_;
    std::map<NodeId, Offset> seen_;
    std::map<NodeId, Offset> shutdown_offsets_;
    std::map<NodeId, Process> processes_;
    std::vector<OnTheWay> messages_;
    std::map<BrokerEpoch, std::pair<NodeId, std::uint32_t>> owners_;
    std::uint32_t lives_ = 0;
};

RC_GTEST_PROP(BrokerLifecycleProperties, EveryBrokerRunsAndLeavesOnceTheNetworkIsWhole, ()) {
    World world;
    for (int i = pick(200); i > 0; --i) world.do_something();
    world.heal();
    for (int i = pick(100); i > 0; --i) world.do_something();
    world.heal();
    world.check_controlled_shutdown();
    RC_CLASSIFY(world.refused_as_duplicate, "DUPLICATE_BROKER_REGISTRATION");
    RC_CLASSIFY(world.stale, "STALE_BROKER_EPOCH");
    RC_CLASSIFY(world.expired, "session expired");
}

}  // namespace
}  // namespace highwater
