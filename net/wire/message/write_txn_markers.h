#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct WriteTxnMarkersRequest {
    struct WritableTxnMarkerTopic {
        String name;
        Array<PartitionId> partition_indexes;
        TaggedFields unknown_tags;
        friend bool operator==(const WritableTxnMarkerTopic&, const WritableTxnMarkerTopic&) = default;
    };
    struct WritableTxnMarker {
        ProducerId producer_id;
        ProducerEpoch producer_epoch;
        bool transaction_result = false;
        Array<WritableTxnMarkerTopic> topics;
        CoordinatorEpoch coordinator_epoch;
        std::int8_t transaction_version = 0;
        TaggedFields unknown_tags;
        friend bool operator==(const WritableTxnMarker&, const WritableTxnMarker&) = default;
    };

    Array<WritableTxnMarker> markers;
    TaggedFields unknown_tags;
    friend bool operator==(const WriteTxnMarkersRequest&, const WriteTxnMarkersRequest&) = default;
};

struct WriteTxnMarkersResponse {
    struct WritableTxnMarkerPartitionResult {
        PartitionId partition_index;
        ErrorCode error_code = ErrorCode::none;
        TaggedFields unknown_tags;
        friend bool operator==(const WritableTxnMarkerPartitionResult&,
                               const WritableTxnMarkerPartitionResult&) = default;
    };
    struct WritableTxnMarkerTopicResult {
        String name;
        Array<WritableTxnMarkerPartitionResult> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const WritableTxnMarkerTopicResult&, const WritableTxnMarkerTopicResult&) = default;
    };
    struct WritableTxnMarkerResult {
        ProducerId producer_id;
        Array<WritableTxnMarkerTopicResult> topics;
        TaggedFields unknown_tags;
        friend bool operator==(const WritableTxnMarkerResult&, const WritableTxnMarkerResult&) = default;
    };

    Array<WritableTxnMarkerResult> markers;
    TaggedFields unknown_tags;
    friend bool operator==(const WriteTxnMarkersResponse&, const WriteTxnMarkersResponse&) = default;
};

template <>
struct Schema<WriteTxnMarkersRequest::WritableTxnMarkerTopic> {
    static constexpr void describe(auto&& field) {
        using T = WriteTxnMarkersRequest::WritableTxnMarkerTopic;
        field("Name", &T::name, since(0));
        field("PartitionIndexes", &T::partition_indexes, since(0));
    }
};
static_assert(describes_every_member<WriteTxnMarkersRequest::WritableTxnMarkerTopic>);

template <>
struct Schema<WriteTxnMarkersRequest::WritableTxnMarker> {
    static constexpr void describe(auto&& field) {
        using T = WriteTxnMarkersRequest::WritableTxnMarker;
        field("ProducerId", &T::producer_id, since(0));
        field("ProducerEpoch", &T::producer_epoch, since(0));
        field("TransactionResult", &T::transaction_result, since(0));
        field("Topics", &T::topics, since(0));
        field("CoordinatorEpoch", &T::coordinator_epoch, since(0));
        field("TransactionVersion", &T::transaction_version, since(2), ignorable);
    }
};
static_assert(describes_every_member<WriteTxnMarkersRequest::WritableTxnMarker>);

template <>
struct Schema<WriteTxnMarkersRequest> {
    static constexpr MessageInfo message = request_info("WriteTxnMarkersRequest", ApiKey::write_txn_markers);
    static constexpr void describe(auto&& field) {
        using T = WriteTxnMarkersRequest;
        field("Markers", &T::markers, since(0));
    }
};
static_assert(describes_every_member<WriteTxnMarkersRequest>);

template <>
struct Schema<WriteTxnMarkersResponse::WritableTxnMarkerPartitionResult> {
    static constexpr void describe(auto&& field) {
        using T = WriteTxnMarkersResponse::WritableTxnMarkerPartitionResult;
        field("PartitionIndex", &T::partition_index, since(0));
        field("ErrorCode", &T::error_code, since(0));
    }
};
static_assert(describes_every_member<WriteTxnMarkersResponse::WritableTxnMarkerPartitionResult>);

template <>
struct Schema<WriteTxnMarkersResponse::WritableTxnMarkerTopicResult> {
    static constexpr void describe(auto&& field) {
        using T = WriteTxnMarkersResponse::WritableTxnMarkerTopicResult;
        field("Name", &T::name, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<WriteTxnMarkersResponse::WritableTxnMarkerTopicResult>);

template <>
struct Schema<WriteTxnMarkersResponse::WritableTxnMarkerResult> {
    static constexpr void describe(auto&& field) {
        using T = WriteTxnMarkersResponse::WritableTxnMarkerResult;
        field("ProducerId", &T::producer_id, since(0));
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<WriteTxnMarkersResponse::WritableTxnMarkerResult>);

template <>
struct Schema<WriteTxnMarkersResponse> {
    static constexpr MessageInfo message = response_info("WriteTxnMarkersResponse", ApiKey::write_txn_markers);
    static constexpr void describe(auto&& field) {
        using T = WriteTxnMarkersResponse;
        field("Markers", &T::markers, since(0));
    }
};
static_assert(describes_every_member<WriteTxnMarkersResponse>);

}  // namespace highwater::wire
