#include "broker/engine/transaction_coordinators.h"

#include <chrono>

#include "broker/engine/log_records.h"
#include "core/base/invariant.h"
#include "core/coordinator/coordinator_partition.h"
#include "net/wire/record/record_batch_builder.h"
#include "net/wire/record/transaction_records_codec.h"

namespace highwater::engine {

namespace {

/// A write ends with the partition's leadership, not with time: see GroupCoordinators.
constexpr Duration kNoTimeout = std::chrono::hours{24 * 365};

}  // namespace

void TransactionCoordinators::elected(Partition& partition, std::int32_t partitions, Moment now) {
    partitions_ = partitions;
    const PartitionId id = partition.identity().name.partition;
    const auto [at, is_new] = coordinators_.try_emplace(id, Coordinator{&partition, TransactionCoordinator(config_)});
    HIGHWATER_INVARIANT(is_new, "partition {} of {} is led already", id, kTransactionsTopic);
    if (const storage::PartitionLog* log = partition.log()) {
        const auto load = [&](const wire::BatchHeader&, Offset, const wire::RecordView& record) {
            if (!record.key) return false;
            const auto read = wire::decode_transaction_record(*record.key, record.value);
            if (!read) return read.error().kind == wire::DecodeErrorKind::unknown_record_type;
            step(id, TransactionRecordLoaded{*read}, now);
            return true;
        };
        const auto loaded = visit_records(*log, log->log_start(), partition.replica().high_watermark(), load);
        if (!loaded) {
            at->second.is_unreadable = true;
            host_->transactions_unreadable(id, loaded.error().text());
            return;
        }
    }
    step(id, TransactionsLoaded{CoordinatorEpoch{partition.replica().leader_epoch()->value()}}, now);
}

void TransactionCoordinators::resigned(PartitionId partition, Moment now) {
    if (!coordinators_.contains(partition)) return;
    step(partition, TransactionsUnloaded{}, now);
    coordinators_.erase(partition);
    std::erase_if(written_, [&](const Written& one) { return one.partition == partition; });
}

void TransactionCoordinators::all_resigned(Moment now) {
    while (!coordinators_.empty()) resigned(coordinators_.begin()->first, now);
}

PartitionId TransactionCoordinators::partition_of(std::string_view transactional_id) const {
    return coordinator_partition(transactional_id, partitions_);
}

Result<const TransactionCoordinator*> TransactionCoordinators::find(std::string_view transactional_id) const {
    if (coordinators_.empty()) return refuse(ErrorCode::not_coordinator);
    const auto found = coordinators_.find(partition_of(transactional_id));
    if (found == coordinators_.end()) return refuse(ErrorCode::not_coordinator);
    if (found->second.is_unreadable) return refuse(ErrorCode::coordinator_not_available);
    if (!found->second.machine.is_loaded()) return refuse(ErrorCode::coordinator_load_in_progress);
    return &found->second.machine;
}

std::vector<const TransactionCoordinator*> TransactionCoordinators::all() const {
    std::vector<const TransactionCoordinator*> serving;
    for (const auto& [id, coordinator] : coordinators_) {
        if (coordinator.machine.is_loaded()) serving.push_back(&coordinator.machine);
    }
    return serving;
}

void TransactionCoordinators::step(PartitionId partition, const TransactionInput& input, Moment now) {
    TransactionCoordinator& machine = coordinators_.at(partition).machine;
    TransactionEffects effects;
    const bool may_need_producer_id =
        std::holds_alternative<InitProducerIdReceived>(input) || std::holds_alternative<EndTransactionReceived>(input);
    if (may_need_producer_id && machine.wants_producer_id()) {
        if (const auto id = host_->take_producer_id(now)) {
            machine.step(now.time, now.wall, ProducerIdGranted{*id}, effects);
        }
    }
    machine.step(now.time, now.wall, input, effects);
    for (TransactionEffect& effect : effects) carry_out(partition, effect, now);
}

void TransactionCoordinators::carry_out(PartitionId partition, TransactionEffect& effect, Moment now) {
    if (const auto* record = std::get_if<WriteTransactionRecord>(&effect)) return write(partition, *record, now);
    if (const auto* wake = std::get_if<WakeTransactionsAt>(&effect)) {
        return host_->transaction_wake_wanted(partition, wake->time);
    }
    if (const auto* markers = std::get_if<SendMarkers>(&effect)) return host_->send_markers(*markers);
    const TransactionToken token = std::visit(
        [](const auto& answer) {
            if constexpr (requires { answer.token; }) {
                return answer.token;
            } else {
                return TransactionToken{};
            }
        },
        effect);
    const auto answered = waiting_.take(static_cast<std::uint32_t>(token.value()));
    answered(effect);
}

void TransactionCoordinators::write(PartitionId partition, const WriteTransactionRecord& effect, Moment now) {
    const auto encoded = wire::encode_transaction_record(effect.record, kTransactionV2);
    if (!encoded) {
        written_.push_back({partition, effect.write, ErrorCode::message_too_large});
        return;
    }
    wire::RecordBatchBuilder builder;
    wire::NewRecord added{.key = encoded->key, .value = std::nullopt, .timestamp = now.wall, .headers = {}};
    if (encoded->value) added.value = *encoded->value;
    builder.add(added);
    const wire::RecordBuffer batch = builder.finish();
    const auto view = wire::read_batch(batch);
    HIGHWATER_INVARIANT(view.has_value(), "a batch made here does not read: {}", view.error().what);
    coordinators_.at(partition).partition->produce(ProduceReceived{.token = ProduceToken{kOurs | effect.write.value()},
                                                                   .acks = Acks::all,
                                                                   .batch = wire::facts(*view),
                                                                   .deadline = now.time + kNoTimeout},
                                                   batch, now);
}

void TransactionCoordinators::answered(const Partition& partition, const ReplyProduce& reply) {
    written_.push_back(
        {partition.identity().name.partition, TransactionWrite{reply.token.value() & ~kOurs}, reply.error});
}

void TransactionCoordinators::settle(Moment now) {
    for (const Written& one : std::exchange(written_, {})) {
        if (!coordinators_.contains(one.partition)) continue;
        if (one.error == ErrorCode::none) {
            step(one.partition, TransactionWriteCommitted{one.write}, now);
        } else {
            step(one.partition, TransactionWriteFailed{one.write, one.error}, now);
        }
    }
    for (MarkerAnswered& one : std::exchange(markers_, {})) {
        const PartitionId partition = partition_of(one.transactional_id);
        if (coordinators_.contains(partition)) step(partition, std::move(one), now);
    }
}

void TransactionCoordinators::deadline_reached(PartitionId partition, Moment now) {
    if (coordinators_.contains(partition)) step(partition, TransactionDeadlineReached{}, now);
}

void TransactionCoordinators::expire_ids(Moment now) {
    for (const auto& [id, coordinator] : coordinators_) {
        if (coordinator.machine.is_loaded()) step(id, ExpireTransactionalIds{}, now);
    }
}

}  // namespace highwater::engine
