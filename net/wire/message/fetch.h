#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct FetchRequest {
    struct ReplicaState {
        NodeId replica_id{-1};
        BrokerEpoch replica_epoch{-1};
        TaggedFields unknown_tags;
        friend bool operator==(const ReplicaState&, const ReplicaState&) = default;
    };
    struct FetchPartition {
        PartitionId partition;
        LeaderEpoch current_leader_epoch{-1};
        std::int64_t fetch_offset = 0;
        LeaderEpoch last_fetched_epoch{-1};
        std::int64_t log_start_offset = -1;
        std::int32_t partition_max_bytes = 0;
        Uuid replica_directory_id;
        std::int64_t high_watermark = INT64_MAX;
        TaggedFields unknown_tags;
        friend bool operator==(const FetchPartition&, const FetchPartition&) = default;
    };
    struct FetchTopic {
        String topic;
        TopicId topic_id;
        Array<FetchPartition> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const FetchTopic&, const FetchTopic&) = default;
    };
    struct ForgottenTopic {
        String topic;
        TopicId topic_id;
        Array<PartitionId> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const ForgottenTopic&, const ForgottenTopic&) = default;
    };

    std::optional<String> cluster_id;
    NodeId replica_id{-1};
    ReplicaState replica_state;
    std::int32_t max_wait_ms = 0;
    std::int32_t min_bytes = 0;
    std::int32_t max_bytes = INT32_MAX;
    std::int8_t isolation_level = 0;
    std::int32_t session_id = 0;
    std::int32_t session_epoch = -1;
    Array<FetchTopic> topics;
    Array<ForgottenTopic> forgotten_topics_data;
    String rack_id;
    TaggedFields unknown_tags;
    friend bool operator==(const FetchRequest&, const FetchRequest&) = default;
};

struct FetchResponse {
    struct EpochEndOffset {
        LeaderEpoch epoch{-1};
        std::int64_t end_offset = -1;
        TaggedFields unknown_tags;
        friend bool operator==(const EpochEndOffset&, const EpochEndOffset&) = default;
    };
    struct LeaderIdAndEpoch {
        NodeId leader_id{-1};
        LeaderEpoch leader_epoch{-1};
        TaggedFields unknown_tags;
        friend bool operator==(const LeaderIdAndEpoch&, const LeaderIdAndEpoch&) = default;
    };
    struct SnapshotId {
        std::int64_t end_offset = -1;
        LeaderEpoch epoch{-1};
        TaggedFields unknown_tags;
        friend bool operator==(const SnapshotId&, const SnapshotId&) = default;
    };
    struct AbortedTransaction {
        ProducerId producer_id;
        std::int64_t first_offset = 0;
        TaggedFields unknown_tags;
        friend bool operator==(const AbortedTransaction&, const AbortedTransaction&) = default;
    };
    struct PartitionData {
        PartitionId partition_index;
        ErrorCode error_code = ErrorCode::none;
        std::int64_t high_watermark = 0;
        std::int64_t last_stable_offset = -1;
        std::int64_t log_start_offset = -1;
        EpochEndOffset diverging_epoch;
        LeaderIdAndEpoch current_leader;
        SnapshotId snapshot_id;
        std::optional<Array<AbortedTransaction>> aborted_transactions{Array<AbortedTransaction>{}};
        NodeId preferred_read_replica{-1};
        std::optional<Records> records;
        TaggedFields unknown_tags;
        friend bool operator==(const PartitionData&, const PartitionData&) = default;
    };
    struct FetchableTopicResponse {
        String topic;
        TopicId topic_id;
        Array<PartitionData> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const FetchableTopicResponse&, const FetchableTopicResponse&) = default;
    };
    struct NodeEndpoint {
        NodeId node_id;
        String host;
        std::int32_t port = 0;
        std::optional<String> rack;
        TaggedFields unknown_tags;
        friend bool operator==(const NodeEndpoint&, const NodeEndpoint&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    ErrorCode error_code = ErrorCode::none;
    std::int32_t session_id = 0;
    Array<FetchableTopicResponse> responses;
    Array<NodeEndpoint> node_endpoints;
    TaggedFields unknown_tags;
    friend bool operator==(const FetchResponse&, const FetchResponse&) = default;
};

template <>
struct Schema<FetchRequest::ReplicaState> {
    static constexpr void describe(auto&& field) {
        using T = FetchRequest::ReplicaState;
        field("ReplicaId", &T::replica_id, since(15));
        field("ReplicaEpoch", &T::replica_epoch, since(15));
    }
};
static_assert(describes_every_member<FetchRequest::ReplicaState>);

template <>
struct Schema<FetchRequest::FetchPartition> {
    static constexpr void describe(auto&& field) {
        using T = FetchRequest::FetchPartition;
        field("Partition", &T::partition, since(0));
        field("CurrentLeaderEpoch", &T::current_leader_epoch, since(9), ignorable);
        field("FetchOffset", &T::fetch_offset, since(0));
        field("LastFetchedEpoch", &T::last_fetched_epoch, since(12));
        field("LogStartOffset", &T::log_start_offset, since(5), ignorable);
        field("PartitionMaxBytes", &T::partition_max_bytes, since(0));
        field("ReplicaDirectoryId", &T::replica_directory_id, since(17), tagged_since(17, 0), ignorable);
        field("HighWatermark", &T::high_watermark, since(18), tagged_since(18, 1), ignorable);
    }
};
static_assert(describes_every_member<FetchRequest::FetchPartition>);

template <>
struct Schema<FetchRequest::FetchTopic> {
    static constexpr void describe(auto&& field) {
        using T = FetchRequest::FetchTopic;
        field("Topic", &T::topic, versions(0, 12), ignorable);
        field("TopicId", &T::topic_id, since(13), ignorable);
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<FetchRequest::FetchTopic>);

template <>
struct Schema<FetchRequest::ForgottenTopic> {
    static constexpr void describe(auto&& field) {
        using T = FetchRequest::ForgottenTopic;
        field("Topic", &T::topic, versions(7, 12), ignorable);
        field("TopicId", &T::topic_id, since(13), ignorable);
        field("Partitions", &T::partitions, since(7));
    }
};
static_assert(describes_every_member<FetchRequest::ForgottenTopic>);

template <>
struct Schema<FetchRequest> {
    static constexpr MessageInfo message = request_info("FetchRequest", ApiKey::fetch);
    static constexpr void describe(auto&& field) {
        using T = FetchRequest;
        field("ClusterId", &T::cluster_id, since(12), nullable_since(12), tagged_since(12, 0), ignorable);
        field("ReplicaId", &T::replica_id, versions(0, 14));
        field("ReplicaState", &T::replica_state, since(15), tagged_since(15, 1));
        field("MaxWaitMs", &T::max_wait_ms, since(0));
        field("MinBytes", &T::min_bytes, since(0));
        field("MaxBytes", &T::max_bytes, since(3), ignorable);
        field("IsolationLevel", &T::isolation_level, since(4), ignorable);
        field("SessionId", &T::session_id, since(7), ignorable);
        field("SessionEpoch", &T::session_epoch, since(7), ignorable);
        field("Topics", &T::topics, since(0));
        field("ForgottenTopicsData", &T::forgotten_topics_data, since(7));
        field("RackId", &T::rack_id, since(11), ignorable);
    }
};
static_assert(describes_every_member<FetchRequest>);

template <>
struct Schema<FetchResponse::EpochEndOffset> {
    static constexpr void describe(auto&& field) {
        using T = FetchResponse::EpochEndOffset;
        field("Epoch", &T::epoch, since(12));
        field("EndOffset", &T::end_offset, since(12));
    }
};
static_assert(describes_every_member<FetchResponse::EpochEndOffset>);

template <>
struct Schema<FetchResponse::LeaderIdAndEpoch> {
    static constexpr void describe(auto&& field) {
        using T = FetchResponse::LeaderIdAndEpoch;
        field("LeaderId", &T::leader_id, since(12));
        field("LeaderEpoch", &T::leader_epoch, since(12));
    }
};
static_assert(describes_every_member<FetchResponse::LeaderIdAndEpoch>);

template <>
struct Schema<FetchResponse::SnapshotId> {
    static constexpr void describe(auto&& field) {
        using T = FetchResponse::SnapshotId;
        field("EndOffset", &T::end_offset, since(0));
        field("Epoch", &T::epoch, since(0));
    }
};
static_assert(describes_every_member<FetchResponse::SnapshotId>);

template <>
struct Schema<FetchResponse::AbortedTransaction> {
    static constexpr void describe(auto&& field) {
        using T = FetchResponse::AbortedTransaction;
        field("ProducerId", &T::producer_id, since(4));
        field("FirstOffset", &T::first_offset, since(4));
    }
};
static_assert(describes_every_member<FetchResponse::AbortedTransaction>);

template <>
struct Schema<FetchResponse::PartitionData> {
    static constexpr void describe(auto&& field) {
        using T = FetchResponse::PartitionData;
        field("PartitionIndex", &T::partition_index, since(0));
        field("ErrorCode", &T::error_code, since(0));
        field("HighWatermark", &T::high_watermark, since(0));
        field("LastStableOffset", &T::last_stable_offset, since(4), ignorable);
        field("LogStartOffset", &T::log_start_offset, since(5), ignorable);
        field("DivergingEpoch", &T::diverging_epoch, since(12), tagged_since(12, 0));
        field("CurrentLeader", &T::current_leader, since(12), tagged_since(12, 1));
        field("SnapshotId", &T::snapshot_id, since(12), tagged_since(12, 2));
        field("AbortedTransactions", &T::aborted_transactions, since(4), nullable_since(4), ignorable);
        field("PreferredReadReplica", &T::preferred_read_replica, since(11));
        field("Records", &T::records, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<FetchResponse::PartitionData>);

template <>
struct Schema<FetchResponse::FetchableTopicResponse> {
    static constexpr void describe(auto&& field) {
        using T = FetchResponse::FetchableTopicResponse;
        field("Topic", &T::topic, versions(0, 12), ignorable);
        field("TopicId", &T::topic_id, since(13), ignorable);
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<FetchResponse::FetchableTopicResponse>);

template <>
struct Schema<FetchResponse::NodeEndpoint> {
    static constexpr void describe(auto&& field) {
        using T = FetchResponse::NodeEndpoint;
        field("NodeId", &T::node_id, since(16));
        field("Host", &T::host, since(16));
        field("Port", &T::port, since(16));
        field("Rack", &T::rack, since(16), nullable_since(16));
    }
};
static_assert(describes_every_member<FetchResponse::NodeEndpoint>);

template <>
struct Schema<FetchResponse> {
    static constexpr MessageInfo message = response_info("FetchResponse", ApiKey::fetch);
    static constexpr void describe(auto&& field) {
        using T = FetchResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(1), ignorable);
        field("ErrorCode", &T::error_code, since(7), ignorable);
        field("SessionId", &T::session_id, since(7));
        field("Responses", &T::responses, since(0));
        field("NodeEndpoints", &T::node_endpoints, since(16), tagged_since(16, 0));
    }
};
static_assert(describes_every_member<FetchResponse>);

}  // namespace highwater::wire
