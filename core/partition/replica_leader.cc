// The leader's side of Replica: produces, followers' fetches, high watermark, DeleteRecords.
#include <algorithm>

#include "core/partition/fetch.h"
#include "core/partition/high_watermark.h"
#include "core/partition/isr.h"
#include "core/partition/replica.h"

namespace highwater {

namespace {

/// KIP-903: a fetch of a broker's former life, late, says nothing about the log that it has now.
bool is_of_an_older_incarnation(const FollowerFetchReceived& fetch, const SmallVector<ReplicaBroker, 3>& brokers) {
    const auto* broker = std::find_if(brokers.begin(), brokers.end(),
                                      [&](const ReplicaBroker& known) { return known.node == fetch.follower; });
    return fetch.broker_epoch && broker != brokers.end() && *fetch.broker_epoch < broker->epoch;
}

/// Whether that logs agree up to the fetch offset is known. The history of this log begins at its log start: what a
/// follower has below of older epochs can be compared no more, unless it was before, in this leadership.
bool is_comparable(const FollowerFetchReceived& fetch, const FollowerProgress& follower, const ReplicaLog& log) {
    const auto entries = log.epochs().entries();
    const bool history_reaches = !fetch.last_fetched_epoch || entries.empty() ||
                                 *fetch.last_fetched_epoch >= entries.front().epoch || log.start_offset() == Offset{0};
    return history_reaches || (follower.end_offset && *follower.end_offset >= fetch.fetch_offset);
}

}  // namespace

Result<Offset> Replica::latest_offset(std::optional<LeaderEpoch> claimed, IsolationLevel isolation) const {
    if (const ErrorCode error = check_leadership(claimed); error != ErrorCode::none) return refuse(error);
    // KIP-207: a new leader may know a lower high watermark than the old one told; offsets must not seem to go back.
    const bool has_caught_up = log_.high_watermark() >= std::get<Leader>(role_).epoch_start_offset;
    if (!has_caught_up) return refuse(ErrorCode::offset_not_available);
    return readable_end(log_, isolation);
}

Result<std::optional<EpochEndOffset>> Replica::end_offset_for(std::optional<LeaderEpoch> claimed,
                                                              LeaderEpoch epoch) const {
    if (const ErrorCode error = check_leadership(claimed); error != ErrorCode::none) return refuse(error);
    return log_.end_offset_for(epoch);
}

namespace {

void end_verification(Leader& leader, ProducerId producer) {
    const auto found = std::ranges::find(leader.verifications, producer, &Verification::producer);
    if (found != leader.verifications.end()) leader.verifications.erase(found);
}

}  // namespace

bool Replica::may_append_to_transaction(const ProduceReceived& input) const {
    const BatchFacts& batch = input.batch;
    if (!batch.transactional || batch.marker) return true;
    const ProducerState* known = log_.producers().find(batch.producer->id);
    if (known != nullptr && has_open_transaction(*known, batch.producer->epoch)) return true;
    const auto& verifications = std::get<Leader>(role_).verifications;
    const auto found = std::ranges::find(verifications, batch.producer->id, &Verification::producer);
    return input.guard && found != verifications.end() && found->guard == *input.guard;
}

void Replica::on(Time, const VerificationBegun& input, Effects&) {
    auto* leader = std::get_if<Leader>(&role_);
    if (leader == nullptr) return;
    end_verification(*leader, input.producer);
    leader->verifications.push_back({input.producer, input.guard});
}

void Replica::on(Time, const VerificationEnded& input, Effects&) {
    if (auto* leader = std::get_if<Leader>(&role_)) end_verification(*leader, input.producer);
}

void Replica::on(Time now, const ProduceReceived& input, Effects& effects) {
    const auto refuse_with = [&](ErrorCode error) {
        ReplyProduce reply;
        reply.token = input.token;
        reply.error = error;
        effects.push_back(reply);
    };
    if (const ErrorCode error = check_leadership(std::nullopt); error != ErrorCode::none) return refuse_with(error);
    if (input.acks == Acks::all && !has_enough_in_sync(isr_, replicas_, min_insync_replicas_)) {
        return refuse_with(ErrorCode::not_enough_replicas);
    }
    const auto checked = log_.check_append(input.batch, now, input.transaction_version);
    if (!checked) return refuse_with(checked.error());
    // After the producer's epoch: a zombie hears that it is fenced.
    if (!*checked && !may_append_to_transaction(input)) return refuse_with(ErrorCode::invalid_txn_state);

    PendingProduce produce;
    produce.token = input.token;
    produce.deadline = input.deadline;
    if (const std::optional<DuplicateBatch>& original = *checked) {
        produce.duplicate = true;
        produce.base_offset = original->base_offset;
        produce.end_offset = original->end_offset;
        produce.epoch = log_.leader_epoch_at(original->base_offset).value_or(*leader_epoch_);
    } else {
        if (input.batch.transactional) end_verification(std::get<Leader>(role_), input.batch.producer->id);
        const Appended appended = log_.append_as_leader(*leader_epoch_, input.batch, now);
        produce.base_offset = appended.facts.base_offset;
        produce.end_offset = appended.facts.end_offset();
        produce.epoch = appended.facts.leader_epoch;
        start_append(appended, input.token, effects);
    }
    wait_or_answer(std::get<Leader>(role_), input.acks, produce, effects);
}

/// A retry waits like its original: to answer it at once would acknowledge what may still be lost.
void Replica::wait_or_answer(Leader& leader, Acks acks, const PendingProduce& produce, Effects& effects) {
    switch (acks) {
        case Acks::none:
            effects.push_back(answer(produce, ErrorCode::none, log_));
            return;
        case Acks::leader:
            if (is_held_by_leader(produce, held_offset(mode_, log_))) {
                effects.push_back(answer(produce, ErrorCode::none, log_));
                return;
            }
            add_in_order(leader.produces.for_leader, produce);
            break;
        case Acks::all:
            if (is_committed(produce, log_.high_watermark())) {
                effects.push_back(answer(produce, answer_when_committed(produce), log_));
                return;
            }
            add_in_order(leader.produces.for_high_watermark, produce);
            break;
    }
    wake_by(produce.deadline, effects);
}

/// What an acks=all produce is told once the high watermark has passed it. If the in-sync replicas have become too few
/// by then, the record stays but is not as safe as the topic demands (KIP-966).
ErrorCode Replica::answer_when_committed(const PendingProduce& produce) const {
    if (!is_still_in_log(produce, log_)) return ErrorCode::not_leader_or_follower;
    const NodeIds isr = widest_isr(isr_, std::get<Leader>(role_).proposal);
    return has_enough_in_sync(isr, replicas_, min_insync_replicas_) ? ErrorCode::none
                                                                    : ErrorCode::not_enough_replicas_after_append;
}

void Replica::make_progress(Time now, Effects& effects) {
    if (is_follower()) {
        follow_high_watermark(effects);
        answer_fetches(effects);
    }
    auto* leader = std::get_if<Leader>(&role_);
    if (!leader) return;
    raise_high_watermark(now, effects);
    answer_produces(*leader, effects);
}

/// KIP-966: not at all while the in-sync replicas are too few, whatever the producers' acks.
void Replica::raise_high_watermark(Time now, Effects& effects) {
    Leader& leader = std::get<Leader>(role_);
    if (!has_enough_in_sync(isr_, replicas_, min_insync_replicas_)) return;
    const auto end = smallest_end(self_, held_offset(mode_, log_), counted_replicas(leader, now),
                                  {leader.followers.data(), leader.followers.size()});
    if (!end || *end <= log_.high_watermark()) return;
    log_.raise_high_watermark(*end);
    effects.push_back(HighWatermarkAdvanced{log_.high_watermark()});
    answer_fetches(effects);
}

void Replica::answer_produces(Leader& leader, Effects& effects) {
    auto& for_leader = leader.produces.for_leader;
    const Offset held = held_offset(mode_, log_);
    while (!for_leader.empty() && is_held_by_leader(for_leader.front(), held)) {
        const PendingProduce& produce = for_leader.front();
        const ErrorCode error = is_still_in_log(produce, log_) ? ErrorCode::none : ErrorCode::not_leader_or_follower;
        effects.push_back(answer(produce, error, log_));
        for_leader.pop_front();
    }
    auto& for_high_watermark = leader.produces.for_high_watermark;
    while (!for_high_watermark.empty() && is_committed(for_high_watermark.front(), log_.high_watermark())) {
        const PendingProduce& produce = for_high_watermark.front();
        effects.push_back(answer(produce, answer_when_committed(produce), log_));
        for_high_watermark.pop_front();
    }
}

void Replica::on(Time now, const FollowerFetchReceived& input, Effects& effects) {
    Offset readable = log_.start_offset();
    ErrorCode error = check_leadership(input.current_leader_epoch);
    FetchPosition position;
    if (error == ErrorCode::none) {
        Leader& leader = std::get<Leader>(role_);
        auto* follower = std::find_if(leader.followers.begin(), leader.followers.end(),
                                      [&](const FollowerProgress& f) { return f.node == input.follower; });
        if (follower == leader.followers.end()) {
            error = ErrorCode::not_leader_or_follower;  // no longer assigned: its position means nothing
        } else if (is_of_an_older_incarnation(input, brokers_)) {
            error = ErrorCode::not_leader_or_follower;
        } else {
            position = check_position(log_, input.fetch_offset, input.last_fetched_epoch);
            error = position.error;
            if (error == ErrorCode::none && !position.diverging && !is_comparable(input, *follower, log_)) {
                error = ErrorCode::offset_out_of_range;
            }
            readable = error == ErrorCode::none ? log_.written_offset() : log_.end_offset();
            // A follower whose log diverges holds something else at these offsets.
            if (error == ErrorCode::none && !position.diverging) {
                note_fetch(*follower, input.fetch_offset, log_.written_offset(), now);
                follower->log_start_offset = input.log_start_offset;
                follower->broker_epoch = input.broker_epoch;
                make_progress(now, effects);
                answer_deletes(leader, effects);
                review_isr(now, effects);
            }
        }
    }
    ReplyFetch reply = reply_fetch(input.token, log_, readable);
    reply.error = error;
    reply.diverging = position.diverging;
    effects.push_back(reply);
}

void Replica::on(Time, const DeleteRecordsReceived& input, Effects& effects) {
    const auto refuse_with = [&](ErrorCode error) {
        effects.push_back(ReplyDeleteRecords{input.token, error, log_.start_offset()});
    };
    if (const ErrorCode error = check_leadership(std::nullopt); error != ErrorCode::none) return refuse_with(error);
    const Offset offset = input.offset.value_or(log_.high_watermark());
    if (offset.value() < 0 || offset > log_.high_watermark()) return refuse_with(ErrorCode::offset_out_of_range);

    Leader& leader = std::get<Leader>(role_);
    raise_log_start(offset, effects);
    answer_fetches(effects);
    leader.deletes.push_back({input.token, offset, input.deadline});
    answer_deletes(leader, effects);
    const bool waits = !leader.deletes.empty() && leader.deletes.back().token == input.token;
    if (waits && input.deadline) wake_by(*input.deadline, effects);
}

/// The smallest log start among the in-sync replicas: what was deleted below it cannot come back with an election.
Offset Replica::low_watermark(const Leader& leader) const {
    Offset low = log_.start_offset();
    for (const FollowerProgress& follower : leader.followers) {
        const bool in_sync = std::find(isr_.begin(), isr_.end(), follower.node) != isr_.end();
        if (in_sync) low = std::min(low, follower.log_start_offset);
    }
    return low;
}

void Replica::answer_deletes(Leader& leader, Effects& effects) {
    const Offset low = low_watermark(leader);
    std::size_t kept = 0;
    for (const PendingDelete& pending : leader.deletes) {
        if (low >= pending.offset) {
            effects.push_back(ReplyDeleteRecords{pending.token, ErrorCode::none, low});
        } else {
            leader.deletes[kept++] = pending;
        }
    }
    leader.deletes.truncate(kept);
}

void Replica::resign(ErrorCode error, Effects& effects) {
    auto* leader = std::get_if<Leader>(&role_);
    if (leader) {
        for (const auto* ring : {&leader->produces.for_leader, &leader->produces.for_high_watermark}) {
            for (const PendingProduce& produce : *ring) effects.push_back(answer(produce, error, log_));
        }
    }
    for (const FetchReceived& fetch : fetches_) effects.push_back(refuse_fetch(fetch, error, log_));
    fetches_.clear();
    if (!leader) return;
    for (const PendingDelete& pending : leader->deletes) {
        effects.push_back(ReplyDeleteRecords{pending.token, error, log_.start_offset()});
    }
    *leader = Leader{};
}

}  // namespace highwater
