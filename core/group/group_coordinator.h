#pragma once

#include <cstdint>
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
#include "core/group/group_effect.h"
#include "core/group/group_input.h"
#include "core/group/group_records.h"

namespace highwater {

/// What the node is configured to allow groups.
struct GroupConfig {
    Duration min_session_timeout = std::chrono::seconds{6};              ///< `group.min.session.timeout.ms`
    Duration max_session_timeout = std::chrono::minutes{30};             ///< `group.max.session.timeout.ms`
    Duration initial_rebalance_delay = std::chrono::seconds{3};          ///< `group.initial.rebalance.delay.ms`
    std::int32_t max_size = INT32_MAX;                                   ///< `group.max.size`
    std::int32_t offset_metadata_max_bytes = 4096;                       ///< `offset.metadata.max.bytes`
    std::chrono::milliseconds offsets_retention = std::chrono::days{7};  ///< `offsets.retention.minutes`

    static constexpr void describe(auto&& field) {
        field("min_session_timeout", &GroupConfig::min_session_timeout);
        field("max_session_timeout", &GroupConfig::max_session_timeout);
        field("initial_rebalance_delay", &GroupConfig::initial_rebalance_delay);
        field("max_size", &GroupConfig::max_size);
        field("offset_metadata_max_bytes", &GroupConfig::offset_metadata_max_bytes);
        field("offsets_retention", &GroupConfig::offsets_retention);
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
class GroupCoordinator {
  public:
    explicit GroupCoordinator(const GroupConfig& config) : config_(config) {}

    /// `now` never goes back; `wall` only stamps records and is compared with such stamps.
    void step(Time now, Timestamp wall, const GroupInput& input, GroupEffects& effects);

    [[nodiscard]] bool is_loaded() const { return loaded_; }
    /// nullptr: there is none of this id (a group that only keeps offsets is one too).
    [[nodiscard]] const ClassicGroup* find(std::string_view group) const;
    [[nodiscard]] const std::map<std::string, ClassicGroup>& groups() const { return groups_; }
    /// The group's committed offsets, those that a client may be told. Errors: COORDINATOR_LOAD_IN_PROGRESS: nobody can
    /// say "none" before all of the log was seen.
    [[nodiscard]] Result<const std::map<TopicPartition, CommittedOffset>*> offsets_of(std::string_view group) const;

    [[nodiscard]] std::uint64_t hash() const { return hash_members<HashFrom::kept>(*this); }
    [[nodiscard]] std::uint64_t hash_from_scratch() const { return hash_members<HashFrom::scratch>(*this); }

    static constexpr void describe(auto&& field) {
        field("config", &GroupCoordinator::config_);
        field("loaded", &GroupCoordinator::loaded_);
        field("groups", &GroupCoordinator::groups_);
        field("offsets", &GroupCoordinator::offsets_);
        field("deadlines", &GroupCoordinator::deadlines_);
        field("wake_at", &GroupCoordinator::wake_at_);
        field("writes", &GroupCoordinator::writes_);
        field("next_write", &GroupCoordinator::next_write_);
    }

  private:
    /// What a deadline is for. `member` is empty for those of the group.
    struct DeadlineKey {
        enum class Kind : std::uint8_t { session, pending_member, join, sync };
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
    /// was, unless the group has moved on meanwhile; then it joins anew.
    struct ReplacementWrite {
        JoinReceived request;
        Generation generation;
        std::string former_member_id;
        static constexpr void describe(auto&& field) {
            field("request", &ReplacementWrite::request);
            field("generation", &ReplacementWrite::generation);
            field("former_member_id", &ReplacementWrite::former_member_id);
        }
    };
    /// Nobody waits for it: offsets expired, a generation without members.
    struct NothingMore {
        static constexpr void describe(auto&&) {}
    };
    /// Besides: offsets committed or deleted, a group deleted.
    using Continuation = std::variant<NothingMore, AssignmentWrite, ReplacementWrite, OffsetsAnswer, DeleteGroupAnswer>;
    struct PendingWrite {
        GroupRecords records;
        Continuation then;
        static constexpr void describe(auto&& field) {
            field("records", &PendingWrite::records);
            field("then", &PendingWrite::then);
        }
    };

    struct Step;

    // group_coordinator.cc
    void on(Step& step, const GroupRecordLoaded& input);
    void on(Step& step, const GroupsLoaded& input);
    void on(Step& step, const GroupsUnloaded& input);
    void on(Step& step, const GroupWriteCommitted& input);
    void on(Step& step, const GroupWriteFailed& input);
    void on(Step& step, const GroupDeadlineReached& input);
    void apply(const GroupRecord& record);
    void apply(const GroupMetadataRecord& record);
    void apply(const OffsetCommitRecord& record);
    void write(Step& step, GroupRecords records, Continuation then);
    void forget_if_unused(const std::string& group);
    /// What is on its way into the log: a tombstone must not come after a commit that nobody has seen yet.
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
    [[nodiscard]] std::vector<TopicPartition> expired(const std::string& id, Timestamp wall) const;

    GroupConfig config_;
    bool loaded_ = false;
    std::map<std::string, ClassicGroup> groups_;
    /// By group: committed.
    std::map<std::string, std::map<TopicPartition, CommittedOffset>> offsets_;
    Deadlines<DeadlineKey> deadlines_;
    std::optional<Time> wake_at_;
    std::map<GroupWrite, PendingWrite> writes_;
    GroupWrite next_write_{0};
};

/// Whether `claim` may act in the group: none; UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID (another member has this instance
/// id by now, KIP-345), ILLEGAL_GENERATION.
[[nodiscard]] ErrorCode check_claim(const ClassicGroup& group, const MemberClaim& claim);
/// The same without the generation.
[[nodiscard]] ErrorCode check_member(const ClassicGroup& group, const std::string& member_id,
                                     const std::optional<std::string>& group_instance_id);
/// Whether offsets may be committed under `claim`: also without a generation in an empty group, not while the
/// assignment of a new generation is awaited (REBALANCE_IN_PROGRESS).
[[nodiscard]] ErrorCode check_commit(const ClassicGroup* group, const MemberClaim& claim);

}  // namespace highwater
