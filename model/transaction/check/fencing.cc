// P21 Fencing: Once InitProducerId has given an epoch of a transactional id, no record of a former one is appended, and
// no other request of a former one succeeds; and no two processes have the same epoch.
#include "model/transaction/check/fencing.h"

#include <fmt/format.h>

#include "model/transaction/names.h"

namespace highwater::model::transaction {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    const Scope& scope = judged.scope();
    const auto& producers = judged.now.rest.producers;
    if (scope.one_transactional_id && producers[0].claim.producer != 0 && producers[0].claim == producers[1].claim) {
        return fmt::format("two processes are {}", claim_text(producers[0].claim));
    }
    for (const Answered& told : judged.events.told) {
        const Message& request = told.request;
        if (told.answer.error() != ErrorCode::none || request.kind == Message::Kind::init) continue;
        const Claim holder = judged.before.rest.history.holder[scope.id_of(request.producer)];
        // A record that is there already, and is told so again, changes nothing.
        const bool is_told_again = request.kind == Message::Kind::produce && !judged.has_appended(request.partition);
        if (is_told_again || !(request.claim < holder)) continue;
        return fmt::format("{} succeeds; InitProducerId has given {}", message_text(request, scope),
                           claim_text(holder));
    }
    return std::nullopt;
}

}  // namespace

const Property kFencing = {"P21", "Fencing",
                           "Once InitProducerId has given an epoch of a transactional id, no record of a former one is "
                           "appended, and no other request of a former one succeeds; no two processes have the same "
                           "epoch.",
                           judge};

}  // namespace highwater::model::transaction
