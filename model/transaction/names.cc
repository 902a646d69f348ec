#include "model/transaction/names.h"

#include <fmt/format.h>

#include "core/base/invariant.h"
#include "model/world/batch.h"

namespace highwater::model::transaction {
namespace {

constexpr std::int64_t kFirstProducerId = 1000;
constexpr int kEpochsAtAnEnd = 128;
constexpr int kEpochs = 32'768;

}  // namespace

std::string transactional_id(std::uint8_t id) {
    return fmt::format("t{}", id);
}

std::uint8_t id_from(const std::string& transactional_id) {
    return static_cast<std::uint8_t>(transactional_id.at(1) - '0');
}

TopicPartition partition_name(std::uint8_t partition) {
    return {"p", PartitionId{partition}};
}

std::uint8_t partition_from(const TopicPartition& name) {
    return narrow(name.partition.value());
}

Claim claim_from(const ProducerClaim& claim) {
    if (claim.id < ProducerId{0}) return {};
    const int epoch = claim.epoch.value();
    const bool is_known = epoch < kEpochsAtAnEnd || epoch >= kEpochs - kEpochsAtAnEnd;
    HIGHWATER_INVARIANT(is_known && epoch >= 0, "the scope needs producer epoch {}", epoch);
    const int byte = epoch < kEpochsAtAnEnd ? epoch : epoch - (kEpochs - 2 * kEpochsAtAnEnd);
    return {narrow(claim.id.value() - kFirstProducerId + 1), static_cast<std::uint8_t>(byte)};
}

ProducerClaim claim_of(Claim claim) {
    const int epoch = claim.epoch < kEpochsAtAnEnd ? claim.epoch : claim.epoch + (kEpochs - 2 * kEpochsAtAnEnd);
    return {ProducerId{kFirstProducerId + claim.producer - 1}, ProducerEpoch{static_cast<std::int16_t>(epoch)}};
}

std::string claim_text(Claim claim) {
    if (claim.producer == 0) return "nobody";
    const ProducerClaim known = claim_of(claim);
    return fmt::format("{} at epoch {}", known.id, known.epoch);
}

TransactionInput input_of(const Scope& scope, const Message& request, TransactionToken token) {
    const std::string id = transactional_id(scope.id_of(request.producer));
    const TransactionVersion version{scope.version};
    switch (request.kind) {
        case Message::Kind::init: {
            InitProducerIdReceived init{.token = token, .transactional_id = id, .timeout = kTimeout, .expected = {}};
            if (request.claim.producer != 0) init.expected = claim_of(request.claim);
            return init;
        }
        case Message::Kind::add:
            return AddPartitionsReceived{.token = token,
                                         .transactional_id = id,
                                         .producer = claim_of(request.claim),
                                         .partitions = {partition_name(request.partition)},
                                         .version = version};
        default:
            return EndTransactionReceived{.token = token,
                                          .transactional_id = id,
                                          .producer = claim_of(request.claim),
                                          .commit = request.commit != 0,
                                          .version = version};
    }
}

std::optional<TokenAnswer> answer_of(const TransactionEffect& effect) {
    if (const auto* init = std::get_if<InitProducerIdAnswer>(&effect)) {
        return TokenAnswer{init->token, init->error, claim_from(init->producer)};
    }
    if (const auto* partitions = std::get_if<PartitionsAnswer>(&effect)) {
        return TokenAnswer{partitions->token, partitions->error, {}, !partitions->missing.empty()};
    }
    if (const auto* ended = std::get_if<EndTransactionAnswer>(&effect)) {
        return TokenAnswer{ended->token, ended->error, claim_from(ended->producer)};
    }
    return std::nullopt;
}

}  // namespace highwater::model::transaction
