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
#include "core/transaction/transaction_coordinator.h"

namespace highwater::engine {

inline constexpr std::string_view kTransactionsTopic = "__transaction_state";

/// What the coordinators ask of the node around them.
class TransactionHost {
  public:
    virtual ~TransactionHost() = default;
    /// Replaces the former time of this partition's coordinator.
    virtual void transaction_wake_wanted(PartitionId partition, Time time) = 0;
    /// The transactional ids of this partition can't be served: its log can't be read. `detail` names the file and the
    /// reason.
    virtual void transactions_unreadable(PartitionId partition, std::string_view detail) = 0;
    virtual Result<ProducerId> take_producer_id(Moment now) = 0;
    /// Say what becomes of each marker to TransactionCoordinators::marker_answered(), not before this returns.
    virtual void send_markers(const SendMarkers& markers) = 0;
};

/// The answer that the coordinator gives to a request.
template <class Request>
struct TransactionAnswerOf;
template <>
struct TransactionAnswerOf<InitProducerIdReceived> {
    using type = InitProducerIdAnswer;
};
template <>
struct TransactionAnswerOf<AddPartitionsReceived> {
    using type = PartitionsAnswer;
};
template <>
struct TransactionAnswerOf<VerifyPartitionsReceived> {
    using type = PartitionsAnswer;
};
template <>
struct TransactionAnswerOf<EndTransactionReceived> {
    using type = EndTransactionAnswer;
};

/// The transaction coordinators of this node: one for each partition of `__transaction_state` that it leads. Carries
/// out what the machines ask for: their records go into the partition, and what became of them comes back.
class TransactionCoordinators {
  public:
    TransactionCoordinators(TransactionHost& host, const TransactionConfig& config) : host_(&host), config_(config) {}
    TransactionCoordinators(const TransactionCoordinators&) = delete;
    TransactionCoordinators& operator=(const TransactionCoordinators&) = delete;

    /// This node leads the partition, one of so many: its coordinator loads what is committed, and serves from then on.
    void elected(Partition& partition, std::int32_t partitions, Moment now);
    /// It does not any more: whoever waits is told NOT_COORDINATOR.
    void resigned(PartitionId partition, Moment now);
    void all_resigned(Moment now);

    /// The coordinator of the transactional id. NOT_COORDINATOR: another node's, or `__transaction_state` is not there
    /// yet; COORDINATOR_NOT_AVAILABLE: its log can't be read; COORDINATOR_LOAD_IN_PROGRESS.
    [[nodiscard]] Result<const TransactionCoordinator*> find(std::string_view transactional_id) const;
    /// All that serve, by partition.
    [[nodiscard]] std::vector<const TransactionCoordinator*> all() const;

    /// Asks the coordinator of `request.transactional_id`. `answered` is called once with the answer, perhaps later;
    /// never when the node stops before.
    template <class Request, class Answered>
    void ask(Request request, Moment now, Answered answered) {
        using Answer = typename TransactionAnswerOf<Request>::type;
        if (const auto found = find(request.transactional_id); !found) {
            Answer answer;
            answer.error = found.error();
            answered(answer);
            return;
        }
        request.token =
            TransactionToken{waiting_.insert([answered = std::move(answered)](TransactionEffect& effect) mutable {
                answered(std::get<Answer>(effect));
            })};
        const PartitionId partition = partition_of(request.transactional_id);
        step(partition, std::move(request), now);
    }

    /// Whether a write was asked for here.
    [[nodiscard]] static bool owns(ProduceToken token) { return (token.value() & kOurs) != 0; }
    /// Notes what became of a write, or of a marker; settle() tells the machine.
    void answered(const Partition& partition, const ReplyProduce& reply);
    void marker_answered(MarkerAnswered answer) { markers_.push_back(std::move(answer)); }
    [[nodiscard]] bool any_answered() const { return !written_.empty() || !markers_.empty(); }
    void settle(Moment now);

    void deadline_reached(PartitionId partition, Moment now);
    /// Looks for ids that nobody uses any more (`transactional.id.expiration.ms`).
    void expire_ids(Moment now);

    /// Requests that wait.
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  private:
    static constexpr std::uint64_t kOurs = std::uint64_t{1} << 62;

    struct Coordinator {
        Partition* partition = nullptr;
        TransactionCoordinator machine;
        bool is_unreadable = false;
    };
    struct Written {
        PartitionId partition;
        TransactionWrite write;
        ErrorCode error = ErrorCode::none;
    };

    [[nodiscard]] PartitionId partition_of(std::string_view transactional_id) const;
    void step(PartitionId partition, const TransactionInput& input, Moment now);
    void carry_out(PartitionId partition, TransactionEffect& effect, Moment now);
    void write(PartitionId partition, const WriteTransactionRecord& effect, Moment now);

    TransactionHost* host_;
    TransactionConfig config_;
    /// Of `__transaction_state`.
    std::int32_t partitions_ = 0;
    std::map<PartitionId, Coordinator> coordinators_;
    Slab<std::function<void(TransactionEffect&)>> waiting_;
    std::vector<Written> written_;
    std::vector<MarkerAnswered> markers_;
};

}  // namespace highwater::engine
