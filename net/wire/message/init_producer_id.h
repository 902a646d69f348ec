#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct InitProducerIdRequest {
    std::optional<String> transactional_id{String{}};
    std::int32_t transaction_timeout_ms = 0;
    ProducerId producer_id{-1};
    ProducerEpoch producer_epoch{-1};
    TaggedFields unknown_tags;
    friend bool operator==(const InitProducerIdRequest&, const InitProducerIdRequest&) = default;
};

struct InitProducerIdResponse {
    std::int32_t throttle_time_ms = 0;
    ErrorCode error_code = ErrorCode::none;
    ProducerId producer_id{-1};
    ProducerEpoch producer_epoch;
    TaggedFields unknown_tags;
    friend bool operator==(const InitProducerIdResponse&, const InitProducerIdResponse&) = default;
};

template <>
struct Schema<InitProducerIdRequest> {
    static constexpr MessageInfo message = request_info("InitProducerIdRequest", ApiKey::init_producer_id);
    static constexpr void describe(auto&& field) {
        using T = InitProducerIdRequest;
        field("TransactionalId", &T::transactional_id, since(0), nullable_since(0));
        field("TransactionTimeoutMs", &T::transaction_timeout_ms, since(0));
        field("ProducerId", &T::producer_id, since(3));
        field("ProducerEpoch", &T::producer_epoch, since(3));
    }
};
static_assert(describes_every_member<InitProducerIdRequest>);

template <>
struct Schema<InitProducerIdResponse> {
    static constexpr MessageInfo message = response_info("InitProducerIdResponse", ApiKey::init_producer_id);
    static constexpr void describe(auto&& field) {
        using T = InitProducerIdResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0), ignorable);
        field("ErrorCode", &T::error_code, since(0));
        field("ProducerId", &T::producer_id, since(0));
        field("ProducerEpoch", &T::producer_epoch, since(0));
    }
};
static_assert(describes_every_member<InitProducerIdResponse>);

}  // namespace highwater::wire
