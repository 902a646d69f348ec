#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/describe.h"
#include "core/base/error_code.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/coordinator/deadlines.h"
#include "core/group/classic_group.h"
#include "core/group/consumer_group.h"
#include "core/group/consumer_group_draft.h"
#include "core/group/group_effect.h"
#include "core/group/group_input.h"
#include "core/group/group_records.h"
#include "core/group/staged_offsets.h"

namespace highwater {

/// Whether a classic group becomes a consumer group when a member joins that speaks its protocol, and a consumer group
/// a classic one when the last such member is gone (`group.consumer.migration.policy`).
enum class MigrationPolicy : std::uint8_t { disabled, downgrade, upgrade, bidirectional };

/// What the node is configured to allow groups.
struct GroupConfig {
    Duration min_session_timeout = std::chrono::seconds{6};              ///< `group.min.session.timeout.ms`
    Duration max_session_timeout = std::chrono::minutes{30};             ///< `group.max.session.timeout.ms`
    Duration initial_rebalance_delay = std::chrono::seconds{3};          ///< `group.initial.rebalance.delay.ms`
    std::int32_t max_size = INT32_MAX;                                   ///< `group.max.size`
    std::int32_t offset_metadata_max_bytes = 4096;                       ///< `offset.metadata.max.bytes`
    std::chrono::milliseconds offsets_retention = std::chrono::days{7};  ///< `offsets.retention.minutes`

    Duration consumer_session_timeout = std::chrono::seconds{45};    ///< `group.consumer.session.timeout.ms`
    Duration consumer_heartbeat_interval = std::chrono::seconds{5};  ///< `group.consumer.heartbeat.interval.ms`
    std::int32_t consumer_max_size = INT32_MAX;                      ///< `group.consumer.max.size`
    /// `group.consumer.assignors`: those that members may ask for, at least one; the first when none is asked for.
    std::vector<std::string> consumer_assignors{"uniform", "range"};
    MigrationPolicy consumer_migration = MigrationPolicy::bidirectional;  ///< `group.consumer.migration.policy`
    /// Targets of one group are so far apart at least (KIP-1263).
    Duration consumer_assignment_interval = std::chrono::seconds{1};  ///< `group.consumer.assignment.interval.ms`
    Duration regex_refresh_interval = std::chrono::minutes{10};       ///< `group.consumer.regex.refresh.interval.ms`

    static constexpr void describe(auto&& field) {
        field("min_session_timeout", &GroupConfig::min_session_timeout);
        field("max_session_timeout", &GroupConfig::max_session_timeout);
        field("initial_rebalance_delay", &GroupConfig::initial_rebalance_delay);
        field("max_size", &GroupConfig::max_size);
        field("offset_metadata_max_bytes", &GroupConfig::offset_metadata_max_bytes);
        field("offsets_retention", &GroupConfig::offsets_retention);
        field("consumer_session_timeout", &GroupConfig::consumer_session_timeout);
        field("consumer_heartbeat_interval", &GroupConfig::consumer_heartbeat_interval);
        field("consumer_max_size", &GroupConfig::consumer_max_size);
        field("consumer_assignors", &GroupConfig::consumer_assignors);
        field("consumer_migration", &GroupConfig::consumer_migration);
        field("consumer_assignment_interval", &GroupConfig::consumer_assignment_interval);
        field("regex_refresh_interval", &GroupConfig::regex_refresh_interval);
    }
};

/// So many ids that were handed out may wait for their members in one group: whoever only asks for ids takes no more
/// memory than this.
inline constexpr std::size_t kMaxPendingMembers = 10'000;

/// The coordinator of the groups whose offsets are in one partition of `__consumer_offsets`: a value, with step() as
/// the one way in and effects as the one way out.
///
/// Two kinds of state. What is durable (each group's last generation and the committed offsets) changes only in
/// apply(), with a record that is committed: a new coordinator that applies the same records knows the same. What is
/// not (who waits, whose session ends when, a rebalance under way) is lost with the process, as members expect.
///
/// A group is a classic or a consumer group, never both; one that only keeps offsets is a classic one. A consumer group
/// is nothing but its records: while some are on their way into the log, whatever else concerns the group waits for
/// them, so that every decision is made on what is committed and a failed write leaves nothing behind.
class GroupCoordinator {
  public:
    explicit GroupCoordinator(const GroupConfig& config) : config_(config) {}

    /// `now` never goes back; `wall` only stamps records and is compared with such stamps. `topics`: what there is now;
    /// without it, consumer groups get no partitions.
    void step(Time now, Timestamp wall, const GroupInput& input, GroupEffects& effects, const GroupTopics& topics = {});

    [[nodiscard]] bool is_loaded() const { return loaded_; }
    /// nullptr: there is none of this id (a group that only keeps offsets is one too).
    [[nodiscard]] const ClassicGroup* find(std::string_view group) const;
    [[nodiscard]] const std::map<std::string, ClassicGroup>& groups() const { return groups_; }
    [[nodiscard]] const ConsumerGroup* find_consumer(std::string_view group) const;
    [[nodiscard]] const std::map<std::string, ConsumerGroup>& consumer_groups() const { return consumer_groups_; }
    /// Of the group, with its own settings.
    [[nodiscard]] Duration session_timeout(const std::string& group) const;
    [[nodiscard]] Duration heartbeat_interval(const std::string& group) const;
    [[nodiscard]] Duration assignment_interval(const std::string& group) const;
    /// The group's committed offsets, those that a client may be told. Errors: COORDINATOR_LOAD_IN_PROGRESS: nobody can
    /// say "none" before all of the log was seen.
    [[nodiscard]] Result<const std::map<TopicPartition, CommittedOffset>*> offsets_of(std::string_view group) const;

    /// Of the group, those whose offset a transaction may still change: it is open, or its offsets are on their way
    /// into the log (KIP-447).
    [[nodiscard]] std::set<TopicPartition> unstable_partitions(const std::string& group) const;

    [[nodiscard]] std::uint64_t hash() const { return hash_members<HashFrom::kept>(*this); }
    [[nodiscard]] std::uint64_t hash_from_scratch() const { return hash_members<HashFrom::scratch>(*this); }

    static constexpr void describe(auto&& field) {
        field("config", &GroupCoordinator::config_);
        field("loaded", &GroupCoordinator::loaded_);
        field("groups", &GroupCoordinator::groups_);
        field("offsets", &GroupCoordinator::offsets_);
        field("staged", &GroupCoordinator::staged_);
        field("deadlines", &GroupCoordinator::deadlines_);
        field("wake_at", &GroupCoordinator::wake_at_);
        field("writes", &GroupCoordinator::writes_);
        field("next_write", &GroupCoordinator::next_write_);
        field("consumer_groups", &GroupCoordinator::consumer_groups_);
        field("settings", &GroupCoordinator::settings_);
        field("topics_seen", &GroupCoordinator::topics_seen_);
        field("postponed", &GroupCoordinator::postponed_);
    }

  private:
    /// What a deadline is for. `member` is empty for those of the group.
    struct DeadlineKey {
        /// Of a consumer group: join and sync, of its members that speak the classic protocol; rebalance, until when a
        /// member has to have given back partitions; assignment, when a new target may be computed.
        enum class Kind : std::uint8_t { session, pending_member, join, sync, rebalance, assignment };
        std::string group;
        Kind kind = Kind::session;
        std::string member;

        static constexpr void describe(auto&& field) {
            field("group", &DeadlineKey::group);
            field("kind", &DeadlineKey::kind);
            field("member", &DeadlineKey::member);
        }
        friend auto operator<=>(const DeadlineKey&, const DeadlineKey&) = default;
    };

    // What happens when a write is committed or failed, besides apply(). Values, so that a coordinator can be copied.
    /// The leader's assignment: the generation is stable, and whoever waits in SyncGroup is answered.
    struct AssignmentWrite {
        std::string group;
        Generation generation;
        static constexpr void describe(auto&& field) {
            field("group", &AssignmentWrite::group);
            field("generation", &AssignmentWrite::generation);
        }
    };
    /// A static member came back under a new id while its group was stable: it goes on where the one that it replaces
    /// was.
    struct ReplacementWrite {
        JoinReceived request;
        std::string former_member_id;
        static constexpr void describe(auto&& field) {
            field("request", &ReplacementWrite::request);
            field("former_member_id", &ReplacementWrite::former_member_id);
        }
    };
    /// Nobody waits for it: offsets expired, a generation without members.
    struct NothingMore {
        static constexpr void describe(auto&&) {}
    };
    /// A consumer group changed, and this is what somebody is told. A JoinReceived joins the classic group that there
    /// is now.
    struct ConsumerGroupWrite {
        std::variant<NothingMore, ConsumerHeartbeatAnswer, JoinAnswer, LeaveAnswer, JoinReceived> answer;
        /// The group goes on as this classic one.
        std::optional<ClassicGroup> downgraded;
        static constexpr void describe(auto&& field) {
            field("answer", &ConsumerGroupWrite::answer);
            field("downgraded", &ConsumerGroupWrite::downgraded);
        }
    };
    /// Besides: offsets committed or deleted, a group deleted.
    using Continuation = std::variant<NothingMore, AssignmentWrite, ReplacementWrite, OffsetsAnswer, DeleteGroupAnswer,
                                      ConsumerGroupWrite>;
    struct PendingWrite {
        GroupRecords records;
        Continuation then;
        /// Whatever concerns this group waits for the write.
        std::optional<std::string> holds;
        /// The records are of this producer's transaction.
        std::optional<ProducerId> producer{};
        static constexpr void describe(auto&& field) {
            field("records", &PendingWrite::records);
            field("then", &PendingWrite::then);
            field("holds", &PendingWrite::holds);
            field("producer", &PendingWrite::producer);
        }
    };

    /// Which topics (GroupTopics::version) a consumer group's metadata hash and regular expressions were last compared
    /// with. A new coordinator compares anew.
    struct TopicsSeen {
        std::optional<std::uint64_t> hashed;
        std::optional<std::uint64_t> resolved;
        std::optional<Time> resolved_at;
        bool is_resolving = false;
        static constexpr void describe(auto&& field) {
            field("hashed", &TopicsSeen::hashed);
            field("resolved", &TopicsSeen::resolved);
            field("resolved_at", &TopicsSeen::resolved_at);
            field("is_resolving", &TopicsSeen::is_resolving);
        }
    };
    /// What waits for a write of its group, in order.
    using Postponed = std::variant<GroupInput, DeadlineKey>;

    struct Step;

    // group_coordinator.cc
    void on(Step& step, const GroupRecordLoaded& input);
    void on(Step& step, const GroupsLoaded& input);
    void on(Step& step, const GroupsUnloaded& input);
    void on(Step& step, const GroupWriteCommitted& input);
    void on(Step& step, const GroupWriteFailed& input);
    void on(Step& step, const GroupDeadlineReached& input);
    void on(Step& step, const GroupTransactionEnded& input);
    void apply(const GroupRecord& record, std::optional<ProducerId> producer);
    void apply(const GroupMetadataRecord& record);
    void apply(const OffsetCommitRecord& record);
    template <ConsumerGroupRecord Record>
    void apply(const Record& record);
    void write(Step& step, GroupRecords records, Continuation then, std::optional<std::string> holds = {},
               std::optional<GroupTransaction> transaction = {});
    void consumer_group_written(Step& step, const GroupRecords& records, ConsumerGroupWrite& done);
    void carry_on(Step& step, PendingWrite& done);
    void undo(Step& step, PendingWrite& failed, ErrorCode error);
    /// Puts `what` off until the write that holds the group is done; false: none does.
    bool postpone(const std::string& group, Postponed what);
    void release(Step& step, const std::string& group);
    void turn_away(Step& step, const GroupInput& input, ErrorCode error);
    void reached(Step& step, const DeadlineKey& due);
    void forget_if_unused(const std::string& group);
    /// Committed, or staged by a transaction.
    [[nodiscard]] bool has_offsets(const std::string& group) const;
    /// What is on its way into the log, or counts when a transaction is committed: a tombstone must not come after a
    /// commit that nobody has seen yet.
    [[nodiscard]] std::set<TopicPartition> partitions_being_committed(const std::string& group) const;

    // group_join.cc
    void on(Step& step, const JoinReceived& input);
    void join_new(Step& step, ClassicGroup& group, const JoinReceived& input);
    void join_known(Step& step, ClassicGroup& group, const JoinReceived& input);
    void replace_static_member(Step& step, ClassicGroup& group, const JoinReceived& input);
    void replacement_committed(Step& step, const ReplacementWrite& done);
    void put_in_place_of(Step& step, ClassicGroup& group, const std::string& former_id, const JoinReceived& input);
    void add_and_rebalance(Step& step, ClassicGroup& group, const JoinReceived& input, const std::string& member_id);
    void update_and_rebalance(Step& step, ClassicGroup& group, ClassicMember& member, const JoinReceived& input);
    [[nodiscard]] bool has_room(const ClassicGroup& group, const JoinReceived& input) const;

    // group_rebalance.cc
    void rebalance(Step& step, const std::string& id, ClassicGroup& group);
    void complete_join_if_all_are_there(Step& step, const std::string& id, ClassicGroup& group);
    void complete_join(Step& step, const std::string& id, ClassicGroup& group);
    void initial_delay_over(Step& step, const std::string& id, ClassicGroup& group);
    void sync_timed_out(Step& step, const std::string& id, ClassicGroup& group);
    void become_stable(Step& step, const std::string& id, ClassicGroup& group);
    void assignment_failed(Step& step, const std::string& id, ClassicGroup& group, ErrorCode error);
    void on(Step& step, const SyncReceived& input);

    // group_membership.cc
    void on(Step& step, const HeartbeatReceived& input);
    void on(Step& step, const LeaveReceived& input);
    [[nodiscard]] ErrorCode leave(Step& step, ClassicGroup& group, const std::string& id, const LeavingMember& leaving);
    void remove_member(Step& step, const std::string& id, ClassicGroup& group, const std::string& member_id,
                       ErrorCode told);
    void session_over(Step& step, const std::string& id, ClassicGroup& group, const std::string& member_id);
    void extend_session(Step& step, const std::string& id, const ClassicMember& member);

    // group_offsets.cc
    void on(Step& step, const OffsetCommitReceived& input);
    void on(Step& step, const OffsetDeleteReceived& input);
    void on(Step& step, const DeleteGroupReceived& input);
    void on(Step& step, const TopicDeleted& input);
    void on(Step& step, const ExpireOffsets& input);
    /// Of both kinds.
    [[nodiscard]] std::vector<std::string> group_ids() const;
    /// The topics that members subscribe to; nullopt when that cannot be told.
    [[nodiscard]] std::optional<std::set<std::string>> topics_in_use(const std::string& id) const;
    [[nodiscard]] std::vector<TopicPartition> expired(const std::string& id, Timestamp wall) const;

    // group_consumer_heartbeat.cc
    void on(Step& step, const ConsumerHeartbeatReceived& input);
    void stay(Step& step, const ConsumerHeartbeatReceived& input);
    [[nodiscard]] ErrorCode let_in(ConsumerGroupDraft& draft, const ConsumerHeartbeatReceived& input,
                                   const std::string& member_id);
    void replace_member(ConsumerGroupDraft& draft, const std::string& former_id, const std::string& member_id);
    void advance(Step& step, ConsumerGroupDraft& draft, bool bump);
    void assign(Step& step, ConsumerGroupDraft& draft);
    /// How long a new target has to wait yet.
    [[nodiscard]] Duration assignment_delay(const Step& step, const std::string& id, const ConsumerGroup& group) const;
    void reconcile_member(Step& step, ConsumerGroupDraft& draft, const std::string& member_id,
                          const std::optional<AssignedPartitions>& owned);
    void write(Step& step, ConsumerGroupDraft& draft, ConsumerGroupWrite then);

    // group_consumer_membership.cc
    void leave(Step& step, const ConsumerHeartbeatReceived& input);
    void remove_members(Step& step, ConsumerGroupDraft& draft, const std::set<std::string>& member_ids,
                        ConsumerGroupWrite then);
    void consumer_deadline(Step& step, const DeadlineKey& due);
    void arm(Step& step, const std::string& id, const std::string& member_id);
    void arm_assignment(Step& step, const std::string& id);
    void extend_session(Step& step, const std::string& id, const std::string& member_id, const ConsumerMember& member);
    void drop_unused_expressions(ConsumerGroupDraft& draft);
    void resolve_expressions(Step& step, const std::string& id, const ConsumerGroup& group);
    void on(Step& step, const RegularExpressionsResolved& input);
    void on(Step& step, const GroupSettingsChanged& input);

    // group_consumer_classic.cc
    [[nodiscard]] ErrorCode upgrade(const Step& step, ConsumerGroupDraft& draft) const;
    void send_back_whoever_waits(Step& step, const std::string& id);
    void expect_join(Step& step, const std::string& id, const std::string& member_id, const ConsumerMember& member);
    [[nodiscard]] bool may_downgrade(const ConsumerGroup& group) const;
    void join_consumer_group(Step& step, const ConsumerGroup& group, const JoinReceived& input);
    void sync_with_consumer_group(Step& step, const ConsumerGroup& group, const SyncReceived& input);
    void heartbeat_to_consumer_group(Step& step, const ConsumerGroup& group, const HeartbeatReceived& input);
    void leave_consumer_group(Step& step, const ConsumerGroup& group, const LeaveReceived& input);
    void joined_consumer_group(Step& step, const std::string& id, JoinAnswer& answer);
    void go_on_as_classic(Step& step, const std::string& id, ClassicGroup group);

    GroupConfig config_;
    bool loaded_ = false;
    std::map<std::string, ClassicGroup> groups_;
    /// By group: committed.
    std::map<std::string, std::map<TopicPartition, CommittedOffset>> offsets_;
    StagedOffsets staged_;
    Deadlines<DeadlineKey> deadlines_;
    std::optional<Time> wake_at_;
    std::map<GroupWrite, PendingWrite> writes_;
    GroupWrite next_write_{0};
    std::map<std::string, ConsumerGroup> consumer_groups_;
    std::map<std::string, ConsumerGroupSettings> settings_;
    std::map<std::string, TopicsSeen> topics_seen_;
    /// By group, for those that a write holds.
    std::map<std::string, std::deque<Postponed>> postponed_;
};

/// Whether `claim` may act in the group: none; UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID (another member has this instance
/// id by now, KIP-345), ILLEGAL_GENERATION.
[[nodiscard]] ErrorCode check_claim(const ClassicGroup& group, const MemberClaim& claim);
/// The same without the generation.
[[nodiscard]] ErrorCode check_member(const ClassicGroup& group, const std::string& member_id,
                                     const std::optional<std::string>& group_instance_id);
/// Whether offsets may be committed under `claim`: also without a generation in an empty group, not while the
/// assignment of a new generation is awaited (REBALANCE_IN_PROGRESS).
[[nodiscard]] ErrorCode check_commit(const ClassicGroup* group, const MemberClaim& claim,
                                     bool is_transactional = false);

}  // namespace highwater
