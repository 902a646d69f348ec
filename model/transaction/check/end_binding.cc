// P23 EndBinding: An EndTxn ends only the transaction of which its sender spoke (KIP-890). Of version 1 this does not
// hold: KAFKA-17754.
#include "model/transaction/check/end_binding.h"

#include <fmt/format.h>

namespace highwater::model::transaction {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    const Message& cause = judged.events.cause;
    if (cause.kind != Message::Kind::end) return std::nullopt;
    for (const Moved& move : judged.events.began) {
        if (!is_prepared(move.to)) continue;
        const auto was = judged.before.coordinator->view.ids[move.id].state_plus_one;
        // Nothing was added, and the producer may not know that.
        if (was != static_cast<int>(TransactionState::ongoing) + 1) continue;
        const Transaction open = judged.before.rest.history.open[move.id];
        if (open == cause.transaction) continue;
        return fmt::format("{} ends transaction {}", message_text(cause, judged.scope()), transaction_text(open));
    }
    return std::nullopt;
}

}  // namespace

const Property kEndBinding = {"P23", "EndBinding", "An EndTxn ends only the transaction of which its sender spoke.",
                              judge};

}  // namespace highwater::model::transaction
