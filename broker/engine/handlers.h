#pragma once

// One function per API, each in handlers/<api>.cc. A function that returns the response is answered when it returns;
// one that takes the body decodes it itself and may answer later.

#include "broker/engine/request.h"
#include "net/wire/decode_error.h"

namespace highwater::wire {
struct AlterConfigsRequest;
struct AlterConfigsResponse;
struct ApiVersionsRequest;
struct ApiVersionsResponse;
struct ConsumerGroupDescribeRequest;
struct ConsumerGroupDescribeResponse;
struct CreatePartitionsRequest;
struct CreatePartitionsResponse;
struct CreateTopicsRequest;
struct CreateTopicsResponse;
struct DeleteTopicsRequest;
struct DeleteTopicsResponse;
struct DescribeClusterRequest;
struct DescribeClusterResponse;
struct DescribeConfigsRequest;
struct DescribeConfigsResponse;
struct DescribeLogDirsRequest;
struct DescribeLogDirsResponse;
struct DescribeProducersRequest;
struct DescribeProducersResponse;
struct DescribeTopicPartitionsRequest;
struct DescribeTopicPartitionsResponse;
struct IncrementalAlterConfigsRequest;
struct IncrementalAlterConfigsResponse;
struct ListOffsetsRequest;
struct ListOffsetsResponse;
struct MetadataRequest;
struct MetadataResponse;
struct OffsetForLeaderEpochRequest;
struct OffsetForLeaderEpochResponse;
struct DescribeGroupsRequest;
struct DescribeGroupsResponse;
struct FindCoordinatorRequest;
struct FindCoordinatorResponse;
struct ListGroupsRequest;
struct ListGroupsResponse;
struct OffsetFetchRequest;
struct OffsetFetchResponse;
struct ConsumerGroupHeartbeatRequest;
struct DeleteGroupsRequest;
struct HeartbeatRequest;
struct JoinGroupRequest;
struct LeaveGroupRequest;
struct OffsetCommitRequest;
struct OffsetDeleteRequest;
struct SyncGroupRequest;
struct DescribeTransactionsRequest;
struct DescribeTransactionsResponse;
struct ListTransactionsRequest;
struct ListTransactionsResponse;
struct InitProducerIdRequest;
struct AddPartitionsToTxnRequest;
struct AddOffsetsToTxnRequest;
struct EndTxnRequest;
struct WriteTxnMarkersRequest;
struct TxnOffsetCommitRequest;
struct ProduceRequest;
struct FetchRequest;
struct DeleteRecordsRequest;
}  // namespace highwater::wire

namespace highwater::engine {

class Node;

wire::AlterConfigsResponse handle(Node& node, const RequestInfo& request, const wire::AlterConfigsRequest& message);
wire::ApiVersionsResponse handle(Node& node, const RequestInfo& request, const wire::ApiVersionsRequest& message);
wire::ConsumerGroupDescribeResponse handle(Node& node, const RequestInfo& request,
                                           const wire::ConsumerGroupDescribeRequest& message);
wire::CreatePartitionsResponse handle(Node& node, const RequestInfo& request,
                                      const wire::CreatePartitionsRequest& message);
wire::CreateTopicsResponse handle(Node& node, const RequestInfo& request, const wire::CreateTopicsRequest& message);
wire::DeleteTopicsResponse handle(Node& node, const RequestInfo& request, const wire::DeleteTopicsRequest& message);
wire::DescribeClusterResponse handle(Node& node, const RequestInfo& request,
                                     const wire::DescribeClusterRequest& message);
wire::DescribeConfigsResponse handle(Node& node, const RequestInfo& request,
                                     const wire::DescribeConfigsRequest& message);
wire::DescribeLogDirsResponse handle(Node& node, const RequestInfo& request,
                                     const wire::DescribeLogDirsRequest& message);
wire::DescribeProducersResponse handle(Node& node, const RequestInfo& request,
                                       const wire::DescribeProducersRequest& message);
wire::DescribeTransactionsResponse handle(Node& node, const RequestInfo& request,
                                          const wire::DescribeTransactionsRequest& message);
wire::ListTransactionsResponse handle(Node& node, const RequestInfo& request,
                                      const wire::ListTransactionsRequest& message);
wire::DescribeTopicPartitionsResponse handle(Node& node, const RequestInfo& request,
                                             const wire::DescribeTopicPartitionsRequest& message);
wire::IncrementalAlterConfigsResponse handle(Node& node, const RequestInfo& request,
                                             const wire::IncrementalAlterConfigsRequest& message);
wire::ListOffsetsResponse handle(Node& node, const RequestInfo& request, const wire::ListOffsetsRequest& message);
wire::MetadataResponse handle(Node& node, const RequestInfo& request, const wire::MetadataRequest& message);
wire::OffsetForLeaderEpochResponse handle(Node& node, const RequestInfo& request,
                                          const wire::OffsetForLeaderEpochRequest& message);
wire::DescribeGroupsResponse handle(Node& node, const RequestInfo& request, const wire::DescribeGroupsRequest& message);
wire::FindCoordinatorResponse handle(Node& node, const RequestInfo& request,
                                     const wire::FindCoordinatorRequest& message);
wire::ListGroupsResponse handle(Node& node, const RequestInfo& request, const wire::ListGroupsRequest& message);
wire::OffsetFetchResponse handle(Node& node, const RequestInfo& request, const wire::OffsetFetchRequest& message);

void handle_later(Node& node, const RequestInfo& request, const wire::ProduceRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::FetchRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::DeleteRecordsRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::ConsumerGroupHeartbeatRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::DeleteGroupsRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::HeartbeatRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::JoinGroupRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::LeaveGroupRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::OffsetCommitRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::OffsetDeleteRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::SyncGroupRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::InitProducerIdRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::AddPartitionsToTxnRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::AddOffsetsToTxnRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::EndTxnRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::WriteTxnMarkersRequest& message);
void handle_later(Node& node, const RequestInfo& request, const wire::TxnOffsetCommitRequest& message);

}  // namespace highwater::engine
