#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "core/group/group_coordinator.h"
#include "model/transaction/message.h"

namespace highwater::model::transaction {

/// The shipped group coordinator of a partition of `__consumer_offsets` in which transactions commit the offset of one
/// partition, as TxnOffsetCommit does: transaction t commits offset t.
class OffsetsCoordinator {
  public:
    /// Appends the coordinator's batch, of this transaction; what the log says of it.
    using Append = std::function<ErrorCode(const GroupTransaction&)>;

    OffsetsCoordinator();

    /// What the client is told.
    ErrorCode commit(Transaction transaction, const GroupTransaction& of, const Append& append);
    /// A marker is in the log.
    void transaction_ended(ProducerId producer, bool commit);

    // Recovery, in the order of the log, transaction_ended() with it.
    [[nodiscard]] static OffsetsCoordinator not_loaded();
    void load(Transaction transaction, ProducerId producer);
    void finish_load();

    /// What whoever asks is told; none: no offset.
    [[nodiscard]] Transaction committed() const;
    /// Whoever asks for stable offsets is told to come again.
    [[nodiscard]] bool is_unstable() const;
    [[nodiscard]] std::uint64_t hash() const { return machine_.hash(); }

  private:
    struct Unloaded {};
    explicit OffsetsCoordinator(Unloaded) : machine_(GroupConfig{}) {}

    GroupEffects give(const GroupInput& input);

    GroupCoordinator machine_;
};

}  // namespace highwater::model::transaction
