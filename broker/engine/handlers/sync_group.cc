#include "net/wire/message/sync_group.h"

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/group_text.h"
#include "broker/engine/node.h"

namespace highwater::engine {

void handle_later(Node& node, const RequestInfo& request, const wire::SyncGroupRequest& message) {
    SyncReceived input;
    input.group = message.group_id.to_string();
    input.claim = {message.member_id.to_string(), owned(message.group_instance_id), message.generation_id};
    input.protocol_type = owned(message.protocol_type);
    input.protocol = owned(message.protocol_name);
    for (const auto& assignment : message.assignments) {
        input.assignments.emplace_back(assignment.member_id.to_string(), wire::text_of(assignment.assignment));
    }
    node.groups().ask(std::move(input), request.now, [&node, to = request.reply_to](const SyncAnswer& answer) {
        wire::SyncGroupResponse response;
        response.error_code = answer.error;
        response.protocol_type = on_wire(answer.protocol_type);
        response.protocol_name = on_wire(answer.protocol);
        response.assignment = wire::bytes_of(answer.assignment);
        node.reply(to, response);
    });
}

}  // namespace highwater::engine
