#include "net/wire/message/leave_group.h"

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/group_text.h"
#include "broker/engine/node.h"

namespace highwater::engine {

namespace {

/// KIP-345: from this version on several members may leave at once, each with an answer of its own.
constexpr std::int16_t kFirstVersionWithMembers = 3;

}  // namespace

void handle_later(Node& node, const RequestInfo& request, const wire::LeaveGroupRequest& message) {
    LeaveReceived input;
    input.group = message.group_id.to_string();
    if (request.version() < kFirstVersionWithMembers) {
        input.members.push_back({message.member_id.to_string(), std::nullopt});
    }
    for (const auto& member : message.members) {
        input.members.push_back({member.member_id.to_string(), owned(member.group_instance_id)});
    }
    std::vector<LeavingMember> leaving = input.members;
    node.groups().ask(std::move(input), request.now,
                      [&node, to = request.reply_to, leaving = std::move(leaving)](const LeaveAnswer& answer) {
                          wire::LeaveGroupResponse response;
                          response.error_code = answer.error;
                          if (to.version < kFirstVersionWithMembers) {
                              if (!answer.members.empty()) response.error_code = answer.members.front();
                              node.reply(to, response);
                              return;
                          }
                          for (std::size_t i = 0; i < answer.members.size(); ++i) {
                              auto& out = response.members.emplace_back();
                              out.member_id = wire::String(leaving[i].member_id);
                              out.group_instance_id = on_wire(leaving[i].group_instance_id);
                              out.error_code = answer.members[i];
                          }
                          node.reply(to, response);
                      });
}

}  // namespace highwater::engine
