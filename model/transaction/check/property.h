#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "model/explore/property.h"
#include "model/transaction/state.h"
#include "model/transaction/step_events.h"
#include "model/transaction/transaction_world.h"

namespace highwater::model::transaction {

/// What a property judges after a step: transactions before it and now, and what the step let out.
struct Judged {
    const TransactionWorld& world;
    const State& before;
    const State& now;
    const StepEvents& events;
    Coverage& coverage;

    [[nodiscard]] const Scope& scope() const { return world.scope(); }
    [[nodiscard]] const History& history() const { return now.rest.history; }
    [[nodiscard]] const DataView& partition(std::size_t p) const { return now.data[p]->view; }
    /// Whether the step changed the partition.
    [[nodiscard]] bool has_changed(std::size_t p) const { return now.data[p] != before.data[p]; }
    [[nodiscard]] bool has_appended(std::size_t p) const {
        return partition(p).log.size() > before.data[p]->view.log.size();
    }
    /// Whether this was asked or told of the transaction: kCommitAsked and so on.
    [[nodiscard]] bool has_seen(Transaction transaction, std::uint8_t what) const {
        return (history().seen[transaction - 1U] & what) != 0;
    }
};

/// What became of a transaction's record in a partition, for a consumer of committed records.
enum class Fate : std::uint8_t {
    absent,     ///< it is not in the log
    waits,      ///< at or above the last stable offset
    delivered,  ///< the consumer is given it
    skipped,    ///< the consumer has passed it, and was not
};
[[nodiscard]] Fate fate_of(const DataView& view, Transaction transaction);

/// How a run of records of one producer ended: the place of its marker, nullopt while it is open; from the log alone.
struct Run {
    std::size_t first = 0;
    std::optional<std::size_t> marker;
};
/// The run that the record at `offset` is in.
[[nodiscard]] Run run_of(const DataView& view, std::size_t offset);

using Property = PropertyOf<Judged>;

/// The properties of transactions.
[[nodiscard]] const PropertyBoard<Judged>& properties();

}  // namespace highwater::model::transaction
