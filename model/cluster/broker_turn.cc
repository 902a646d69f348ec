#include "model/cluster/broker_turn.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "model/cluster/convert.h"
#include "model/world/batch.h"

namespace highwater::model::cluster {
namespace {

/// Requests never time out at the broker: that the producer gives up is the same to the machine.
constexpr Time kNever = Time{} + 1000 * kTick;

BatchFacts facts_of(Record record, std::size_t offset) {
    BatchFacts facts = model::facts_of(BatchId{0, 0}, 0, record.batch);
    facts.base_offset = Offset{static_cast<std::int64_t>(offset)};
    facts.leader_epoch = LeaderEpoch{record.leader_epoch};
    return facts;
}

}  // namespace

void Turn::start(std::uint8_t broker_epoch) {
    driver_.broker_epoch = broker_epoch;
    driver_.clean_mark = 0;
    load();
}

void Turn::kill() {
    broker_.replica.reset();
    driver_.stops = 0;
    driver_.flush_end_plus_one = 0;
    driver_.flush_covers = 0;
    driver_.tick = 0;
}

void Turn::lose_power(std::uint8_t keep) {
    kill();
    cut(keep);
}

void Turn::lose_disk() {
    kill();
    driver_.disk = {};
    driver_.clean_mark = 0;
}

void Turn::stop_cleanly(std::uint8_t mark) {
    driver_.disk.durable = static_cast<std::uint8_t>(driver_.disk.log.size());
    driver_.clean_mark = mark;
    kill();
}

void Turn::learn(const Metadata& metadata, bool skipped_a_change) {
    const bool is_assigned = has(metadata.replicas, id_);
    if (!is_assigned && (broker_.replica->leader_epoch() || !driver_.disk.log.empty())) delete_replica();
    BrokersChanged brokers;
    for (std::uint8_t id = 0; id < scope_.brokers; ++id) {
        brokers.brokers.push_back({NodeId{id}, BrokerEpoch{metadata.broker_epochs[id]}, has(metadata.active, id)});
    }
    give(brokers);
    if (!is_assigned) return;
    const bool is_told = metadata.partition_changed != 0 || skipped_a_change;
    if (!is_told && broker_.replica->leader_epoch()) return;
    const LeaderEpoch leader_epoch{metadata.leader_epoch};
    const PartitionEpoch partition_epoch{metadata.partition_epoch};
    const NodeIds replicas = nodes_of(metadata.replicas);
    if (metadata.leader == id_) {
        give(BecomeLeader{leader_epoch, partition_epoch, replicas, nodes_of(metadata.isr)});
    } else {
        const NodeId leader{metadata.leader == kNobody ? -1 : metadata.leader};
        give(BecomeFollower{leader_epoch, partition_epoch, leader, replicas, nodes_of(metadata.isr)});
    }
}

void Turn::receive(const Message& message) {
    switch (message.kind) {
        case Message::Kind::fetch: {
            FollowerFetchReceived fetch;
            fetch.token = FetchToken{1};
            fetch.follower = NodeId{message.requester};
            fetch.broker_epoch = BrokerEpoch{message.broker_epoch};
            fetch.fetch_offset = Offset{message.fetch_offset};
            fetch.log_start_offset = Offset{message.log_start};
            fetch.current_leader_epoch = LeaderEpoch{message.leader_epoch};
            if (message.last_epoch_plus_one > 0) {
                fetch.last_fetched_epoch = LeaderEpoch{message.last_epoch_plus_one - 1};
            }
            fetch_ = &message;
            give(fetch);
            break;
        }
        case Message::Kind::fetch_answer: {
            if (message.error() == ErrorCode::offset_out_of_range) {
                give(FetchOutOfRange{LeaderEpoch{message.leader_epoch}, Offset{message.fetch_offset},
                                     Offset{message.log_start}, Offset{message.diverging_end}});
                break;
            }
            // The driver starts over with the next metadata, or the next fetch.
            if (message.error() != ErrorCode::none) break;
            LeaderAnswered answer;
            answer.leader_epoch = LeaderEpoch{message.leader_epoch};
            answer.fetch_offset = Offset{message.fetch_offset};
            for (std::size_t i = 0; i < message.records.size(); ++i) {
                answer.batches.push_back(facts_of(message.records[i], message.fetch_offset + i));
            }
            answer.high_watermark = Offset{message.high_watermark};
            answer.log_start_offset = Offset{message.log_start};
            if (message.diverging_epoch_plus_one > 0) {
                answer.diverging = LeaderAnswered::Diverging{LeaderEpoch{message.diverging_epoch_plus_one - 1},
                                                             Offset{message.diverging_end}};
            }
            give(answer);
            break;
        }
        case Message::Kind::alter_answer: {
            AlterPartitionAnswered answer;
            answer.leader_epoch = LeaderEpoch{message.leader_epoch};
            answer.proposed_at = PartitionEpoch{message.proposed_at};
            answer.error = message.error();
            answer.partition_epoch = PartitionEpoch{message.partition_epoch};
            answer.isr = nodes_of(message.isr);
            give(answer);
            break;
        }
        case Message::Kind::alter:
        case Message::Kind::none:
            output_.breach = "a broker was given a message that is not for it";
            break;
    }
}

void Turn::alter_timed_out() {
    const auto* leader = std::get_if<Leader>(&broker_.replica->role());
    if (leader == nullptr || !leader->proposal) return;
    AlterPartitionAnswered answer;
    answer.leader_epoch = *broker_.replica->leader_epoch();
    answer.proposed_at = leader->proposal->partition_epoch;
    answer.error = ErrorCode::request_timed_out;
    give(answer);
}

void Turn::flush_done() {
    const std::uint8_t end = static_cast<std::uint8_t>(driver_.flush_end_plus_one - 1);
    driver_.disk.durable = std::max(driver_.disk.durable, driver_.flush_covers);
    driver_.flush_end_plus_one = 0;
    driver_.flush_covers = 0;
    give(FlushDone{Offset{end}});
}

void Turn::produce(std::uint8_t batch) {
    give(ProduceReceived{ProduceToken{batch}, Acks::all, facts_of(Record{batch, 0}, 0), kNever});
}

void Turn::delete_records() {
    give(DeleteRecordsReceived{DeleteRecordsToken{1}, std::nullopt, std::nullopt});
}

void Turn::jump() {
    ++driver_.tick;
    give(DeadlineReached{});
}

Time Turn::now() const {
    return Time{} + driver_.tick * kTick;
}

/// The path that the broker's recovery takes: each batch replayed, what was found made durable.
void Turn::load() {
    std::vector<EpochEntry> epochs;
    for (const StoredEpoch& entry : driver_.disk.epochs) {
        epochs.push_back({LeaderEpoch{entry.epoch}, Offset{entry.start_offset}});
    }
    const Offset first{driver_.disk.first};
    auto log = ReplicaLog::load(
        {.log_start_offset = first, .replay_from = first, .epochs = epochs, .producers = {}, .aborted = {}}, now());
    HIGHWATER_INVARIANT(log.has_value(), "recovery refuses a log that the machine wrote");
    for (std::size_t offset = driver_.disk.first; offset < driver_.disk.log.size(); ++offset) {
        const BatchFacts facts = facts_of(driver_.disk.log[offset], offset);
        HIGHWATER_INVARIANT(log->check_replicated(facts).has_value(), "recovery refuses {}", facts);
        log->append_replicated(facts, now());
    }
    log->mark_written(log->end_offset());
    log->mark_durable(log->end_offset());
    log->finish_load();
    // What is below the log start was committed.
    log->raise_high_watermark(Offset{driver_.disk.log_start});
    log->advance_start(Offset{driver_.disk.log_start});
    driver_.disk.durable = static_cast<std::uint8_t>(driver_.disk.log.size());
    driver_.disk.epochs.clear();
    for (const EpochEntry& entry : log->epochs().entries()) {
        driver_.disk.epochs.push_back({narrow(entry.epoch.value()), narrow_offset(entry.start_offset)});
    }
    // The checkpoint of the high watermark is as old as it can be.
    broker_.replica.emplace(NodeId{id_}, scope_.flush_mode, std::move(*log), Offset{0}, scope_.min_insync_replicas);
}

void Turn::cut(std::size_t records) {
    // The checkpoint of the log start says that what is below is gone; a log that ends there begins anew.
    if (records < driver_.disk.log_start) driver_.disk.first = driver_.disk.log_start;
    records = std::max<std::size_t>(records, driver_.disk.log_start);
    driver_.disk.log.truncate(std::min(records, driver_.disk.log.size()));
    driver_.disk.durable = std::min(driver_.disk.durable, static_cast<std::uint8_t>(driver_.disk.log.size()));
}

/// The partition has moved away. Who waits for an answer hears NOT_LEADER_OR_FOLLOWER.
void Turn::delete_replica() {
    output_.deleted = 1;
    driver_.disk = Disk{};
    driver_.flush_end_plus_one = 0;
    driver_.flush_covers = 0;
    load();
}

void Turn::give(const Input& input) {
    thread_local std::vector<Effects> spare;
    Effects effects;
    if (!spare.empty()) {
        effects = std::move(spare.back());
        spare.pop_back();
    }
    effects.clear();
    broker_.replica->step(now(), input, effects);
    for (std::size_t next = 0; next < effects.size() && broker_.replica; ++next) {
        const Effect effect = effects[next];
        std::visit([&](const auto& what) { carry_out(what); }, effect);
        // The end of the turn: all that was gathered is one write.
        if (next + 1 == effects.size() && written_ && broker_.replica) {
            const AppendToken token = *std::exchange(written_, std::nullopt);
            broker_.replica->step(now(), AppendDone{token}, effects);
        }
    }
    spare.push_back(std::move(effects));
}

void Turn::carry_out(const AppendBatch& append) {
    if (append.facts.base_offset.value() != static_cast<std::int64_t>(driver_.disk.log.size())) {
        output_.breach = "an append that does not begin at the log's end";
        return;
    }
    if (!append.facts.producer || !append.facts.producer->base_sequence) {
        output_.breach = "an append of a batch that nobody sent";
        return;
    }
    const std::uint8_t batch = narrow(append.produce ? static_cast<std::int64_t>(append.produce->value())
                                                     : append.facts.producer->base_sequence->value());
    driver_.disk.log.push_back({batch, narrow(append.facts.leader_epoch.value())});
    if (append.produce) output_.appended_as_leader = 1;
    written_ = append.token;
}

void Turn::carry_out(const FlushUpTo& flush) {
    if (driver_.flush_end_plus_one != 0) output_.breach = "a second flush beside the one under way";
    driver_.flush_end_plus_one = narrow(flush.end_offset.value() + 1);
    driver_.flush_covers = static_cast<std::uint8_t>(driver_.disk.log.size());
}

void Turn::carry_out(const TruncateTo& truncate) {
    output_.truncated = 1;
    const std::uint8_t end = narrow_offset(truncate.end_offset);
    if (end < driver_.disk.log_start) output_.breach = "a cut below the log start";
    cut(end);
    auto& epochs = driver_.disk.epochs;
    while (!epochs.empty() && epochs.back().start_offset >= end) epochs.truncate(epochs.size() - 1);
    driver_.flush_covers = std::min(driver_.flush_covers, static_cast<std::uint8_t>(driver_.disk.log.size()));
    if (!truncate.reload) return;
    output_.reloaded = 1;
    driver_.flush_end_plus_one = 0;
    driver_.flush_covers = 0;
    written_.reset();
    load();
}

void Turn::carry_out(const TruncateFullyAndStartAt& truncate) {
    const std::uint8_t start = narrow_offset(truncate.offset);
    output_.began_anew = 1;
    driver_.disk = Disk{};
    while (driver_.disk.log.size() < start) driver_.disk.log.push_back({});
    driver_.disk.durable = driver_.disk.log_start = driver_.disk.first = start;
    driver_.flush_covers = 0;
    if (!truncate.reload) return;
    output_.reloaded = 1;
    driver_.flush_end_plus_one = 0;
    load();
}

void Turn::carry_out(const AdvanceLogStart& advance) {
    const std::uint8_t start = narrow_offset(advance.log_start_offset);
    if (start > driver_.disk.log.size()) output_.breach = "the log start passes the log's end";
    driver_.disk.log_start = start;
    auto& epochs = driver_.disk.epochs;
    while (epochs.size() > 1 && epochs[1].start_offset <= start) epochs.erase(0);
    if (!epochs.empty()) epochs[0].start_offset = std::max(epochs[0].start_offset, start);
}

void Turn::carry_out(const EpochStarted& started) {
    // KIP-101: an epoch that starts here or before took over from those.
    const StoredEpoch entry{narrow(started.leader_epoch.value()), narrow_offset(started.start_offset)};
    auto& epochs = driver_.disk.epochs;
    while (!epochs.empty() &&
           (epochs.back().epoch >= entry.epoch || epochs.back().start_offset >= entry.start_offset)) {
        epochs.truncate(epochs.size() - 1);
    }
    epochs.push_back(entry);
}

void Turn::carry_out(const ReplyProduce& reply) {
    output_.produced.push_back({narrow(static_cast<std::int64_t>(reply.token.value())), plus_one(reply.error),
                                reply.base_offset ? narrow(reply.base_offset->value() + 1) : std::uint8_t{0},
                                static_cast<std::uint8_t>(reply.duplicate)});
}

void Turn::carry_out(const ReplyFetch& reply) {
    if (fetch_ == nullptr) return;
    Message answer = *fetch_;
    answer.kind = Message::Kind::fetch_answer;
    answer.last_epoch_plus_one = 0;
    answer.log_start = 0;
    answer.error_plus_one = plus_one(reply.error);
    if (reply.error == ErrorCode::offset_out_of_range) {
        answer.log_start = narrow_offset(reply.log_start_offset);
        answer.diverging_end = narrow_offset(reply.readable_end);
    }
    if (reply.error == ErrorCode::none) {
        answer.high_watermark = narrow_offset(reply.high_watermark);
        answer.log_start = narrow_offset(reply.log_start_offset);
        if (reply.diverging) {
            answer.diverging_epoch_plus_one = narrow(reply.diverging->epoch.value() + 1);
            answer.diverging_end = narrow_offset(reply.diverging->end_offset);
        } else {
            const auto end = std::min<std::size_t>(narrow_offset(reply.readable_end), driver_.disk.log.size());
            for (std::size_t o = fetch_->fetch_offset; o < end; ++o) answer.records.push_back(driver_.disk.log[o]);
        }
    }
    output_.fetch_answer = answer;
}

void Turn::carry_out(const AlterPartition& alter) {
    const auto proposed = broker_.replica->proposed_isr();
    if (!proposed) return;
    Message message;
    message.kind = Message::Kind::alter;
    message.requester = id_;
    message.broker_epoch = driver_.broker_epoch;
    message.leader_epoch = narrow(alter.leader_epoch.value());
    message.proposed_at = narrow(alter.partition_epoch.value());
    for (const IsrMember& member : *proposed) {
        const std::uint8_t node = narrow(member.node.value());
        message.isr = static_cast<Brokers>(message.isr | only(node));
        if (member.broker_epoch) message.member_epochs[node] = narrow(member.broker_epoch->value());
        if (node == id_) message.member_epochs[node] = driver_.broker_epoch;
    }
    output_.alter = message;
}

}  // namespace highwater::model::cluster
