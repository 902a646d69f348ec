// Consumers' fetches, at the leader and at followers (KIP-392).
#include <algorithm>

#include "core/partition/fetch.h"
#include "core/partition/replica.h"

namespace highwater {

ErrorCode Replica::check_fetch(const FetchReceived& fetch) const {
    const ErrorCode error = check_leadership(fetch.current_leader_epoch);
    const bool follower_may = error == ErrorCode::not_leader_or_follower && is_follower() && !fetch.only_from_leader;
    return follower_may ? ErrorCode::none : error;
}

std::optional<ReplyFetch> Replica::answer_or_park(const FetchReceived& fetch) const {
    if (const ErrorCode error = check_fetch(fetch); error != ErrorCode::none) return refuse_fetch(fetch, error, log_);
    const auto check = is_leader() ? check_position : check_position_at_follower;
    return answer_fetch(fetch, log_, check(log_, fetch.fetch_offset, fetch.last_fetched_epoch));
}

void Replica::on(Time, const FetchReceived& input, Effects& effects) {
    if (const auto reply = answer_or_park(input)) {
        effects.push_back(*reply);
    } else {
        fetches_.push_back(input);
    }
}

void Replica::on(Time, const CancelFetch& input, Effects&) {
    fetches_.erase(std::remove_if(fetches_.begin(), fetches_.end(),
                                  [&](const FetchReceived& fetch) { return fetch.token == input.token; }),
                   fetches_.end());
}

/// After the log end, high watermark, last stable offset, log start, role or leader epoch moved.
void Replica::answer_fetches(Effects& effects) {
    std::size_t kept = 0;
    for (const FetchReceived& fetch : fetches_) {
        if (const auto reply = answer_or_park(fetch)) {
            effects.push_back(*reply);
        } else {
            fetches_[kept++] = fetch;
        }
    }
    fetches_.truncate(kept);
}

std::optional<NodeId> Replica::preferred_read_replica(Offset fetch_offset, std::string_view client_rack,
                                                      std::span<const BrokerRack> racks) const {
    const auto* leader = std::get_if<Leader>(&role_);
    if (!leader) return std::nullopt;
    const std::span<const FollowerProgress> followers{leader->followers.data(), leader->followers.size()};
    return select_read_replica(fetch_offset, client_rack, self_, isr_, followers, racks);
}

}  // namespace highwater
