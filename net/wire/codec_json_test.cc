#include "net/wire/codec_json.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/wire/message_registry.h"
#include "net/wire/testing.h"

namespace highwater::wire {

namespace {

// The bytes as hex, or why there are none.
std::string encoded(std::string_view message, std::int16_t version, std::string_view text) {
    const auto json = parse_json(text);
    EXPECT_TRUE(json) << text;
    const auto bytes = find_message(message)->encode_json(*json, version);
    return bytes ? testing::hex_of(bytes->to_vector()) : bytes.error();
}

TEST(Json, ARefusalSaysWhereAndWhat) {
    const auto metadata = [](std::string_view text) { return encoded("MetadataRequest", 4, text); };
    EXPECT_EQ(metadata(R"([])"), "MetadataRequest: expected an object");
    EXPECT_EQ(metadata(R"({"topics": null})"), "MetadataRequest.allowAutoTopicCreation: missing");
    EXPECT_EQ(metadata(R"({"topics": 1})"), "MetadataRequest.topics: expected an array");
    EXPECT_EQ(metadata(R"({"topics": [{"name": "a"}, {"name": 7}]})"),
              "MetadataRequest.topics[1].name: expected a string");
    EXPECT_EQ(metadata(R"({"topics": [{"name": null}]})"),
              "MetadataRequest.topics[0].name: null is not allowed in this version");
    EXPECT_EQ(metadata(R"({"topics": [], "allowAutoTopicCreation": 1})"),
              "MetadataRequest.allowAutoTopicCreation: expected a bool");
    EXPECT_EQ(metadata(R"({"topics": [], "Topics": []})"), "MetadataRequest: unknown field Topics");
    EXPECT_EQ(metadata(R"({"topics": [], "allowAutoTopicCreation": true, "includeTopicAuthorizedOperations": true})"),
              "MetadataRequest.includeTopicAuthorizedOperations: does not exist in this version");
    EXPECT_EQ(metadata(R"({"topics": [], "allowAutoTopicCreation": true, "includeTopicAuthorizedOperations": false})"),
              "0000000001");
}

TEST(Json, AnIntegerMustFitItsBits) {
    const auto error_code = [](std::string_view number) {
        return encoded("AlterConfigsResponse", 0,
                       fmt::format(R"({{"throttleTimeMs": 0, "responses": [{{"errorCode": {}, "errorMessage": null,
                                       "resourceType": 2, "resourceName": ""}}]}})",
                                   number));
    };
    EXPECT_EQ(error_code("-32768"), "00000000000000018000ffff020000");
    EXPECT_EQ(error_code("32767"), "00000000000000017fffffff020000");
    EXPECT_EQ(error_code("32768"), "AlterConfigsResponse.responses[0].errorCode: expected an integer of 16 bits");
    EXPECT_EQ(error_code("-32769"), "AlterConfigsResponse.responses[0].errorCode: expected an integer of 16 bits");
    const auto crc = [](std::string_view number) {
        return encoded("ProducerSnapshot", 1, fmt::format(R"({{"crc": {}, "producerEntries": []}})", number));
    };
    EXPECT_EQ(crc("4294967295"), "ffffffff00000000");
    EXPECT_EQ(crc("4294967296"), "ProducerSnapshot.crc: expected an integer of 32 bits");
    EXPECT_EQ(crc("-1"), "ProducerSnapshot.crc: expected an integer of 32 bits");
}

// Kafka's definition of it has no flexible versions.
TEST(Json, TaggedFieldsAreRefusedWhereNoVersionHasThem) {
    const auto snapshot = [](std::string_view tags) {
        return encoded("ProducerSnapshot", 1,
                       fmt::format(R"({{"crc": 0, "producerEntries": [], "_unknownTaggedFields": {}}})", tags));
    };
    EXPECT_EQ(snapshot(R"([{"tag": 9, "data": ""}])"),
              "ProducerSnapshot._unknownTaggedFields: no version has tagged fields");
    EXPECT_EQ(snapshot("7"), "ProducerSnapshot._unknownTaggedFields: expected an array");
    EXPECT_EQ(snapshot("[]"), encoded("ProducerSnapshot", 1, R"({"crc": 0, "producerEntries": []})"));
}

}  // namespace

}  // namespace highwater::wire
