// ReplicaLog against a naive list of batches: what the log says is a fold of the batches that are in it (P7, P17, P20),
// after any mix of append, retry, truncation, log start, progress and load.
#include "proptests/prelude.h"

#include <algorithm>
#include <map>
#include <ostream>
#include <vector>

#include <rapidcheck/state.h>

#include "core/log/replica_log.h"
#include "core/log/testing.h"
#include "proptests/commands/log_folds.h"
#include "proptests/commands/naive_log.h"

namespace highwater::property {
namespace {

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
        judge("SequenceOrder", said == error, "{} is answered {}, not {}", batch, kafka_name(said), kafka_name(error));
        if (checked) {
            const auto told = *checked ? std::optional{(*checked)->base_offset} : std::nullopt;
            judge("NoDuplicate", told == original, "{} repeats {}, not {}", batch, print(told), print(original));
        }
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
        judge_aborted_ranges(after, log);
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
        judge_aborted_ranges(after, log);
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
}  // namespace highwater::property
