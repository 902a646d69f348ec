#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct ListTransactionsRequest {
    Array<String> state_filters;
    Array<ProducerId> producer_id_filters;
    std::int64_t duration_filter = -1;
    std::optional<String> transactional_id_pattern;
    TaggedFields unknown_tags;
    friend bool operator==(const ListTransactionsRequest&, const ListTransactionsRequest&) = default;
};

struct ListTransactionsResponse {
    struct TransactionState {
        String transactional_id;
        ProducerId producer_id;
        String transaction_state;
        TaggedFields unknown_tags;
        friend bool operator==(const TransactionState&, const TransactionState&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    ErrorCode error_code = ErrorCode::none;
    Array<String> unknown_state_filters;
    Array<TransactionState> transaction_states;
    TaggedFields unknown_tags;
    friend bool operator==(const ListTransactionsResponse&, const ListTransactionsResponse&) = default;
};

template <>
struct Schema<ListTransactionsRequest> {
    static constexpr MessageInfo message = request_info("ListTransactionsRequest", ApiKey::list_transactions);
    static constexpr void describe(auto&& field) {
        using T = ListTransactionsRequest;
        field("StateFilters", &T::state_filters, since(0));
        field("ProducerIdFilters", &T::producer_id_filters, since(0));
        field("DurationFilter", &T::duration_filter, since(1));
        field("TransactionalIdPattern", &T::transactional_id_pattern, since(2), nullable_since(2));
    }
};
static_assert(describes_every_member<ListTransactionsRequest>);

template <>
struct Schema<ListTransactionsResponse::TransactionState> {
    static constexpr void describe(auto&& field) {
        using T = ListTransactionsResponse::TransactionState;
        field("TransactionalId", &T::transactional_id, since(0));
        field("ProducerId", &T::producer_id, since(0));
        field("TransactionState", &T::transaction_state, since(0));
    }
};
static_assert(describes_every_member<ListTransactionsResponse::TransactionState>);

template <>
struct Schema<ListTransactionsResponse> {
    static constexpr MessageInfo message = response_info("ListTransactionsResponse", ApiKey::list_transactions);
    static constexpr void describe(auto&& field) {
        using T = ListTransactionsResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("ErrorCode", &T::error_code, since(0));
        field("UnknownStateFilters", &T::unknown_state_filters, since(0));
        field("TransactionStates", &T::transaction_states, since(0));
    }
};
static_assert(describes_every_member<ListTransactionsResponse>);

}  // namespace highwater::wire
