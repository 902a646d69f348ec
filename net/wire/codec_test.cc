#include "net/wire/codec.h"

#include <gtest/gtest.h>

#include "net/wire/header.h"
#include "net/wire/internal/cluster_metadata.h"
#include "net/wire/message/api_versions.h"
#include "net/wire/message/fetch.h"
#include "net/wire/message/metadata.h"
#include "net/wire/message/produce.h"
#include "net/wire/testing.h"

namespace highwater::wire {

namespace {

using testing::from_hex;
using testing::hex_of;

template <Message T>
std::vector<std::byte> bytes_at(const T& message, std::int16_t version) {
    Writer writer;
    const auto done = encode(writer, message, version);
    EXPECT_TRUE(done) << to_text(done.error());
    return writer.take().to_vector();
}

template <Message T>
DecodeErrorKind refusal(std::string_view hex, std::int16_t version, DecodeOptions options = {}) {
    const auto bytes = from_hex(hex);
    const auto message = decode<T>(bytes, version, options);
    EXPECT_FALSE(message.has_value()) << hex;
    return message ? DecodeErrorKind{} : message.error().kind;
}

template <Message T>
EncodeErrorKind refusal_to_encode(const T& message, std::int16_t version) {
    Writer writer;
    writer.scalar<std::int8_t>(1);
    const auto done = encode(writer, message, version);
    EXPECT_FALSE(done.has_value());
    EXPECT_EQ(writer.size(), 1U) << "a refused message leaves the writer as it was";
    EXPECT_FALSE(writer.failed());
    return done ? EncodeErrorKind{} : done.error().kind;
}

ProduceRequest a_produce_request() {
    ProduceRequest request;
    request.acks = -1;
    request.timeout_ms = 30'000;
    auto& topic = request.topic_data.emplace_back();
    topic.name = "t";
    auto& partition = topic.partition_data.emplace_back();
    partition.index = PartitionId{3};
    partition.records = Records(from_hex("0a0b0c"));
    return request;
}

// ------------------------------------------------------------------------------------------------ decoding

TEST(Decode, ArraysAreViewsThatDecodeWhileTheyAreWalked) {
    const auto bytes = bytes_at(a_produce_request(), 9);
    const auto request = decode<ProduceRequest>(bytes, 9);
    ASSERT_TRUE(request);
    EXPECT_TRUE(request->topic_data.is_view());
    std::size_t seen = 0;
    for (const auto& topic : request->topic_data) {
        EXPECT_EQ(topic.name.view(), "t");
        EXPECT_GE(reinterpret_cast<const std::byte*>(topic.name.view().data()), bytes.data()) << "a view of the frame";
        for (const auto& partition : topic.partition_data) {
            ++seen;
            EXPECT_EQ(partition.index, PartitionId{3});
            const auto records = partition.records->view();
            EXPECT_EQ(hex_of(records), "0a0b0c");
            EXPECT_TRUE(records.data() > bytes.data() && records.data() < bytes.data() + bytes.size());
        }
    }
    EXPECT_EQ(seen, 1U);
}

TEST(Decode, AViewCanBeMaterialisedAndChanged) {
    const auto bytes = bytes_at(a_produce_request(), 9);
    auto request = *decode<ProduceRequest>(bytes, 9);
    request.topic_data.push_back({});
    EXPECT_FALSE(request.topic_data.is_view());
    ASSERT_EQ(request.topic_data.size(), 2U);
    EXPECT_EQ(request.topic_data.front().name.view(), "t");
    EXPECT_EQ(request.topic_data.at(1).name.view(), "");
}

// B47: the broker answers a bad topic name with INVALID_TOPIC_EXCEPTION, so its decoder must let it through.
TEST(Decode, TakesBadUtf8UnlessToldNotTo) {
    const auto bytes = from_hex("00000001 0002 c328");
    const auto request = decode<MetadataRequest>(bytes, 1);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->topics->front().name->view(), "\xC3\x28");
    EXPECT_EQ(refusal<MetadataRequest>("00000001 0002 c328", 1, kToolDecodeOptions), DecodeErrorKind::invalid_utf8);
    EXPECT_EQ(refusal<MetadataRequest>("00000001 0002 c0af", 1, kToolDecodeOptions), DecodeErrorKind::invalid_utf8);
    EXPECT_EQ(refusal<MetadataRequest>("00000001 0003 eda080", 1, kToolDecodeOptions), DecodeErrorKind::invalid_utf8);
}

// B50, as in Kafka.
TEST(Decode, AnyNonZeroByteIsTrue) {
    const auto request = decode<MetadataRequest>(from_hex("ffffffff 7f"), 4);
    ASSERT_TRUE(request);
    EXPECT_TRUE(request->allow_auto_topic_creation);
    EXPECT_FALSE(decode<MetadataRequest>(from_hex("ffffffff 00"), 4)->allow_auto_topic_creation);
}

// B40, B41
TEST(Decode, RefusesAnArrayOfMoreElementsThanBytesAreLeft) {
    EXPECT_EQ(refusal<MetadataRequest>("7fffffff", 1), DecodeErrorKind::array_over_bytes);
    EXPECT_EQ(refusal<MetadataRequest>("ffffffff07 00", 12), DecodeErrorKind::array_over_bytes);
    EXPECT_EQ(refusal<MetadataRequest>("ffffffff0f 00", 12), DecodeErrorKind::bad_length);
}

// B44: -1 is null; a broker takes nothing else for it, Kafka's reader any negative number.
TEST(Decode, TakesOnlyMinusOneForNullUnlessToldOtherwise) {
    EXPECT_EQ(refusal<MetadataRequest>("fffffffe", 1), DecodeErrorKind::bad_length);
    const auto request = decode<MetadataRequest>(from_hex("fffffffe"), 1, kToolDecodeOptions);
    ASSERT_TRUE(request);
    EXPECT_FALSE(request->topics.has_value());
    EXPECT_EQ(refusal<MetadataRequest>("ffffffff", 0), DecodeErrorKind::null_not_allowed);
}

// B43
TEST(Decode, RefusesMoreArrayElementsThanTheOptionsAllow) {
    DecodeOptions options;
    options.max_array_elements = 2;
    EXPECT_EQ(refusal<MetadataRequest>("00000003 0000 0000 0000", 1, options), DecodeErrorKind::too_many_elements);
    EXPECT_TRUE(decode<MetadataRequest>(from_hex("00000002 0000 0000"), 1, options));
}

// B46, B56
TEST(Decode, RefusesALengthThatCannotBe) {
    EXPECT_EQ(refusal<ApiVersionsRequest>("c1b802", 3), DecodeErrorKind::bad_length) << "a string of 40,000 bytes";
    EXPECT_EQ(refusal<ApiVersionsRequest>("ffffffffff01", 3), DecodeErrorKind::varint_overflow);
    EXPECT_EQ(refusal<ApiVersionsRequest>("ffffffff1f", 3), DecodeErrorKind::varint_overflow);
    EXPECT_EQ(refusal<ProduceRequest>("ffff 0000 00000000 00000001 0000 00000001 00000000 fffffff0", 3),
              DecodeErrorKind::bad_length);
}

// B35
TEST(Decode, RefusesTagsThatDoNotAscend) {
    EXPECT_TRUE(decode<ApiVersionsRequest>(from_hex("01 01 02 0300 0500"), 3));
    EXPECT_EQ(refusal<ApiVersionsRequest>("01 01 02 0500 0300", 3), DecodeErrorKind::tag_out_of_order);
    EXPECT_EQ(refusal<ApiVersionsRequest>("01 01 02 0500 0500", 3), DecodeErrorKind::tag_out_of_order);
    EXPECT_EQ(refusal<ApiVersionsRequest>("01 01 01 ffffffff0f 00", 3), DecodeErrorKind::tag_out_of_order);
}

TEST(Decode, RefusesATaggedFieldOfAnotherSizeThanStated) {
    // FinalizedFeaturesEpoch, tag 1, an int64, said to be 9 bytes.
    EXPECT_EQ(refusal<ApiVersionsResponse>("0000 01 00000000 01 0109 0000000000000007 00", 3),
              DecodeErrorKind::tag_size_mismatch);
}

TEST(Decode, RefusesATagOfAFieldThatTheVersionLacks) {
    // HighWatermark of a fetched partition, tag 1, exists from version 18.
    FetchRequest request;
    request.topics.emplace_back().partitions.emplace_back().high_watermark = 5;
    const auto bytes = bytes_at(request, 18);
    const auto error = decode<FetchRequest>(bytes, 17);
    ASSERT_FALSE(error);
    EXPECT_EQ(error.error().kind, DecodeErrorKind::tag_not_in_version);
}

TEST(Decode, KeepsUnknownTaggedFields) {
    const auto bytes = from_hex("01 01 02 03 01aa 05 00");
    const auto request = decode<ApiVersionsRequest>(bytes, 3);
    ASSERT_TRUE(request);
    const TaggedFields expected(std::vector<TaggedField>{{3, Bytes(from_hex("aa"))}, {5, Bytes()}});
    EXPECT_EQ(request->unknown_tags, expected);
    EXPECT_EQ(hex_of(bytes_at(*request, 3)), hex_of(bytes));
}

TEST(Decode, SaysWhereTheFaultIs) {
    const auto error = decode<FetchRequest>(from_hex("ffffffff 000001f4 0000"), 0).error();
    EXPECT_EQ(to_text(error), "FetchRequest.MinBytes: truncated at byte 8");
}

TEST(Decode, RefusesAVersionThatDoesNotExist) {
    EXPECT_EQ(refusal<MetadataRequest>("00", 14), DecodeErrorKind::unsupported_version);
    EXPECT_EQ(refusal<MetadataRequest>("00", -1), DecodeErrorKind::unsupported_version);
}

// ------------------------------------------------------------------------------------------------ encoding

TEST(Encode, RefusesAFieldThatTheVersionLacksUnlessItIsItsDefaultOrIgnorable) {
    ProduceRequest request = a_produce_request();
    request.transactional_id = "tx";
    EXPECT_EQ(refusal_to_encode(request, 2), EncodeErrorKind::field_not_in_version);
    request.transactional_id.reset();
    EXPECT_FALSE(bytes_at(request, 2).empty());

    MetadataResponse response;
    response.cluster_id = "c";  // ignorable
    EXPECT_EQ(bytes_at(response, 0), bytes_at(MetadataResponse{}, 0));
}

TEST(Encode, RefusesWhatTheWireCannotCarry) {
    MetadataRequest all;
    all.topics.reset();
    EXPECT_EQ(refusal_to_encode(all, 0), EncodeErrorKind::null_not_allowed);
    ApiVersionsRequest request;
    request.client_software_name = std::string(32'768, 'x');
    EXPECT_EQ(refusal_to_encode(request, 3), EncodeErrorKind::too_long);
    EXPECT_EQ(refusal_to_encode(request, 5), EncodeErrorKind::unsupported_version);
    ApiVersionsRequest tagged;
    tagged.unknown_tags = std::vector<TaggedField>{{7, Bytes()}, {7, Bytes()}};
    EXPECT_EQ(refusal_to_encode(tagged, 3), EncodeErrorKind::bad_tag);
    EXPECT_EQ(refusal_to_encode(tagged, 2), EncodeErrorKind::tags_not_in_version);
}

TEST(Encode, WritesKnownAndUnknownTagsInOrder) {
    ApiVersionsResponse response;
    response.finalized_features_epoch = 7;                                         // tag 1
    response.zk_migration_ready = true;                                            // tag 3
    response.unknown_tags = std::vector<TaggedField>{{4, Bytes(from_hex("bb"))}};  // after both
    EXPECT_EQ(hex_of(bytes_at(response, 3)),
              "00000100000000"
              "03"
              "01080000000000000007"
              "030101"
              "0401bb");
}

TEST(Encode, DoesNotCopyRecordsThatAreKeptAlive) {
    auto log = std::make_shared<std::vector<std::byte>>(5000, std::byte{1});
    FetchResponse response;
    auto& partition = response.responses.emplace_back().partitions.emplace_back();
    partition.records.emplace().append({std::span(*log).first(2000), log});
    partition.records->append({std::span(*log).subspan(2000), log});
    const auto frame = encode_response_frame(9, response, 12);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->external_count(), 2U);
    bool found = false;
    frame->for_each_piece([&](std::span<const std::byte> piece) { found |= piece.data() == log->data(); });
    EXPECT_TRUE(found);
    const auto flat = frame->to_vector();
    EXPECT_EQ(flat.size(), frame->size());
    const auto header = decode_response_header(std::span(flat).subspan(4), ApiKey::fetch, 12);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->header.correlation_id, 9);
    const auto back = decode<FetchResponse>(header->body, 12);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->responses.front().partitions.front().records->view().size(), 5000U);
    EXPECT_EQ(*back, response);
}

TEST(ToText, ShowsStringsQuotedAndBytesAsTheirSize) {
    auto request = a_produce_request();
    request.topic_data.materialise()[0].name = "a\"\n";
    EXPECT_EQ(to_text(request, 2),
              "ProduceRequest{Acks=-1, TimeoutMs=30000, TopicData=[{Name=\"a\\\"\\x0a\", "
              "PartitionData=[{Index=3, Records=<3 bytes>}]}]}");
}

// ------------------------------------------------------------------------------------------------ headers

TEST(RequestHeader, KeepsTheClientIdsInt16LengthInFlexibleVersions) {
    ApiVersionsRequest request;
    const auto frame = encode_request_frame(5, String("ab"), request, 3);
    ASSERT_TRUE(frame);
    EXPECT_EQ(hex_of(frame->to_vector()),
              "00000010"
              "0012"
              "0003"
              "00000005"
              "0002"
              "6162"
              "00"
              "010100");
    const auto flat = frame->to_vector();
    const auto read = decode_request_header(std::span(flat).subspan(4));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->header.client_id, String("ab"));
    EXPECT_EQ(hex_of(read->body), "010100");
}

// B20, B22, B23
TEST(RequestHeader, IsRefusedForWhatIsNotServedSaveApiVersions) {
    EXPECT_FALSE(decode_request_header(from_hex("7fff 0000 00000001 ffff")));
    EXPECT_FALSE(decode_request_header(from_hex("0003 007f 00000001 ffff 00")));
    const auto bytes = from_hex("0012 0063 00000001 ffff 00 0102");
    const auto newer = decode_request_header(bytes);
    ASSERT_TRUE(newer);
    EXPECT_EQ(newer->header.request_api_version, 99);
    EXPECT_EQ(hex_of(newer->body), "0102");
}

// B25, B26, B31, B32
TEST(RequestHeader, IsRefusedWhenMalformed) {
    const auto kind = [](std::string_view hex) {
        const auto bytes = from_hex(hex);
        return decode_request_header(bytes).error().kind;
    };
    EXPECT_EQ(kind("0003 0001 0000"), DecodeErrorKind::truncated);
    EXPECT_EQ(kind("0003 0001 00000001 fffe"), DecodeErrorKind::bad_length);
    EXPECT_EQ(kind("0003 0001 00000001 7fff 41"), DecodeErrorKind::truncated);
    EXPECT_EQ(kind("0003 000c 00000001 ffff ffffffff0f"), DecodeErrorKind::truncated);
    EXPECT_EQ(kind("0003 000c 00000001 ffff ffffffffff"), DecodeErrorKind::varint_overflow);
}

TEST(ResponseHeader, IsAlwaysVersionZeroForApiVersions) {
    const auto frame = encode_response_frame(1, ApiVersionsResponse{}, 4);
    ASSERT_TRUE(frame);
    EXPECT_EQ(hex_of(frame->to_vector()),
              "0000000c"
              "00000001"
              "0000"
              "01"
              "00000000"
              "00");
}

// ------------------------------------------------------------------------------------------------ metadata records

// Kafka: frame version 1, id, version, then the flexible body.
TEST(MetadataRecord, IsFramedByVersionIdAndVersion) {
    TopicRecord topic;
    topic.name = "t";
    topic.topic_id = TopicId{{{1}}};
    const auto bytes = encode_metadata_record(topic, 0);
    ASSERT_TRUE(bytes);
    const auto flat = bytes->to_vector();
    EXPECT_EQ(hex_of(flat),
              "010200"
              "0274"
              "01000000000000000000000000000000"
              "00");
    const auto back = decode_metadata_record(flat);
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, MetadataRecord(topic));
}

TEST(MetadataRecord, EveryKindComesBack) {
    const auto comes_back = []<class T>(const T& record) {
        for (std::int16_t v = 0; v <= Schema<T>::message.versions.last; ++v) {
            const auto bytes = encode_metadata_record(record, v);
            ASSERT_TRUE(bytes);
            const auto flat = bytes->to_vector();
            const auto back = decode_metadata_record(flat);
            ASSERT_TRUE(back) << Schema<T>::message.name << ": " << to_text(back.error());
            EXPECT_EQ(*back, MetadataRecord(record)) << Schema<T>::message.name;
        }
    };
    [&]<class... T>(const std::variant<T...>*) { (comes_back(T{}), ...); }(static_cast<MetadataRecord*>(nullptr));
}

TEST(MetadataRecord, RefusesAnotherFrameVersionAndUnknownIds) {
    const auto kind = [](std::string_view hex) {
        const auto bytes = from_hex(hex);
        return decode_metadata_record(bytes).error().kind;
    };
    EXPECT_EQ(kind("00 14 00 00"), DecodeErrorKind::unknown_record_type);
    EXPECT_EQ(kind("01 06 00 00"), DecodeErrorKind::unknown_record_type);
    EXPECT_EQ(kind("01 14 01 00"), DecodeErrorKind::unsupported_version);
    EXPECT_EQ(kind("01 14 00 00 00"), DecodeErrorKind::trailing_bytes);
    EXPECT_EQ(kind("01 14 ffffffff0f 00"), DecodeErrorKind::unsupported_version);
}

// ------------------------------------------------------------------------------------------------ catalogue

TEST(ApiCatalog, IsInOrderAndKnowsEveryApi) {
    for (std::size_t i = 1; i < kApis.size(); ++i) EXPECT_LT(kApis[i - 1].key, kApis[i].key);
    for (const ApiInfo& api : kApis) {
        EXPECT_EQ(&api_info(api.key), &api);
        EXPECT_EQ(find_api(static_cast<std::int16_t>(api.key)), &api);
    }
    EXPECT_EQ(find_api(4), nullptr);
    EXPECT_EQ(find_api(-1), nullptr);
}

}  // namespace

}  // namespace highwater::wire
