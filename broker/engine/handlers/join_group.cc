#include "net/wire/message/join_group.h"

#include <algorithm>
#include <chrono>

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/group_text.h"
#include "broker/engine/node.h"

namespace highwater::engine {

namespace {

/// Before it there was one timeout for both.
constexpr std::int16_t kFirstVersionWithRebalanceTimeout = 1;
/// KIP-394.
constexpr std::int16_t kFirstVersionThatComesBackWithItsId = 4;
constexpr std::int16_t kFirstVersionWithProtocolType = 7;
constexpr std::int16_t kFirstVersionThatSkipsAssignment = 9;

std::chrono::milliseconds timeout(std::int32_t ms) {
    return std::chrono::milliseconds{std::max(ms, 0)};
}

wire::JoinGroupResponse response_of(const JoinAnswer& answer, std::int16_t version) {
    wire::JoinGroupResponse response;
    response.error_code = answer.error;
    response.generation_id = answer.generation;
    response.protocol_type = on_wire(answer.protocol_type);
    response.protocol_name = on_wire(answer.protocol);
    if (version < kFirstVersionWithProtocolType && !answer.protocol) response.protocol_name = wire::String();
    response.leader = wire::String(answer.leader);
    response.skip_assignment = answer.skip_assignment;
    response.member_id = wire::String(answer.member_id);
    for (const JoinedMember& member : answer.members) {
        auto& out = response.members.emplace_back();
        out.member_id = wire::String(member.member_id);
        out.group_instance_id = on_wire(member.group_instance_id);
        out.metadata = wire::bytes_of(member.metadata);
    }
    return response;
}

}  // namespace

void handle_later(Node& node, const RequestInfo& request, const wire::JoinGroupRequest& message) {
    JoinReceived input;
    input.group = message.group_id.to_string();
    input.session_timeout = timeout(message.session_timeout_ms);
    input.rebalance_timeout = request.version() < kFirstVersionWithRebalanceTimeout
                                  ? input.session_timeout
                                  : timeout(message.rebalance_timeout_ms);
    input.member_id = message.member_id.to_string();
    input.group_instance_id = owned(message.group_instance_id);
    input.client_id = std::string(request.client_id);
    input.client_host = client_host(request);
    input.protocol_type = message.protocol_type.to_string();
    for (const auto& protocol : message.protocols) {
        input.protocols.push_back({protocol.name.to_string(), wire::text_of(protocol.metadata)});
    }
    input.requires_known_member_id = request.version() >= kFirstVersionThatComesBackWithItsId;
    input.supports_skipping_assignment = request.version() >= kFirstVersionThatSkipsAssignment;
    input.fresh_id = to_text(node.random().uuid());
    node.groups().ask(std::move(input), request.now, [&node, to = request.reply_to](const JoinAnswer& answer) {
        node.reply(to, response_of(answer, to.version));
    });
}

}  // namespace highwater::engine
