#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "model/explore/system.h"

namespace highwater::model::cluster {

/// What must occur for the properties to mean something. Counted once per step of the exploration.
enum class Occurrence : std::size_t {
    record_appended,
    record_acknowledged,
    retry_acknowledged,
    consumer_read,
    leader_changed,
    two_leaders_at_once,
    follower_truncated,
    isr_shrank,
    isr_grew,
    proposal_refused,
    proposal_without_answer,
    metadata_learned_late,
    late_request_arrived,
    late_answer_arrived,
    power_loss_took_records,
    broker_came_back,
    disk_wiped,
    /// P1, P2: a newer leader still has what was read, or acknowledged, before.
    committed_record_outlived_its_leader,
    acknowledged_record_outlived_its_leader,
    /// P4: a leader whose own view of the ISR is older than the controller's.
    leader_with_an_old_isr,
    /// P5, P6: two logs that hold a record at the same offset below both high watermarks; of the same epoch.
    logs_compared_below_high_watermark,
    logs_compared_by_epoch,
    /// P9: a leader tells a high watermark after one of another epoch had.
    high_watermark_told_in_a_newer_epoch,
    /// P10: what was read in one epoch is read in another.
    read_again_in_another_epoch,
    /// KIP-966.
    leader_elected_from_elr,
    eligible_leader_came_back_unclean,
    broker_came_back_clean,
    broker_let_go,
    preferred_leader_elected,
    unclean_leader_elected,
    committed_record_lost_uncleanly,
    reassignment_done,
    replica_deleted,
    metadata_skipped,
    /// P3: a replica that may be elected holds a record that was read.
    candidate_held_a_committed_record,
    /// P8: the replica that has led an epoch leads it still.
    epoch_led_again,
    /// P11: a record was held by enough replicas when it was first read.
    clean_read,
    /// P7.
    record_of_a_known_epoch,
    /// Q9: the ISR grew while some broker was fenced or about to stop.
    isr_grew_beside_an_inactive_broker,
    /// A leader appended to a log that has records of three leader epochs then.
    log_has_three_leader_epochs,
    /// KIP-392: what a consumer has read, another reads from a follower.
    read_again_from_a_follower,
    /// KIP-107: the log start of a leader rose; a follower below it began anew.
    records_deleted,
    log_began_anew,
    came_to_rest,
};
inline constexpr std::size_t kOccurrences = static_cast<std::size_t>(Occurrence::came_to_rest) + 1;
static_assert(kOccurrences <= std::tuple_size_v<decltype(Coverage::counts)>);

/// The words that reports have for it.
std::string_view name_of(Occurrence occurrence);

}  // namespace highwater::model::cluster
