#include "net/wire/record/group_records_codec.h"

#include <chrono>

#include "net/wire/bytes_text.h"
#include "net/wire/internal/group_metadata_records.h"
#include "net/wire/internal/offset_commit_records.h"
#include "net/wire/writer.h"

namespace highwater::wire {

namespace {

constexpr std::int16_t kLegacyOffsetCommit = 0;
constexpr std::int16_t kOffsetCommit = Schema<OffsetCommitKey>::message.key;
constexpr std::int16_t kGroupMetadata = Schema<GroupMetadataKey>::message.key;

constexpr std::int16_t kOffsetCommitVersion = 4;
constexpr std::int16_t kExpiringOffsetCommitVersion = 1;  // the only one that says when
constexpr std::int16_t kGroupMetadataVersion = 3;

// What a record of the log claims is bounded by its bytes: a group may have any number of members.
constexpr DecodeOptions kOptions{.max_array_elements = INT32_MAX};

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

// The number that tells how to read the body, then the body.
template <Message Body>
Result<RecordBuffer, EncodeError> encode_after(std::int16_t number, const Body& body, std::int16_t version) {
    Writer writer;
    writer.scalar(number);
    if (auto done = encode(writer, body, version); !done) return std::unexpected(done.error());
    return writer.take().to_vector();
}

template <Message Key, class Value>
Result<GroupRecordBytes, EncodeError> encode_both(const Key& key, const std::optional<Value>& value,
                                                  std::int16_t value_version) {
    auto key_bytes = encode_after(Schema<Key>::message.key, key, 0);
    if (!key_bytes) return std::unexpected(key_bytes.error());
    GroupRecordBytes bytes{*std::move(key_bytes), std::nullopt};
    if (!value) return bytes;
    auto value_bytes = encode_after(value_version, value_of(*value), value_version);
    if (!value_bytes) return std::unexpected(value_bytes.error());
    bytes.value = *std::move(value_bytes);
    return bytes;
}

Result<GroupRecordBytes, EncodeError> encode_one(const OffsetCommitRecord& record) {
    OffsetCommitKey key;
    key.group = String::borrowed(record.group);
    key.topic = String::borrowed(record.partition.topic);
    key.partition = record.partition.partition;
    const bool expires = record.value && record.value->expire_timestamp;
    return encode_both(key, record.value, expires ? kExpiringOffsetCommitVersion : kOffsetCommitVersion);
}

Result<GroupRecordBytes, EncodeError> encode_one(const GroupMetadataRecord& record) {
    GroupMetadataKey key;
    key.group = String::borrowed(record.group);
    return encode_both(key, record.value, kGroupMetadataVersion);
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

OffsetCommitRecord from_key(const OffsetCommitKey& key) {
    return {key.group.to_string(), {key.topic.to_string(), key.partition}, std::nullopt};
}

GroupMetadataRecord from_key(const GroupMetadataKey& key) {
    return {key.group.to_string(), std::nullopt};
}

// Takes the number off the front.
Result<std::int16_t, DecodeError> take_number(RecordBytes& bytes, const char* field) {
    Reader reader(bytes, {.message = "GroupRecord", .version = 0, .flexible = false, .options = kOptions});
    reader.at_field(field);
    const auto number = reader.scalar<std::int16_t>();
    if (reader.failed()) return std::unexpected(reader.error());
    bytes = bytes.subspan(reader.position());
    return number;
}

// What both kinds have: the key's body, then the value's number and body.
template <Message Key, Message Value>
Result<GroupRecord, DecodeError> decode_both(RecordBytes key_body, std::optional<RecordBytes> value) {
    const auto key = decode<Key>(key_body, 0, kOptions);
    if (!key) return std::unexpected(key.error());
    auto record = from_key(*key);
    if (!value) return record;
    const auto version = take_number(*value, "value");
    if (!version) return std::unexpected(version.error());
    const auto body = decode<Value>(*value, *version, kOptions);
    if (!body) return std::unexpected(body.error());
    record.value = from_value(*body);
    return record;
}

}  // namespace

Result<GroupRecordBytes, EncodeError> encode_group_record(const GroupRecord& record) {
    return std::visit([](const auto& kind) { return encode_one(kind); }, record);
}

Result<GroupRecord, DecodeError> decode_group_record(RecordBytes key, std::optional<RecordBytes> value) {
    const auto id = take_number(key, "key");
    if (!id) return std::unexpected(id.error());
    switch (*id) {
        case kLegacyOffsetCommit:
        case kOffsetCommit:
            return decode_both<OffsetCommitKey, OffsetCommitValue>(key, value);
        case kGroupMetadata:
            return decode_both<GroupMetadataKey, GroupMetadataValue>(key, value);
        default:
            return std::unexpected(DecodeError{DecodeErrorKind::unknown_record_type, "GroupRecord", "key", 0});
    }
}

}  // namespace highwater::wire
