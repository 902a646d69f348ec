#pragma once

#include <array>
#include <cstdint>

#include "net/wire/version_range.h"

namespace highwater::wire {

/// Number of an API in a request header. A header may hold any int16.
enum class ApiKey : std::int16_t {
    produce = 0,
    fetch = 1,
    list_offsets = 2,
    metadata = 3,
    offset_commit = 8,
    offset_fetch = 9,
    find_coordinator = 10,
    join_group = 11,
    heartbeat = 12,
    leave_group = 13,
    sync_group = 14,
    describe_groups = 15,
    list_groups = 16,
    api_versions = 18,
    create_topics = 19,
    delete_topics = 20,
    delete_records = 21,
    init_producer_id = 22,
    offset_for_leader_epoch = 23,
    add_partitions_to_txn = 24,
    add_offsets_to_txn = 25,
    end_txn = 26,
    write_txn_markers = 27,
    txn_offset_commit = 28,
    describe_configs = 32,
    alter_configs = 33,
    describe_log_dirs = 35,
    create_partitions = 37,
    delete_groups = 42,
    incremental_alter_configs = 44,
    offset_delete = 47,
    describe_cluster = 60,
    describe_producers = 61,
    describe_transactions = 65,
    list_transactions = 66,
    consumer_group_heartbeat = 68,
    consumer_group_describe = 69,
    describe_topic_partitions = 75,
};

struct ApiInfo {
    ApiKey key{};
    const char* name = "";  ///< as published, e.g. "Fetch"
    VersionRange versions;  ///< of request and response alike
    VersionRange flexible;  ///< versions with compact lengths and tagged fields (KIP-482)
};

/// Every API, by ascending key; ApiVersions advertises those that are served. The upper ends are those of Kafka 4.3
/// (InitProducerId 6 is unstable there and left out); the lower ends reach back to what 0.10 clients send, below
/// Kafka 4's own minimum (KIP-896).
inline constexpr std::array kApis{
    ApiInfo{ApiKey::produce, "Produce", versions(0, 13), since(9)},
    ApiInfo{ApiKey::fetch, "Fetch", versions(0, 18), since(12)},
    ApiInfo{ApiKey::list_offsets, "ListOffsets", versions(0, 11), since(6)},
    ApiInfo{ApiKey::metadata, "Metadata", versions(0, 13), since(9)},
    ApiInfo{ApiKey::offset_commit, "OffsetCommit", versions(0, 10), since(8)},
    ApiInfo{ApiKey::offset_fetch, "OffsetFetch", versions(0, 10), since(6)},
    ApiInfo{ApiKey::find_coordinator, "FindCoordinator", versions(0, 6), since(3)},
    ApiInfo{ApiKey::join_group, "JoinGroup", versions(0, 9), since(6)},
    ApiInfo{ApiKey::heartbeat, "Heartbeat", versions(0, 4), since(4)},
    ApiInfo{ApiKey::leave_group, "LeaveGroup", versions(0, 5), since(4)},
    ApiInfo{ApiKey::sync_group, "SyncGroup", versions(0, 5), since(4)},
    ApiInfo{ApiKey::describe_groups, "DescribeGroups", versions(0, 6), since(5)},
    ApiInfo{ApiKey::list_groups, "ListGroups", versions(0, 5), since(3)},
    ApiInfo{ApiKey::api_versions, "ApiVersions", versions(0, 4), since(3)},
    ApiInfo{ApiKey::create_topics, "CreateTopics", versions(0, 7), since(5)},
    ApiInfo{ApiKey::delete_topics, "DeleteTopics", versions(0, 6), since(4)},
    ApiInfo{ApiKey::delete_records, "DeleteRecords", versions(0, 2), since(2)},
    ApiInfo{ApiKey::init_producer_id, "InitProducerId", versions(0, 5), since(2)},
    ApiInfo{ApiKey::offset_for_leader_epoch, "OffsetForLeaderEpoch", versions(0, 4), since(4)},
    ApiInfo{ApiKey::add_partitions_to_txn, "AddPartitionsToTxn", versions(0, 5), since(3)},
    ApiInfo{ApiKey::add_offsets_to_txn, "AddOffsetsToTxn", versions(0, 4), since(3)},
    ApiInfo{ApiKey::end_txn, "EndTxn", versions(0, 5), since(3)},
    ApiInfo{ApiKey::write_txn_markers, "WriteTxnMarkers", versions(1, 2), since(1)},
    ApiInfo{ApiKey::txn_offset_commit, "TxnOffsetCommit", versions(0, 5), since(3)},
    ApiInfo{ApiKey::describe_configs, "DescribeConfigs", versions(0, 4), since(4)},
    ApiInfo{ApiKey::alter_configs, "AlterConfigs", versions(0, 2), since(2)},
    ApiInfo{ApiKey::describe_log_dirs, "DescribeLogDirs", versions(0, 5), since(2)},
    ApiInfo{ApiKey::create_partitions, "CreatePartitions", versions(0, 3), since(2)},
    ApiInfo{ApiKey::delete_groups, "DeleteGroups", versions(0, 2), since(2)},
    ApiInfo{ApiKey::incremental_alter_configs, "IncrementalAlterConfigs", versions(0, 1), since(1)},
    ApiInfo{ApiKey::offset_delete, "OffsetDelete", versions(0, 0), kNoVersions},
    ApiInfo{ApiKey::describe_cluster, "DescribeCluster", versions(0, 2), since(0)},
    ApiInfo{ApiKey::describe_producers, "DescribeProducers", versions(0, 0), since(0)},
    ApiInfo{ApiKey::describe_transactions, "DescribeTransactions", versions(0, 0), since(0)},
    ApiInfo{ApiKey::list_transactions, "ListTransactions", versions(0, 2), since(0)},
    ApiInfo{ApiKey::consumer_group_heartbeat, "ConsumerGroupHeartbeat", versions(0, 1), since(0)},
    ApiInfo{ApiKey::consumer_group_describe, "ConsumerGroupDescribe", versions(0, 1), since(0)},
    ApiInfo{ApiKey::describe_topic_partitions, "DescribeTopicPartitions", versions(0, 0), since(0)},
};

/// The row of an API.
constexpr const ApiInfo& api_info(ApiKey key) {
    for (const ApiInfo& api : kApis) {
        if (api.key == key) return api;
    }
    __builtin_unreachable();  // every enumerator has a row (api_catalog_test)
}

/// The row for the api key of a request header, or nullptr if there is none.
constexpr const ApiInfo* find_api(std::int16_t key) {
    for (const ApiInfo& api : kApis) {
        if (static_cast<std::int16_t>(api.key) == key) return &api;
    }
    return nullptr;
}

/// Version of the header before a request: 2 for flexible versions, else 1. Of ApiVersions also for versions that do
/// not exist, since such a request is answered (KIP-511).
constexpr std::int16_t request_header_version(const ApiInfo& api, std::int16_t version) {
    return api.flexible.contains(version) ? 2 : 1;
}

/// Version of the header before a response: 1 for flexible versions, else 0; always 0 for ApiVersions, whose client
/// may know no newer one (KIP-511).
constexpr std::int16_t response_header_version(const ApiInfo& api, std::int16_t version) {
    return api.key != ApiKey::api_versions && api.flexible.contains(version) ? 1 : 0;
}

}  // namespace highwater::wire
