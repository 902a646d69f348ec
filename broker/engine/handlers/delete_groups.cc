#include "net/wire/message/delete_groups.h"

#include <memory>

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"

namespace highwater::engine {

namespace {

/// A request of which some groups have not answered yet.
struct PendingDeletion {
    ReplyTo to;
    std::vector<std::string> groups;
    std::vector<ErrorCode> errors;
    std::size_t waiting = 0;
};

void reply_if_complete(Node& node, const PendingDeletion& pending) {
    if (pending.waiting > 0) return;
    wire::DeleteGroupsResponse response;
    for (std::size_t i = 0; i < pending.groups.size(); ++i) {
        auto& out = response.results.emplace_back();
        out.group_id = wire::String(pending.groups[i]);
        out.error_code = pending.errors[i];
    }
    node.reply(pending.to, response);
}

}  // namespace

void handle_later(Node& node, const RequestInfo& request, const wire::DeleteGroupsRequest& message) {
    auto pending = std::make_shared<PendingDeletion>();
    pending->to = request.reply_to;
    for (const wire::String& group : message.groups_names) pending->groups.push_back(group.to_string());
    pending->errors.resize(pending->groups.size());
    pending->waiting = pending->groups.size() + 1;
    for (std::size_t i = 0; i < pending->groups.size(); ++i) {
        DeleteGroupReceived input;
        input.group = pending->groups[i];
        node.groups().ask(std::move(input), request.now, [&node, pending, i](const DeleteGroupAnswer& answer) {
            pending->errors[i] = answer.error;
            --pending->waiting;
            reply_if_complete(node, *pending);
        });
    }
    --pending->waiting;
    reply_if_complete(node, *pending);
}

}  // namespace highwater::engine
