#include "model/world/batch.h"

#include <fmt/format.h>

#include "core/base/invariant.h"

namespace highwater::model {

std::string to_text(BatchId batch) {
    return fmt::format("p{}#{}", batch.producer, batch.index);
}

BatchId batch_of(std::size_t number) {
    return {static_cast<std::uint8_t>(number / kMaxBatches), static_cast<std::uint8_t>(number % kMaxBatches)};
}

ProducerId producer_id_of(std::uint8_t producer) {
    return ProducerId{1000 + producer};
}

BatchFacts facts_of(BatchId id, std::uint8_t producer_epoch, std::uint8_t base_sequence) {
    BatchFacts facts;
    facts.last_offset_delta = id.records() - 1;
    facts.producer = ProducerStamp{producer_id_of(id.producer), ProducerEpoch{producer_epoch}, Sequence{base_sequence}};
    facts.size_bytes = 100;
    return facts;
}

BatchFacts facts_of(const StoredBatch& stored) {
    BatchFacts facts = facts_of(stored.id, stored.producer_epoch, stored.base_sequence);
    facts.base_offset = Offset{stored.base_offset};
    facts.leader_epoch = LeaderEpoch{stored.leader_epoch};
    return facts;
}

std::uint8_t narrow(std::int64_t value) {
    HIGHWATER_INVARIANT(value >= 0 && value < 255, "{} does not fit the model's numbers", value);
    return static_cast<std::uint8_t>(value);
}

}  // namespace highwater::model
