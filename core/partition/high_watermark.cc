#include "core/partition/high_watermark.h"

#include <algorithm>

#include "core/log/replica_log.h"

namespace highwater {

Offset held_offset(FlushMode mode, const ReplicaLog& log) {
    return mode == FlushMode::fsync ? log.durable_offset() : log.written_offset();
}

std::int32_t effective_min_insync(std::int32_t min_insync_replicas, std::size_t replica_count) {
    return std::max(1, std::min(min_insync_replicas, static_cast<std::int32_t>(replica_count)));
}

bool has_enough_in_sync(const NodeIds& isr, const NodeIds& replicas, std::int32_t min_insync_replicas) {
    return static_cast<std::int32_t>(isr.size()) >= effective_min_insync(min_insync_replicas, replicas.size());
}

std::optional<Offset> smallest_end(NodeId leader, Offset held, const NodeIds& members,
                                   std::span<const FollowerProgress> followers) {
    Offset smallest = held;
    for (NodeId member : members) {
        if (member == leader) continue;
        const auto found = std::find_if(followers.begin(), followers.end(),
                                        [member](const FollowerProgress& f) { return f.node == member; });
        if (found == followers.end() || !found->end_offset) return std::nullopt;
        smallest = std::min(smallest, *found->end_offset);
    }
    return smallest;
}

}  // namespace highwater
