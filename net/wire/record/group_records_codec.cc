#include "net/wire/record/group_records_codec.h"

#include <chrono>
#include <type_traits>

#include "net/wire/bytes_text.h"
#include "net/wire/internal/consumer_group_records.h"
#include "net/wire/internal/consumer_member_records.h"
#include "net/wire/internal/group_metadata_records.h"
#include "net/wire/internal/offset_commit_records.h"

namespace highwater::wire {

namespace {

constexpr std::int16_t kLegacyOffsetCommit = 0;
constexpr std::int16_t kOffsetCommit = Schema<OffsetCommitKey>::message.key;
constexpr std::int16_t kGroupMetadata = Schema<GroupMetadataKey>::message.key;

constexpr std::int16_t kOffsetCommitVersion = 4;
constexpr std::int16_t kExpiringOffsetCommitVersion = 1;  // the only one that says when
constexpr std::int16_t kGroupMetadataVersion = 3;
constexpr std::int16_t kConsumerGroupVersion = 0;  // of all its records

template <class Key>
constexpr std::int16_t kKeyOf = Schema<Key>::message.key;

// ------------------------------------------------------------------------------------------------ to bytes

// `record` lives as long as what is made of it here: texts and bytes are views.

std::optional<String> borrowed(const std::optional<std::string>& text) {
    return text ? std::optional(String::borrowed(*text)) : std::nullopt;
}

Bytes borrowed_bytes(const std::string& bytes) {
    return Bytes(std::as_bytes(std::span(bytes)));
}

std::int32_t milliseconds(Duration duration) {
    return static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

std::int64_t number_of(std::optional<Timestamp> timestamp) {
    return timestamp.value_or(Timestamp{-1}).value();
}

OffsetCommitValue value_of(const CommittedOffset& committed) {
    OffsetCommitValue value;
    value.offset = committed.offset.value();
    value.leader_epoch = committed.leader_epoch.value_or(LeaderEpoch{-1});
    value.metadata = String::borrowed(committed.metadata);
    value.commit_timestamp = committed.commit_timestamp.value();
    value.expire_timestamp = number_of(committed.expire_timestamp);
    value.topic_id = committed.topic_id.value_or(TopicId{});
    return value;
}

GroupMetadataValue value_of(const GroupMetadata& group) {
    GroupMetadataValue value;
    value.protocol_type = String::borrowed(group.protocol_type);
    value.generation = group.generation;
    value.protocol = borrowed(group.protocol);
    value.leader = borrowed(group.leader);
    value.current_state_timestamp = number_of(group.current_state_timestamp);
    value.members.reserve(group.members.size());
    for (const PersistedMember& member : group.members) {
        GroupMetadataValue::MemberMetadata& row = value.members.emplace_back();
        row.member_id = String::borrowed(member.member_id);
        row.group_instance_id = borrowed(member.group_instance_id);
        row.client_id = String::borrowed(member.client_id);
        row.client_host = String::borrowed(member.client_host);
        row.rebalance_timeout = milliseconds(member.rebalance_timeout);
        row.session_timeout = milliseconds(member.session_timeout);
        row.subscription = borrowed_bytes(member.subscription);
        row.assignment = borrowed_bytes(member.assignment);
    }
    return value;
}

ConsumerGroupPartitionMetadataValue value_of(const ConsumerGroupPartitionMetadataValue& value) {
    return value;
}

ConsumerGroupMetadataValue value_of(const ConsumerGroupMetadata& group) {
    ConsumerGroupMetadataValue value;
    value.epoch = group.epoch;
    value.metadata_hash = static_cast<std::int64_t>(group.metadata_hash);
    return value;
}

ConsumerGroupMemberMetadataValue value_of(const ConsumerMemberMetadata& member) {
    ConsumerGroupMemberMetadataValue value;
    value.instance_id = borrowed(member.group_instance_id);
    value.rack_id = borrowed(member.rack_id);
    value.client_id = String::borrowed(member.client_id);
    value.client_host = String::borrowed(member.client_host);
    for (const std::string& name : member.subscribed_topic_names) {
        value.subscribed_topic_names.push_back(String::borrowed(name));
    }
    value.subscribed_topic_regex =
        member.subscribed_topic_regex ? String::borrowed(*member.subscribed_topic_regex) : String{};
    if (member.rebalance_timeout) value.rebalance_timeout_ms = milliseconds(*member.rebalance_timeout);
    value.server_assignor = borrowed(member.server_assignor);
    // What is left out means a member without protocols; null has to be said.
    value.classic_member_metadata.reset();
    if (!member.classic) return value;
    auto& classic = value.classic_member_metadata.emplace(ConsumerGroupMemberMetadataValue::ClassicMemberMetadata{});
    classic.session_timeout_ms = milliseconds(member.classic->session_timeout);
    for (const GroupProtocol& protocol : member.classic->protocols) {
        auto& row = classic.supported_protocols.emplace_back();
        row.name = String::borrowed(protocol.name);
        row.metadata = borrowed_bytes(protocol.metadata);
    }
    return value;
}

ConsumerGroupTargetAssignmentMetadataValue value_of(const TargetAssignmentMetadata& target) {
    ConsumerGroupTargetAssignmentMetadataValue value;
    value.assignment_epoch = target.assignment_epoch;
    if (target.timestamp) value.assignment_timestamp = target.timestamp->value();
    return value;
}

ConsumerGroupTargetAssignmentMemberValue value_of(const AssignedPartitions& target) {
    ConsumerGroupTargetAssignmentMemberValue value;
    for (const auto& [topic, partitions] : target) {
        auto& row = value.topic_partitions.emplace_back();
        row.topic_id = topic;
        for (const PartitionId partition : partitions) row.partitions.push_back(partition);
    }
    return value;
}

void fill(Array<ConsumerGroupCurrentMemberAssignmentValue::TopicPartitions>& rows, const OwnedPartitions& owned) {
    for (const auto& [topic, partitions] : owned) {
        auto& row = rows.emplace_back();
        row.topic_id = topic;
        row.assignment_epochs.emplace();
        for (const auto& [partition, epoch] : partitions) {
            row.partitions.push_back(partition);
            row.assignment_epochs->push_back(epoch.value());
        }
    }
}

ConsumerGroupCurrentMemberAssignmentValue value_of(const CurrentMemberAssignment& current) {
    ConsumerGroupCurrentMemberAssignmentValue value;
    value.member_epoch = current.member_epoch;
    value.previous_member_epoch = current.previous_member_epoch;
    value.state = static_cast<std::int8_t>(current.state);
    fill(value.assigned_partitions, current.assigned);
    fill(value.partitions_pending_revocation, current.pending_revocation);
    return value;
}

ConsumerGroupRegularExpressionValue value_of(const ResolvedRegularExpression& resolved) {
    ConsumerGroupRegularExpressionValue value;
    for (const std::string& topic : resolved.topics) value.topics.push_back(String::borrowed(topic));
    value.version = resolved.version;
    value.timestamp = resolved.timestamp.value();
    return value;
}

template <Message Key, class Value>
Result<CoordinatorRecordBytes, EncodeError> encode_both(const Key& key, const std::optional<Value>& value,
                                                        std::int16_t value_version) {
    auto key_bytes = encode_after(Schema<Key>::message.key, key, 0);
    if (!key_bytes) return std::unexpected(key_bytes.error());
    CoordinatorRecordBytes bytes{*std::move(key_bytes), std::nullopt};
    if (!value) return bytes;
    auto value_bytes = encode_after(value_version, value_of(*value), value_version);
    if (!value_bytes) return std::unexpected(value_bytes.error());
    bytes.value = *std::move(value_bytes);
    return bytes;
}

Result<CoordinatorRecordBytes, EncodeError> encode_one(const OffsetCommitRecord& record) {
    OffsetCommitKey key;
    key.group = String::borrowed(record.group);
    key.topic = String::borrowed(record.partition.topic);
    key.partition = record.partition.partition;
    const bool expires = record.value && record.value->expire_timestamp;
    return encode_both(key, record.value, expires ? kExpiringOffsetCommitVersion : kOffsetCommitVersion);
}

Result<CoordinatorRecordBytes, EncodeError> encode_one(const GroupMetadataRecord& record) {
    GroupMetadataKey key;
    key.group = String::borrowed(record.group);
    return encode_both(key, record.value, kGroupMetadataVersion);
}

template <class Key>
Key group_key(const std::string& group) {
    Key key;
    key.group_id = String::borrowed(group);
    return key;
}

template <class Key>
Key member_key(const std::string& group, const std::string& member_id) {
    Key key = group_key<Key>(group);
    key.member_id = String::borrowed(member_id);
    return key;
}

Result<CoordinatorRecordBytes, EncodeError> encode_one(const ConsumerGroupMetadataRecord& record) {
    return encode_both(group_key<ConsumerGroupMetadataKey>(record.group), record.value, kConsumerGroupVersion);
}

Result<CoordinatorRecordBytes, EncodeError> encode_one(const ConsumerGroupPartitionMetadataRecord& record) {
    const auto value = record.is_tombstone ? std::nullopt : std::optional(ConsumerGroupPartitionMetadataValue{});
    return encode_both(group_key<ConsumerGroupPartitionMetadataKey>(record.group), value, kConsumerGroupVersion);
}

Result<CoordinatorRecordBytes, EncodeError> encode_one(const ConsumerGroupMemberMetadataRecord& record) {
    return encode_both(member_key<ConsumerGroupMemberMetadataKey>(record.group, record.member_id), record.value,
                       kConsumerGroupVersion);
}

Result<CoordinatorRecordBytes, EncodeError> encode_one(const ConsumerGroupTargetAssignmentMetadataRecord& record) {
    return encode_both(group_key<ConsumerGroupTargetAssignmentMetadataKey>(record.group), record.value,
                       kConsumerGroupVersion);
}

Result<CoordinatorRecordBytes, EncodeError> encode_one(const ConsumerGroupTargetAssignmentMemberRecord& record) {
    return encode_both(member_key<ConsumerGroupTargetAssignmentMemberKey>(record.group, record.member_id), record.value,
                       kConsumerGroupVersion);
}

Result<CoordinatorRecordBytes, EncodeError> encode_one(const ConsumerGroupCurrentMemberAssignmentRecord& record) {
    return encode_both(member_key<ConsumerGroupCurrentMemberAssignmentKey>(record.group, record.member_id),
                       record.value, kConsumerGroupVersion);
}

Result<CoordinatorRecordBytes, EncodeError> encode_one(const ConsumerGroupRegularExpressionRecord& record) {
    auto key = group_key<ConsumerGroupRegularExpressionKey>(record.group);
    key.regular_expression = String::borrowed(record.regular_expression);
    return encode_both(key, record.value, kConsumerGroupVersion);
}

// ------------------------------------------------------------------------------------------------ from bytes

std::optional<std::string> optional_text(const std::optional<String>& text) {
    return text ? std::optional(text->to_string()) : std::nullopt;
}

std::optional<Timestamp> timestamp_of(std::int64_t number) {
    return number == -1 ? std::nullopt : std::optional(Timestamp{number});
}

CommittedOffset from_value(const OffsetCommitValue& value) {
    CommittedOffset committed;
    committed.offset = Offset{value.offset};
    if (value.leader_epoch != LeaderEpoch{-1}) committed.leader_epoch = value.leader_epoch;
    committed.metadata = value.metadata.to_string();
    committed.commit_timestamp = Timestamp{value.commit_timestamp};
    committed.expire_timestamp = timestamp_of(value.expire_timestamp);
    if (!value.topic_id.is_zero()) committed.topic_id = value.topic_id;
    return committed;
}

GroupMetadata from_value(const GroupMetadataValue& value) {
    GroupMetadata group;
    group.protocol_type = value.protocol_type.to_string();
    group.generation = value.generation;
    group.protocol = optional_text(value.protocol);
    group.leader = optional_text(value.leader);
    group.current_state_timestamp = timestamp_of(value.current_state_timestamp);
    group.members.reserve(value.members.size());
    for (const GroupMetadataValue::MemberMetadata& row : value.members) {
        PersistedMember& member = group.members.emplace_back();
        member.member_id = row.member_id.to_string();
        member.group_instance_id = optional_text(row.group_instance_id);
        member.client_id = row.client_id.to_string();
        member.client_host = row.client_host.to_string();
        member.session_timeout = std::chrono::milliseconds(row.session_timeout);
        // Version 0 has no rebalance timeout: the session timeout was both.
        member.rebalance_timeout =
            row.rebalance_timeout == -1 ? member.session_timeout : std::chrono::milliseconds(row.rebalance_timeout);
        member.subscription = text_of(row.subscription);
        member.assignment = text_of(row.assignment);
    }
    return group;
}

ConsumerGroupMetadata from_value(const ConsumerGroupMetadataValue& value) {
    return {value.epoch, static_cast<std::uint64_t>(value.metadata_hash)};
}

ConsumerMemberMetadata from_value(const ConsumerGroupMemberMetadataValue& value) {
    ConsumerMemberMetadata member;
    member.group_instance_id = optional_text(value.instance_id);
    member.rack_id = optional_text(value.rack_id);
    member.client_id = value.client_id.to_string();
    member.client_host = value.client_host.to_string();
    for (const String& name : value.subscribed_topic_names) member.subscribed_topic_names.insert(name.to_string());
    if (value.subscribed_topic_regex && !value.subscribed_topic_regex->empty()) {
        member.subscribed_topic_regex = value.subscribed_topic_regex->to_string();
    }
    if (value.rebalance_timeout_ms != -1) {
        member.rebalance_timeout = std::chrono::milliseconds(value.rebalance_timeout_ms);
    }
    member.server_assignor = optional_text(value.server_assignor);
    const auto& classic = value.classic_member_metadata;
    if (!classic || classic->supported_protocols.empty()) return member;
    member.classic.emplace().session_timeout = std::chrono::milliseconds(classic->session_timeout_ms);
    for (const auto& row : classic->supported_protocols) {
        member.classic->protocols.push_back({row.name.to_string(), text_of(row.metadata)});
    }
    return member;
}

TargetAssignmentMetadata from_value(const ConsumerGroupTargetAssignmentMetadataValue& value) {
    TargetAssignmentMetadata target{value.assignment_epoch, std::nullopt};
    if (value.assignment_timestamp != 0) target.timestamp = Timestamp{value.assignment_timestamp};
    return target;
}

AssignedPartitions from_value(const ConsumerGroupTargetAssignmentMemberValue& value) {
    std::map<TopicId, std::set<PartitionId>> sorted;
    for (const auto& row : value.topic_partitions) {
        for (const PartitionId partition : row.partitions) sorted[row.topic_id].insert(partition);
    }
    AssignedPartitions target;
    for (const auto& [topic, partitions] : sorted) target[topic] = {partitions.begin(), partitions.end()};
    return target;
}

/// Before Kafka 4.3 no epochs were kept: the member's counts for all of its partitions.
OwnedPartitions owned_of(const Array<ConsumerGroupCurrentMemberAssignmentValue::TopicPartitions>& rows,
                         GroupEpoch member_epoch) {
    OwnedPartitions owned;
    for (const auto& row : rows) {
        const bool has_epochs = row.assignment_epochs && row.assignment_epochs->size() == row.partitions.size();
        std::vector<GroupEpoch> epochs;
        if (has_epochs) {
            for (const std::int32_t epoch : *row.assignment_epochs) epochs.emplace_back(epoch);
        }
        std::size_t i = 0;
        for (const PartitionId partition : row.partitions) {
            owned[row.topic_id][partition] = has_epochs ? epochs[i] : member_epoch;
            ++i;
        }
    }
    return owned;
}

CurrentMemberAssignment from_value(const ConsumerGroupCurrentMemberAssignmentValue& value) {
    CurrentMemberAssignment current;
    current.member_epoch = value.member_epoch;
    current.previous_member_epoch = value.previous_member_epoch;
    // A state of a later Kafka: reconciling finds out what is to be done.
    const bool is_known =
        value.state >= 0 && value.state <= static_cast<std::int8_t>(MemberState::unreleased_partitions);
    current.state = is_known ? static_cast<MemberState>(value.state) : MemberState::unreleased_partitions;
    current.assigned = owned_of(value.assigned_partitions, value.member_epoch);
    current.pending_revocation = owned_of(value.partitions_pending_revocation, value.member_epoch);
    return current;
}

ResolvedRegularExpression from_value(const ConsumerGroupRegularExpressionValue& value) {
    ResolvedRegularExpression resolved;
    for (const String& topic : value.topics) resolved.topics.insert(topic.to_string());
    resolved.version = value.version;
    resolved.timestamp = Timestamp{value.timestamp};
    return resolved;
}

OffsetCommitRecord from_key(const OffsetCommitKey& key) {
    return {key.group.to_string(), {key.topic.to_string(), key.partition}, std::nullopt};
}

GroupMetadataRecord from_key(const GroupMetadataKey& key) {
    return {key.group.to_string(), std::nullopt};
}

ConsumerGroupMetadataRecord from_key(const ConsumerGroupMetadataKey& key) {
    return {key.group_id.to_string(), std::nullopt};
}

ConsumerGroupPartitionMetadataRecord from_key(const ConsumerGroupPartitionMetadataKey& key) {
    return {key.group_id.to_string(), true};
}

ConsumerGroupMemberMetadataRecord from_key(const ConsumerGroupMemberMetadataKey& key) {
    return {key.group_id.to_string(), key.member_id.to_string(), std::nullopt};
}

ConsumerGroupTargetAssignmentMetadataRecord from_key(const ConsumerGroupTargetAssignmentMetadataKey& key) {
    return {key.group_id.to_string(), std::nullopt};
}

ConsumerGroupTargetAssignmentMemberRecord from_key(const ConsumerGroupTargetAssignmentMemberKey& key) {
    return {key.group_id.to_string(), key.member_id.to_string(), std::nullopt};
}

ConsumerGroupCurrentMemberAssignmentRecord from_key(const ConsumerGroupCurrentMemberAssignmentKey& key) {
    return {key.group_id.to_string(), key.member_id.to_string(), std::nullopt};
}

ConsumerGroupRegularExpressionRecord from_key(const ConsumerGroupRegularExpressionKey& key) {
    return {key.group_id.to_string(), key.regular_expression.to_string(), std::nullopt};
}

// What both kinds have: the key's body, then the value's number and body.
template <Message Key, Message Value>
Result<GroupRecord, DecodeError> decode_both(RecordBytes key_body, std::optional<RecordBytes> value) {
    const auto key = decode<Key>(key_body, 0, kCoordinatorRecordOptions);
    if (!key) return std::unexpected(key.error());
    auto record = from_key(*key);
    if (!value) return record;
    const auto version = take_number(*value, "GroupRecord", "value");
    if (!version) return std::unexpected(version.error());
    const auto body = decode<Value>(*value, *version, kCoordinatorRecordOptions);
    if (!body) return std::unexpected(body.error());
    if constexpr (std::is_same_v<Value, ConsumerGroupPartitionMetadataValue>) {
        record.is_tombstone = false;
    } else {
        record.value = from_value(*body);
    }
    return record;
}

}  // namespace

Result<CoordinatorRecordBytes, EncodeError> encode_group_record(const GroupRecord& record) {
    return std::visit([](const auto& kind) { return encode_one(kind); }, record);
}

Result<GroupRecord, DecodeError> decode_group_record(RecordBytes key, std::optional<RecordBytes> value) {
    const auto id = take_number(key, "GroupRecord", "key");
    if (!id) return std::unexpected(id.error());
    switch (*id) {
        case kLegacyOffsetCommit:
        case kOffsetCommit:
            return decode_both<OffsetCommitKey, OffsetCommitValue>(key, value);
        case kGroupMetadata:
            return decode_both<GroupMetadataKey, GroupMetadataValue>(key, value);
        case kKeyOf<ConsumerGroupMetadataKey>:
            return decode_both<ConsumerGroupMetadataKey, ConsumerGroupMetadataValue>(key, value);
        case kKeyOf<ConsumerGroupPartitionMetadataKey>:
            return decode_both<ConsumerGroupPartitionMetadataKey, ConsumerGroupPartitionMetadataValue>(key, value);
        case kKeyOf<ConsumerGroupMemberMetadataKey>:
            return decode_both<ConsumerGroupMemberMetadataKey, ConsumerGroupMemberMetadataValue>(key, value);
        case kKeyOf<ConsumerGroupTargetAssignmentMetadataKey>:
            return decode_both<ConsumerGroupTargetAssignmentMetadataKey, ConsumerGroupTargetAssignmentMetadataValue>(
                key, value);
        case kKeyOf<ConsumerGroupTargetAssignmentMemberKey>:
            return decode_both<ConsumerGroupTargetAssignmentMemberKey, ConsumerGroupTargetAssignmentMemberValue>(key,
                                                                                                                 value);
        case kKeyOf<ConsumerGroupCurrentMemberAssignmentKey>:
            return decode_both<ConsumerGroupCurrentMemberAssignmentKey, ConsumerGroupCurrentMemberAssignmentValue>(
                key, value);
        case kKeyOf<ConsumerGroupRegularExpressionKey>:
            return decode_both<ConsumerGroupRegularExpressionKey, ConsumerGroupRegularExpressionValue>(key, value);
        default:
            return std::unexpected(DecodeError{DecodeErrorKind::unknown_record_type, "GroupRecord", "key", 0});
    }
}

}  // namespace highwater::wire
