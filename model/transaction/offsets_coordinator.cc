#include "model/transaction/offsets_coordinator.h"

#include <string>
#include <variant>

#include "core/base/invariant.h"
#include "model/world/batch.h"

namespace highwater::model::transaction {
namespace {

constexpr Time kNow{1};
constexpr Timestamp kWall{1};
constexpr GroupToken kToken{1};
const std::string kGroup = "g";

TopicPartition consumed() {
    return {"in", PartitionId{0}};
}

}  // namespace

OffsetsCoordinator::OffsetsCoordinator() : OffsetsCoordinator(Unloaded{}) {
    finish_load();
}

OffsetsCoordinator OffsetsCoordinator::not_loaded() {
    return OffsetsCoordinator(Unloaded{});
}

GroupEffects OffsetsCoordinator::give(const GroupInput& input) {
    GroupEffects effects;
    machine_.step(kNow, kWall, input, effects);
    return effects;
}

ErrorCode OffsetsCoordinator::commit(Transaction transaction, const GroupTransaction& of, const Append& append) {
    OffsetCommitReceived request{.token = kToken,
                                 .group = kGroup,
                                 .claim = {{}, std::nullopt, Generation{-1}},
                                 .retention = std::nullopt,
                                 .offsets = {},
                                 .knows_member_epochs = true,
                                 .transaction = of};
    request.offsets.push_back({consumed(), Offset{transaction}, std::nullopt, {}});
    GroupEffects effects = give(request);
    if (const auto* write = std::get_if<WriteGroupRecords>(&effects.front())) {
        const ErrorCode error = append(*write->transaction);
        const GroupWrite id = write->write;
        effects = error == ErrorCode::none ? give(GroupWriteCommitted{id}) : give(GroupWriteFailed{id, error});
    }
    for (const GroupEffect& effect : effects) {
        const auto* answer = std::get_if<OffsetsAnswer>(&effect);
        if (answer == nullptr) continue;
        return answer->partitions.empty() ? answer->error : answer->partitions.front();
    }
    HIGHWATER_INVARIANT(false, "a TxnOffsetCommit is not answered");
    return ErrorCode::unknown_server_error;
}

void OffsetsCoordinator::transaction_ended(ProducerId producer, bool commit) {
    static_cast<void>(give(GroupTransactionEnded{producer, commit}));
}

void OffsetsCoordinator::load(Transaction transaction, ProducerId producer) {
    const CommittedOffset offset{Offset{transaction}, std::nullopt, {}, kWall, std::nullopt, {}};
    static_cast<void>(give(GroupRecordLoaded{OffsetCommitRecord{kGroup, consumed(), offset}, producer}));
}

void OffsetsCoordinator::finish_load() {
    static_cast<void>(give(GroupsLoaded{}));
}

Transaction OffsetsCoordinator::committed() const {
    const auto offsets = machine_.offsets_of(kGroup);
    HIGHWATER_INVARIANT(offsets.has_value(), "offsets are asked for before they are loaded");
    const auto found = (*offsets)->find(consumed());
    return found == (*offsets)->end() ? kNoTransaction : narrow(found->second.offset.value());
}

bool OffsetsCoordinator::is_unstable() const {
    return machine_.unstable_partitions(kGroup).contains(consumed());
}

}  // namespace highwater::model::transaction
