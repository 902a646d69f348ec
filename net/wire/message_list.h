#pragma once

#include "net/wire/header.h"
#include "net/wire/internal/broker_records.h"
#include "net/wire/internal/cluster_records.h"
#include "net/wire/internal/producer_snapshot.h"
#include "net/wire/internal/quorum_records.h"
#include "net/wire/internal/topic_records.h"
#include "net/wire/message/alter_configs.h"
#include "net/wire/message/api_versions.h"
#include "net/wire/message/create_partitions.h"
#include "net/wire/message/create_topics.h"
#include "net/wire/message/delete_records.h"
#include "net/wire/message/delete_topics.h"
#include "net/wire/message/describe_cluster.h"
#include "net/wire/message/describe_configs.h"
#include "net/wire/message/describe_log_dirs.h"
#include "net/wire/message/describe_producers.h"
#include "net/wire/message/describe_topic_partitions.h"
#include "net/wire/message/fetch.h"
#include "net/wire/message/incremental_alter_configs.h"
#include "net/wire/message/init_producer_id.h"
#include "net/wire/message/list_offsets.h"
#include "net/wire/message/metadata.h"
#include "net/wire/message/offset_for_leader_epoch.h"
#include "net/wire/message/produce.h"

namespace highwater::wire {

/// Calls visit.operator()<T>() for every message: requests and responses by API key, headers, records.
template <class Visit>
void for_each_message(Visit&& visit) {
    visit.template operator()<ProduceRequest>();
    visit.template operator()<ProduceResponse>();
    visit.template operator()<FetchRequest>();
    visit.template operator()<FetchResponse>();
    visit.template operator()<ListOffsetsRequest>();
    visit.template operator()<ListOffsetsResponse>();
    visit.template operator()<MetadataRequest>();
    visit.template operator()<MetadataResponse>();
    visit.template operator()<ApiVersionsRequest>();
    visit.template operator()<ApiVersionsResponse>();
    visit.template operator()<CreateTopicsRequest>();
    visit.template operator()<CreateTopicsResponse>();
    visit.template operator()<DeleteTopicsRequest>();
    visit.template operator()<DeleteTopicsResponse>();
    visit.template operator()<DeleteRecordsRequest>();
    visit.template operator()<DeleteRecordsResponse>();
    visit.template operator()<InitProducerIdRequest>();
    visit.template operator()<InitProducerIdResponse>();
    visit.template operator()<OffsetForLeaderEpochRequest>();
    visit.template operator()<OffsetForLeaderEpochResponse>();
    visit.template operator()<DescribeConfigsRequest>();
    visit.template operator()<DescribeConfigsResponse>();
    visit.template operator()<AlterConfigsRequest>();
    visit.template operator()<AlterConfigsResponse>();
    visit.template operator()<DescribeLogDirsRequest>();
    visit.template operator()<DescribeLogDirsResponse>();
    visit.template operator()<CreatePartitionsRequest>();
    visit.template operator()<CreatePartitionsResponse>();
    visit.template operator()<IncrementalAlterConfigsRequest>();
    visit.template operator()<IncrementalAlterConfigsResponse>();
    visit.template operator()<DescribeClusterRequest>();
    visit.template operator()<DescribeClusterResponse>();
    visit.template operator()<DescribeProducersRequest>();
    visit.template operator()<DescribeProducersResponse>();
    visit.template operator()<DescribeTopicPartitionsRequest>();
    visit.template operator()<DescribeTopicPartitionsResponse>();
    visit.template operator()<RequestHeader>();
    visit.template operator()<ResponseHeader>();
    visit.template operator()<TopicRecord>();
    visit.template operator()<PartitionRecord>();
    visit.template operator()<PartitionChangeRecord>();
    visit.template operator()<RemoveTopicRecord>();
    visit.template operator()<ConfigRecord>();
    visit.template operator()<RegisterBrokerRecord>();
    visit.template operator()<UnregisterBrokerRecord>();
    visit.template operator()<FenceBrokerRecord>();
    visit.template operator()<UnfenceBrokerRecord>();
    visit.template operator()<BrokerRegistrationChangeRecord>();
    visit.template operator()<FeatureLevelRecord>();
    visit.template operator()<ProducerIdsRecord>();
    visit.template operator()<NoOpRecord>();
    visit.template operator()<BeginTransactionRecord>();
    visit.template operator()<EndTransactionRecord>();
    visit.template operator()<AbortTransactionRecord>();
    visit.template operator()<LeaderChangeMessage>();
    visit.template operator()<SnapshotHeaderRecord>();
    visit.template operator()<SnapshotFooterRecord>();
    visit.template operator()<KRaftVersionRecord>();
    visit.template operator()<VotersRecord>();
    visit.template operator()<ProducerSnapshot>();
}

}  // namespace highwater::wire
