#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct AddOffsetsToTxnRequest {
    String transactional_id;
    ProducerId producer_id;
    ProducerEpoch producer_epoch;
    String group_id;
    TaggedFields unknown_tags;
    friend bool operator==(const AddOffsetsToTxnRequest&, const AddOffsetsToTxnRequest&) = default;
};

struct AddOffsetsToTxnResponse {
    std::int32_t throttle_time_ms = 0;
    ErrorCode error_code = ErrorCode::none;
    TaggedFields unknown_tags;
    friend bool operator==(const AddOffsetsToTxnResponse&, const AddOffsetsToTxnResponse&) = default;
};

template <>
struct Schema<AddOffsetsToTxnRequest> {
    static constexpr MessageInfo message = request_info("AddOffsetsToTxnRequest", ApiKey::add_offsets_to_txn);
    static constexpr void describe(auto&& field) {
        using T = AddOffsetsToTxnRequest;
        field("TransactionalId", &T::transactional_id, since(0));
        field("ProducerId", &T::producer_id, since(0));
        field("ProducerEpoch", &T::producer_epoch, since(0));
        field("GroupId", &T::group_id, since(0));
    }
};
static_assert(describes_every_member<AddOffsetsToTxnRequest>);

template <>
struct Schema<AddOffsetsToTxnResponse> {
    static constexpr MessageInfo message = response_info("AddOffsetsToTxnResponse", ApiKey::add_offsets_to_txn);
    static constexpr void describe(auto&& field) {
        using T = AddOffsetsToTxnResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("ErrorCode", &T::error_code, since(0));
    }
};
static_assert(describes_every_member<AddOffsetsToTxnResponse>);

}  // namespace highwater::wire
