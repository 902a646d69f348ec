#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/explore/memo_table.h"
#include "model/explore/story.h"
#include "model/explore/system.h"
#include "model/group/action.h"
#include "model/group/offsets_partition.h"
#include "model/group/scope.h"
#include "model/group/state.h"

namespace highwater::model::group {

struct Answered;

/// One group and its coordinators as a System: the shipped coordinator on two brokers, of which one leads the partition
/// of `__consumer_offsets`; consumers; and the network between them.
class GroupWorld {
  public:
    using State = group::State;
    using Action = group::Action;

    explicit GroupWorld(const Scope& scope);

    [[nodiscard]] const Scope& scope() const { return scope_; }
    [[nodiscard]] State initial() const { return initial(nullptr); }
    [[nodiscard]] State initial(Story* story) const;
    [[nodiscard]] std::optional<Violation> enabled(const State& state, std::vector<Action>& actions,
                                                   Coverage& coverage) const;
    [[nodiscard]] std::optional<Violation> apply(State& state, Action action, Coverage& coverage) const {
        return apply(state, action, coverage, nullptr);
    }
    /// The same, and tells what happened.
    [[nodiscard]] std::optional<Violation> apply(State& state, Action action, Coverage& coverage, Story* story) const;
    [[nodiscard]] std::uint64_t fingerprint(const State& state) const;
    /// The state as bytes that mean something to this world and its copies only.
    void encode(const State& state, std::vector<std::byte>& out) const;
    std::size_t decode(std::span<const std::byte> in, State& state) const;
    /// The partitions that such bytes speak of. Once they are restored, bytes of the world that saved them mean here
    /// what they mean there.
    void save(std::vector<std::byte>& out) const { partitions_->save(out); }
    [[nodiscard]] std::string restore(std::span<const std::byte> in) const { return partitions_->restore(in); }
    [[nodiscard]] bool disturbs(Action action) const { return model::disturbs(action); }

    /// What somebody waits for (model/explore/liveness.h): clients for a place in a generation, partitions for an
    /// owner. A late request may never arrive; everything else that stays possible happens.
    [[nodiscard]] std::uint32_t pending(const State& state) const;
    [[nodiscard]] std::string pending_text(std::size_t wish) const;
    [[nodiscard]] bool is_owed(Action action) const;

    /// What the coordinator would answer at once; none also for a commit whose write would begin, and
    /// COORDINATOR_LOAD_IN_PROGRESS for what would only wait. Changes nothing.
    [[nodiscard]] ErrorCode probe(const State& state, const Message& request) const;

    /// How many different partitions, and steps of one, have been kept.
    [[nodiscard]] std::size_t kept_partitions() const { return partitions_->machines(); }
    [[nodiscard]] std::size_t kept_steps() const { return partitions_->steps(); }
    [[nodiscard]] std::uint64_t memory_bytes() const { return partitions_->memory_bytes() + probes_->memory_bytes(); }

  private:
    struct Step;
    struct Probed {
        ErrorCode error = ErrorCode::none;
    };

    void settle(State& state) const;
    void act(Step& step, Action action) const;
    const PartitionOutput& give(Step& step, const PartitionInput& input) const;
    void take_answer(Step& step, const PartitionOutput::Answer& answer) const;
    void note(Step& step, const Answered& told) const;
    void note_heartbeat(Step& step, const Answered& told) const;
    void forget_newest_if_another_joins(State& state, std::uint8_t client) const;
    void note_offsets(Step& step, const PartitionOutput& output) const;
    void arrive(Step& step, const Message& request, bool heard) const;
    void hear(Step& step, const Message& answer) const;
    void fail_over(Step& step, std::uint8_t keep) const;
    void stop(Step& step, std::uint8_t client, bool request_is_late) const;
    void leave(Step& step, std::uint8_t client) const;
    void lose_slot(Step& step, std::uint8_t client) const;
    void unhear(State& state, std::uint8_t client) const;
    void start(State& state, std::uint8_t client) const;
    void make_late(State& state, const Message& request) const;
    void send(State& state, std::uint8_t client, Message request) const;
    void send_what_is_due(State& state) const;
    [[nodiscard]] Member fresh_member(const State& state, std::uint8_t client) const;
    [[nodiscard]] std::uint8_t fresh_token(const State& state, std::uint8_t client) const;
    [[nodiscard]] bool is_worth_a_heartbeat(const State& state, std::uint8_t client) const;
    [[nodiscard]] bool is_settled(const State& state) const;
    [[nodiscard]] std::optional<Violation> judge_rest(const State& state) const;
    void add_disturbances(const State& state, std::vector<Action>& actions) const;

    Scope scope_;
    /// Shared by copies of the world; what they keep does not change what the world does.
    std::shared_ptr<PartitionStore> partitions_;
    std::shared_ptr<MemoTable<Probed>> probes_;
};

/// The name of the property that is judged when a run has come to rest: L8.
inline constexpr std::string_view kRestProperty = "GroupSettles";
/// The name of what a machine must never do to its driver.
inline constexpr std::string_view kContractProperty = "DriverContract";

/// The state, for people.
[[nodiscard]] std::string print(const State& state, const Scope& scope);
/// "JoinGroup of client 1 as m-3".
[[nodiscard]] std::string message_text(const Message& message, const Scope& scope);
/// "m-3", or "nobody".
[[nodiscard]] std::string member_text(Member member, const Scope& scope);
/// "{0, 1}"
[[nodiscard]] std::string partitions_text(Partitions partitions);

}  // namespace highwater::model::group
