// AllocateProducerIds.
#include <limits>

#include "core/metadata/controller.h"

namespace highwater {

Decision<ProducerIdBlock> allocate_producer_ids(const MetadataImage& image, NodeId broker, BrokerEpoch broker_epoch) {
    Decision<ProducerIdBlock> decision;
    ProducerIdBlock& answer = decision.answers.emplace_back();
    const BrokerImage* registered = image.broker(broker);
    const std::int64_t first = image.next_producer_id().value();
    if (!registered) {
        answer.error = ErrorCode::broker_id_not_registered;
    } else if (registered->epoch != broker_epoch) {
        answer.error = ErrorCode::stale_broker_epoch;
    } else if (first > std::numeric_limits<std::int64_t>::max() - kProducerIdBlockSize) {
        answer.error = ErrorCode::unknown_server_error;
    } else {
        answer.first = ProducerId{first};
        answer.count = kProducerIdBlockSize;
        decision.records.emplace_back(
            ProducerIdsRecord{broker, broker_epoch, ProducerId{first + kProducerIdBlockSize}});
    }
    return decision;
}

}  // namespace highwater
