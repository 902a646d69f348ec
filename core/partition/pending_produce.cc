#include "core/partition/pending_produce.h"

#include <algorithm>

namespace highwater {

bool is_still_in_log(const PendingProduce& produce, const ReplicaLog& log) {
    if (produce.base_offset < log.start_offset()) return true;  // deleted since, which only happens to committed ones
    return produce.end_offset <= log.end_offset() && log.leader_epoch_at(produce.base_offset) == produce.epoch;
}

ReplyProduce answer(const PendingProduce& produce, ErrorCode error, const ReplicaLog& log) {
    ReplyProduce reply;
    reply.token = produce.token;
    reply.error = error;
    reply.duplicate = produce.duplicate;
    if (error == ErrorCode::none) {
        reply.base_offset = produce.base_offset;
        reply.log_start_offset = log.start_offset();
    }
    return reply;
}

std::optional<Time> PendingProduces::earliest_deadline() const {
    std::optional<Time> earliest;
    for (const auto* ring : {&for_leader, &for_high_watermark}) {
        for (const PendingProduce& produce : *ring) {
            if (!earliest || produce.deadline < *earliest) earliest = produce.deadline;
        }
    }
    return earliest;
}

void add_in_order(Ring<PendingProduce, 2>& ring, const PendingProduce& produce) {
    std::size_t place = ring.size();
    while (place > 0 && ring[place - 1].end_offset > produce.end_offset) --place;
    ring.insert(place, produce);
}

}  // namespace highwater
