#include "model/transaction/state_partition.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/describe.h"
#include "core/base/hash.h"
#include "model/transaction/names.h"
#include "model/world/batch.h"

namespace highwater::model::transaction {
namespace {

using Kind = StateInput::Kind;

constexpr std::int64_t kFirstProducerId = 1000;
constexpr Timestamp kWall{1};

TransactionConfig config_of(const Scope&) {
    TransactionConfig config;
    config.retry_backoff = Duration{1};
    return config;
}

Moved moved(const TransactionRecord& record) {
    return {id_from(record.transactional_id), record.value->state, claim_from(record.value->producer())};
}

/// R2: what a coordinator knows for good, as text.
std::string durable_of(const TransactionCoordinator& machine) {
    std::string text;
    for (const auto& [id, known] : machine.transactions()) {
        text += id;
        text += ' ';
        print_to(text, known);
        text += '\n';
    }
    return text;
}

/// A step of the partition: one input, and all that its driver does with the effects.
class Turn {
  public:
    Turn(const Scope& scope, StatePartition& partition, StateOutput& output)
        : scope_(scope), partition_(partition), output_(output) {}

    void give(const TransactionInput& input) {
        TransactionEffects effects;
        machine().step(now(), kWall, input, effects);
        for (const TransactionEffect& effect : effects) carry_out(effect);
    }

    void request(const StateInput& input) {
        grant_producer_id();
        give(input_of(scope_, input.message, TransactionToken{input.token}));
    }

    /// As the broker of a partition asks (KIP-890).
    void verify(const StateInput& input) {
        const std::string id = transactional_id(scope_.id_of(input.message.producer));
        const ProducerClaim producer = claim_of(input.message.claim);
        const std::set<TopicPartition> partitions{partition_name(input.message.partition)};
        if (bumps_epoch_at_end(TransactionVersion{scope_.version})) {
            give(AddPartitionsReceived{.token = TransactionToken{input.token},
                                       .transactional_id = id,
                                       .producer = producer,
                                       .partitions = partitions,
                                       .version = TransactionVersion{scope_.version}});
        } else {
            give(VerifyPartitionsReceived{.token = TransactionToken{input.token},
                                          .transactional_id = id,
                                          .producer = producer,
                                          .partitions = partitions});
        }
    }

    void marker_answered(const Marker& marker) {
        give(MarkerAnswered{.transactional_id = transactional_id(marker.id),
                            .round = MarkerRound{marker.round},
                            .partition = partition_name(marker.partition),
                            .error = static_cast<ErrorCode>(marker.error_plus_one - 1)});
    }

    void commit_first_write() {
        const StatePartition::Write write = take_first_write();
        append(write.record);
        give(TransactionWriteCommitted{write.id});
    }

    void fail_first_write() {
        const StatePartition::Write write = take_first_write();
        output_.lost.push_back(moved(*write.record));
        give(TransactionWriteFailed{write.id, ErrorCode::not_enough_replicas});
    }

    void fail_over(std::size_t keep) {
        TransactionCoordinator as_if = machine();
        for (std::size_t i = 0; i < partition_.writes.size(); ++i) {
            const StatePartition::Write& write = partition_.writes[i];
            if (i < keep) {
                append(write.record);
                TransactionEffects unheard;
                as_if.step(now(), kWall, TransactionWriteCommitted{write.id}, unheard);
            } else {
                output_.lost.push_back(moved(*write.record));
            }
        }
        partition_.expected = durable_of(as_if);
        partition_.writes.clear();
        if (scope_.controls.failover_loses_everything) partition_.log.clear();
        give(TransactionsUnloaded{});
        partition_.wake_at.reset();
        partition_.leader = partition_.leader == 0 ? 1 : 0;
        ++partition_.coordinator_epoch;
        partition_.loaded = false;
    }

    void load() {
        for (const StatePartition::Record& record : partition_.log) give(TransactionRecordLoaded{*record});
        const std::string loaded = durable_of(machine());
        give(TransactionsLoaded{CoordinatorEpoch{partition_.coordinator_epoch}});
        partition_.loaded = true;
        output_.compared = 1;
        if (loaded != *partition_.expected) {
            output_.differs =
                std::make_shared<const std::string>(fmt::format("live: {}; loaded: {}", *partition_.expected, loaded));
        }
        partition_.expected.reset();
    }

    void tick() {
        ++partition_.ticks;
        partition_.instants = 0;
        reach_deadline();
    }

    void wake() {
        ++partition_.instants;
        reach_deadline();
    }

  private:
    [[nodiscard]] TransactionCoordinator& machine() { return partition_.brokers[partition_.leader]; }
    [[nodiscard]] Time now() const { return Time{1} + partition_.ticks * kTick + Duration{partition_.instants}; }

    void reach_deadline() {
        if (!partition_.loaded || !partition_.wake_at || *partition_.wake_at > now()) return;
        partition_.wake_at.reset();
        if (!scope_.controls.deadlines_do_not_fire) give(TransactionDeadlineReached{});
    }

    void grant_producer_id() {
        if (!machine().wants_producer_id()) return;
        give(ProducerIdGranted{ProducerId{kFirstProducerId + partition_.next_producer_id}});
        ++partition_.next_producer_id;
    }

    void carry_out(const TransactionEffect& effect) {
        if (const auto* write = std::get_if<WriteTransactionRecord>(&effect)) {
            output_.began.push_back(moved(write->record));
            partition_.writes.push_back({write->write, std::make_shared<const TransactionRecord>(write->record)});
        } else if (const auto* wake = std::get_if<WakeTransactionsAt>(&effect)) {
            partition_.wake_at = wake->time;
        } else if (const auto* send = std::get_if<SendMarkers>(&effect)) {
            for (const TopicPartition& partition : send->partitions) {
                Marker marker;
                marker.partition = partition_from(partition);
                marker.id = id_from(send->transactional_id);
                marker.broker = partition_.leader;
                marker.coordinator_epoch = narrow(send->coordinator_epoch.value());
                marker.round = narrow(static_cast<std::int64_t>(send->round.value()));
                marker.claim = claim_from(send->producer);
                marker.commit = send->commit ? 1 : 0;
                marker.version = narrow(send->version.value());
                output_.markers.push_back(marker);
            }
        } else if (const auto told = answer_of(effect)) {
            output_.answers.push_back({narrow(static_cast<std::int64_t>(told->token.value())), plus_one(told->error),
                                       static_cast<std::uint8_t>(told->missing ? 1 : 0), told->claim});
        }
    }

    StatePartition::Write take_first_write() {
        StatePartition::Write write = std::move(partition_.writes.front());
        partition_.writes.erase(partition_.writes.begin());
        return write;
    }

    void append(const StatePartition::Record& record) {
        if (scope_.log_is_compacted) {
            std::erase_if(partition_.log, [&](const StatePartition::Record& older) {
                return older->transactional_id == record->transactional_id;
            });
        }
        partition_.log.push_back(record);
    }

    const Scope& scope_;
    StatePartition& partition_;
    StateOutput& output_;
};

StateView view_of(const StatePartition& partition) {
    StateView view;
    const TransactionCoordinator& machine = partition.brokers[partition.leader];
    view.leader = partition.leader;
    view.loaded = partition.loaded ? 1 : 0;
    view.writes = narrow(static_cast<std::int64_t>(partition.writes.size()));
    const bool is_soon = partition.wake_at && *partition.wake_at < Time{1} + partition.ticks * kTick + kTick / 2;
    // What is on its way into the log decides first what becomes of a deadline.
    view.wakes = is_soon && partition.writes.empty() ? 1 : 0;
    for (const auto& [id, known] : machine.transactions()) {
        view.ids[id_from(id)] = {static_cast<std::uint8_t>(static_cast<int>(known.state) + 1),
                                 claim_from(known.producer())};
    }
    return view;
}

void finish(StatePartition& partition) {
    Hasher hasher;
    for (const TransactionCoordinator& machine : partition.brokers) add_hash(hasher, machine);
    for (const StatePartition::Record& record : partition.log) add_hash(hasher, *record);
    hasher.add(static_cast<std::uint64_t>(partition.log.size()));
    for (const StatePartition::Write& write : partition.writes) {
        add_hash(hasher, write.id);
        add_hash(hasher, *write.record);
    }
    add_hash(hasher, partition.leader);
    add_hash(hasher, partition.loaded);
    add_hash(hasher, partition.coordinator_epoch);
    add_hash(hasher, partition.ticks);
    add_hash(hasher, partition.instants);
    add_hash(hasher, partition.next_producer_id);
    add_hash(hasher, partition.wake_at);
    if (partition.expected) hasher.add(*partition.expected);
    partition.hash = hasher.value();
    partition.view = view_of(partition);
}

}  // namespace

StatePartition::StatePartition(const Scope& scope) : brokers(kBrokers, TransactionCoordinator(config_of(scope))) {
    StateOutput output;
    if (scope.first_epoch > 0) {
        for (std::uint8_t id = 0; id < scope.ids(); ++id) {
            TransactionMetadata known;
            known.producer_id = ProducerId{kFirstProducerId + next_producer_id++};
            known.producer_epoch = ProducerEpoch{static_cast<std::int16_t>(scope.first_epoch)};
            known.timeout = kTimeout;
            known.last_update = kWall;
            known.client_version = TransactionVersion{scope.version};
            log.push_back(
                std::make_shared<const TransactionRecord>(TransactionRecord{transactional_id(id), std::move(known)}));
        }
    }
    expected = std::string{};
    loaded = false;
    Turn(scope, *this, output).load();
    finish(*this);
}

StateOutput step(const Scope& scope, StatePartition& partition, const StateInput& input) {
    StateOutput output;
    Turn turn(scope, partition, output);
    switch (input.kind) {
        case Kind::request:
            turn.request(input);
            break;
        case Kind::verify:
            turn.verify(input);
            break;
        case Kind::marker:
            turn.marker_answered(input.marker);
            break;
        case Kind::write_committed:
            turn.commit_first_write();
            break;
        case Kind::fail_write:
            turn.fail_first_write();
            break;
        case Kind::failover:
            turn.fail_over(input.keep);
            break;
        case Kind::load:
            turn.load();
            break;
        case Kind::tick:
            turn.tick();
            break;
        case Kind::wake:
            turn.wake();
            break;
    }
    finish(partition);
    return output;
}

}  // namespace highwater::model::transaction
