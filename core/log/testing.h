#pragma once

#include <cstdint>

#include "core/base/testing.h"
#include "core/log/batch_facts.h"
#include "core/log/replica_log.h"

// Builders for tests of logs: batches as a sentence, `of_producer(1).epoch(2).sequence(10).records(3)`.

namespace highwater::testing {

class BatchBuilder {
  public:
    operator BatchFacts() const { return facts_; }  // NOLINT(google-explicit-constructor): the point of a builder

    BatchBuilder records(std::int32_t count) const {
        return with([&](BatchFacts& f) { f.last_offset_delta = count - 1; });
    }
    BatchBuilder epoch(std::int16_t epoch) const {
        return with([&](BatchFacts& f) { f.producer->epoch = ProducerEpoch{epoch}; });
    }
    BatchBuilder sequence(std::int32_t sequence) const {
        return with([&](BatchFacts& f) { f.producer->base_sequence = Sequence{sequence}; });
    }
    BatchBuilder transactional() const {
        return with([&](BatchFacts& f) { f.transactional = true; });
    }
    BatchBuilder at(std::int64_t offset) const {
        return with([&](BatchFacts& f) { f.base_offset = Offset{offset}; });
    }
    BatchBuilder of_leader(std::int32_t leader_epoch) const {
        return with([&](BatchFacts& f) { f.leader_epoch = LeaderEpoch{leader_epoch}; });
    }
    BatchBuilder stamped(std::int64_t timestamp) const {
        return with([&](BatchFacts& f) { f.max_timestamp = Timestamp{timestamp}; });
    }

    template <class Change>
    BatchBuilder with(Change change) const {
        BatchBuilder changed = *this;
        change(changed.facts_);
        return changed;
    }

  private:
    BatchFacts facts_;
};

/// One record of a client without idempotence, from the leader of epoch 0.
inline BatchBuilder plain() {
    return {};
}

/// One record, epoch 0, sequence 0.
inline BatchBuilder of_producer(std::int64_t id) {
    return plain().with([&](BatchFacts& f) { f.producer = ProducerStamp{ProducerId{id}, {}, Sequence{0}}; });
}

inline BatchBuilder marker_of(std::int64_t id, bool commit, std::int32_t coordinator_epoch = 0) {
    return plain().with([&](BatchFacts& f) {
        f.producer = ProducerStamp{ProducerId{id}, {}, std::nullopt};
        f.transactional = true;
        f.marker = TransactionMarker{commit, CoordinatorEpoch{coordinator_epoch}};
    });
}
inline BatchBuilder commit_of(std::int64_t id) {
    return marker_of(id, true);
}
inline BatchBuilder abort_of(std::int64_t id) {
    return marker_of(id, false);
}

/// What a leader of epoch 0 says to the batch: its base offset, the duplicate's base offset, or the error's name.
inline std::string offer(ReplicaLog& log, const BatchFacts& batch, Time now = Time{0}) {
    const auto checked = log.check_append(batch, now);
    if (!checked) return std::string{kafka_name(checked.error())};
    if (const auto& original = *checked) return fmt::format("duplicate of {}", original->base_offset);
    return fmt::format("at {}", log.append_as_leader(LeaderEpoch{0}, batch, now).facts.base_offset);
}

}  // namespace highwater::testing
