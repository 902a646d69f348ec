#include "broker/engine/partition.h"

#include "core/base/invariant.h"

namespace highwater::engine {

namespace {

/// A batch up to this size is copied and written with others of its turn: that costs less than a system call.
constexpr std::size_t kLargestHeldBatch = std::size_t{32} << 10;
/// What a partition holds back at most.
constexpr std::size_t kMostHeldBytes = std::size_t{256} << 10;

}  // namespace

Partition::Partition(Identity identity, PartitionHost& host, storage::LogDirectory& directory,
                     std::unique_ptr<storage::PartitionLog> log, Replica replica)
    : identity_(std::move(identity)),
      host_(&host),
      directory_(&directory),
      log_(std::move(log)),
      replica_(std::move(replica)) {}

void Partition::step(const Input& input, Moment now) {
    HIGHWATER_INVARIANT(!running_, "{}-{} is stepped from inside a step", identity_.name.topic,
                        identity_.name.partition);
    replica_.step(now.time, input, effects_);
    run(now);
}

void Partition::produce(const ProduceReceived& request, storage::Bytes batch, Moment now) {
    producing_ = request.token;
    batch_ = batch;
    step(request, now);
    producing_.reset();
    batch_ = {};
}

ReplyFetch Partition::fetch(const FetchReceived& request, Moment now) {
    HIGHWATER_INVARIANT(!request.wait_above, "fetch {} may wait", request.token);
    fetching_ = request.token;
    step(request, now);
    HIGHWATER_INVARIANT(fetched_.has_value(), "fetch {} was not answered at once", request.token);
    const ReplyFetch reply = *fetched_;
    fetching_.reset();
    fetched_.reset();
    return reply;
}

// A completion that is fed while effects of an earlier input are still to be carried out adds its own at the end of the
// list, so what the machine asked for first happens first.
void Partition::run(Moment now) {
    running_ = true;
    for (std::size_t i = 0; i < effects_.size(); ++i) {
        const Effect effect = effects_[i];
        std::visit([&](const auto& each) { carry_out(each, now); }, effect);
    }
    effects_.clear();
    running_ = false;
}

storage::IoResult<void> Partition::make_log() {
    if (log_) return {};
    auto made = host_->create_log(*this);
    if (!made) return refuse(made.error());
    log_ = std::move(*made);
    for (const auto& entry : replica_.log().epochs().entries()) log_->start_epoch({entry.epoch, entry.start_offset});
    return {};
}

void Partition::carry_out(const AppendBatch& effect, Moment now) {
    HIGHWATER_INVARIANT(effect.produce && producing_ == effect.produce, "append {} has no bytes", effect.token);
    if (batch_.size() > kLargestHeldBatch || held_bytes_.size() + batch_.size() > kMostHeldBytes) {
        const storage::BatchToWrite batch{effect.facts, batch_};
        return write(&batch, effect.token, now);
    }
    if (held_facts_.empty()) host_->write_wanted(*this);
    held_facts_.push_back(effect.facts);
    held_bytes_.insert(held_bytes_.end(), batch_.begin(), batch_.end());
    last_held_ = effect.token;
}

void Partition::write_batches(Moment now) {
    if (held_facts_.empty() || replica_.is_offline()) return;
    write(nullptr, last_held_, now);
    run(now);
}

void Partition::write(const storage::BatchToWrite* last, AppendToken token, Moment now) {
    to_write_.clear();
    std::size_t at = 0;
    for (const BatchFacts& facts : held_facts_) {
        to_write_.push_back({facts, storage::Bytes(held_bytes_).subspan(at, facts.size_bytes)});
        at += facts.size_bytes;
    }
    if (last != nullptr) to_write_.push_back(*last);
    storage::IoResult<void> written = make_log();
    if (written) written = log_->append(to_write_, now.wall);
    held_facts_.clear();
    held_bytes_.clear();
    if (!written) {
        failure_ = written.error();
        replica_.step(now.time, AppendFailed{token}, effects_);
        return;
    }
    replica_.step(now.time, AppendDone{token}, effects_);
    if (replica_.flush_mode() == FlushMode::replicated) flush_if_due(now);
}

void Partition::carry_out(const FlushUpTo&, Moment) {
    flush_is_asked_ = true;
    host_->flush_wanted(*this);
}

void Partition::flush_if_due(Moment now, bool whatever_limit) {
    if (flush_is_asked_ || log_ == nullptr || replica_.is_offline()) return;
    const std::int64_t not_durable = (log_->log_end() - log_->recovery_point()).value();
    if (not_durable == 0) return;
    const bool is_due =
        whatever_limit || not_durable >= flush_limits_.messages || now.time - last_flush_ >= flush_limits_.time;
    if (!is_due) return;
    flush_is_asked_ = true;
    host_->flush_wanted(*this);
}

void Partition::carry_out(const TruncateTo& effect, Moment now) {
    HIGHWATER_INVARIANT(!effect.reload, "{}-{} is cut below its high watermark", identity_.name.topic,
                        identity_.name.partition);
    if (!log_) return;
    HIGHWATER_INVARIANT(held_facts_.empty(), "{}-{} is cut before its batches are written", identity_.name.topic,
                        identity_.name.partition);
    if (const auto cut = log_->truncate_to(effect.end_offset, now.wall); !cut) {
        failure_ = cut.error();
        replica_.step(now.time, FlushFailed{}, effects_);
    }
}

void Partition::carry_out(const TruncateFullyAndStartAt& effect, Moment now) {
    HIGHWATER_INVARIANT(!effect.reload, "{}-{} begins again below its high watermark", identity_.name.topic,
                        identity_.name.partition);
    HIGHWATER_INVARIANT(held_facts_.empty(), "{}-{} is cut before its batches are written", identity_.name.topic,
                        identity_.name.partition);
    storage::IoResult<void> done = make_log();
    if (done) done = log_->truncate_fully_and_start_at(effect.offset, now.wall);
    if (!done) {
        failure_ = done.error();
        replica_.step(now.time, FlushFailed{}, effects_);
    }
}

void Partition::carry_out(const EpochStarted& effect, Moment) {
    if (log_) log_->start_epoch({effect.leader_epoch, effect.start_offset});
}

void Partition::carry_out(const AdvanceLogStart& effect, Moment now) {
    if (!log_) return;
    storage::IoResult<void> done = log_->advance_log_start(effect.log_start_offset, now.wall);
    if (done && log_->log_start_is_checkpointed()) {
        checkpoint_log_start();
        done = directory_->write_log_starts();
    }
    if (!done) {
        failure_ = done.error();
        replica_.step(now.time, FlushFailed{}, effects_);
    }
}

void Partition::carry_out(const HighWatermarkAdvanced&, Moment) {}  // read from the machine at the next checkpoint

// One node has nobody to ask: a partition that metadata of a larger cluster gave other replicas keeps its proposal
// pending. Both ISRs count meanwhile, so nothing is acknowledged that an in-sync replica may lack.
void Partition::carry_out(const AlterPartition&, Moment) {}

void Partition::carry_out(const ReplyProduce& effect, Moment) {
    host_->answered(*this, effect);
}

void Partition::carry_out(const ReplyFetch& effect, Moment) {
    if (fetching_ == effect.token) {
        fetched_ = effect;
    } else {
        host_->answered(*this, effect);
    }
}

void Partition::carry_out(const ReplyDeleteRecords& effect, Moment) {
    host_->answered(*this, effect);
}

void Partition::carry_out(const WakeAt& effect, Moment) {
    wake_at_ = effect.time;
    host_->wake_wanted(*this, effect.time);
}

void Partition::carry_out(const TakeOffline&, Moment) {
    host_->went_offline(*this, failure_.value_or(storage::IoError{}));
}

void Partition::flush_completed(const storage::FlushPlan& plan, Moment now) {
    log_->flush_completed(plan);
    flush_is_asked_ = false;
    last_flush_ = now.time;
    step(FlushDone{plan.end_offset()}, now);
}

void Partition::flush_failed(const storage::IoError& error, Moment now) {
    log_->flush_failed(error);
    failure_ = error;
    step(FlushFailed{}, now);
}

void Partition::checkpoint_high_watermark() {
    if (log_) directory_->set_high_watermark(identity_.name, replica_.high_watermark());
}

void Partition::checkpoint_recovery_point() {
    if (log_) directory_->set_recovery_point(identity_.name, log_->recovery_point());
}

void Partition::checkpoint_log_start() {
    if (!log_) return;
    directory_->set_log_start(identity_.name,
                              log_->log_start_is_checkpointed() ? std::optional(log_->log_start()) : std::nullopt);
}

}  // namespace highwater::engine
