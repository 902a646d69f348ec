#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/engine/moment.h"
#include "broker/engine/partition.h"
#include "broker/engine/slab.h"
#include "core/coordinator/coordinator_partition.h"
#include "core/group/group_coordinator.h"

namespace highwater::engine {

inline constexpr std::string_view kGroupsTopic = "__consumer_offsets";

/// What the coordinators ask of the node around them.
class GroupHost {
  public:
    virtual ~GroupHost() = default;
    /// Replaces the former time of this partition's coordinator.
    virtual void group_wake_wanted(PartitionId partition, Time time) = 0;
    /// The groups of this partition can't be served: its log can't be read. `detail` names the file and the reason.
    virtual void groups_unreadable(PartitionId partition, std::string_view detail) = 0;
};

/// The answer that the coordinator gives to a request.
template <class Request>
struct GroupAnswerOf;
template <>
struct GroupAnswerOf<JoinReceived> {
    using type = JoinAnswer;
};
template <>
struct GroupAnswerOf<SyncReceived> {
    using type = SyncAnswer;
};
template <>
struct GroupAnswerOf<HeartbeatReceived> {
    using type = HeartbeatAnswer;
};
template <>
struct GroupAnswerOf<LeaveReceived> {
    using type = LeaveAnswer;
};
template <>
struct GroupAnswerOf<OffsetCommitReceived> {
    using type = OffsetsAnswer;
};
template <>
struct GroupAnswerOf<OffsetDeleteReceived> {
    using type = OffsetsAnswer;
};
template <>
struct GroupAnswerOf<DeleteGroupReceived> {
    using type = DeleteGroupAnswer;
};

template <>
struct GroupAnswerOf<ConsumerHeartbeatReceived> {
    using type = ConsumerHeartbeatAnswer;
};

/// The group coordinators of this node: one for each partition of `__consumer_offsets` that it leads. Carries out what
/// the machines ask for: their records go into the partition, and what became of them comes back.
class GroupCoordinators {
  public:
    struct Settings {
        GroupConfig machine;
        /// A write that makes a larger batch fails with MESSAGE_TOO_LARGE.
        std::size_t max_batch_bytes = 0;
    };

    GroupCoordinators(GroupHost& host, const Settings& settings) : host_(&host), settings_(settings) {}
    GroupCoordinators(const GroupCoordinators&) = delete;
    GroupCoordinators& operator=(const GroupCoordinators&) = delete;

    /// This node leads the partition, one of so many: its coordinator loads what is committed, and serves from then on.
    void elected(Partition& partition, std::int32_t partitions, Moment now);
    /// It does not any more: whoever waits is told NOT_COORDINATOR.
    void resigned(PartitionId partition, Moment now);
    void all_resigned(Moment now);

    /// The coordinator of the group. NOT_COORDINATOR: another node's, or `__consumer_offsets` is not there yet;
    /// COORDINATOR_NOT_AVAILABLE: its log can't be read; COORDINATOR_LOAD_IN_PROGRESS.
    [[nodiscard]] Result<const GroupCoordinator*> find(std::string_view group) const;
    /// All that serve, by partition.
    [[nodiscard]] std::vector<const GroupCoordinator*> all() const;

    /// Asks the coordinator of `request.group`. `answered` is called once with the answer, perhaps later; never when
    /// the node stops before.
    template <class Request, class Answered>
    void ask(Request request, Moment now, Answered answered) {
        using Answer = typename GroupAnswerOf<Request>::type;
        const auto found = find(request.group);
        if (!found) {
            Answer answer;
            answer.error = found.error();
            answered(answer);
            return;
        }
        request.token = GroupToken{waiting_.insert(
            [answered = std::move(answered)](GroupEffect& effect) mutable { answered(std::get<Answer>(effect)); })};
        const PartitionId partition = partition_of(request.group);
        step(partition, std::move(request), now);
    }

    /// Whether a write was asked for here.
    [[nodiscard]] static bool owns(ProduceToken token) { return (token.value() & kOurs) != 0; }
    /// Notes that the marker of a transaction is committed in this partition; settle() tells the machine, in the order
    /// of the log.
    void transaction_ended(PartitionId partition, GroupTransactionEnded ended) {
        written_.push_back({partition, ended, ErrorCode::none});
    }
    /// Notes what became of a write; settle() tells the machine, and what regular expressions match.
    void answered(const Partition& partition, const ReplyProduce& reply);
    [[nodiscard]] bool any_answered() const { return !written_.empty() || !to_resolve_.empty(); }
    void settle(Moment now);

    void deadline_reached(PartitionId partition, Moment now);
    /// There is a topic, with so many partitions.
    void topic_changed(const std::string& name, GroupTopic topic);
    void topic_deleted(const std::string& topic, Moment now);
    /// Replaces the group's own settings, whoever coordinates it and whether it is there or not.
    void settings_changed(const std::string& group, const ConsumerGroupSettings& settings, Moment now);
    [[nodiscard]] const GroupTopics& topics() const { return topics_; }
    [[nodiscard]] const GroupConfig& config() const { return settings_.machine; }
    /// Looks for offsets that nobody needs any more (`offsets.retention.minutes`).
    void expire_offsets(Moment now);

    /// Requests that wait.
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  private:
    static constexpr std::uint64_t kOurs = std::uint64_t{1} << 63;

    struct Coordinator {
        Partition* partition = nullptr;
        GroupCoordinator machine;
        bool is_unreadable = false;
    };
    struct Written {
        PartitionId partition;
        std::variant<GroupWrite, GroupTransactionEnded> what;
        ErrorCode error = ErrorCode::none;
    };

    [[nodiscard]] PartitionId partition_of(std::string_view group) const;
    void step(PartitionId partition, GroupInput input, Moment now);
    void carry_out(PartitionId partition, GroupEffect& effect, Moment now);
    void write(PartitionId partition, const WriteGroupRecords& effect, Moment now);

    void failed(PartitionId partition, GroupWrite write, ErrorCode error);

    GroupHost* host_;
    Settings settings_;
    /// Of `__consumer_offsets`.
    std::int32_t partitions_ = 0;
    std::map<PartitionId, Coordinator> coordinators_;
    Slab<std::function<void(GroupEffect&)>> waiting_;
    std::vector<Written> written_;
    GroupTopics topics_;
    /// Of the metadata log; a coordinator is given those of its groups before it loads them.
    std::map<std::string, ConsumerGroupSettings> group_settings_;
    std::vector<std::pair<PartitionId, ResolveRegularExpressions>> to_resolve_;
};

}  // namespace highwater::engine
