#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/engine/moment.h"
#include "broker/engine/partition.h"
#include "broker/engine/transaction_coordinators.h"
#include "core/base/transaction_version.h"

namespace highwater::engine {

/// Whose batch waits until its transaction's coordinator vouches for it.
struct TransactionOfBatch {
    std::string transactional_id;
    ProducerClaim producer;
    /// 2: the partition is added to the transaction with this; before, the client has added it (KIP-890).
    TransactionVersion version;

    friend auto operator<=>(const TransactionOfBatch&, const TransactionOfBatch&) = default;
};

/// What verifications ask of the node around them.
class VerificationHost {
  public:
    virtual ~VerificationHost() = default;
    /// nullptr: it is gone.
    virtual Partition* find_partition(std::uint64_t number) = 0;
    [[nodiscard]] virtual Moment latest() const = 0;
    /// Wants TransactionVerifications::deadline_reached() then.
    virtual void verification_wake_wanted(Time time) = 0;
};

/// Batches that may begin a transaction in a partition, while the transaction's coordinator is asked. Of one producer
/// and partition they go on in the order in which they came; partitions of one transaction are asked for together.
class TransactionVerifications {
  public:
    /// Goes on with the batch, in `partition` (nullptr: it is gone). An error is what the client is told.
    using GoOn = std::function<void(Partition* partition, ErrorCode error, std::optional<VerificationGuard> guard)>;

    TransactionVerifications(TransactionCoordinators& coordinators, VerificationHost& host)
        : coordinators_(&coordinators), host_(&host) {}
    TransactionVerifications(const TransactionVerifications&) = delete;
    TransactionVerifications& operator=(const TransactionVerifications&) = delete;

    /// The transaction is open in the partition, and no batch of its producer waits: nobody has to be asked.
    [[nodiscard]] bool is_open(const Partition& partition, const ProducerClaim& producer) const;
    /// Calls `go_on` once, perhaps before it returns; never when the node stops before.
    void verify(Partition& partition, const TransactionOfBatch& transaction, Moment now, GoOn go_on);

    /// Without asking anybody (`transaction.partition.verification.enable` off).
    [[nodiscard]] VerificationGuard vouch(Partition& partition, ProducerId producer, Moment now);

    void deadline_reached(Moment now);

    /// Batches that wait.
    [[nodiscard]] std::size_t waiting() const;

  private:
    /// The number of a partition, and a producer.
    using Place = std::pair<std::uint64_t, ProducerId>;
    struct Waiting {
        TransactionOfBatch transaction;
        GoOn go_on;
    };
    struct Asking {
        std::set<Place> to_ask;
        bool is_asked = false;
        /// So often the coordinator said that the transaction before is not complete yet.
        int attempts = 0;
        std::optional<Time> ask_again_at;
    };

    void begin(const Place& place, Partition& partition, Moment now);
    void ask(const TransactionOfBatch& transaction, Moment now);
    void answered(const TransactionOfBatch& transaction, const std::map<TopicPartition, Place>& asked,
                  const PartitionsAnswer& answer);
    /// Goes on with what waits for this, then with what came after it.
    void finish(const Place& place, ErrorCode error, Moment now);

    TransactionCoordinators* coordinators_;
    VerificationHost* host_;
    std::map<Place, std::deque<Waiting>> waiting_;
    std::map<Place, VerificationGuard> guards_;
    std::map<TransactionOfBatch, Asking> asking_;
    std::uint64_t next_guard_ = 1;
};

}  // namespace highwater::engine
