#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/explore/story.h"
#include "model/explore/system.h"
#include "model/transaction/action.h"
#include "model/transaction/data_partition.h"
#include "model/transaction/scope.h"
#include "model/transaction/state.h"
#include "model/transaction/state_partition.h"

namespace highwater::model::transaction {

/// Transactions as a System: the shipped coordinator on two brokers, of which one leads the partition of
/// `__transaction_state`; two partitions that transactions write to, each the shipped replica of a broker of its own;
/// producers; and the network between all of them.
class TransactionWorld {
  public:
    using State = transaction::State;
    using Action = transaction::Action;

    explicit TransactionWorld(const Scope& scope);

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
    void save(std::vector<std::byte>& out) const;
    [[nodiscard]] std::string restore(std::span<const std::byte> in) const;
    [[nodiscard]] bool disturbs(Action action) const { return model::disturbs(action); }

    /// What somebody waits for (model/explore/liveness.h): producers for an answer, partitions for their last stable
    /// offset to reach their end.
    [[nodiscard]] std::uint32_t pending(const State& state) const;
    [[nodiscard]] std::string pending_text(std::size_t wish) const;
    [[nodiscard]] bool is_owed(Action action) const;

    [[nodiscard]] std::uint64_t memory_bytes() const { return states_->memory_bytes() + data_->memory_bytes(); }

  private:
    struct Step;

    void settle(State& state) const;
    void act(Step& step, Action action) const;
    const StateOutput& give(Step& step, const StateInput& input) const;
    const DataOutput& give(Step& step, std::uint8_t partition, const DataInput& input) const;
    void take_answer(Step& step, const StateOutput::Answer& answer) const;
    void answer(Step& step, const Message& request, bool heard, Message message) const;
    void note_moves(Step& step, const StateOutput& output) const;
    void note_told(Step& step, const Message& request, const Message& answer) const;

    // Requests: transaction_requests.cc
    void arrive(Step& step, const Message& request, bool heard) const;
    void arrive_at_coordinator(Step& step, const Message& request, bool heard) const;
    void arrive_at_partition(Step& step, const Message& request, bool heard) const;
    void ask_coordinator(Step& step, std::size_t place) const;
    void append(Step& step, const Message& request, bool heard, std::uint8_t guard) const;
    void vouch(Step& step, std::size_t place) const;
    void go_on_with_next(Step& step, const Message& former, std::uint8_t error_plus_one) const;
    void deliver_marker(Step& step, std::size_t place) const;
    void hear(Step& step, const Message& answer) const;
    void note_change(State& state) const;
    void fail_over(Step& step, std::uint8_t keep) const;
    void restart(Step& step, std::uint8_t partition) const;
    void unhear(State& state, std::uint8_t producer) const;
    void make_late(State& state, const Message& request) const;
    void send_what_is_due(State& state) const;
    [[nodiscard]] std::uint8_t fresh_token(const State& state) const;
    [[nodiscard]] std::uint8_t fresh_guard(const State& state, std::uint8_t partition) const;

    [[nodiscard]] bool is_quiet(const State& state) const;
    [[nodiscard]] std::optional<Violation> judge_rest(const State& state) const;
    void add_disturbances(const State& state, std::vector<Action>& actions) const;

    Scope scope_;
    /// Shared by copies of the world; what they keep does not change what the world does.
    std::shared_ptr<StateStore> states_;
    std::shared_ptr<DataStore> data_;
};

/// The name of the property that is judged when a run has come to rest: L7.
inline constexpr std::string_view kRestProperty = "TransactionsEnd";
/// The name of what a machine must never do to its driver.
inline constexpr std::string_view kContractProperty = "DriverContract";

/// The state, for people.
[[nodiscard]] std::string print(const State& state, const Scope& scope);
/// "EndTxn(commit) of producer 0 as 1000 at epoch 0, transaction 0.1"
[[nodiscard]] std::string message_text(const Message& message, const Scope& scope);
[[nodiscard]] std::string marker_text(const Marker& marker);
/// "0.1": the first transaction of producer 0.
[[nodiscard]] std::string transaction_text(Transaction transaction);

}  // namespace highwater::model::transaction
