#include "broker/client/broker_connection.h"

#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/wire/message/api_versions.h"
#include "net/wire/message/metadata.h"

namespace highwater::client {
namespace {

using testing::HasSubstr;

/// A broker that says what it was told to, whatever it is asked.
struct Script {
    std::deque<std::byte> answers;
    std::size_t received = 0;

    void say(std::span<const std::byte> bytes) { answers.insert(answers.end(), bytes.begin(), bytes.end()); }
    template <class Response>
    void answer(std::int32_t correlation_id, const Response& response, std::int16_t version) {
        say(wire::encode_response_frame(correlation_id, response, version)->to_vector());
    }
    void answer_versions(std::int16_t metadata_first, std::int16_t metadata_last) {
        wire::ApiVersionsResponse response;
        response.api_keys.push_back(
            {.api_key = 3, .min_version = metadata_first, .max_version = metadata_last, .unknown_tags = {}});
        answer(1, response, 3);
    }
};

class ScriptChannel final : public Channel {
  public:
    explicit ScriptChannel(Script& script) : script_(script) {}
    Result<void, std::string> write(std::span<const std::byte> bytes) override {
        script_.received += bytes.size();
        return {};
    }
    Result<void, std::string> read(std::span<std::byte> into) override {
        if (script_.answers.size() < into.size()) return unexpected(std::string("the broker closed the connection"));
        std::copy_n(script_.answers.begin(), into.size(), into.begin());
        script_.answers.erase(script_.answers.begin(),
                              script_.answers.begin() + static_cast<std::ptrdiff_t>(into.size()));
        return {};
    }

  private:
    Script& script_;
};

Result<std::unique_ptr<BrokerConnection>, std::string> open(Script& script) {
    return BrokerConnection::open(
        [&script](const Address&) -> Result<std::unique_ptr<Channel>, std::string> {
            return std::make_unique<ScriptChannel>(script);
        },
        {"broker", 9092});
}

TEST(BrokerConnection, SpeaksTheHighestVersionThatBothKnow) {
    Script script;
    script.answer_versions(0, 5);
    const auto connection = open(script);
    ASSERT_TRUE(connection.has_value()) << connection.error();
    wire::MetadataResponse metadata;
    metadata.controller_id = NodeId{7};
    script.answer(2, metadata, 5);
    const auto answer = (*connection)->call<wire::MetadataResponse>(wire::MetadataRequest{});
    ASSERT_TRUE(answer.has_value()) << answer.error();
    EXPECT_EQ((*answer)->controller_id, NodeId{7});
}

TEST(BrokerConnection, SaysWhichApiTheBrokerLacks) {
    Script script;
    script.answer_versions(99, 100);
    const auto connection = open(script);
    ASSERT_TRUE(connection.has_value());
    EXPECT_EQ((*connection)->call<wire::MetadataResponse>(wire::MetadataRequest{}).error(),
              "the broker at broker:9092 and this tool have no version of Metadata in common");
}

TEST(BrokerConnection, RefusesAnswersThatAreNone) {
    const auto error_of = [](std::string_view bytes) {
        Script script;
        script.say(std::as_bytes(std::span(bytes)));
        const auto opened = open(script);
        return opened ? "opened" : opened.error();
    };
    using namespace std::string_view_literals;
    EXPECT_EQ(error_of("HTTP/1.1 400"), "broker:9092 does not speak Kafka's protocol (an answer of 1213486160 bytes)");
    EXPECT_EQ(error_of(""), "the broker closed the connection");
    EXPECT_THAT(error_of("\0\0\0\x06\0\0\0\x09\0\0"sv), HasSubstr("it belongs to another request"));
    EXPECT_THAT(error_of("\0\0\0\x06\0\0\0\x01\0\0"sv),
                HasSubstr("the answer of broker:9092 to ApiVersions can't be read"));
}

TEST(Addresses, AreReadWithAndWithoutPort) {
    using testing::ElementsAre;
    EXPECT_THAT(*parse_addresses("a:1,b"), ElementsAre(Address{"a", 1}, Address{"b", 9092}));
    EXPECT_THAT(*parse_addresses("[::1]:9093"), ElementsAre(Address{"::1", 9093}));
    for (const char* bad : {"", ",", ":1", "a:", "a:0", "a:65536", "a:b", "[::1", "[::1]x"})
        EXPECT_FALSE(parse_addresses(bad).has_value()) << bad;
}

}  // namespace
}  // namespace highwater::client
