#include "net/wire/message/list_transactions.h"

#include <algorithm>
#include <array>
#include <set>

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"
#include "broker/engine/topic_regex.h"

namespace highwater::engine {

namespace {

constexpr std::array kStates{TransactionState::empty,           TransactionState::ongoing,
                             TransactionState::prepare_commit,  TransactionState::prepare_abort,
                             TransactionState::complete_commit, TransactionState::complete_abort};

}  // namespace

wire::ListTransactionsResponse handle(Node& node, const RequestInfo& request,
                                      const wire::ListTransactionsRequest& message) {
    wire::ListTransactionsResponse response;
    std::set<std::string_view> states;
    for (const wire::String& asked : message.state_filters) {
        const auto known = std::ranges::find(kStates, asked.view(), name_of);
        if (known == kStates.end()) {
            response.unknown_state_filters.push_back(asked);
        } else {
            states.insert(name_of(*known));
        }
    }
    const std::string pattern =
        message.transactional_id_pattern ? message.transactional_id_pattern->to_string() : std::string{};
    if (!pattern.empty() && !is_topic_regex(pattern)) {
        response.error_code = ErrorCode::invalid_regular_expression;
        return response;
    }
    // Filters that nobody knows match nothing.
    if (states.empty() && message.state_filters.begin() != message.state_filters.end()) return response;
    std::set<ProducerId> producers;
    for (const ProducerId producer : message.producer_id_filters) producers.insert(producer);
    const auto is_asked_for = [&](const TransactionMetadata& known) {
        if (!states.empty() && !states.contains(name_of(known.state))) return false;
        if (!producers.empty() && !producers.contains(known.producer_id)) return false;
        const std::int64_t started = known.started ? known.started->value() : request.now.wall.value();
        return message.duration_filter < 0 || request.now.wall.value() - started > message.duration_filter;
    };
    std::set<std::string> ids;
    for (const TransactionCoordinator* coordinator : node.transactions().all()) {
        for (const auto& [id, known] : coordinator->transactions()) {
            if (is_asked_for(known)) ids.insert(id);
        }
    }
    if (!pattern.empty()) ids = matching_texts(pattern, ids);
    for (const std::string& id : ids) {
        const TransactionMetadata& known = *(*node.transactions().find(id))->find(id);
        auto& out = response.transaction_states.emplace_back();
        out.transactional_id = wire::String(id);
        out.producer_id = known.producer_id;
        out.transaction_state = wire::String(name_of(known.state));
    }
    return response;
}

}  // namespace highwater::engine
