#include "net/wire/message/delete_groups.h"

#include <memory>

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"

namespace highwater::engine {

namespace {

/// A request of which some groups have not answered yet.
struct PendingDeletion {
    ReplyTo to;
    wire::DeleteGroupsResponse response;
    std::size_t waiting = 0;
};

void one_less(Node& node, PendingDeletion& pending) {
    if (--pending.waiting == 0) node.reply(pending.to, pending.response);
}

}  // namespace

void handle_later(Node& node, const RequestInfo& request, const wire::DeleteGroupsRequest& message) {
    auto pending = std::make_shared<PendingDeletion>();
    pending->to = request.reply_to;
    for (const wire::String& group : message.groups_names)
        pending->response.results.emplace_back().group_id = wire::String(group.view());
    // One more, so that the answer waits until every group was asked.
    pending->waiting = message.groups_names.size() + 1;
    std::size_t next = 0;
    for (const wire::String& group : message.groups_names) {
        DeleteGroupReceived input;
        input.group = group.to_string();
        node.groups().ask(std::move(input), request.now, [&node, pending, i = next++](const DeleteGroupAnswer& answer) {
            pending->response.results.materialise()[i].error_code = answer.error;
            one_less(node, *pending);
        });
    }
    one_less(node, *pending);
}

}  // namespace highwater::engine
