#include "broker/engine/metadata_records.h"

#include <optional>
#include <utility>

#include "core/base/invariant.h"
#include "net/wire/internal/broker_records.h"
#include "net/wire/internal/cluster_records.h"
#include "net/wire/internal/topic_records.h"
#include "net/wire/writer.h"

// The core's records say nullopt where the wire's have -1 or null; to_wire and to_core are the two directions, one pair
// per record.

namespace highwater::engine {

namespace {

constexpr std::uint32_t kFrameVersion = 1;
/// The highest id that Kafka 4.3 has (ClearElrRecord).
constexpr std::uint32_t kLastRecordId = 28;
constexpr NodeId kNoLeader{-1};
constexpr NodeId kLeaderUnchanged{-2};

wire::String text(const std::string& value) {
    return wire::String(std::string_view(value));
}

template <class T>
wire::Array<T> array(const std::vector<T>& values) {
    return wire::Array<T>(values);
}

template <class T>
std::optional<wire::Array<T>> array(const std::optional<std::vector<T>>& values) {
    if (!values) return std::nullopt;
    return wire::Array<T>(*values);
}

template <class T>
std::optional<std::vector<T>> vector(const std::optional<wire::Array<T>>& values) {
    if (!values) return std::nullopt;
    return values->to_vector();
}

std::optional<NodeId> leader_of(NodeId id) {
    if (id == kNoLeader) return std::nullopt;
    return id;
}

wire::TopicRecord to_wire(const TopicRecord& record) {
    wire::TopicRecord out;
    out.name = text(record.name);
    out.topic_id = record.topic_id;
    return out;
}

TopicRecord to_core(const wire::TopicRecord& record) {
    return {.name = record.name.to_string(), .topic_id = record.topic_id};
}

wire::PartitionRecord to_wire(const PartitionRecord& record) {
    wire::PartitionRecord out;
    out.partition_id = record.partition_id;
    out.topic_id = record.topic_id;
    out.replicas = array(record.replicas);
    out.isr = array(record.isr);
    out.removing_replicas = array(record.removing_replicas);
    out.adding_replicas = array(record.adding_replicas);
    out.leader = record.leader.value_or(kNoLeader);
    out.leader_recovery_state = static_cast<std::int8_t>(record.leader_recovery_state);
    out.leader_epoch = record.leader_epoch;
    out.partition_epoch = record.partition_epoch;
    out.directories = array(record.directories);
    if (!record.eligible_leader_replicas.empty()) {
        out.eligible_leader_replicas = wire::Array<NodeId>(record.eligible_leader_replicas);
    }
    if (!record.last_known_elr.empty()) out.last_known_elr = wire::Array<NodeId>(record.last_known_elr);
    return out;
}

PartitionRecord to_core(const wire::PartitionRecord& record) {
    return {.partition_id = record.partition_id,
            .topic_id = record.topic_id,
            .replicas = record.replicas.to_vector(),
            .isr = record.isr.to_vector(),
            .removing_replicas = record.removing_replicas.to_vector(),
            .adding_replicas = record.adding_replicas.to_vector(),
            .leader = leader_of(record.leader),
            .leader_recovery_state = static_cast<LeaderRecoveryState>(record.leader_recovery_state),
            .leader_epoch = record.leader_epoch,
            .partition_epoch = record.partition_epoch,
            .directories = record.directories.to_vector(),
            .eligible_leader_replicas = vector(record.eligible_leader_replicas).value_or(std::vector<NodeId>{}),
            .last_known_elr = vector(record.last_known_elr).value_or(std::vector<NodeId>{})};
}

wire::PartitionChangeRecord to_wire(const PartitionChangeRecord& record) {
    wire::PartitionChangeRecord out;
    out.partition_id = record.partition_id;
    out.topic_id = record.topic_id;
    out.isr = array(record.isr);
    out.leader = record.leader ? record.leader->leader.value_or(kNoLeader) : kLeaderUnchanged;
    out.replicas = array(record.replicas);
    out.removing_replicas = array(record.removing_replicas);
    out.adding_replicas = array(record.adding_replicas);
    if (record.leader_recovery_state) {
        out.leader_recovery_state = static_cast<std::int8_t>(*record.leader_recovery_state);
    }
    out.directories = array(record.directories);
    out.eligible_leader_replicas = array(record.eligible_leader_replicas);
    out.last_known_elr = array(record.last_known_elr);
    return out;
}

PartitionChangeRecord to_core(const wire::PartitionChangeRecord& record) {
    PartitionChangeRecord out{.partition_id = record.partition_id,
                              .topic_id = record.topic_id,
                              .isr = vector(record.isr),
                              .leader = std::nullopt,
                              .replicas = vector(record.replicas),
                              .removing_replicas = vector(record.removing_replicas),
                              .adding_replicas = vector(record.adding_replicas),
                              .leader_recovery_state = std::nullopt,
                              .directories = vector(record.directories),
                              .eligible_leader_replicas = vector(record.eligible_leader_replicas),
                              .last_known_elr = vector(record.last_known_elr)};
    if (record.leader != kLeaderUnchanged) out.leader = LeaderChange{leader_of(record.leader)};
    if (record.leader_recovery_state >= 0) {
        out.leader_recovery_state = static_cast<LeaderRecoveryState>(record.leader_recovery_state);
    }
    return out;
}

wire::RemoveTopicRecord to_wire(const RemoveTopicRecord& record) {
    wire::RemoveTopicRecord out;
    out.topic_id = record.topic_id;
    return out;
}

RemoveTopicRecord to_core(const wire::RemoveTopicRecord& record) {
    return {.topic_id = record.topic_id};
}

wire::ConfigRecord to_wire(const ConfigRecord& record) {
    wire::ConfigRecord out;
    out.resource_type = static_cast<std::int8_t>(record.resource.type);
    out.resource_name = text(record.resource.name);
    out.name = text(record.name);
    out.value = std::nullopt;
    if (record.value) out.value = text(*record.value);
    return out;
}

ConfigRecord to_core(const wire::ConfigRecord& record) {
    ConfigRecord out{.resource = {.type = static_cast<ConfigResourceType>(record.resource_type),
                                  .name = record.resource_name.to_string()},
                     .name = record.name.to_string(),
                     .value = std::nullopt};
    if (record.value) out.value = record.value->to_string();
    return out;
}

wire::ProducerIdsRecord to_wire(const ProducerIdsRecord& record) {
    wire::ProducerIdsRecord out;
    out.broker_id = record.broker_id;
    out.broker_epoch = record.broker_epoch;
    out.next_producer_id = record.next_producer_id;
    return out;
}

ProducerIdsRecord to_core(const wire::ProducerIdsRecord& record) {
    return {.broker_id = record.broker_id,
            .broker_epoch = record.broker_epoch,
            .next_producer_id = record.next_producer_id};
}

wire::RegisterBrokerRecord to_wire(const RegisterBrokerRecord& record) {
    wire::RegisterBrokerRecord out;
    out.broker_id = record.broker_id;
    out.incarnation_id = record.incarnation_id;
    out.broker_epoch = record.broker_epoch;
    for (const BrokerEndpoint& endpoint : record.end_points) {
        auto& to = out.end_points.emplace_back();
        to.name = text(endpoint.name);
        to.host = text(endpoint.host);
        to.port = endpoint.port;
        to.security_protocol = endpoint.security_protocol;
    }
    for (const BrokerFeature& feature : record.features) {
        auto& to = out.features.emplace_back();
        to.name = text(feature.name);
        to.min_supported_version = feature.min_supported_version;
        to.max_supported_version = feature.max_supported_version;
    }
    out.rack = std::nullopt;
    if (record.rack) out.rack = text(*record.rack);
    out.fenced = record.fenced;
    out.in_controlled_shutdown = record.in_controlled_shutdown;
    out.log_dirs = array(record.log_dirs);
    return out;
}

RegisterBrokerRecord to_core(const wire::RegisterBrokerRecord& record) {
    RegisterBrokerRecord out{.broker_id = record.broker_id,
                             .incarnation_id = record.incarnation_id,
                             .broker_epoch = record.broker_epoch,
                             .end_points = {},
                             .features = {},
                             .rack = std::nullopt,
                             .fenced = record.fenced,
                             .in_controlled_shutdown = record.in_controlled_shutdown,
                             .log_dirs = record.log_dirs.to_vector()};
    for (const auto& endpoint : record.end_points) {
        out.end_points.push_back({.name = endpoint.name.to_string(),
                                  .host = endpoint.host.to_string(),
                                  .port = endpoint.port,
                                  .security_protocol = endpoint.security_protocol});
    }
    for (const auto& feature : record.features) {
        out.features.push_back({.name = feature.name.to_string(),
                                .min_supported_version = feature.min_supported_version,
                                .max_supported_version = feature.max_supported_version});
    }
    if (record.rack) out.rack = record.rack->to_string();
    return out;
}

wire::UnregisterBrokerRecord to_wire(const UnregisterBrokerRecord& record) {
    wire::UnregisterBrokerRecord out;
    out.broker_id = record.broker_id;
    out.broker_epoch = record.broker_epoch;
    return out;
}

UnregisterBrokerRecord to_core(const wire::UnregisterBrokerRecord& record) {
    return {.broker_id = record.broker_id, .broker_epoch = record.broker_epoch};
}

// -1: it became false, 0: as it was, 1: it became true.
std::int8_t change(std::optional<bool> to) {
    return !to ? 0 : *to ? 1 : -1;
}
std::optional<bool> change(std::int8_t to) {
    if (to == 0) return std::nullopt;
    return to > 0;
}

wire::BrokerRegistrationChangeRecord to_wire(const BrokerRegistrationChangeRecord& record) {
    wire::BrokerRegistrationChangeRecord out;
    out.broker_id = record.broker_id;
    out.broker_epoch = record.broker_epoch;
    out.fenced = change(record.fenced);
    out.in_controlled_shutdown = change(record.in_controlled_shutdown);
    return out;
}

BrokerRegistrationChangeRecord to_core(const wire::BrokerRegistrationChangeRecord& record) {
    return {.broker_id = record.broker_id,
            .broker_epoch = record.broker_epoch,
            .fenced = change(record.fenced),
            .in_controlled_shutdown = change(record.in_controlled_shutdown)};
}

wire::FeatureLevelRecord to_wire(const FeatureLevelRecord& record) {
    wire::FeatureLevelRecord out;
    out.name = text(record.name);
    out.feature_level = record.feature_level;
    return out;
}

FeatureLevelRecord to_core(const wire::FeatureLevelRecord& record) {
    return {.name = record.name.to_string(), .feature_level = record.feature_level};
}

wire::NoOpRecord to_wire(const NoOpRecord&) {
    return {};
}
NoOpRecord to_core(const wire::NoOpRecord&) {
    return {};
}

template <class... Wire>
struct Types {};
using WireRecords =
    Types<wire::TopicRecord, wire::PartitionRecord, wire::PartitionChangeRecord, wire::RemoveTopicRecord,
          wire::ConfigRecord, wire::ProducerIdsRecord, wire::RegisterBrokerRecord, wire::UnregisterBrokerRecord,
          wire::BrokerRegistrationChangeRecord, wire::FeatureLevelRecord, wire::NoOpRecord>;

Result<MetadataRecord, wire::DecodeError> decode_fields(Types<>, std::uint32_t, std::int16_t,
                                                        std::span<const std::byte>) {
    return MetadataRecord(NoOpRecord{});  // Kafka has such a record; it is about what this node does not do
}

template <class First, class... Rest>
Result<MetadataRecord, wire::DecodeError> decode_fields(Types<First, Rest...>, std::uint32_t id, std::int16_t version,
                                                        std::span<const std::byte> fields) {
    if (id != static_cast<std::uint32_t>(wire::Schema<First>::message.key)) {
        return decode_fields(Types<Rest...>{}, id, version, fields);
    }
    const auto record = wire::decode<First>(fields, version);
    if (!record) return refuse(record.error());
    return MetadataRecord(to_core(*record));
}

}  // namespace

std::vector<std::byte> encode_metadata_record(const MetadataRecord& record) {
    return std::visit(
        [](const auto& each) {
            const auto on_wire = to_wire(each);
            const wire::MessageInfo& message = wire::Schema<std::remove_const_t<decltype(on_wire)>>::message;
            wire::Writer writer;
            writer.unsigned_varint(kFrameVersion);
            writer.unsigned_varint(static_cast<std::uint32_t>(message.key));
            writer.unsigned_varint(static_cast<std::uint32_t>(message.versions.last));
            const auto done = wire::encode(writer, on_wire, message.versions.last);
            HIGHWATER_INVARIANT(done.has_value(), "{}", wire::to_text(done.error()));
            return writer.take().to_vector();
        },
        record);
}

Result<MetadataRecord, wire::DecodeError> decode_metadata_record(std::span<const std::byte> value) {
    wire::Reader reader(value, {.message = "metadata record", .version = 0, .flexible = true, .options = {}});
    const std::uint32_t frame_version = reader.unsigned_varint();
    const std::uint32_t id = reader.unsigned_varint();
    const std::uint32_t version = reader.unsigned_varint();
    if (reader.failed()) return refuse(reader.error());
    if (frame_version != kFrameVersion || id > kLastRecordId || version > INT16_MAX) {
        reader.fail(wire::DecodeErrorKind::unknown_record_type);
        return refuse(reader.error());
    }
    return decode_fields(WireRecords{}, id, static_cast<std::int16_t>(version), value.subspan(reader.position()));
}

}  // namespace highwater::engine
