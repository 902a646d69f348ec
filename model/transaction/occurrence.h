#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "model/explore/system.h"

namespace highwater::model::transaction {

/// What must occur for the properties to mean something. Counted once per step of the exploration.
enum class Occurrence : std::size_t {
    transaction_committed,
    transaction_aborted,
    transaction_timed_out,
    producer_fenced,
    record_refused,
    record_repeated,
    verification_refused,
    request_repeated,
    late_request_arrived,
    coordinator_changed,
    write_lost_at_failover,
    write_kept_at_failover,
    write_failed,
    partition_restarted,
    marker_repeated,
    late_marker_arrived,
    late_marker_refused,
    /// P18: a record was given to consumers, one was kept from them, and one waits for its marker.
    record_delivered,
    record_skipped,
    record_unstable,
    /// P20: the last stable offset is below the log's end, and two transactions are open.
    two_transactions_open,
    /// P21: a request of a former holder of the id came, and was refused.
    former_holder_refused,
    /// P22: a decision was told twice.
    decision_repeated,
    /// P23: an EndTxn of another transaction than the one that is open was refused.
    late_end_refused,
    producer_id_replaced,
    /// P24: an offset counts, and one may.
    offset_committed,
    offset_unstable,
    /// R2.
    replayed,
    /// L7.
    came_to_rest,
};
inline constexpr std::size_t kOccurrences = static_cast<std::size_t>(Occurrence::came_to_rest) + 1;
static_assert(kOccurrences <= std::tuple_size_v<decltype(Coverage::counts)>);

/// The words that reports have for it.
std::string_view name_of(Occurrence occurrence);

}  // namespace highwater::model::transaction
