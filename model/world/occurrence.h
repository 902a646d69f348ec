#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "model/explore/system.h"

namespace highwater::model {

/// What must occur for the properties to mean something. Counted once per step of the exploration.
enum class Occurrence : std::size_t {
    batch_appended,
    produce_acknowledged,
    retry_acknowledged_as_duplicate,
    retry_met_its_original_before_it_was_acknowledged,
    stray_arrived_after_its_batch_was_acknowledged,
    overtaking_request_refused,
    old_epoch_fenced,
    new_epoch_began,
    answer_lost,
    request_lost,
    power_loss_took_batches,
    power_loss_spared_acknowledged_batches,
    kill_with_undurable_batches,
    write_failed,
    produce_timed_out,
    consumer_read,
    log_start_advanced,
    came_to_rest,
};
inline constexpr std::size_t kOccurrences = static_cast<std::size_t>(Occurrence::came_to_rest) + 1;
static_assert(kOccurrences <= std::tuple_size_v<decltype(Coverage::counts)>);

/// The words that reports have for it.
std::string_view name_of(Occurrence occurrence);

}  // namespace highwater::model
