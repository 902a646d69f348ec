#include "broker/engine/transaction_verifications.h"

#include <algorithm>

#include "core/log/producer_state.h"
#include "core/transaction/verification.h"

namespace highwater::engine {

namespace {

// KIP-890: the markers of the transaction before are still under way; a client of version 2 does not wait for them
// itself (`add.partitions.to.txn.retry.backoff.ms`, `add.partitions.to.txn.retry.backoff.max.ms`).
constexpr Duration kRetryBackoff = std::chrono::milliseconds{20};
constexpr int kMaxAttempts = 6;

TopicPartition name_of(const Partition& partition) {
    const storage::TopicPartition& name = partition.identity().name;
    return {name.topic, name.partition};
}

bool has_opened(const Partition& partition, const ProducerClaim& producer) {
    const ProducerState* known = partition.replica().log().producers().find(producer.id);
    return known != nullptr && has_open_transaction(*known, producer.epoch);
}

}  // namespace

bool TransactionVerifications::is_open(const Partition& partition, const ProducerClaim& producer) const {
    return !waiting_.contains({partition.identity().number, producer.id}) && has_opened(partition, producer);
}

void TransactionVerifications::verify(Partition& partition, const TransactionOfBatch& transaction, Moment now,
                                      GoOn go_on) {
    const Place place{partition.identity().number, transaction.producer.id};
    auto& queue = waiting_[place];
    // A producer has at most so many batches under way (KAFKA-5494): more is no client's.
    if (queue.size() >= kProducerBatchWindow)
        return go_on(host_->find_partition(place.first), ErrorCode::not_enough_replicas, {});
    queue.push_back({transaction, std::move(go_on)});
    if (queue.size() == 1) begin(place, partition, now);
}

VerificationGuard TransactionVerifications::vouch(Partition& partition, ProducerId producer, Moment now) {
    const VerificationGuard guard{next_guard_++};
    partition.step(VerificationBegun{producer, guard}, now);
    return guard;
}

void TransactionVerifications::begin(const Place& place, Partition& partition, Moment now) {
    const TransactionOfBatch transaction = waiting_.at(place).front().transaction;
    guards_[place] = vouch(partition, place.second, now);
    asking_[transaction].to_ask.insert(place);
    ask(transaction, now);
}

void TransactionVerifications::ask(const TransactionOfBatch& transaction, Moment now) {
    Asking& asking = asking_.at(transaction);
    if (asking.is_asked || asking.ask_again_at) return;
    std::map<TopicPartition, Place> asked;
    std::set<TopicPartition> partitions;
    for (const Place& place : std::exchange(asking.to_ask, {})) {
        const Partition* partition = host_->find_partition(place.first);
        if (partition == nullptr) {
            finish(place, ErrorCode::unknown_topic_or_partition, now);
            continue;
        }
        asked.emplace(name_of(*partition), place);
        partitions.insert(name_of(*partition));
    }
    if (asked.empty()) {
        if (asking_.at(transaction).to_ask.empty()) asking_.erase(transaction);
        return;
    }
    asking_.at(transaction).is_asked = true;
    const auto hear = [this, transaction, asked = std::move(asked)](const PartitionsAnswer& answer) {
        answered(transaction, asked, answer);
    };
    if (bumps_epoch_at_end(transaction.version)) {
        coordinators_->ask(AddPartitionsReceived{.token = {},
                                                 .transactional_id = transaction.transactional_id,
                                                 .producer = transaction.producer,
                                                 .partitions = std::move(partitions),
                                                 .version = transaction.version},
                           now, hear);
    } else {
        coordinators_->ask(VerifyPartitionsReceived{.token = {},
                                                    .transactional_id = transaction.transactional_id,
                                                    .producer = transaction.producer,
                                                    .partitions = std::move(partitions)},
                           now, hear);
    }
}

void TransactionVerifications::answered(const TransactionOfBatch& transaction,
                                        const std::map<TopicPartition, Place>& asked, const PartitionsAnswer& answer) {
    const Moment now = host_->latest();
    Asking& asking = asking_.at(transaction);
    asking.is_asked = false;
    if (answer.error == ErrorCode::concurrent_transactions && ++asking.attempts < kMaxAttempts) {
        for (const auto& [name, place] : asked) asking.to_ask.insert(place);
        asking.ask_again_at = now.time + kRetryBackoff;
        host_->verification_wake_wanted(*asking.ask_again_at);
        return;
    }
    asking.attempts = 0;
    for (const auto& [name, place] : asked) {
        const bool is_missing = answer.missing.contains(name);
        const ErrorCode said = is_missing ? ErrorCode::transaction_abortable : answer.error;
        finish(place, told_of_verification(said, transaction.version), now);
    }
    // Batches that went on, or came meanwhile, may wait for more.
    const auto left = asking_.find(transaction);
    if (left == asking_.end() || left->second.is_asked || left->second.ask_again_at) return;
    if (left->second.to_ask.empty()) {
        asking_.erase(left);
    } else {
        ask(transaction, now);
    }
}

void TransactionVerifications::finish(const Place& place, ErrorCode error, Moment now) {
    const auto guard = guards_.extract(place);
    Partition* partition = host_->find_partition(place.first);
    if (partition != nullptr && error != ErrorCode::none) partition->step(VerificationEnded{place.second}, now);
    const TransactionOfBatch transaction = waiting_.at(place).front().transaction;
    for (bool is_first = true;; is_first = false) {
        const auto found = waiting_.find(place);
        if (found == waiting_.end()) return;
        Waiting& next = found->second.front();
        const bool goes_on = is_first || partition == nullptr ||
                             (error != ErrorCode::none ? next.transaction == transaction
                                                       : has_opened(*partition, next.transaction.producer));
        if (!goes_on) return begin(place, *partition, now);
        const GoOn go_on = std::move(next.go_on);
        found->second.pop_front();
        if (found->second.empty()) waiting_.erase(found);
        if (partition == nullptr) {
            go_on(nullptr, ErrorCode::unknown_topic_or_partition, std::nullopt);
        } else if (is_first && error == ErrorCode::none) {
            go_on(partition, ErrorCode::none, guard.mapped());
            // The batch was refused: nothing will come under its guard.
            if (!has_opened(*partition, transaction.producer)) partition->step(VerificationEnded{place.second}, now);
        } else {
            go_on(partition, error, std::nullopt);
        }
    }
}

void TransactionVerifications::deadline_reached(Moment now) {
    std::vector<TransactionOfBatch> due;
    std::optional<Time> next;
    for (auto& [transaction, asking] : asking_) {
        if (!asking.ask_again_at) continue;
        if (*asking.ask_again_at <= now.time) {
            asking.ask_again_at.reset();
            due.push_back(transaction);
        } else {
            next = std::min(next.value_or(*asking.ask_again_at), *asking.ask_again_at);
        }
    }
    for (const TransactionOfBatch& transaction : due) {
        if (asking_.contains(transaction)) ask(transaction, now);
    }
    if (next) host_->verification_wake_wanted(*next);
}

std::size_t TransactionVerifications::waiting() const {
    std::size_t count = 0;
    for (const auto& [place, queue] : waiting_) count += queue.size();
    return count;
}

}  // namespace highwater::engine
