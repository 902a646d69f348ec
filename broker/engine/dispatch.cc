#include "broker/engine/dispatch.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"
#include "net/wire/header.h"
#include "net/wire/message/add_offsets_to_txn.h"
#include "net/wire/message/add_partitions_to_txn.h"
#include "net/wire/message/alter_configs.h"
#include "net/wire/message/api_versions.h"
#include "net/wire/message/consumer_group_describe.h"
#include "net/wire/message/consumer_group_heartbeat.h"
#include "net/wire/message/create_partitions.h"
#include "net/wire/message/create_topics.h"
#include "net/wire/message/delete_groups.h"
#include "net/wire/message/delete_records.h"
#include "net/wire/message/delete_topics.h"
#include "net/wire/message/describe_cluster.h"
#include "net/wire/message/describe_configs.h"
#include "net/wire/message/describe_groups.h"
#include "net/wire/message/describe_log_dirs.h"
#include "net/wire/message/describe_producers.h"
#include "net/wire/message/describe_topic_partitions.h"
#include "net/wire/message/describe_transactions.h"
#include "net/wire/message/end_txn.h"
#include "net/wire/message/fetch.h"
#include "net/wire/message/find_coordinator.h"
#include "net/wire/message/heartbeat.h"
#include "net/wire/message/incremental_alter_configs.h"
#include "net/wire/message/init_producer_id.h"
#include "net/wire/message/join_group.h"
#include "net/wire/message/leave_group.h"
#include "net/wire/message/list_groups.h"
#include "net/wire/message/list_offsets.h"
#include "net/wire/message/list_transactions.h"
#include "net/wire/message/metadata.h"
#include "net/wire/message/offset_commit.h"
#include "net/wire/message/offset_delete.h"
#include "net/wire/message/offset_fetch.h"
#include "net/wire/message/offset_for_leader_epoch.h"
#include "net/wire/message/produce.h"
#include "net/wire/message/sync_group.h"
#include "net/wire/message/txn_offset_commit.h"
#include "net/wire/message/write_txn_markers.h"

namespace highwater::engine {

namespace {

template <class Request>
std::optional<Request> decode_or_close(Node& node, const RequestInfo& request, std::span<const std::byte> body) {
    auto message = wire::decode<Request>(body, request.version());
    if (message) return *std::move(message);
    node.connections().close(request.reply_to.slot.connection, CloseReason::malformed_request,
                             wire::to_text(message.error()));
    return std::nullopt;
}

/// For an API whose handler returns the response.
template <class Request>
void answer_now(Node& node, const RequestInfo& request, std::span<const std::byte> body) {
    const auto message = decode_or_close<Request>(node, request, body);
    if (message) node.reply(request.reply_to, handle(node, request, *message));
}

/// For an API whose handler replies itself, perhaps later.
template <class Request>
void answer_later(Node& node, const RequestInfo& request, std::span<const std::byte> body) {
    const auto message = decode_or_close<Request>(node, request, body);
    if (message) handle_later(node, request, *message);
}

using enum wire::ApiKey;

constexpr std::array kServed{
    ServedApi{produce, answer_later<wire::ProduceRequest>},
    ServedApi{fetch, answer_later<wire::FetchRequest>},
    ServedApi{list_offsets, answer_now<wire::ListOffsetsRequest>},
    ServedApi{metadata, answer_now<wire::MetadataRequest>},
    ServedApi{offset_commit, answer_later<wire::OffsetCommitRequest>},
    ServedApi{offset_fetch, answer_now<wire::OffsetFetchRequest>},
    ServedApi{find_coordinator, answer_now<wire::FindCoordinatorRequest>},
    ServedApi{join_group, answer_later<wire::JoinGroupRequest>},
    ServedApi{heartbeat, answer_later<wire::HeartbeatRequest>},
    ServedApi{leave_group, answer_later<wire::LeaveGroupRequest>},
    ServedApi{sync_group, answer_later<wire::SyncGroupRequest>},
    ServedApi{describe_groups, answer_now<wire::DescribeGroupsRequest>},
    ServedApi{list_groups, answer_now<wire::ListGroupsRequest>},
    ServedApi{api_versions, answer_now<wire::ApiVersionsRequest>},
    ServedApi{create_topics, answer_now<wire::CreateTopicsRequest>},
    ServedApi{delete_topics, answer_now<wire::DeleteTopicsRequest>},
    ServedApi{delete_records, answer_later<wire::DeleteRecordsRequest>},
    ServedApi{init_producer_id, answer_later<wire::InitProducerIdRequest>},
    ServedApi{offset_for_leader_epoch, answer_now<wire::OffsetForLeaderEpochRequest>},
    ServedApi{add_partitions_to_txn, answer_later<wire::AddPartitionsToTxnRequest>},
    ServedApi{add_offsets_to_txn, answer_later<wire::AddOffsetsToTxnRequest>},
    ServedApi{end_txn, answer_later<wire::EndTxnRequest>},
    ServedApi{write_txn_markers, answer_later<wire::WriteTxnMarkersRequest>},
    ServedApi{txn_offset_commit, answer_later<wire::TxnOffsetCommitRequest>},
    ServedApi{describe_configs, answer_now<wire::DescribeConfigsRequest>},
    ServedApi{alter_configs, answer_now<wire::AlterConfigsRequest>},
    ServedApi{describe_log_dirs, answer_now<wire::DescribeLogDirsRequest>},
    ServedApi{create_partitions, answer_now<wire::CreatePartitionsRequest>},
    ServedApi{delete_groups, answer_later<wire::DeleteGroupsRequest>},
    ServedApi{incremental_alter_configs, answer_now<wire::IncrementalAlterConfigsRequest>},
    ServedApi{offset_delete, answer_later<wire::OffsetDeleteRequest>},
    ServedApi{describe_cluster, answer_now<wire::DescribeClusterRequest>},
    ServedApi{describe_producers, answer_now<wire::DescribeProducersRequest>},
    ServedApi{describe_transactions, answer_now<wire::DescribeTransactionsRequest>},
    ServedApi{list_transactions, answer_now<wire::ListTransactionsRequest>},
    ServedApi{consumer_group_heartbeat, answer_later<wire::ConsumerGroupHeartbeatRequest>},
    ServedApi{consumer_group_describe, answer_now<wire::ConsumerGroupDescribeRequest>},
    ServedApi{describe_topic_partitions, answer_now<wire::DescribeTopicPartitionsRequest>},
};
static_assert(std::ranges::is_sorted(kServed, {}, &ServedApi::key));

const ServedApi* find_served(std::int16_t key) {
    const auto found = std::ranges::lower_bound(kServed, static_cast<wire::ApiKey>(key), {}, &ServedApi::key);
    return found != kServed.end() && static_cast<std::int16_t>(found->key) == key ? &*found : nullptr;
}

/// KIP-511: the client does not know which versions there are, so it is told in the form of version 0.
void answer_unknown_api_versions_version(Node& node, const RequestInfo& request) {
    wire::ApiVersionsResponse response;
    response.error_code = ErrorCode::unsupported_version;
    const wire::ApiInfo& api = wire::api_info(wire::ApiKey::api_versions);
    auto& row = response.api_keys.emplace_back();
    row.api_key = static_cast<std::int16_t>(api.key);
    row.min_version = api.versions.first;
    row.max_version = api.versions.last;
    ReplyTo in_version_0 = request.reply_to;
    in_version_0.version = 0;
    node.reply(in_version_0, response);
}

}  // namespace

std::span<const ServedApi> served_apis() {
    return kServed;
}

void dispatch(Node& node, ConnectionId connection, std::span<const std::byte> frame, Moment now) {
    const ConnectionInfo* info = node.connections().find(connection);
    if (info == nullptr) return;
    const auto prefix = wire::peek_request(frame);
    if (!prefix) {
        node.connections().close(connection, CloseReason::malformed_request, wire::to_text(prefix.error()));
        return;
    }
    const ServedApi* served = find_served(prefix->api_key);
    const bool is_api_versions = served != nullptr && served->key == wire::ApiKey::api_versions;
    const bool version_is_served =
        served != nullptr && wire::api_info(served->key).versions.contains(prefix->api_version);
    if (!version_is_served && !is_api_versions) {
        node.connections().close(connection, CloseReason::unsupported_request,
                                 fmt::format("api key {} version {}", prefix->api_key, prefix->api_version));
        return;
    }
    RequestInfo request{
        .reply_to = {.slot = {}, .version = prefix->api_version, .correlation_id = prefix->correlation_id},
        .api = served->key,
        .client_id = {},
        .connection = info,
        .now = now};
    if (!version_is_served) {
        request.reply_to.slot = node.connections().reserve(connection);
        answer_unknown_api_versions_version(node, request);
        return;
    }
    const auto header = wire::decode_request_header(frame);
    if (!header) {
        node.connections().close(connection, CloseReason::malformed_request, wire::to_text(header.error()));
        return;
    }
    if (header->header.client_id) request.client_id = header->header.client_id->view();
    request.reply_to.slot = node.connections().reserve(connection);
    served->handle(node, request, header->body);
}

}  // namespace highwater::engine
