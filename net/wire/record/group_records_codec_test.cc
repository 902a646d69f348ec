#include "net/wire/record/group_records_codec.h"

#include <string_view>

#include <gtest/gtest.h>

#include "core/base/describe.h"
#include "net/wire/testing.h"

namespace highwater::wire {

namespace {

using std::chrono::milliseconds;
using testing::from_hex;
using testing::hex_of;

// The bytes of these tests were written by Kafka 4.3.1's own GroupCoordinatorRecordSerde; what its
// GroupCoordinatorRecordHelpers make of a group or an offset also shows the version that it writes.

constexpr std::string_view kOffsetKey = "0001000767726f75702d610005746f70696300000003";
constexpr std::string_view kGroupKey = "0002000767726f75702d61";

constexpr std::string_view kOffsetV0 = "00000000001cbe991a1400046d2dc3a90000018bcfe56801";
constexpr std::string_view kOffsetV1 = "00010000001cbe991a1400046d2dc3a90000018bcfe568010000018bcfe65261";
constexpr std::string_view kOffsetV2 = "00020000001cbe991a1400046d2dc3a90000018bcfe56801";
constexpr std::string_view kOffsetV3 = "00030000001cbe991a140000000700046d2dc3a90000018bcfe56801";
constexpr std::string_view kOffsetV4 = "00040000001cbe991a1400000007056d2dc3a90000018bcfe5680100";

constexpr std::string_view kGroupV0 =
    "00000008636f6e73756d657200000005000572616e676500086d656d6265722d30"
    "00000001"
    "00086d656d6265722d300008636c69656e742d30000a2f3132372e302e302e31"
    "0000afc80000000600016d6574610000000aff0061737369676e6564";
constexpr std::string_view kGroupV1 =
    "00010008636f6e73756d657200000005000572616e676500086d656d6265722d30"
    "00000001"
    "00086d656d6265722d300008636c69656e742d30000a2f3132372e302e302e31"
    "000493e00000afc80000000600016d6574610000000aff0061737369676e6564";
constexpr std::string_view kGroupV2 =
    "00020008636f6e73756d657200000005000572616e676500086d656d6265722d300000018bcfe56801"
    "00000001"
    "00086d656d6265722d300008636c69656e742d30000a2f3132372e302e302e31"
    "000493e00000afc80000000600016d6574610000000aff0061737369676e6564";
constexpr std::string_view kGroupV3 =
    "00030008636f6e73756d657200000005000572616e676500086d656d6265722d300000018bcfe56801"
    "00000001"
    "00086d656d6265722d30000a696e7374616e63652d300008636c69656e742d30000a2f3132372e302e302e31"
    "000493e00000afc80000000600016d6574610000000aff0061737369676e6564";
constexpr std::string_view kGroupV4 =
    "000409636f6e73756d6572000000050672616e6765096d656d6265722d300000018bcfe56801"
    "02"
    "096d656d6265722d300b696e7374616e63652d3009636c69656e742d300b2f3132372e302e302e31"
    "000493e00000afc80700016d6574610bff0061737369676e65640000";

OffsetCommitRecord an_offset() {
    return {"group-a",
            {"topic", PartitionId{3}},
            CommittedOffset{Offset{123456789012}, LeaderEpoch{7}, "m-é", Timestamp{1700000000001}, std::nullopt}};
}

PersistedMember a_member() {
    using namespace std::string_literals;
    return {"member-0",           "instance-0",        "client-0",  "/127.0.0.1",
            milliseconds{300000}, milliseconds{45000}, "\0\1meta"s, "\xff\0assigned"s};
}

GroupMetadataRecord a_group() {
    return {"group-a",
            GroupMetadata{"consumer", Generation{5}, "range", "member-0", Timestamp{1700000000001}, {a_member()}}};
}

void expect_written(const GroupRecord& record, std::string_view key, std::string_view value) {
    const auto bytes = encode_group_record(record);
    ASSERT_TRUE(bytes) << to_text(bytes.error());
    EXPECT_EQ(hex_of(bytes->key), key);
    ASSERT_TRUE(bytes->value);
    EXPECT_EQ(hex_of(*bytes->value), value);
}

void expect_read(std::string_view key, std::optional<std::string_view> value, const GroupRecord& expected) {
    const auto key_bytes = from_hex(key);
    const auto value_bytes = from_hex(value.value_or(""));
    const auto record = decode_group_record(key_bytes, value ? std::optional<RecordBytes>(value_bytes) : std::nullopt);
    ASSERT_TRUE(record) << to_text(record.error());
    EXPECT_EQ(print(*record), print(expected));
}

DecodeErrorKind refusal(std::string_view key, std::string_view value) {
    const auto key_bytes = from_hex(key);
    const auto value_bytes = from_hex(value);
    const auto record = decode_group_record(key_bytes, value_bytes);
    EXPECT_FALSE(record) << key << " " << value;
    return record ? DecodeErrorKind{} : record.error().kind;
}

TEST(GroupRecordsCodec, WritesAnOffsetInVersion4) {
    expect_written(an_offset(), kOffsetKey, kOffsetV4);
    OffsetCommitRecord bare = an_offset();
    bare.value = CommittedOffset{Offset{0}, std::nullopt, "", Timestamp{1700000000001}, std::nullopt};
    expect_written(bare, kOffsetKey, "00040000000000000000ffffffff010000018bcfe5680100");
    expect_read(kOffsetKey, "00040000000000000000ffffffff010000018bcfe5680100", bare);
}

TEST(GroupRecordsCodec, WritesAnOffsetThatExpiresInVersion1WithoutItsLeaderEpoch) {
    OffsetCommitRecord record = an_offset();
    record.value->expire_timestamp = Timestamp{1700000060001};
    expect_written(record, kOffsetKey, kOffsetV1);
    record.value->leader_epoch = std::nullopt;
    expect_read(kOffsetKey, kOffsetV1, record);
}

TEST(GroupRecordsCodec, ReadsEveryVersionOfAnOffset) {
    OffsetCommitRecord record = an_offset();
    expect_read(kOffsetKey, kOffsetV3, record);
    expect_read(kOffsetKey, kOffsetV4, record);
    record.value->leader_epoch = std::nullopt;
    expect_read(kOffsetKey, kOffsetV0, record);
    expect_read(kOffsetKey, kOffsetV2, record);
}

// Kafka 4.3.1 writes it for commits by name, too.
TEST(GroupRecordsCodec, WritesAndReadsTheTopicIdOfAnOffset) {
    constexpr std::string_view kBytes =
        "00040000001cbe991a1400000007056d2dc3a90000018bcfe568010100100102030405060708090a0b0c0d0e0f10";
    OffsetCommitRecord record = an_offset();
    record.value->topic_id = TopicId{{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}}};
    expect_written(record, kOffsetKey, kBytes);
    expect_read(kOffsetKey, kBytes, record);
}

TEST(GroupRecordsCodec, ReadsAnOffsetUnderTheLegacyKey) {
    OffsetCommitRecord record = an_offset();
    record.value->leader_epoch = std::nullopt;
    expect_read("0000000767726f75702d610005746f70696300000003", kOffsetV0, record);
}

TEST(GroupRecordsCodec, WritesAGroupInVersion3) {
    expect_written(a_group(), kGroupKey, kGroupV3);
}

TEST(GroupRecordsCodec, WritesAndReadsAGroupOfTwo) {
    constexpr std::string_view kBytes =
        "00030008636f6e73756d657200000005000572616e676500086d656d6265722d300000018bcfe56801"
        "00000002"
        "00086d656d6265722d31ffff0008636c69656e742d31000a2f3132372e302e302e31"
        "000493e00000afc80000000000000000"
        "00086d656d6265722d30000a696e7374616e63652d300008636c69656e742d30000a2f3132372e302e302e31"
        "000493e00000afc80000000600016d6574610000000aff0061737369676e6564";
    GroupMetadataRecord record = a_group();
    record.value->members = {
        {"member-1", std::nullopt, "client-1", "/127.0.0.1", milliseconds{300000}, milliseconds{45000}, "", ""},
        a_member()};
    expect_written(record, kGroupKey, kBytes);
    expect_read(kGroupKey, kBytes, record);
}

TEST(GroupRecordsCodec, WritesAndReadsAnEmptyGroup) {
    constexpr std::string_view kBytes = "0003000000000000ffffffff0000018bcfe5680100000000";
    const GroupMetadataRecord record{
        "group-a", GroupMetadata{"", Generation{0}, std::nullopt, std::nullopt, Timestamp{1700000000001}, {}}};
    expect_written(record, kGroupKey, kBytes);
    expect_read(kGroupKey, kBytes, record);
}

TEST(GroupRecordsCodec, ReadsEveryVersionOfAGroup) {
    GroupMetadataRecord record = a_group();
    expect_read(kGroupKey, kGroupV3, record);
    expect_read(kGroupKey, kGroupV4, record);
    record.value->members[0].group_instance_id = std::nullopt;
    expect_read(kGroupKey, kGroupV2, record);
    record.value->current_state_timestamp = std::nullopt;
    expect_read(kGroupKey, kGroupV1, record);
    record.value->members[0].rebalance_timeout = record.value->members[0].session_timeout;
    expect_read(kGroupKey, kGroupV0, record);
}

constexpr TopicId kTopic{{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}}};
constexpr TopicId kOtherTopic{{{17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32}}};

/// A record of a consumer group, its key and its value.
struct ConsumerSample {
    GroupRecord record;
    std::string_view key;
    std::string_view value;
};

std::vector<ConsumerSample> consumer_samples() {
    using namespace std::string_literals;
    const ConsumerMemberMetadata member{.group_instance_id = "instance-0",
                                        .rack_id = "rack-0",
                                        .client_id = "client-0",
                                        .client_host = "/127.0.0.1",
                                        .subscribed_topic_names = {"bar", "foo"},
                                        .subscribed_topic_regex = "ba.*",
                                        .rebalance_timeout = milliseconds{300000},
                                        .server_assignor = "uniform",
                                        .classic = std::nullopt};
    const ConsumerMemberMetadata classic{
        .group_instance_id = std::nullopt,
        .rack_id = std::nullopt,
        .client_id = "client-1",
        .client_host = "/127.0.0.1",
        .subscribed_topic_names = {"foo"},
        .subscribed_topic_regex = std::nullopt,
        .rebalance_timeout = std::nullopt,
        .server_assignor = std::nullopt,
        .classic = ClassicMemberMetadata{milliseconds{45000}, {{"range", "\0\1meta"s}}}};
    const CurrentMemberAssignment current{
        GroupEpoch{7},
        GroupEpoch{6},
        MemberState::unrevoked_partitions,
        {{kTopic, {{PartitionId{0}, GroupEpoch{5}}, {PartitionId{2}, GroupEpoch{7}}}}},
        {{kOtherTopic, {{PartitionId{1}, GroupEpoch{3}}}}}};
    const AssignedPartitions target{{kTopic, {PartitionId{0}, PartitionId{2}}}};
    return {
        {ConsumerGroupMetadataRecord{"group-a", ConsumerGroupMetadata{GroupEpoch{7}, 0x1122334455667788}},
         "0003000767726f75702d61", "0000000000070100081122334455667788"},
        {ConsumerGroupMetadataRecord{"group-a", ConsumerGroupMetadata{GroupEpoch{7}, 0}}, "0003000767726f75702d61",
         "00000000000700"},
        {ConsumerGroupMemberMetadataRecord{"group-a", "member-0", member}, "0005000767726f75702d6100086d656d6265722d30",
         "00000b696e7374616e63652d30077261636b2d3009636c69656e742d300b2f3132372e302e302e31030462617204666f6f0562612e2a0"
         "00493e008756e69666f726d01000100"},
        {ConsumerGroupMemberMetadataRecord{"group-a", "member-1", classic},
         "0005000767726f75702d6100086d656d6265722d31",
         "0000000009636c69656e742d310b2f3132372e302e302e310204666f6f01ffffffff00010015010000afc8020672616e67650700016d6"
         "574610000"},
        {ConsumerGroupCurrentMemberAssignmentRecord{"group-a", "member-0", current},
         "0008000767726f75702d6100086d656d6265722d30",
         "0000000000070000000601020102030405060708090a0b0c0d0e0f1003000000000000000201000903000000050000000702111213141"
         "5161718191a1b1c1d1e1f200200000001010005020000000300"},
        {ConsumerGroupCurrentMemberAssignmentRecord{
             "group-a", "member-1",
             CurrentMemberAssignment{GroupEpoch{0}, GroupEpoch{-1}, MemberState::stable, {}, {}}},
         "0008000767726f75702d6100086d656d6265722d31", "000000000000ffffffff00010100"},
        {ConsumerGroupTargetAssignmentMemberRecord{"group-a", "member-0", target},
         "0007000767726f75702d6100086d656d6265722d30", "0000020102030405060708090a0b0c0d0e0f100300000000000000020000"},
        {ConsumerGroupTargetAssignmentMemberRecord{"group-a", "member-0", AssignedPartitions{}},
         "0007000767726f75702d6100086d656d6265722d30", "00000100"},
        {ConsumerGroupTargetAssignmentMetadataRecord{"group-a",
                                                     TargetAssignmentMetadata{GroupEpoch{7}, Timestamp{1700000000001}}},
         "0006000767726f75702d61", "0000000000070100080000018bcfe56801"},
        {ConsumerGroupRegularExpressionRecord{"group-a", "ba.*",
                                              ResolvedRegularExpression{{"bar", "baz"}, 12, Timestamp{1700000000001}}},
         "0010000767726f75702d61000462612e2a", "000003046261720462617a000000000000000c0000018bcfe5680100"},
    };
}

TEST(GroupRecordsCodec, WritesAndReadsConsumerGroupsAsKafkaDoes) {
    for (const ConsumerSample& sample : consumer_samples()) {
        expect_written(sample.record, sample.key, sample.value);
        expect_read(sample.key, sample.value, sample.record);
    }
}

TEST(GroupRecordsCodec, ConsumerGroupsHaveTombstones) {
    for (const auto& [record, key] : std::vector<std::pair<GroupRecord, std::string_view>>{
             {ConsumerGroupMetadataRecord{"group-a", std::nullopt}, "0003000767726f75702d61"},
             {ConsumerGroupPartitionMetadataRecord{"group-a", true}, "0004000767726f75702d61"},
             {ConsumerGroupMemberMetadataRecord{"group-a", "member-0", std::nullopt},
              "0005000767726f75702d6100086d656d6265722d30"},
             {ConsumerGroupCurrentMemberAssignmentRecord{"group-a", "member-0", std::nullopt},
              "0008000767726f75702d6100086d656d6265722d30"},
             {ConsumerGroupTargetAssignmentMemberRecord{"group-a", "member-0", std::nullopt},
              "0007000767726f75702d6100086d656d6265722d30"},
             {ConsumerGroupTargetAssignmentMetadataRecord{"group-a", std::nullopt}, "0006000767726f75702d61"},
             {ConsumerGroupRegularExpressionRecord{"group-a", "ba.*", std::nullopt},
              "0010000767726f75702d61000462612e2a"}}) {
        const auto bytes = encode_group_record(record);
        ASSERT_TRUE(bytes);
        EXPECT_EQ(hex_of(bytes->key), key);
        EXPECT_FALSE(bytes->value);
        expect_read(key, std::nullopt, record);
    }
}

// KIP-1251 came with Kafka 4.3: before it the member's epoch stands for all.
TEST(GroupRecordsCodec, PartitionsWithoutAssignmentEpochsHaveTheMembers) {
    expect_read(
        "0008000767726f75702d6100086d656d6265722d30",
        "0000000000070000000600020102030405060708090a0b0c0d0e0f10030000000000000002000100",
        ConsumerGroupCurrentMemberAssignmentRecord{
            "group-a", "member-0",
            CurrentMemberAssignment{GroupEpoch{7},
                                    GroupEpoch{6},
                                    MemberState::stable,
                                    {{kTopic, {{PartitionId{0}, GroupEpoch{7}}, {PartitionId{2}, GroupEpoch{7}}}}},
                                    {}}});
}

TEST(GroupRecordsCodec, WhatKafka40WroteOfPartitionsIsThereAndNotLookedAt) {
    expect_read("0004000767726f75702d61", "0000020102030405060708090a0b0c0d0e0f1006746f70696300000003010000",
                ConsumerGroupPartitionMetadataRecord{"group-a", false});
}

TEST(GroupRecordsCodec, ATombstoneHasNoValue) {
    const OffsetCommitRecord offset{"group-a", {"topic", PartitionId{3}}, std::nullopt};
    const GroupMetadataRecord group{"group-a", std::nullopt};
    for (const auto& [record, key] : {std::pair<GroupRecord, std::string_view>{offset, kOffsetKey},
                                      std::pair<GroupRecord, std::string_view>{group, kGroupKey}}) {
        const auto bytes = encode_group_record(record);
        ASSERT_TRUE(bytes);
        EXPECT_EQ(hex_of(bytes->key), key);
        EXPECT_FALSE(bytes->value);
        expect_read(key, std::nullopt, record);
    }
}

TEST(GroupRecordsCodec, AKeyOfAnotherKindOfGroupIsUnknown) {
    // ShareGroupMetadata, and an id that no release of Kafka has.
    EXPECT_EQ(refusal("000b000767726f75702d61", "00000000000300"), DecodeErrorKind::unknown_record_type);
    EXPECT_EQ(refusal("7fff", ""), DecodeErrorKind::unknown_record_type);
    EXPECT_EQ(refusal("ffff000767726f75702d61", "0000"), DecodeErrorKind::unknown_record_type);
}

TEST(GroupRecordsCodec, AValueOfALaterVersionIsRefused) {
    EXPECT_EQ(refusal(kOffsetKey, "0005"), DecodeErrorKind::unsupported_version);
    EXPECT_EQ(refusal(kGroupKey, "0005"), DecodeErrorKind::unsupported_version);
    EXPECT_EQ(refusal(kGroupKey, "ffff"), DecodeErrorKind::unsupported_version);
}

TEST(GroupRecordsCodec, EveryStrictPrefixIsRefused) {
    for (const std::string_view key : {kOffsetKey, kGroupKey}) {
        const auto bytes = from_hex(key);
        for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
            const auto record = decode_group_record(std::span(bytes).first(cut), std::nullopt);
            ASSERT_FALSE(record) << key << " at " << cut;
            EXPECT_EQ(record.error().kind, DecodeErrorKind::truncated) << key << " at " << cut;
        }
    }
    for (const auto& [key, value] :
         {std::pair{kOffsetKey, kOffsetV0}, std::pair{kOffsetKey, kOffsetV1}, std::pair{kOffsetKey, kOffsetV4},
          std::pair{kGroupKey, kGroupV0}, std::pair{kGroupKey, kGroupV3}, std::pair{kGroupKey, kGroupV4}}) {
        const auto key_bytes = from_hex(key);
        const auto bytes = from_hex(value);
        for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
            EXPECT_FALSE(decode_group_record(key_bytes, std::span(bytes).first(cut))) << value << " at " << cut;
        }
    }
    for (const ConsumerSample& sample : consumer_samples()) {
        const auto key = from_hex(sample.key);
        const auto value = from_hex(sample.value);
        for (std::size_t cut = 0; cut < key.size(); ++cut) {
            EXPECT_FALSE(decode_group_record(std::span(key).first(cut), std::nullopt)) << sample.key << " at " << cut;
        }
        for (std::size_t cut = 0; cut < value.size(); ++cut) {
            EXPECT_FALSE(decode_group_record(key, std::span(value).first(cut))) << sample.value << " at " << cut;
        }
    }
}

TEST(GroupRecordsCodec, AFlippedBitIsRefusedOrStillConsistent) {
    std::size_t accepted = 0;
    std::vector<std::pair<std::string_view, std::string_view>> samples = {{kOffsetKey, kOffsetV1},
                                                                          {kOffsetKey, kOffsetV4},
                                                                          {kGroupKey, kGroupV0},
                                                                          {kGroupKey, kGroupV3},
                                                                          {kGroupKey, kGroupV4}};
    for (const ConsumerSample& sample : consumer_samples()) samples.emplace_back(sample.key, sample.value);
    for (const auto& [key, value] : samples) {
        const auto key_bytes = from_hex(key);
        auto bytes = from_hex(value);
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
            const auto record = decode_group_record(key_bytes, bytes);
            bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
            if (!record) continue;
            ++accepted;
            const auto again = encode_group_record(*record);
            ASSERT_TRUE(again) << print(*record) << ": " << to_text(again.error());
            const auto back = decode_group_record(again->key, again->value);
            ASSERT_TRUE(back) << print(*record) << ": " << to_text(back.error());
            EXPECT_EQ(print(*back), print(*record));
        }
    }
    EXPECT_GT(accepted, 1000U) << "the flips reach what is behind the lengths";
}

TEST(GroupRecordsCodec, BytesAfterTheEndAreRefused) {
    EXPECT_EQ(refusal(std::string(kGroupKey) + "00", kGroupV3), DecodeErrorKind::trailing_bytes);
    EXPECT_EQ(refusal(kGroupKey, std::string(kGroupV3) + "00"), DecodeErrorKind::trailing_bytes);
}

TEST(GroupRecordsCodec, ATextThatNoLengthCanSayIsNotWritten) {
    OffsetCommitRecord record = an_offset();
    record.value->metadata = std::string(32'768, 'm');
    EXPECT_EQ(encode_group_record(record).error().kind, EncodeErrorKind::too_long);
    record.group = std::string(32'768, 'g');
    record.value = std::nullopt;
    EXPECT_EQ(encode_group_record(record).error().kind, EncodeErrorKind::too_long);
}

}  // namespace

}  // namespace highwater::wire
