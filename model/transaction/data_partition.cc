#include "model/transaction/data_partition.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "core/base/hash.h"
#include "core/base/invariant.h"
#include "core/log/producer_state.h"
#include "model/transaction/names.h"
#include "model/world/batch.h"

namespace highwater::model::transaction {
namespace {

using Kind = DataInput::Kind;

constexpr NodeId kBroker{1};
constexpr Time kNow{1};
constexpr ProduceToken kToken{1};

BatchFacts facts_of(const Stored& stored) {
    const ProducerClaim producer = claim_of(stored.claim);
    BatchFacts facts;
    facts.producer = ProducerStamp{producer.id, producer.epoch, std::nullopt};
    facts.transactional = true;
    facts.size_bytes = 100;
    if (stored.is_marker()) {
        facts.marker = TransactionMarker{stored.commit != 0, CoordinatorEpoch{stored.coordinator_epoch}};
    } else if (stored.sequence != kNoSequence) {
        facts.producer->base_sequence = Sequence{stored.sequence};
    }
    return facts;
}

BatchFacts facts_at(const Stored& stored, std::size_t offset, std::uint8_t leader_epoch) {
    BatchFacts facts = facts_of(stored);
    facts.base_offset = Offset{static_cast<std::int64_t>(offset)};
    facts.leader_epoch = LeaderEpoch{leader_epoch};
    return facts;
}

/// As a broker recovers its log: each batch replayed.
ReplicaLog replayed(const std::vector<Stored>& log) {
    auto loaded = ReplicaLog::load(
        {.log_start_offset = Offset{0}, .replay_from = Offset{0}, .epochs = {}, .producers = {}, .aborted = {}}, kNow);
    HIGHWATER_INVARIANT(loaded.has_value(), "recovery refuses an empty log");
    for (std::size_t i = 0; i < log.size(); ++i) loaded->append_replicated(facts_at(log[i], i, 0), kNow);
    loaded->mark_written(loaded->end_offset());
    loaded->mark_durable(loaded->end_offset());
    loaded->finish_load();
    return std::move(*loaded);
}

/// A step of the partition: one input, and all that its driver does with the effects.
class Turn {
  public:
    Turn(DataPartition& partition, DataOutput& output) : partition_(partition), output_(output) {}

    void lead(ReplicaLog log) {
        const Offset end = log.end_offset();
        partition_.replica.emplace(kBroker, FlushMode::replicated, std::move(log), end, 1);
        const LeaderEpoch epoch{partition_.restarts};
        give(BecomeLeader{epoch, PartitionEpoch{partition_.restarts}, NodeIds{kBroker}, NodeIds{kBroker}});
    }

    void produce(const DataInput& input) {
        Stored stored{
            .claim = input.message.claim, .transaction = input.message.transaction, .sequence = input.message.sequence};
        std::optional<VerificationGuard> guard;
        if (input.guard != 0) guard = VerificationGuard{input.guard};
        if (!partition_.offsets) return append(stored, input.version, guard);
        stored.sequence = kNoSequence;
        const ErrorCode told = partition_.offsets->commit(stored.transaction, {claim_of(stored.claim), guard},
                                                          [&](const GroupTransaction& of) {
                                                              append(stored, input.version, of.guard);
                                                              return static_cast<ErrorCode>(output_.error_plus_one - 1);
                                                          });
        output_.error_plus_one = plus_one(told);
    }

    void write_marker(const DataInput& input) {
        const Stored stored{.claim = input.marker.claim,
                            .commit = input.marker.commit,
                            .coordinator_epoch = input.marker.coordinator_epoch};
        append(stored, input.marker.version, std::nullopt);
        const bool is_written = output_.appended != 0 && partition_.offsets;
        if (is_written) partition_.offsets->transaction_ended(claim_of(stored.claim).id, stored.commit != 0);
    }

    void recover() {
        ++partition_.restarts;
        lead(replayed(partition_.log));
        if (!partition_.offsets) return;
        partition_.offsets = OffsetsCoordinator::not_loaded();
        for (const Stored& stored : partition_.log) {
            const ProducerId producer = claim_of(stored.claim).id;
            if (stored.is_marker()) {
                partition_.offsets->transaction_ended(producer, stored.commit != 0);
            } else {
                partition_.offsets->load(stored.transaction, producer);
            }
        }
        partition_.offsets->finish_load();
    }

    void begin_verify(const DataInput& input) {
        give(VerificationBegun{claim_of(input.message.claim).id, VerificationGuard{input.guard}});
    }

    void end_verify(const DataInput& input) { give(VerificationEnded{claim_of(input.message.claim).id}); }

  private:
    void append(const Stored& stored, std::uint8_t version, std::optional<VerificationGuard> guard) {
        writes_ = stored;
        give(ProduceReceived{.token = kToken,
                             .acks = Acks::all,
                             .batch = facts_of(stored),
                             .deadline = kNow + std::chrono::hours{1},
                             .transaction_version = TransactionVersion{version},
                             .guard = guard});
        if (output_.error_plus_one == 0) output_.breach = 1;
    }

    void give(const Input& input) {
        Effects effects;
        partition_.replica->step(kNow, input, effects);
        for (const Effect& effect : effects) carry_out(effect);
    }

    /// A write takes no time: there is one replica, and the log of a partition is the subject of other worlds.
    void carry_out(const Effect& effect) {
        if (const auto* write = std::get_if<AppendBatch>(&effect)) {
            if (write->facts.base_offset != Offset{static_cast<std::int64_t>(partition_.log.size())}) {
                output_.breach = 1;
            }
            partition_.log.push_back(*writes_);
            output_.appended = 1;
            give(AppendDone{write->token});
        } else if (const auto* reply = std::get_if<ReplyProduce>(&effect)) {
            output_.error_plus_one = plus_one(reply->error);
            output_.duplicate = reply->duplicate ? 1 : 0;
        } else if (std::holds_alternative<TruncateTo>(effect) || std::holds_alternative<TakeOffline>(effect)) {
            output_.breach = 1;
        }
    }

    DataPartition& partition_;
    DataOutput& output_;
    std::optional<Stored> writes_;
};

/// What a consumer is given that asks for all committed records, and drops the aborted ones by the list that comes with
/// them (KIP-98).
DataView view_of(const Scope& scope, const DataPartition& partition) {
    DataView view;
    for (const Stored& stored : partition.log) view.log.push_back(stored);
    if (partition.offsets) {
        view.committed_offset = partition.offsets->committed();
        view.is_unstable = partition.offsets->is_unstable() ? 1 : 0;
    }
    for (const Verification& open : std::get<Leader>(partition.replica->role()).verifications) {
        view.guards |= std::uint32_t{1} << open.guard.value();
    }
    Replica copy = *partition.replica;
    Effects effects;
    FetchReceived fetch;
    fetch.isolation = IsolationLevel::read_committed;
    copy.step(kNow, fetch, effects);
    const auto* answer = effects.size() == 1 ? std::get_if<ReplyFetch>(&effects.front()) : nullptr;
    HIGHWATER_INVARIANT(answer != nullptr && answer->error == ErrorCode::none, "a consumer is not answered");
    view.last_stable_offset = narrow(answer->last_stable_offset.value());
    // In the order of their markers; a consumer takes them up where they begin.
    auto listed = partition.replica->log().aborted_transactions(Offset{0}, answer->readable_end);
    std::ranges::sort(listed, {}, &AbortedTransaction::first_offset);
    std::set<ProducerId> skipped;
    std::size_t next = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(answer->readable_end.value()); ++i) {
        const Stored& stored = partition.log[i];
        const ProducerId producer = claim_of(stored.claim).id;
        const bool drops = !scope.controls.consumers_take_aborted_records;
        while (drops && next < listed.size() && listed[next].first_offset <= Offset{static_cast<std::int64_t>(i)}) {
            skipped.insert(listed[next++].producer);
        }
        if (stored.is_marker()) {
            if (stored.commit == 0) skipped.erase(producer);
        } else if (!skipped.contains(producer)) {
            view.delivered |= std::uint32_t{1} << i;
        }
    }
    return view;
}

void finish(const Scope& scope, DataPartition& partition) {
    Hasher hasher;
    add_hash(hasher, *partition.replica);
    if (partition.offsets) hasher.add(partition.offsets->hash());
    for (const Stored& stored : partition.log) {
        hasher.add(static_cast<std::uint64_t>(stored.transaction) << 32 |
                   static_cast<std::uint64_t>(stored.claim.producer) << 24 |
                   static_cast<std::uint64_t>(stored.claim.epoch) << 16 |
                   static_cast<std::uint64_t>(stored.sequence) << 8 | stored.commit);
        hasher.add(static_cast<std::uint64_t>(stored.coordinator_epoch));
    }
    partition.hash = hasher.value();
    partition.view = view_of(scope, partition);
}

}  // namespace

DataPartition::DataPartition(const Scope& scope, bool has_offsets) {
    DataOutput output;
    if (has_offsets) offsets.emplace();
    Turn(*this, output).lead(ReplicaLog{});
    finish(scope, *this);
}

bool DataPartition::has_open(Claim claim) const {
    const ProducerClaim producer = claim_of(claim);
    const ProducerState* known = replica->log().producers().find(producer.id);
    return known != nullptr && has_open_transaction(*known, producer.epoch);
}

DataOutput step(const Scope& scope, DataPartition& partition, const DataInput& input) {
    DataOutput output;
    Turn turn(partition, output);
    switch (input.kind) {
        case Kind::produce:
            turn.produce(input);
            break;
        case Kind::begin_verify:
            turn.begin_verify(input);
            break;
        case Kind::end_verify:
            turn.end_verify(input);
            break;
        case Kind::marker:
            output.error_plus_one = plus_one(ErrorCode::none);
            if (!scope.controls.markers_are_not_written) turn.write_marker(input);
            break;
        case Kind::restart:
            turn.recover();
            break;
    }
    finish(scope, partition);
    return output;
}

}  // namespace highwater::model::transaction
