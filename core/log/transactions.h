#pragma once

#include <optional>

#include "core/base/describe.h"
#include "core/base/offset.h"
#include "core/base/producer.h"
#include "core/base/small_vector.h"

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

}  // namespace highwater
