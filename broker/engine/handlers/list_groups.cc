#include "net/wire/message/list_groups.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"
#include "core/group/consumer_subscription.h"

namespace highwater::engine {

namespace {

constexpr std::string_view kClassic = "classic";
constexpr std::string_view kConsumer = "consumer";

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    return lower;
}

/// The filter as a set; empty: everything passes. Upper and lower case are alike, as in Kafka's tools.
std::set<std::string> filter_of(const wire::Array<wire::String>& names) {
    std::set<std::string> filter;
    for (const wire::String& name : names) filter.insert(lower_case(name.view()));
    return filter;
}

bool passes(const std::set<std::string>& filter, std::string_view value) {
    return filter.empty() || filter.contains(lower_case(value));
}

}  // namespace

wire::ListGroupsResponse handle(Node& node, const RequestInfo&, const wire::ListGroupsRequest& message) {
    const std::set<std::string> states = filter_of(message.states_filter);
    const std::set<std::string> types = filter_of(message.types_filter);
    wire::ListGroupsResponse response;
    const auto list = [&](std::string_view type, const std::string& id, std::string_view protocol_type,
                          std::string_view state) {
        if (!passes(types, type) || !passes(states, state)) return;
        auto& out = response.groups.emplace_back();
        out.group_id = wire::String(id);
        out.protocol_type = wire::String(protocol_type);
        out.group_state = wire::String(state);
        out.group_type = wire::String(type);
    };
    for (const GroupCoordinator* coordinator : node.groups().all()) {
        for (const auto& [id, group] : coordinator->groups()) {
            list(kClassic, id, group.protocol_type, state_name(group.state));
        }
        for (const auto& [id, group] : coordinator->consumer_groups()) {
            list(kConsumer, id, kConsumerProtocolType, state_name(group.state()));
        }
    }
    return response;
}

}  // namespace highwater::engine
