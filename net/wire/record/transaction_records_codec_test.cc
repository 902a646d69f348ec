#include "net/wire/record/transaction_records_codec.h"

#include <string_view>

#include <gtest/gtest.h>

#include "core/base/describe.h"
#include "net/wire/testing.h"

namespace highwater::wire {

namespace {

using std::chrono::milliseconds;
using testing::from_hex;
using testing::hex_of;

// The bytes of these tests were written by Kafka 4.3.1's own TransactionLog, at each level of transaction.version.

constexpr std::string_view kKey = "0000000b7061796d656e74732dc3a9";
constexpr std::string_view kEmptyV0 = "00000000000000000fa100000000ea6000ffffffff0000018bcfe56801ffffffffffffffff";
constexpr std::string_view kEmptyV1 = "00010000000000000fa100000000ea6000000000018bcfe56801ffffffffffffffff00";
// Topics in another order than here: Kafka's is that of a hash table.
constexpr std::string_view kOngoingV0 =
    "00000000000000000fa100070000ea600100000002"
    "00066f7264657273000000020000000000000003"
    "00125f5f636f6e73756d65725f6f6666736574730000000100000011"
    "0000018bcfe568010000018bcfe56800";
constexpr std::string_view kOngoingV1 =
    "00010000000000000fa100070000ea600103"
    "076f7264657273030000000000000003"
    "00135f5f636f6e73756d65725f6f66667365747302"
    "0000001100"
    "0000018bcfe568010000018bcfe5680000";
constexpr std::string_view kPreparedV1 =
    "00010000000000000fa17fff000dbba00202076f7264657273020000000300"
    "0000018bcfe568020000018bcfe568000300080000000000000bb90108000000000000138902020002";
constexpr std::string_view kCompleteV1 =
    "000100000000000013890000000dbba00501"
    "0000018bcfe568030000018bcfe568000200080000000000000fa102020002";

constexpr TransactionVersion kLevel0{0};

TransactionRecord empty_record() {
    TransactionMetadata transaction;
    transaction.producer_id = ProducerId{4001};
    transaction.timeout = milliseconds(60'000);
    transaction.last_update = Timestamp{1'700'000'000'001};
    return {"payments-é", transaction};
}

TransactionRecord ongoing_record() {
    TransactionRecord record = empty_record();
    record.value->producer_epoch = ProducerEpoch{7};
    record.value->state = TransactionState::ongoing;
    record.value->partitions = {
        {"__consumer_offsets", PartitionId{17}}, {"orders", PartitionId{0}}, {"orders", PartitionId{3}}};
    record.value->started = Timestamp{1'700'000'000'000};
    return record;
}

/// Whose end exhausts the epochs of its producer id.
TransactionRecord prepared_record() {
    TransactionRecord record = empty_record();
    record.value->previous_producer_id = ProducerId{3001};
    record.value->next_producer_id = ProducerId{5001};
    record.value->producer_epoch = ProducerEpoch{32'767};
    record.value->timeout = milliseconds(900'000);
    record.value->state = TransactionState::prepare_commit;
    record.value->partitions = {{"orders", PartitionId{3}}};
    record.value->last_update = Timestamp{1'700'000'000'002};
    record.value->started = Timestamp{1'700'000'000'000};
    record.value->client_version = kTransactionV2;
    return record;
}

TransactionRecord complete_record() {
    TransactionRecord record = prepared_record();
    record.value->producer_id = ProducerId{5001};
    record.value->previous_producer_id = ProducerId{4001};
    record.value->next_producer_id = std::nullopt;
    record.value->producer_epoch = ProducerEpoch{0};
    record.value->state = TransactionState::complete_abort;
    record.value->partitions.clear();
    record.value->last_update = Timestamp{1'700'000'000'003};
    return record;
}

void expect_written(const TransactionRecord& record, TransactionVersion finalized, std::string_view value) {
    const auto bytes = encode_transaction_record(record, finalized);
    ASSERT_TRUE(bytes) << to_text(bytes.error());
    EXPECT_EQ(hex_of(bytes->key), kKey);
    ASSERT_TRUE(bytes->value);
    EXPECT_EQ(hex_of(*bytes->value), value);
}

Result<TransactionRecord, DecodeError> read(std::string_view key, std::optional<std::string_view> value) {
    const auto key_bytes = from_hex(key);
    const auto value_bytes = from_hex(value.value_or(""));
    return decode_transaction_record(key_bytes, value ? std::optional<RecordBytes>(value_bytes) : std::nullopt);
}

void expect_read(std::optional<std::string_view> value, const TransactionRecord& expected) {
    const auto record = read(kKey, value);
    ASSERT_TRUE(record) << to_text(record.error());
    EXPECT_EQ(print(*record), print(expected));
}

DecodeErrorKind refusal(std::string_view key, std::string_view value) {
    const auto record = read(key, value);
    EXPECT_FALSE(record) << key << " " << value;
    return record ? DecodeErrorKind{} : record.error().kind;
}

TEST(TransactionRecordsCodec, WritesVersion0WhileTransactionVersionIs0) {
    expect_written(empty_record(), kLevel0, kEmptyV0);
    const auto bytes = encode_transaction_record(ongoing_record(), kLevel0);
    ASSERT_TRUE(bytes);
    expect_read(hex_of(*bytes->value), ongoing_record());
}

TEST(TransactionRecordsCodec, WritesVersion1FromTransactionVersion1On) {
    for (const TransactionVersion level : {kTransactionV1, kTransactionV2}) {
        expect_written(empty_record(), level, kEmptyV1);
        expect_written(prepared_record(), level, kPreparedV1);
        expect_written(complete_record(), level, kCompleteV1);
    }
}

TEST(TransactionRecordsCodec, GroupsPartitionsByTopic) {
    expect_written(ongoing_record(), kTransactionV2,
                   "00010000000000000fa100070000ea600103"
                   "135f5f636f6e73756d65725f6f66667365747302"
                   "0000001100"
                   "076f7264657273030000000000000003"
                   "00"
                   "0000018bcfe568010000018bcfe5680000");
}

TEST(TransactionRecordsCodec, ReadsBothVersions) {
    expect_read(kEmptyV0, empty_record());
    expect_read(kEmptyV1, empty_record());
    expect_read(kOngoingV0, ongoing_record());
    expect_read(kOngoingV1, ongoing_record());
    expect_read(kPreparedV1, prepared_record());
    expect_read(kCompleteV1, complete_record());
}

TEST(TransactionRecordsCodec, WritesAndReadsATombstone) {
    const TransactionRecord tombstone{"payments-é", std::nullopt};
    const auto bytes = encode_transaction_record(tombstone, kTransactionV2);
    ASSERT_TRUE(bytes) << to_text(bytes.error());
    EXPECT_EQ(hex_of(bytes->key), kKey);
    EXPECT_FALSE(bytes->value);
    expect_read(std::nullopt, tombstone);
}

TEST(TransactionRecordsCodec, EveryStateComesBack) {
    for (int state = 0; state <= 5; ++state) {
        TransactionRecord record = complete_record();
        record.value->state = static_cast<TransactionState>(state);
        const auto bytes = encode_transaction_record(record, kTransactionV2);
        ASSERT_TRUE(bytes);
        EXPECT_EQ(hex_of(*bytes->value).substr(32, 2), "0" + std::to_string(state));
        expect_read(hex_of(*bytes->value), record);
    }
}

TEST(TransactionRecordsCodec, Version0CannotTellOfProducerIdsOrTheClient) {
    const auto bytes = encode_transaction_record(prepared_record(), kLevel0);
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().kind, EncodeErrorKind::field_not_in_version);
}

TEST(TransactionRecordsCodec, ATextThatIsTooLongIsRefused) {
    TransactionRecord record = empty_record();
    record.transactional_id.assign(32'768, 'x');
    const auto bytes = encode_transaction_record(record, kTransactionV2);
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().kind, EncodeErrorKind::too_long);
}

TEST(TransactionRecordsCodec, RefusesWhatItDoesNotKnow) {
    EXPECT_EQ(refusal("0001000b7061796d656e74732dc3a9", kEmptyV1), DecodeErrorKind::unknown_record_type);
    EXPECT_EQ(refusal("00", kEmptyV1), DecodeErrorKind::truncated);
    EXPECT_EQ(refusal(kKey, "00"), DecodeErrorKind::truncated);
    std::string later(kEmptyV1);
    later[3] = '2';
    EXPECT_EQ(refusal(kKey, later), DecodeErrorKind::unsupported_version);
    // 6 is Dead, 7 is PrepareEpochFence: Kafka keeps both in memory only.
    for (const std::string_view status : {"06", "07", "7f", "ff"}) {
        std::string value(kEmptyV1);
        value.replace(32, 2, status);
        EXPECT_EQ(refusal(kKey, value), DecodeErrorKind::unsupported_version) << status;
    }
}

TEST(TransactionRecordsCodec, EveryStrictPrefixIsRefused) {
    for (const std::string_view value : {kEmptyV0, kEmptyV1, kOngoingV0, kOngoingV1, kPreparedV1, kCompleteV1}) {
        for (std::size_t cut = 0; cut < value.size(); cut += 2) (void)refusal(kKey, value.substr(0, cut));
    }
    for (std::size_t cut = 0; cut < kKey.size(); cut += 2) (void)refusal(kKey.substr(0, cut), kEmptyV1);
}

}  // namespace

}  // namespace highwater::wire
