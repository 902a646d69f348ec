#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct EndTxnRequest {
    String transactional_id;
    ProducerId producer_id;
    ProducerEpoch producer_epoch;
    bool committed = false;
    TaggedFields unknown_tags;
    friend bool operator==(const EndTxnRequest&, const EndTxnRequest&) = default;
};

struct EndTxnResponse {
    std::int32_t throttle_time_ms = 0;
    ErrorCode error_code = ErrorCode::none;
    ProducerId producer_id{-1};
    ProducerEpoch producer_epoch{-1};
    TaggedFields unknown_tags;
    friend bool operator==(const EndTxnResponse&, const EndTxnResponse&) = default;
};

template <>
struct Schema<EndTxnRequest> {
    static constexpr MessageInfo message = request_info("EndTxnRequest", ApiKey::end_txn);
    static constexpr void describe(auto&& field) {
        using T = EndTxnRequest;
        field("TransactionalId", &T::transactional_id, since(0));
        field("ProducerId", &T::producer_id, since(0));
        field("ProducerEpoch", &T::producer_epoch, since(0));
        field("Committed", &T::committed, since(0));
    }
};
static_assert(describes_every_member<EndTxnRequest>);

template <>
struct Schema<EndTxnResponse> {
    static constexpr MessageInfo message = response_info("EndTxnResponse", ApiKey::end_txn);
    static constexpr void describe(auto&& field) {
        using T = EndTxnResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("ErrorCode", &T::error_code, since(0));
        field("ProducerId", &T::producer_id, since(5), ignorable);
        field("ProducerEpoch", &T::producer_epoch, since(5), ignorable);
    }
};
static_assert(describes_every_member<EndTxnResponse>);

}  // namespace highwater::wire
