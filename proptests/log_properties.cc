// ReplicaLog against a naive list of batches: what the log says is a fold of the batches that are in it (P7, P17, P20),
// after any mix of append, retry, truncation, log start, progress and load.
#include "proptests/prelude.h"

#include <algorithm>
#include <map>
#include <ostream>
#include <set>
#include <vector>

#include <rapidcheck/state.h>

#include "core/log/replica_log.h"
#include "core/log/testing.h"

namespace highwater {
namespace {

/// The log as a plain list; every question is answered by walking all of it.
struct NaiveLog {
    std::vector<BatchFacts> batches;
    /// Where the epoch of each leadership began, as long as nothing truncated it.
    std::vector<EpochEntry> epochs;
    Offset start;
    Offset end;
    Offset written;
    Offset durable;
    Offset high_watermark;

    [[nodiscard]] LeaderEpoch epoch() const { return epochs.empty() ? LeaderEpoch{0} : epochs.back().epoch; }

    /// All that the batches of a producer in the log say about it.
    [[nodiscard]] std::optional<ProducerState> producer(ProducerId id) const {
        std::optional<ProducerState> state;
        std::vector<SequencedBatch> of_epoch;
        for (const BatchFacts& batch : batches) {
            if (!batch.producer || batch.producer->id != id) continue;
            if (!state) state.emplace();
            state->id = id;
            if (state->epoch != batch.producer->epoch) of_epoch.clear();
            state->epoch = batch.producer->epoch;
            if (batch.marker) {
                state->transaction_first_offset.reset();
                state->coordinator_epoch = batch.marker->coordinator_epoch;
            } else {
                SequencedBatch one;
                one.last_offset = batch.last_offset();
                one.last_sequence = batch.producer->base_sequence->plus(batch.last_offset_delta);
                one.offset_delta = batch.last_offset_delta;
                one.timestamp = batch.max_timestamp;
                of_epoch.push_back(one);
                if (batch.transactional && !state->transaction_first_offset) {
                    state->transaction_first_offset = batch.base_offset;
                }
            }
            state->last_timestamp = batch.max_timestamp;
        }
        if (!state) return state;
        const std::size_t kept = std::min<std::size_t>(of_epoch.size(), 5);
        for (std::size_t i = of_epoch.size() - kept; i < of_epoch.size(); ++i) state->batches.push_back(of_epoch[i]);
        return state;
    }

    struct Transaction {
        ProducerId producer;
        Offset first;
        std::optional<BatchFacts> marker;
    };
    /// In order of their first offsets.
    [[nodiscard]] std::vector<Transaction> transactions() const {
        std::vector<Transaction> all;
        std::map<ProducerId, std::size_t> open;
        for (const BatchFacts& batch : batches) {
            if (!batch.transactional || !batch.producer) continue;
            const auto found = open.find(batch.producer->id);
            if (batch.marker) {
                if (found == open.end()) continue;
                all[found->second].marker = batch;
                open.erase(found);
            } else if (found == open.end()) {
                open[batch.producer->id] = all.size();
                all.push_back({batch.producer->id, batch.base_offset, std::nullopt});
            }
        }
        return all;
    }

    /// P20: the high watermark, or the first offset of the earliest transaction whose marker is not below it.
    [[nodiscard]] Offset last_stable_offset() const {
        for (const Transaction& transaction : transactions()) {
            const bool decided = transaction.marker && transaction.marker->base_offset < high_watermark;
            if (!decided) return std::min(high_watermark, std::max(transaction.first, start));
        }
        return high_watermark;
    }

    /// OffsetForLeaderEpoch by looking at the list of epochs (KIP-101, KIP-279).
    [[nodiscard]] std::optional<EpochEndOffset> end_offset_for(LeaderEpoch wanted) const {
        if (epochs.empty() || wanted > epochs.back().epoch) return std::nullopt;
        EpochEndOffset answer{wanted, end};
        for (auto entry = epochs.rbegin(); entry != epochs.rend() && entry->epoch > wanted; ++entry) {
            answer.end_offset = entry->start_offset;
        }
        for (const EpochEntry& entry : epochs) {
            if (entry.epoch <= wanted) answer.epoch = entry.epoch;
        }
        return answer;
    }

    void add(BatchFacts batch) {
        batches.push_back(batch);
        end = batch.end_offset();
    }
    void start_epoch(LeaderEpoch epoch) {
        std::erase_if(epochs, [&](const EpochEntry& e) { return e.start_offset >= end; });
        epochs.push_back({epoch, end});
    }
    void truncate(Offset cut) {
        std::erase_if(batches, [&](const BatchFacts& b) { return b.end_offset() > cut; });
        std::erase_if(epochs, [&](const EpochEntry& e) { return e.start_offset >= cut; });
        end = cut;
        written = std::min(written, cut);
        durable = std::min(durable, cut);
    }
    void advance_start(Offset offset) {
        start = std::max(start, offset);
        while (epochs.size() > 1 && epochs[1].start_offset <= start) epochs.erase(epochs.begin());
        if (!epochs.empty()) epochs[0].start_offset = std::max(epochs[0].start_offset, start);
    }
};

/// The real log behaves as the list says.
void compare(const NaiveLog& model, const ReplicaLog& log) {
    RC_ASSERT(log.start_offset() == model.start);
    RC_ASSERT(log.end_offset() == model.end);
    RC_ASSERT(log.written_offset() == model.written);
    RC_ASSERT(log.durable_offset() == model.durable);
    RC_ASSERT(log.high_watermark() == model.high_watermark);
    RC_ASSERT(print(std::vector<EpochEntry>(log.epochs().entries().begin(), log.epochs().entries().end())) ==
              print(model.epochs));
    for (std::int32_t epoch = 0; epoch <= model.epoch().value() + 1; ++epoch) {
        RC_ASSERT(print(log.end_offset_for(LeaderEpoch{epoch})) == print(model.end_offset_for(LeaderEpoch{epoch})));
    }
    for (std::int64_t id = 1; id <= 3; ++id) {
        const ProducerState* real = log.producer(ProducerId{id}, Time{0});
        RC_ASSERT(print(real ? std::optional{*real} : std::nullopt) == print(model.producer(ProducerId{id})));
    }
    RC_ASSERT(log.last_stable_offset() == model.last_stable_offset());
    std::set<std::pair<std::int64_t, std::int64_t>> aborted;
    for (const auto& t : model.transactions()) {
        if (t.marker && !t.marker->marker->commit && t.marker->base_offset >= model.start) {
            aborted.emplace(t.first.value(), t.marker->base_offset.value());
        }
    }
    std::set<std::pair<std::int64_t, std::int64_t>> indexed;
    for (const AbortedTransaction& a : log.aborted_transactions()) {
        indexed.emplace(a.first_offset.value(), a.marker_offset.value());
    }
    RC_ASSERT(indexed == aborted);
    RC_ASSERT(log.hash() == log.hash_from_scratch());
}

/// Every fetch is told of each aborted transaction that reaches into what it may read.
void check_aborted_ranges(const NaiveLog& model, const ReplicaLog& log) {
    const Offset stable = log.last_stable_offset();
    for (const auto& t : model.transactions()) {
        if (!t.marker || t.marker->marker->commit || t.marker->base_offset < model.start) continue;
        for (Offset from = t.first; from <= t.marker->base_offset; from = from.next()) {
            if (from.next() > stable) break;
            const auto told = log.aborted_transactions(from, from.next());
            RC_ASSERT((std::any_of(told.begin(), told.end(), [&](const AbortedTransaction& a) {
                return a.producer == t.producer && a.first_offset == t.first;
            })));
        }
    }
}

/// The log, and which rare things happened to it.
struct Tested {
    ReplicaLog log;
    bool refused = false;
    bool duplicate = false;
    bool marker_ended_transaction = false;
    bool truncated = false;
    bool reloaded = false;
};

using Command = rc::state::Command<NaiveLog, Tested>;

std::int32_t pick(std::int32_t below) {
    return *rc::gen::inRange(0, below);
}

/// A client's batch: in sequence, a retry, a gap, another epoch, in or out of a transaction; what the log must say
/// about it follows from the list.
struct Offer : Command {
    BatchFacts batch;

    explicit Offer(const NaiveLog& model) {
        batch.last_offset_delta = pick(3);
        if (pick(3) == 0) return;
        const ProducerId id{1 + pick(3)};
        const auto known = model.producer(id);
        ProducerStamp stamp;
        stamp.id = id;
        stamp.epoch = known ? known->epoch : ProducerEpoch{0};
        stamp.base_sequence = Sequence{0};
        if (known && !known->batches.empty()) stamp.base_sequence = known->batches.back().last_sequence.next();
        switch (pick(8)) {
            case 0:
            case 1:
                if (known && !known->batches.empty()) {  // a retry of one in the window
                    const auto& old =
                        known
                            ->batches[static_cast<std::size_t>(pick(static_cast<std::int32_t>(known->batches.size())))];
                    stamp.base_sequence = old.first_sequence();
                    batch.last_offset_delta = old.offset_delta;
                }
                break;
            case 2:
                stamp.base_sequence = Sequence{pick(12)};
                break;
            case 3:
                stamp.epoch = ProducerEpoch{static_cast<std::int16_t>(stamp.epoch.value() + 1)};
                stamp.base_sequence = Sequence{pick(4) == 0 ? 1 : 0};
                break;
            case 4:
                stamp.epoch = ProducerEpoch{static_cast<std::int16_t>(std::max(0, stamp.epoch.value() - 1))};
                break;
            case 5:
                if (!known) stamp.base_sequence = Sequence{2147483647 - pick(3)};  // the wrap is near
                break;
            default:
                break;
        }
        batch.transactional = known && known->transaction_first_offset ? pick(8) != 0 : pick(3) == 0;
        batch.producer = stamp;
    }

    /// What a leader with this list must answer; by the rules' text, not by the code's.
    [[nodiscard]] ErrorCode expected(const NaiveLog& model, std::optional<Offset>& original) const {
        if (!batch.producer) return ErrorCode::none;
        const auto known = model.producer(batch.producer->id);
        if (!known) return ErrorCode::none;
        const Sequence first = *batch.producer->base_sequence;
        if (batch.producer->epoch < known->epoch) return ErrorCode::invalid_producer_epoch;
        if (batch.producer->epoch > known->epoch) {
            if (first != Sequence{0}) return ErrorCode::out_of_order_sequence_number;
        } else {
            for (const SequencedBatch& old : known->batches) {
                if (old.first_sequence() == first && old.offset_delta == batch.last_offset_delta) {
                    original = old.base_offset();
                    return ErrorCode::none;
                }
            }
            const Sequence next = known->batches.empty() ? Sequence{0} : known->batches.back().last_sequence.next();
            if (first != next) return ErrorCode::out_of_order_sequence_number;
        }
        if (known->transaction_first_offset && !batch.transactional) return ErrorCode::invalid_txn_state;
        return ErrorCode::none;
    }

    void apply(NaiveLog& model) const override {
        std::optional<Offset> original;
        if (expected(model, original) != ErrorCode::none || original) return;
        BatchFacts stamped = batch;
        stamped.base_offset = model.end;
        stamped.leader_epoch = model.epoch();
        if (model.epochs.empty()) model.epochs.push_back({model.epoch(), model.end});
        model.add(stamped);
    }
    void run(const NaiveLog& model, Tested& tested) const override {
        ReplicaLog& log = tested.log;
        std::optional<Offset> original;
        const ErrorCode error = expected(model, original);
        const ReplicaLog before = log;
        const auto checked = log.check_append(batch, Time{0});
        const ErrorCode said = checked ? ErrorCode::none : checked.error();
        RC_ASSERT(kafka_name(said) == kafka_name(error));
        if (checked)
            RC_ASSERT(print(*checked ? std::optional{(*checked)->base_offset} : std::nullopt) == print(original));
        const bool appended = checked && !*checked;
        tested.refused |= !checked;
        tested.duplicate |= checked && *checked;
        if (appended) log.append_as_leader(model.epoch(), batch, Time{0});
        if (!appended) RC_ASSERT(log == before);
        check(model, log);
    }
    void check(const NaiveLog& model, const ReplicaLog& log) const {
        NaiveLog after = model;
        apply(after);
        compare(after, log);
    }
    void show(std::ostream& out) const override { out << "Offer(" << print(batch) << ")"; }
};

struct Mark : Command {
    BatchFacts batch;

    explicit Mark(const NaiveLog& model) {
        const ProducerId id{1 + pick(3)};
        const auto known = model.producer(id);
        ProducerStamp stamp;
        stamp.id = id;
        stamp.epoch = known ? known->epoch : ProducerEpoch{0};
        if (pick(3) == 0) stamp.epoch = ProducerEpoch{static_cast<std::int16_t>(stamp.epoch.value() + 1)};
        batch.producer = stamp;
        batch.transactional = true;
        batch.marker = TransactionMarker{pick(2) == 0, CoordinatorEpoch{0}};
    }
    void checkPreconditions(const NaiveLog& model) const override {
        const auto known = model.producer(batch.producer->id);
        RC_PRE((!known || batch.producer->epoch >= known->epoch));
    }
    void apply(NaiveLog& model) const override {
        BatchFacts stamped = batch;
        stamped.base_offset = model.end;
        stamped.leader_epoch = model.epoch();
        if (model.epochs.empty()) model.epochs.push_back({model.epoch(), model.end});
        model.add(stamped);
    }
    void run(const NaiveLog& model, Tested& tested) const override {
        ReplicaLog& log = tested.log;
        const auto checked = log.check_append(batch, Time{0});
        RC_ASSERT((checked && !*checked));
        tested.marker_ended_transaction |= !log.ongoing_transactions().empty();
        log.append_as_leader(model.epoch(), batch, Time{0});
        NaiveLog after = model;
        apply(after);
        compare(after, log);
        check_aborted_ranges(after, log);
    }
    void show(std::ostream& out) const override { out << "Mark(" << print(batch) << ")"; }
};

/// A batch as a leader gave it: perhaps after a gap, perhaps of a new epoch.
struct Replicate : Command {
    std::int32_t gap = pick(3);
    std::int32_t epochs_ahead = pick(4) == 0 ? 1 + pick(2) : 0;
    std::int32_t records = 1 + pick(3);

    [[nodiscard]] BatchFacts batch(const NaiveLog& model) const {
        BatchFacts facts;
        facts.base_offset = model.end + OffsetDelta{gap};
        facts.last_offset_delta = records - 1;
        facts.leader_epoch = LeaderEpoch{model.epoch().value() + epochs_ahead};
        return facts;
    }
    void apply(NaiveLog& model) const override {
        const BatchFacts facts = batch(model);
        if (model.epochs.empty() || facts.leader_epoch > model.epoch()) {
            std::erase_if(model.epochs, [&](const EpochEntry& e) { return e.start_offset >= facts.base_offset; });
            model.epochs.push_back({facts.leader_epoch, facts.base_offset});
        }
        model.add(facts);
    }
    void run(const NaiveLog& model, Tested& tested) const override {
        ReplicaLog& log = tested.log;
        const BatchFacts facts = batch(model);
        BatchFacts below = facts;
        below.base_offset = model.end - OffsetDelta{1};
        if (model.end > model.start) RC_ASSERT(!log.check_replicated(below));
        RC_ASSERT(log.check_replicated(facts).has_value());
        log.append_replicated(facts, Time{0});
        NaiveLog after = model;
        apply(after);
        compare(after, log);
    }
    void show(std::ostream& out) const override {
        out << "Replicate(gap " << gap << ", epochs ahead " << epochs_ahead << ", records " << records << ")";
    }
};

struct StartEpoch : Command {
    std::int32_t ahead = 1 + pick(2);

    void apply(NaiveLog& model) const override { model.start_epoch(LeaderEpoch{model.epoch().value() + ahead}); }
    void run(const NaiveLog& model, Tested& tested) const override {
        ReplicaLog& log = tested.log;
        NaiveLog after = model;
        apply(after);
        RC_ASSERT(log.start_epoch(after.epoch()));
        compare(after, log);
    }
    void show(std::ostream& out) const override { out << "StartEpoch(+" << ahead << ")"; }
};

struct Truncate : Command {
    Offset cut;

    explicit Truncate(const NaiveLog& model)
        : cut(*rc::gen::inRange(model.high_watermark.value(), model.end.value() + 1)) {}
    void checkPreconditions(const NaiveLog& model) const override {
        RC_PRE((cut >= model.high_watermark && cut <= model.end));
    }
    void apply(NaiveLog& model) const override { model.truncate(cut); }
    void run(const NaiveLog& model, Tested& tested) const override {
        ReplicaLog& log = tested.log;
        tested.truncated |= cut < model.end;
        RC_ASSERT(log.can_truncate_to(cut));
        log.truncate_to(cut);
        NaiveLog after = model;
        apply(after);
        compare(after, log);
    }
    void show(std::ostream& out) const override { out << "Truncate(" << cut.value() << ")"; }
};

struct AdvanceStart : Command {
    Offset to;

    explicit AdvanceStart(const NaiveLog& model)
        : to(*rc::gen::inRange<std::int64_t>(0, model.high_watermark.value() + 1)) {}
    void checkPreconditions(const NaiveLog& model) const override { RC_PRE(to <= model.high_watermark); }
    void apply(NaiveLog& model) const override { model.advance_start(to); }
    void run(const NaiveLog& model, Tested& tested) const override {
        ReplicaLog& log = tested.log;
        log.advance_start(to);
        NaiveLog after = model;
        apply(after);
        compare(after, log);
    }
    void show(std::ostream& out) const override { out << "AdvanceStart(" << to.value() << ")"; }
};

struct Progress : Command {
    std::int32_t kind = pick(3);
    Offset to;

    explicit Progress(const NaiveLog& model) : to(*rc::gen::inRange<std::int64_t>(0, model.end.value() + 3)) {}
    void apply(NaiveLog& model) const override {
        const auto raise = [&](Offset& mark, Offset limit) { mark = std::max(mark, std::min(to, limit)); };
        if (kind == 0) raise(model.written, model.end);
        if (kind == 1) raise(model.durable, model.written);
        if (kind == 2) raise(model.high_watermark, model.end);
    }
    void run(const NaiveLog& model, Tested& tested) const override {
        ReplicaLog& log = tested.log;
        if (kind == 0) log.mark_written(to);
        if (kind == 1) log.mark_durable(to);
        if (kind == 2) log.raise_high_watermark(to);
        NaiveLog after = model;
        apply(after);
        compare(after, log);
        check_aborted_ranges(after, log);
    }
    void show(std::ostream& out) const override {
        out << (kind == 0 ? "Written(" : kind == 1 ? "Durable(" : "HighWatermark(") << to.value() << ")";
    }
};

/// Stops and starts: what was kept at a batch boundary below the high watermark, then every batch after it.
struct Reload : Command {
    std::int32_t place = pick(100);

    static Offset boundary(const NaiveLog& model, std::int32_t place) {
        std::vector<Offset> boundaries{model.start};
        for (const BatchFacts& batch : model.batches) {
            const Offset end = batch.end_offset();
            if (end > model.start && end <= model.high_watermark) boundaries.push_back(end);
        }
        return boundaries[static_cast<std::size_t>(place) % boundaries.size()];
    }
    void apply(NaiveLog& model) const override {
        std::erase_if(model.epochs, [&](const EpochEntry& e) { return e.start_offset >= model.end; });
        model.written = model.end;
        model.durable = model.end;
    }
    void run(const NaiveLog& model, Tested& tested) const override {
        ReplicaLog& log = tested.log;
        const Offset from = boundary(model, place);
        NaiveLog below = model;  // what a snapshot at that place has
        std::erase_if(below.batches, [&](const BatchFacts& b) { return b.base_offset >= from; });
        std::vector<ProducerState> producers;
        for (std::int64_t id = 3; id >= 1; --id) {
            if (const auto state = below.producer(ProducerId{id})) producers.push_back(*state);
        }
        std::vector<AbortedTransaction> aborted;
        for (const AbortedTransaction& a : log.aborted_transactions()) {
            if (a.marker_offset < from) aborted.push_back(a);
        }
        auto loaded = ReplicaLog::load({model.start, from, model.epochs, producers, aborted}, Time{0});
        RC_ASSERT(loaded.has_value());
        for (const BatchFacts& batch : model.batches) {
            if (batch.base_offset < from) continue;
            RC_ASSERT(loaded->check_replicated(batch).has_value());
            loaded->append_replicated(batch, Time{0});
            loaded->raise_high_watermark(std::min(model.high_watermark, batch.end_offset()));
        }
        RC_ASSERT(loaded->end_offset() == model.end);
        loaded->mark_written(model.end);
        loaded->mark_durable(model.end);
        loaded->raise_high_watermark(model.high_watermark);
        loaded->finish_load();
        log = *std::move(loaded);
        tested.reloaded |= model.end > model.start;
        NaiveLog after = model;
        apply(after);
        compare(after, log);
    }
    /// The end is a batch's end: a cut inside a batch leaves a log whose end no file remembers.
    void checkPreconditions(const NaiveLog& model) const override {
        const Offset last_end = model.batches.empty() ? model.start : model.batches.back().end_offset();
        RC_PRE(last_end == model.end);
        RC_PRE((model.start == model.end || boundary(model, place) <= model.end));
        const Offset from = boundary(model, place);
        RC_PRE((std::none_of(model.batches.begin(), model.batches.end(),
                             [&](const BatchFacts& b) { return b.base_offset < from && b.end_offset() > from; })));
    }
    void show(std::ostream& out) const override { out << "Reload(" << place << ")"; }
};

RC_GTEST_PROP(ReplicaLogProperties, IsTheFoldOfItsBatches, ()) {
    Tested tested;
    rc::state::check(NaiveLog{}, tested,
                     rc::state::gen::execOneOfWithArgs<Offer, Offer, Offer, Offer, Mark, Mark, Replicate, StartEpoch,
                                                       Truncate, AdvanceStart, Progress, Progress, Reload>());
    RC_CLASSIFY(tested.refused, "refused");
    RC_CLASSIFY(tested.duplicate, "duplicate");
    RC_CLASSIFY(tested.marker_ended_transaction, "marker while transactions are open");
    RC_CLASSIFY(tested.truncated, "truncated");
    RC_CLASSIFY(tested.reloaded, "reloaded");
}

}  // namespace
}  // namespace highwater
