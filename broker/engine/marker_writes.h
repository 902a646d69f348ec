#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "broker/engine/moment.h"
#include "broker/engine/partition.h"
#include "broker/engine/slab.h"
#include "core/base/producer_claim.h"
#include "core/base/transaction_version.h"

namespace highwater::engine {

/// A transaction marker for a partition of this node.
struct MarkerToWrite {
    ProducerClaim producer;
    TransactionMarker marker;
    /// Of the coordinator that sent it.
    TransactionVersion version;
};

/// Transaction markers on their way into partitions of this node.
class MarkerWrites {
  public:
    /// `done` is called by settle(), once, with what became of the marker; never when the node stops before.
    using Done = std::function<void(ErrorCode)>;

    void write(Partition& partition, const MarkerToWrite& marker, Moment now, Done done);

    /// Whether a write was asked for here.
    [[nodiscard]] static bool owns(ProduceToken token) { return (token.value() & kOurs) != 0; }
    /// What was written under this token; notes what became of it.
    MarkerToWrite answered(const ReplyProduce& reply);
    [[nodiscard]] bool any_answered() const { return !done_.empty(); }
    void settle();

  private:
    static constexpr std::uint64_t kOurs = std::uint64_t{1} << 61;

    Slab<std::pair<MarkerToWrite, Done>> under_way_;
    std::vector<std::pair<Done, ErrorCode>> done_;
};

}  // namespace highwater::engine
