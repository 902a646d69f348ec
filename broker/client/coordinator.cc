#include "broker/client/coordinator.h"

#include "net/wire/message/find_coordinator.h"

namespace highwater::client {

Result<Coordinator, std::string> find_coordinator(Cluster& cluster, CoordinatorType type, const std::string& key) {
    wire::FindCoordinatorRequest request;
    request.key_type = static_cast<std::int8_t>(type);
    request.coordinator_keys.push_back(wire::String(key));
    const auto answer = cluster.call<wire::FindCoordinatorResponse>(NodeId{-1}, request);
    if (!answer) return unexpected(answer.error());
    if ((*answer)->coordinators.empty()) return unexpected(std::string("the broker's answer names no coordinator"));
    const auto& found = (*answer)->coordinators.front();
    if (found.error_code != ErrorCode::none) {
        return unexpected(fmt::format("{} {} has no coordinator now: {}; try again",
                                      type == CoordinatorType::group ? "group" : "transactional id", key,
                                      found.error_code));
    }
    if (!cluster.brokers().contains(found.node_id)) {
        // Learns the addresses of all brokers.
        const std::vector<std::string> none;
        if (auto topics = cluster.topics(&none); !topics) return unexpected(std::move(topics.error()));
    }
    return Coordinator{found.node_id, {found.host.to_string(), static_cast<std::uint16_t>(found.port)}};
}

}  // namespace highwater::client
