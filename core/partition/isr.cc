#include "core/partition/isr.h"

#include <algorithm>

namespace highwater {

bool contains(const NodeIds& nodes, NodeId node) {
    return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

NodeIds widest_isr(const NodeIds& committed, const std::optional<ProposedIsr>& proposal) {
    NodeIds widest = committed;
    if (!proposal) return widest;
    for (const IsrMember& member : proposal->members) {
        if (!contains(widest, member.node)) widest.push_back(member.node);
    }
    return widest;
}

void note_fetch(FollowerProgress& follower, Offset end_offset, Offset leader_end, Time now) {
    const bool fetched_before = follower.end_offset.has_value();
    if (end_offset >= leader_end) {
        follower.last_caught_up = now;
    } else if (fetched_before && end_offset >= follower.leader_end_at_fetch) {
        follower.last_caught_up = std::max(follower.last_caught_up.value_or(follower.fetched_at), follower.fetched_at);
    }
    follower.end_offset = end_offset;
    follower.fetched_at = now;
    follower.leader_end_at_fetch = leader_end;
}

std::optional<Time> lags_from(const FollowerProgress& follower, Offset leader_end, Duration lag_time_max) {
    if (follower.end_offset == leader_end) return std::nullopt;
    if (!follower.last_caught_up) return follower.fetched_at;
    return *follower.last_caught_up + lag_time_max + Duration{1};
}

bool is_caught_up(const FollowerProgress& follower, Offset leader_end, Time now, Duration lag_time_max) {
    if (follower.end_offset == leader_end) return true;
    return follower.last_caught_up && now - *follower.last_caught_up <= lag_time_max;
}

bool has_everything_committed(const FollowerProgress& follower, Offset high_watermark, Offset epoch_start_offset) {
    return follower.end_offset && *follower.end_offset >= high_watermark && *follower.end_offset >= epoch_start_offset;
}

bool is_eligible(const FollowerProgress& follower, const SmallVector<ReplicaBroker, 3>& brokers) {
    const auto* broker = std::find_if(brokers.begin(), brokers.end(),
                                      [&](const ReplicaBroker& known) { return known.node == follower.node; });
    if (broker == brokers.end() || !broker->is_active) return false;
    return !follower.broker_epoch || *follower.broker_epoch == broker->epoch;
}

}  // namespace highwater
