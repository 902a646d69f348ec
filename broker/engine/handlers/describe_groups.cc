#include "net/wire/message/describe_groups.h"

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/group_text.h"
#include "broker/engine/node.h"

namespace highwater::engine {

namespace {

using Answer = wire::DescribeGroupsResponse::DescribedGroup;

/// KIP-1043: before it an unknown group was a dead one.
constexpr std::int16_t kFirstVersionWithGroupIdNotFound = 6;

void describe(Answer& answer, const ClassicGroup& group) {
    answer.group_state = wire::String(state_name(group.state));
    answer.protocol_type = wire::String(group.protocol_type);
    // What members subscribe to and have stands between two rebalances only.
    const bool is_stable = group.state == ClassicState::stable;
    if (is_stable && group.protocol) answer.protocol_data = wire::String(*group.protocol);
    for (const auto& [id, member] : group.members) {
        auto& out = answer.members.emplace_back();
        out.member_id = wire::String(id);
        out.group_instance_id = on_wire(member.group_instance_id);
        out.client_id = wire::String(member.client_id);
        out.client_host = wire::String(member.client_host);
        if (!is_stable || !group.protocol) continue;
        out.member_metadata = wire::bytes_of(member.metadata_for(*group.protocol));
        out.member_assignment = wire::bytes_of(member.assignment);
    }
}

}  // namespace

wire::DescribeGroupsResponse handle(Node& node, const RequestInfo& request,
                                    const wire::DescribeGroupsRequest& message) {
    wire::DescribeGroupsResponse response;
    for (const wire::String& id : message.groups) {
        Answer& answer = response.groups.emplace_back();
        answer.group_id = id;
        const auto coordinator = node.groups().find(id.view());
        if (!coordinator) {
            answer.error_code = coordinator.error();
            continue;
        }
        if (const ClassicGroup* group = (*coordinator)->find(id.view())) {
            describe(answer, *group);
            continue;
        }
        answer.group_state = wire::String("Dead");
        if (request.version() >= kFirstVersionWithGroupIdNotFound) {
            answer.error_code = ErrorCode::group_id_not_found;
            answer.error_message = wire::String("Group " + id.to_string() + " not found.");
        }
    }
    return response;
}

}  // namespace highwater::engine
