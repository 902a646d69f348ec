// What each input does in each role; everything else leaves the machine as it is. "stale" is is_stale().
//
//   input              Unassigned          Leader                        Follower                   Offline
//   BecomeLeader       -> Leader           new epoch: positions of the   new epoch: -> Leader       -
//     (not stale)                          followers are forgotten;
//                                          same epoch: ISR may change
//   BecomeFollower     -> Follower         new epoch: -> Follower, all   follows the new leader     -
//     (not stale)                          that waits is answered
//   ProduceReceived    NOT_LEADER...       append, then answer by acks   NOT_LEADER...              KAFKA_STORAGE_ERROR
//   FetchReceived      NOT_LEADER...       answer or park                answer or park, if the     KAFKA_STORAGE_ERROR
//                                                                        consumer knows KIP-392
//   FollowerFetch...   NOT_LEADER...       position, high watermark      NOT_LEADER...              KAFKA_STORAGE_ERROR
//   LeaderAnswered     -                   -                             append or truncate         -
//   FetchOutOfRange    -                   -                             truncate, or begin anew    -
//   DeleteRecords...   NOT_LEADER...       log start rises, wait         NOT_LEADER...              KAFKA_STORAGE_ERROR
//   AppendDone         written end rises; in fsync mode a flush starts; the high watermark follows  -
//   FlushDone          durable end rises; the next flush starts; the high watermark follows         -
//   Append-/FlushFailed   -> Offline, all that waits is answered KAFKA_STORAGE_ERROR, TakeOffline   -
//   RetentionReached   log start rises, at most to the high watermark                               -
//   DeadlineReached    -                   REQUEST_TIMED_OUT; the ISR    -                          -
//                                          may shrink
//   ConfigChanged      the settings change; a leader makes progress                                 -
//   BrokersChanged     kept; a leader's ISR may grow                                                -
//   AlterPartition-    -                   the committed ISR, or         -                          -
//     Answered                             another try
#include "core/partition/replica.h"

#include <algorithm>
#include <utility>

#include "core/partition/high_watermark.h"
#include "core/partition/isr.h"

namespace highwater {

Replica::Replica(NodeId self, FlushMode mode, ReplicaLog log, Offset high_watermark, std::int32_t min_insync_replicas)
    : self_(self), mode_(mode), min_insync_replicas_(min_insync_replicas), log_(std::move(log)) {
    log_.raise_high_watermark(high_watermark);
}

void Replica::step(Time now, const Input& input, Effects& effects) {
    std::visit([&](const auto& what) { on(now, what, effects); }, input);
}

std::optional<NodeId> Replica::leader() const {
    if (is_leader()) return self_;
    if (const auto* follower = std::get_if<Follower>(&role_)) return follower->leader;
    return std::nullopt;
}

ErrorCode Replica::check_leadership(std::optional<LeaderEpoch> claimed) const {
    if (is_offline()) return ErrorCode::kafka_storage_error;
    if (claimed && leader_epoch_) {
        if (*claimed < *leader_epoch_) return ErrorCode::fenced_leader_epoch;
        if (*claimed > *leader_epoch_) return ErrorCode::unknown_leader_epoch;
    }
    return is_leader() ? ErrorCode::none : ErrorCode::not_leader_or_follower;
}

/// KIP-497: metadata of a lower partition epoch is old news; of an equal one it may be the first to bring it here.
/// Within one leader epoch the leader does not change, and no leader epoch comes back.
bool Replica::is_stale(LeaderEpoch leader_epoch, PartitionEpoch partition_epoch) const {
    return (partition_epoch_ && partition_epoch < *partition_epoch_) ||
           (leader_epoch_ && leader_epoch < *leader_epoch_);
}

void Replica::on(Time now, const BecomeLeader& input, Effects& effects) {
    if (is_offline() || is_stale(input.leader_epoch, input.partition_epoch)) return;
    const bool is_new_epoch = leader_epoch_ != input.leader_epoch;
    if (!is_new_epoch && !is_leader()) return;

    leader_epoch_ = input.leader_epoch;
    // Metadata of the partition epoch that this leader has already says nothing about a proposal made at that epoch.
    const bool is_news = is_new_epoch || partition_epoch_ != input.partition_epoch;
    partition_epoch_ = input.partition_epoch;
    replicas_ = input.replicas;
    isr_ = input.isr;
    if (!is_leader()) role_ = Leader{};
    Leader& leader = std::get<Leader>(role_);
    if (is_news) leader.proposal.reset();
    SmallVector<FollowerProgress, 4> followers;
    for (NodeId node : replicas_) {
        if (node == self_) continue;
        FollowerProgress progress;
        progress.node = node;
        // Gets the time to fetch for the first time in this epoch.
        if (contains(isr_, node)) progress.last_caught_up = now;
        for (const FollowerProgress& known : leader.followers) {
            if (!is_new_epoch && known.node == node) progress = known;
        }
        followers.push_back(progress);
    }
    leader.followers = followers;
    if (is_new_epoch) {
        leader.epoch_start_offset = log_.end_offset();
        // Before any append of this epoch, so that its start is known even if nothing is ever appended (KAFKA-7415).
        if (log_.start_epoch(input.leader_epoch)) {
            effects.push_back(EpochStarted{input.leader_epoch, log_.end_offset()});
        }
        flush_if_needed(effects);
        answer_fetches(effects);
    }
    make_progress(now, effects);
    answer_deletes(leader, effects);
    review_isr(now, effects);
}

void Replica::on(Time, const BecomeFollower& input, Effects& effects) {
    if (is_offline() || is_stale(input.leader_epoch, input.partition_epoch)) return;
    if (leader_epoch_ == input.leader_epoch && is_leader()) return;
    if (is_leader()) resign(ErrorCode::not_leader_or_follower, effects);
    leader_epoch_ = input.leader_epoch;
    partition_epoch_ = input.partition_epoch;
    replicas_ = input.replicas;
    isr_ = input.isr;
    role_ = Follower{input.leader, Offset{0}};
    answer_fetches(effects);
}

void Replica::start_append(const Appended& appended, std::optional<ProduceToken> produce, Effects& effects) {
    if (appended.epoch_started) {
        effects.push_back(EpochStarted{appended.epoch_started->epoch, appended.epoch_started->start_offset});
    }
    const AppendToken token = next_append_token_;
    next_append_token_ = AppendToken{token.value() + 1};
    appends_.push_back({token, appended.facts.end_offset()});
    effects.push_back(AppendBatch{token, produce, appended.facts, appended.aborted});
}

void Replica::on(Time now, const AppendDone& input, Effects& effects) {
    if (appends_.empty() || input.token < appends_.front().token || input.token > appends_.back().token) return;
    while (!appends_.empty() && appends_.front().token <= input.token) {
        log_.mark_written(appends_.front().end_offset);
        appends_.pop_front();
    }
    flush_if_needed(effects);
    make_progress(now, effects);
    if (const auto* leader = std::get_if<Leader>(&role_)) watch_for_lag(*leader, now, effects);
}

void Replica::on(Time, const AppendFailed&, Effects& effects) {
    go_offline(effects);
}

/// At most one flush is under way: what is written meanwhile goes into the next one, so that one fsync serves many.
void Replica::flush_if_needed(Effects& effects) {
    if (mode_ != FlushMode::fsync || flush_.asked || log_.durable_offset() == log_.written_offset()) return;
    flush_.asked = true;
    effects.push_back(FlushUpTo{log_.written_offset()});
}

void Replica::on(Time now, const FlushDone& input, Effects& effects) {
    if (!flush_.asked) return;
    log_.mark_durable(std::min(input.durable_end, flush_.counts_up_to.value_or(input.durable_end)));
    flush_ = FlushUnderWay{};
    flush_if_needed(effects);
    make_progress(now, effects);
}

void Replica::on(Time, const FlushFailed&, Effects& effects) {
    go_offline(effects);
}

void Replica::on(Time, const RetentionReached& input, Effects& effects) {
    if (is_offline()) return;
    raise_log_start(std::min(input.log_start_offset, log_.high_watermark()), effects);
    answer_fetches(effects);
    if (auto* leader = std::get_if<Leader>(&role_)) answer_deletes(*leader, effects);
}

void Replica::on(Time now, const ConfigChanged& input, Effects& effects) {
    if (is_offline()) return;
    min_insync_replicas_ = input.min_insync_replicas;
    replica_lag_time_max_ = input.replica_lag_time_max;
    make_progress(now, effects);
    review_isr(now, effects);
}

void Replica::on(Time now, const DeadlineReached&, Effects& effects) {
    if (!wake_at_ || now < *wake_at_) return;
    wake_at_.reset();
    auto* leader = std::get_if<Leader>(&role_);
    if (!leader) return;
    for (auto* ring : {&leader->produces.for_leader, &leader->produces.for_high_watermark}) {
        ring->remove_if([&](const PendingProduce& produce) {
            if (produce.deadline > now) return false;
            effects.push_back(answer(produce, ErrorCode::request_timed_out, log_));
            return true;
        });
    }
    std::optional<Time> next = leader->produces.earliest_deadline();
    for (std::size_t i = 0; i < leader->deletes.size();) {
        const PendingDelete& pending = leader->deletes[i];
        if (pending.deadline && *pending.deadline <= now) {
            effects.push_back(ReplyDeleteRecords{pending.token, ErrorCode::request_timed_out, low_watermark(*leader)});
            leader->deletes.erase(leader->deletes.begin() + i);
            continue;
        }
        if (pending.deadline && (!next || *pending.deadline < *next)) next = pending.deadline;
        ++i;
    }
    if (next) wake_by(*next, effects);
    make_progress(now, effects);  // a follower that only kept up may not count any more
    review_isr(now, effects);
}

/// One alarm at a time, set to the earliest deadline that ever waited: when it rings, the next one is looked for.
void Replica::wake_by(Time deadline, Effects& effects) {
    if (wake_at_ && *wake_at_ <= deadline) return;
    wake_at_ = deadline;
    effects.push_back(WakeAt{deadline});
}

void Replica::truncate(Offset end_offset, Effects& effects) {
    if (!log_.can_truncate_to(end_offset)) {
        effects.push_back(TruncateTo{end_offset, true});
        stop(effects);
        return;
    }
    log_.truncate_to(end_offset);
    cut_what_is_under_way(log_.end_offset());
    // Also when no record goes: an epoch of this replica's own that wrote nothing may have gone (KAFKA-10706).
    effects.push_back(TruncateTo{log_.end_offset()});
}

/// Nothing is truncated that has a place in the new log, so producers and transactions are exact: nobody is known.
void Replica::truncate_fully_and_start_at(Offset offset, Effects& effects) {
    const Offset high_watermark = log_.high_watermark();
    const bool reload = offset < high_watermark;
    effects.push_back(TruncateFullyAndStartAt{offset, reload});
    if (reload) return stop(effects);
    log_.restart_at(offset);
    cut_what_is_under_way(offset);
    if (offset > high_watermark) effects.push_back(HighWatermarkAdvanced{offset});
}

void Replica::cut_what_is_under_way(Offset end_offset) {
    for (std::size_t i = 0; i < appends_.size(); ++i) {
        appends_[i].end_offset = std::min(appends_[i].end_offset, end_offset);
    }
    if (flush_.asked) flush_.counts_up_to = std::min(flush_.counts_up_to.value_or(end_offset), end_offset);
}

void Replica::raise_log_start(Offset offset, Effects& effects) {
    if (offset <= log_.start_offset()) return;
    log_.advance_start(offset);
    effects.push_back(AdvanceLogStart{offset});
}

/// R3: from here on nothing is appended and nothing is acknowledged. What the log took in memory may be more than what
/// is on disk, so only loading it anew tells the truth.
void Replica::go_offline(Effects& effects) {
    if (is_offline()) return;
    stop(effects);
    effects.push_back(TakeOffline{});
}

void Replica::stop(Effects& effects) {
    resign(ErrorCode::kafka_storage_error, effects);
    role_ = Offline{};
    appends_.clear();
    flush_ = FlushUnderWay{};
    wake_at_.reset();
}

}  // namespace highwater
