#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/describe.h"
#include "core/base/error_code.h"
#include "core/base/hash.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/coordinator/deadlines.h"
#include "core/transaction/transaction_effect.h"
#include "core/transaction/transaction_input.h"
#include "core/transaction/transaction_record.h"

namespace highwater {

/// What the node is configured to allow producers.
struct TransactionConfig {
    Duration max_timeout = std::chrono::minutes{15};                 ///< `transaction.max.timeout.ms`
    std::chrono::milliseconds id_expiration = std::chrono::days{7};  ///< `transactional.id.expiration.ms`
    /// A marker that did not get through, or a completion that was not written, is tried again after this time.
    Duration retry_backoff = std::chrono::milliseconds{100};

    static constexpr void describe(auto&& field) {
        field("max_timeout", &TransactionConfig::max_timeout);
        field("id_expiration", &TransactionConfig::id_expiration);
        field("retry_backoff", &TransactionConfig::retry_backoff);
    }
};

/// The coordinator of the transactional ids whose records are in one partition of `__transaction_state`: a value, with
/// step() as the one way in and effects as the one way out (KIP-98, KIP-360, KIP-890). Transactions of versions 1 and
/// 2 side by side, as each request speaks.
///
/// What is durable changes only in apply(), with a record that is committed: a new coordinator that applies the same
/// records knows the same. Besides that it remembers what is under way: while a record of an id is on its way into the
/// log, whoever asks for another move of that id is told CONCURRENT_TRANSACTIONS, so that every decision is made on
/// what is committed and a failed write leaves nothing behind. See transaction_coordinator.cc for the table of moves.
class TransactionCoordinator {
  public:
    explicit TransactionCoordinator(const TransactionConfig& config) : config_(config) {}

    /// `now` never goes back; `wall` only stamps records and is compared with such stamps.
    void step(Time now, Timestamp wall, const TransactionInput& input, TransactionEffects& effects);

    [[nodiscard]] bool is_loaded() const { return epoch_.has_value(); }
    /// It has none in reserve: without a ProducerIdGranted before it, a request that needs a new producer id is told
    /// COORDINATOR_LOAD_IN_PROGRESS, which clients retry.
    [[nodiscard]] bool wants_producer_id() const { return !spare_; }
    /// nullptr: there is none of this id, as far as is committed.
    [[nodiscard]] const TransactionMetadata* find(std::string_view transactional_id) const;
    [[nodiscard]] const std::map<std::string, TransactionMetadata, std::less<>>& transactions() const {
        return transactions_;
    }

    [[nodiscard]] std::uint64_t hash() const { return hash_members<HashFrom::kept>(*this); }
    [[nodiscard]] std::uint64_t hash_from_scratch() const { return hash_members<HashFrom::scratch>(*this); }

    static constexpr void describe(auto&& field) {
        field("config", &TransactionCoordinator::config_);
        field("epoch", &TransactionCoordinator::epoch_);
        field("transactions", &TransactionCoordinator::transactions_);
        field("former_epochs", &TransactionCoordinator::former_epochs_);
        field("moving", &TransactionCoordinator::moving_);
        field("marking", &TransactionCoordinator::marking_);
        field("deadlines", &TransactionCoordinator::deadlines_);
        field("wake_at", &TransactionCoordinator::wake_at_);
        field("writes", &TransactionCoordinator::writes_);
        field("next_write", &TransactionCoordinator::next_write_);
        field("next_round", &TransactionCoordinator::next_round_);
        field("spare", &TransactionCoordinator::spare_);
    }

  private:
    struct DeadlineKey {
        /// timeout: of the transaction. retry: markers are sent again, or the completion is written again.
        enum class Kind : std::uint8_t { timeout, retry };
        std::string transactional_id;
        Kind kind = Kind::timeout;

        static constexpr void describe(auto&& field) {
            field("transactional_id", &DeadlineKey::transactional_id);
            field("kind", &DeadlineKey::kind);
        }
        friend auto operator<=>(const DeadlineKey&, const DeadlineKey&) = default;
    };

    /// Nobody waits: a timeout, a completion, an expiry.
    struct NothingMore {
        static constexpr void describe(auto&&) {}
    };
    using Answer = std::variant<NothingMore, InitProducerIdAnswer, PartitionsAnswer, EndTransactionAnswer>;
    /// A move on its way into the log.
    struct Move {
        TransactionRecord record;
        /// What is told once it is committed.
        Answer then;
        /// The epoch before the one that `then` gives: who names it once more repeats the request (KIP-360).
        std::optional<ProducerEpoch> former_epoch;

        static constexpr void describe(auto&& field) {
            field("record", &Move::record);
            field("then", &Move::then);
            field("former_epoch", &Move::former_epoch);
        }
    };
    /// Markers under way.
    struct Marking {
        MarkerRound round;
        std::set<TopicPartition> unanswered;
        /// Answered with an error that time may heal, or not sent yet.
        std::set<TopicPartition> to_send;

        static constexpr void describe(auto&& field) {
            field("round", &Marking::round);
            field("unanswered", &Marking::unanswered);
            field("to_send", &Marking::to_send);
        }
    };

    struct Step;

    // transaction_coordinator.cc
    void on(Step& step, const TransactionRecordLoaded& input);
    void on(Step& step, const TransactionsLoaded& input);
    void on(Step& step, const TransactionsUnloaded& input);
    void on(Step& step, const TransactionWriteCommitted& input);
    void on(Step& step, const TransactionWriteFailed& input);
    void on(Step& step, const TransactionDeadlineReached& input);
    void on(Step& step, const ProducerIdGranted& input);
    void on(Step& step, const ExpireTransactionalIds& input);
    void apply(const TransactionRecord& record);
    void move(Step& step, const std::string& id, TransactionMetadata to, Answer then,
              std::optional<ProducerEpoch> former_epoch = {});
    void write(Step& step, Move move);
    void go_on_from(Step& step, const std::string& id);
    void timed_out(Step& step, const std::string& id);

    // transaction_producer_id.cc
    void on(Step& step, const InitProducerIdReceived& input);
    void give_new_producer(Step& step, const InitProducerIdReceived& input);
    void give_next_epoch(Step& step, const InitProducerIdReceived& input, const TransactionMetadata& known);
    void fence_and_abort(Step& step, const std::string& id, const TransactionMetadata& known, Answer then,
                         std::optional<ProducerEpoch> former);
    [[nodiscard]] std::optional<ProducerEpoch> former_epoch(const std::string& id) const;

    // transaction_partitions.cc
    void on(Step& step, const AddPartitionsReceived& input);
    void on(Step& step, const VerifyPartitionsReceived& input);
    /// Whether a request of `producer` may change or ask about the transaction.
    [[nodiscard]] Result<const TransactionMetadata*> check_producer(const std::string& id,
                                                                    const ProducerClaim& producer) const;

    // transaction_end.cc
    void on(Step& step, const EndTransactionReceived& input);
    /// nullopt: a move follows.
    [[nodiscard]] std::optional<EndTransactionAnswer> answer_without_moving(const EndTransactionReceived& input,
                                                                            const TransactionMetadata& known) const;
    void end(Step& step, const EndTransactionReceived& input, const TransactionMetadata& known);

    // transaction_markers.cc
    void on(Step& step, const MarkerAnswered& input);
    void send_markers(Step& step, const std::string& id);
    void send_to_the_rest(Step& step, const std::string& id, Marking& marking);
    void send_again(Step& step, const std::string& id);
    void complete(Step& step, const std::string& id);

    TransactionConfig config_;
    /// Of the present leadership; nullopt: not loaded.
    std::optional<CoordinatorEpoch> epoch_;
    std::map<std::string, TransactionMetadata, std::less<>> transactions_;
    /// The epoch before the present one, where the holder of the one asked for the other: it may ask again (KIP-360).
    /// Not in the log: a retry that meets another coordinator is fenced, as in Kafka.
    std::map<std::string, ProducerEpoch> former_epochs_;
    /// Ids with a move on its way into the log.
    std::set<std::string> moving_;
    std::map<std::string, Marking> marking_;
    Deadlines<DeadlineKey> deadlines_;
    std::optional<Time> wake_at_;
    std::map<TransactionWrite, Move> writes_;
    TransactionWrite next_write_;
    MarkerRound next_round_;
    std::optional<ProducerId> spare_;
};

}  // namespace highwater
