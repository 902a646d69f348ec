#include "net/wire/message/consumer_group_describe.h"

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/group_text.h"
#include "broker/engine/node.h"
#include "core/group/consumer_reconciliation.h"
#include "core/group/consumer_target.h"

namespace highwater::engine {

namespace {

using Response = wire::ConsumerGroupDescribeResponse;

constexpr std::int8_t kClassicMember = 0;
constexpr std::int8_t kConsumerMember = 1;

/// Topics that are no more have no name and are left out.
void fill(Node& node, Response::Assignment& out, const AssignedPartitions& assigned) {
    for (const auto& [id, partitions] : assigned) {
        const Topic* topic = node.topics().find(id);
        if (topic == nullptr) continue;
        auto& row = out.topic_partitions.emplace_back();
        row.topic_id = id;
        row.topic_name = wire::String(topic->name);
        for (const PartitionId partition : partitions) row.partitions.push_back(partition);
    }
}

void describe(Node& node, Response::DescribedGroup& out, const ConsumerGroup& group) {
    out.group_state = wire::String(state_name(group.state()));
    out.group_epoch = group.epoch;
    out.assignment_epoch = group.assignment_epoch;
    out.assignor_name = wire::String(assignor_of(group, node.groups().config().consumer_assignors.front()));
    for (const auto& [id, member] : group.members) {
        auto& row = out.members.emplace_back();
        row.member_id = wire::String(id);
        row.instance_id = on_wire(member.metadata.group_instance_id);
        row.rack_id = on_wire(member.metadata.rack_id);
        row.member_epoch = member.current.member_epoch;
        row.client_id = wire::String(member.metadata.client_id);
        row.client_host = wire::String(member.metadata.client_host);
        for (const std::string& name : member.metadata.subscribed_topic_names) {
            row.subscribed_topic_names.push_back(wire::String(name));
        }
        row.subscribed_topic_regex = on_wire(member.metadata.subscribed_topic_regex);
        fill(node, row.assignment, without_epochs(member.current.assigned));
        fill(node, row.target_assignment, group.target_of(id));
        row.member_type = member.uses_classic_protocol() ? kClassicMember : kConsumerMember;
    }
}

}  // namespace

Response handle(Node& node, const RequestInfo&, const wire::ConsumerGroupDescribeRequest& message) {
    Response response;
    for (const wire::String& id : message.group_ids) {
        auto& out = response.groups.emplace_back();
        out.group_id = id;
        const auto coordinator = node.groups().find(id.view());
        if (!coordinator) {
            out.error_code = coordinator.error();
        } else if (const ConsumerGroup* group = (*coordinator)->find_consumer(id.view())) {
            describe(node, out, *group);
        } else {
            out.error_code = ErrorCode::group_id_not_found;
            const bool is_classic = (*coordinator)->find(id.view()) != nullptr;
            out.error_message =
                wire::String("Group " + id.to_string() + (is_classic ? " is not a consumer group." : " not found."));
        }
    }
    return response;
}

}  // namespace highwater::engine
