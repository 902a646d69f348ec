#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/describe.h"
#include "core/base/hash.h"
#include "core/base/offset.h"
#include "core/base/producer.h"

namespace highwater {

/// A transaction that is open in this partition: it has records here and no marker yet.
struct OngoingTransaction {
    Offset first_offset;
    ProducerId producer;

    static constexpr void describe(auto&& field) {
        field("first_offset", &OngoingTransaction::first_offset);
        field("producer", &OngoingTransaction::producer);
    }
    friend auto operator<=>(const OngoingTransaction&, const OngoingTransaction&) = default;
};

/// A transaction whose marker is in the log, but not yet below the high watermark.
struct CompletedTransaction {
    Offset first_offset;
    /// Where its marker stands.
    Offset marker_offset;

    static constexpr void describe(auto&& field) {
        field("first_offset", &CompletedTransaction::first_offset);
        field("marker_offset", &CompletedTransaction::marker_offset);
    }
    friend auto operator<=>(const CompletedTransaction&, const CompletedTransaction&) = default;
};

/// An entry of the transaction index: a consumer that reads committed records skips this producer's records in
/// [first_offset, marker_offset].
struct AbortedTransaction {
    ProducerId producer;
    Offset first_offset;
    Offset marker_offset;
    /// The last stable offset once this transaction is out of the way: a reader may stop looking at entries when it is
    /// at or above the end of what it reads.
    Offset last_stable_offset;

    static constexpr void describe(auto&& field) {
        field("producer", &AbortedTransaction::producer);
        field("first_offset", &AbortedTransaction::first_offset);
        field("marker_offset", &AbortedTransaction::marker_offset);
        field("last_stable_offset", &AbortedTransaction::last_stable_offset);
    }
    friend auto operator<=>(const AbortedTransaction&, const AbortedTransaction&) = default;
};

/// The aborted transactions of one log, in the order of their markers: what its transaction indexes hold together. A
/// value; keeps its hash while it changes.
class AbortedTransactions {
  public:
    /// Requires: its marker stands above those of the present entries.
    void add(const AbortedTransaction& aborted);
    /// Removes those whose marker stands at or above `end_offset`.
    void truncate_from_end(Offset end_offset);
    /// Removes those whose marker stands below `start_offset`.
    void truncate_from_start(Offset start_offset);
    void clear();

    /// Those that a reader of [from, to) has to skip. It may include one that it need not know; none is missing.
    [[nodiscard]] std::vector<AbortedTransaction> overlapping(Offset from, Offset to) const;

    [[nodiscard]] auto begin() const { return items_.begin(); }
    [[nodiscard]] auto end() const { return items_.end(); }
    [[nodiscard]] std::span<const AbortedTransaction> items() const { return items_; }
    [[nodiscard]] std::uint64_t hash() const { return sum_.value(); }
    [[nodiscard]] std::uint64_t hash_from_scratch() const;

    friend bool operator==(const AbortedTransactions& a, const AbortedTransactions& b) { return a.items_ == b.items_; }

  private:
    std::vector<AbortedTransaction> items_;
    HashSum sum_;
};

}  // namespace highwater
