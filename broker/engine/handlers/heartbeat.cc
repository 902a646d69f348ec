#include "net/wire/message/heartbeat.h"

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/group_text.h"
#include "broker/engine/node.h"

namespace highwater::engine {

void handle_later(Node& node, const RequestInfo& request, const wire::HeartbeatRequest& message) {
    HeartbeatReceived input;
    input.group = message.group_id.to_string();
    input.claim = {message.member_id.to_string(), owned(message.group_instance_id), message.generation_id};
    node.groups().ask(std::move(input), request.now, [&node, to = request.reply_to](const HeartbeatAnswer& answer) {
        wire::HeartbeatResponse response;
        response.error_code = answer.error;
        node.reply(to, response);
    });
}

}  // namespace highwater::engine
