#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/invariant.h"
#include "core/transaction/transaction_coordinator.h"

namespace highwater::testing {

inline TopicPartition at(const std::string& topic, std::int32_t partition = 0) {
    return {topic, PartitionId{partition}};
}

/// A coordinator and its log. Records are committed at once unless they are held; markers wait until they are answered.
class Transactions {
  public:
    Transactions() : machine(config) { load(0); }

    void load(std::int32_t epoch) {
        for (const TransactionRecord& record : log) give(TransactionRecordLoaded{record});
        give(TransactionsLoaded{CoordinatorEpoch{epoch}});
    }
    /// Another coordinator loads what is committed; what is under way is lost.
    void fail_over(std::int32_t epoch) {
        machine = TransactionCoordinator(config);
        writes.clear();
        markers.clear();
        load(epoch);
    }

    void give(const TransactionInput& input) {
        TransactionEffects effects;
        machine.step(now, wall, input, effects);
        for (TransactionEffect& effect : effects) {
            if (auto* write = std::get_if<WriteTransactionRecord>(&effect)) {
                writes.push_back(std::move(*write));
            } else if (const auto* wake = std::get_if<WakeTransactionsAt>(&effect)) {
                wake_at = wake->time;
            } else if (auto* send = std::get_if<SendMarkers>(&effect)) {
                markers.push_back(std::move(*send));
            } else {
                answers.push_back(std::move(effect));
            }
        }
        HIGHWATER_INVARIANT(machine.hash() == machine.hash_from_scratch(), "the hash that is kept is not the state's");
        if (!hold_writes) commit_writes();
    }
    void commit_writes() {
        while (!writes.empty()) {
            const WriteTransactionRecord write = writes.front();
            writes.erase(writes.begin());
            log.push_back(write.record);
            give(TransactionWriteCommitted{write.write});
        }
    }
    void fail_writes(ErrorCode error) {
        for (const WriteTransactionRecord& write : std::exchange(writes, {})) {
            give(TransactionWriteFailed{write.write, error});
        }
    }
    void grant() {
        if (machine.wants_producer_id()) give(ProducerIdGranted{ProducerId{next_producer_id++}});
    }

    /// nullopt: no answer yet.
    template <class Answer>
    std::optional<Answer> answer_to(TransactionToken token) const {
        for (const TransactionEffect& effect : answers) {
            const auto* answer = std::get_if<Answer>(&effect);
            if (answer != nullptr && answer->token == token) return *answer;
        }
        return std::nullopt;
    }
    template <class Answer, class Request>
    Answer ask(Request request) {
        grant();
        request.token = TransactionToken{next_token++};
        give(request);
        const auto answer = answer_to<Answer>(request.token);
        HIGHWATER_INVARIANT(answer.has_value(), "no answer to request {}", request.token);
        return *answer;
    }

    InitProducerIdAnswer init(const std::string& id, std::optional<ProducerClaim> expected = {},
                              Duration timeout = std::chrono::seconds{60}) {
        return ask<InitProducerIdAnswer>(
            InitProducerIdReceived{.token = {}, .transactional_id = id, .timeout = timeout, .expected = expected});
    }
    ErrorCode add(const std::string& id, ProducerClaim producer, std::set<TopicPartition> partitions,
                  TransactionVersion version = kTransactionV2) {
        return ask<PartitionsAnswer>(AddPartitionsReceived{.token = {},
                                                           .transactional_id = id,
                                                           .producer = producer,
                                                           .partitions = std::move(partitions),
                                                           .version = version})
            .error;
    }
    PartitionsAnswer verify(const std::string& id, ProducerClaim producer, std::set<TopicPartition> partitions) {
        return ask<PartitionsAnswer>(VerifyPartitionsReceived{
            .token = {}, .transactional_id = id, .producer = producer, .partitions = std::move(partitions)});
    }
    EndTransactionAnswer end(const std::string& id, ProducerClaim producer, bool commit,
                             TransactionVersion version = kTransactionV2) {
        return ask<EndTransactionAnswer>(EndTransactionReceived{
            .token = {}, .transactional_id = id, .producer = producer, .commit = commit, .version = version});
    }
    /// All markers under way get this answer.
    void answer_markers(ErrorCode error = ErrorCode::none) {
        for (const SendMarkers& sent : std::exchange(markers, {})) {
            for (const TopicPartition& partition : sent.partitions) {
                give(MarkerAnswered{sent.transactional_id, sent.round, partition, error});
            }
        }
    }
    void pass(Duration time) {
        now = now + time;
        wall = Timestamp{wall.value() + std::chrono::duration_cast<std::chrono::milliseconds>(time).count()};
        if (wake_at && *wake_at <= now) {
            wake_at.reset();
            give(TransactionDeadlineReached{});
        }
    }
    TransactionState state(const std::string& id) const {
        const TransactionMetadata* known = machine.find(id);
        HIGHWATER_INVARIANT(known != nullptr, "there is no transactional id {}", id);
        return known->state;
    }

    TransactionConfig config;
    TransactionCoordinator machine;
    Time now{1};
    Timestamp wall{1'000'000};
    std::vector<TransactionRecord> log;
    std::vector<WriteTransactionRecord> writes;
    std::vector<SendMarkers> markers;
    std::vector<TransactionEffect> answers;
    std::optional<Time> wake_at;
    bool hold_writes = false;
    std::int64_t next_producer_id = 1000;
    std::uint64_t next_token = 1;
};

}  // namespace highwater::testing
