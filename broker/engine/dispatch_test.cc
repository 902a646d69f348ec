#include "broker/engine/dispatch.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "broker/engine/testing.h"
#include "net/wire/message/api_versions.h"

namespace highwater::engine::testing {
namespace {

using ::testing::ElementsAre;

std::vector<std::byte> frame_with(std::initializer_list<int> bytes) {
    std::vector<std::byte> frame;
    for (const int byte : bytes) frame.push_back(static_cast<std::byte>(byte));
    return frame;
}

wire::ApiVersionsRequest api_versions(std::string name = "client", std::string version = "1.0") {
    wire::ApiVersionsRequest request;
    request.client_software_name = wire::String(std::move(name));
    request.client_software_version = wire::String(std::move(version));
    return request;
}

TEST(Dispatch, EveryApiOfTheCatalogIsServedAndAdvertised) {
    const auto& apis = wire::kApis;
    ASSERT_EQ(served_apis().size(), apis.size());
    for (std::size_t i = 0; i < apis.size(); ++i) EXPECT_EQ(served_apis()[i].key, apis[i].key);
    TestNode node;
    for (std::int16_t version = 0; version <= 4; ++version) {
        const auto reply = node.call<wire::ApiVersionsResponse>(api_versions(), version);
        EXPECT_EQ(reply->error_code, ErrorCode::none);
        ASSERT_EQ(reply->api_keys.size(), apis.size());
        std::size_t i = 0;
        for (const auto& row : reply->api_keys) {
            EXPECT_EQ(row.api_key, static_cast<std::int16_t>(apis[i].key));
            EXPECT_EQ(row.min_version, apis[i].versions.first);
            EXPECT_EQ(row.max_version, apis[i].versions.last);
            ++i;
        }
    }
}

// B23, KIP-511: answered in version 0's form, so that the client can ask again.
TEST(Dispatch, AnUnknownVersionOfApiVersionsIsAnswered) {
    TestNode node;
    const ConnectionId connection = node.connect();
    node.send_frame(connection, frame_with({0, 18, 0, 99, 0x0b, 0xad, 0xf0, 0x0d, 0, 3, 'b', 'a', 'd', 0}));
    const auto reply = node.receive<wire::ApiVersionsResponse>(connection, 0);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->correlation_id, 0x0badf00d);
    EXPECT_EQ(reply->message.error_code, ErrorCode::unsupported_version);
    ASSERT_EQ(reply->message.api_keys.size(), 1U);
    EXPECT_EQ(reply->message.api_keys.front().api_key, 18);
    EXPECT_EQ(reply->message.api_keys.front().max_version, 4);
    node.send(connection, api_versions(), 3);
    EXPECT_TRUE(node.receive<wire::ApiVersionsResponse>(connection, 3));
    EXPECT_FALSE(node.outbox.closed.contains(connection));
}

// B38: the name must be letters, digits, dots and dashes; the connection stays.
TEST(Dispatch, ABadSoftwareNameIsRefused) {
    TestNode node;
    for (const char* bad : {" bad!", "", "-x", "x.", "a b"}) {
        EXPECT_EQ(node.call<wire::ApiVersionsResponse>(api_versions(bad), 3)->error_code, ErrorCode::invalid_request);
        EXPECT_EQ(node.call<wire::ApiVersionsResponse>(api_versions("x", bad), 4)->error_code,
                  ErrorCode::invalid_request);
    }
    EXPECT_EQ(node.call<wire::ApiVersionsResponse>(api_versions("a-1.b", "2"), 3)->error_code, ErrorCode::none);
    EXPECT_EQ(node.call<wire::ApiVersionsResponse>(api_versions("", ""), 2)->error_code, ErrorCode::none);
}

struct BadFrame : ::testing::TestWithParam<std::pair<std::vector<std::byte>, CloseReason>> {};

// B20, B22, B25, B26, B31, B32, B40 and their like: the connection is closed and nothing else happens.
TEST_P(BadFrame, ClosesTheConnection) {
    TestNode node;
    const ConnectionId connection = node.connect();
    node.send_frame(connection, GetParam().first);
    ASSERT_TRUE(node.outbox.closed.contains(connection));
    EXPECT_EQ(node.outbox.closed[connection].reason, GetParam().second);
    EXPECT_TRUE(node.outbox.sent[connection].empty());
    const std::string& detail = node.outbox.closed[connection].detail;
    EXPECT_LE(detail.size(), 200U);
    EXPECT_TRUE(std::ranges::all_of(detail, [](char c) { return c >= ' ' && c <= '~'; })) << detail;
}

INSTANTIATE_TEST_SUITE_P(
    Dispatch, BadFrame,
    ::testing::Values(
        std::pair(frame_with({}), CloseReason::malformed_request),
        std::pair(frame_with({0}), CloseReason::malformed_request),
        std::pair(frame_with({0x7f, 0xff, 0, 0, 0, 0, 0, 1, 0, 0}), CloseReason::unsupported_request),
        std::pair(frame_with({0, 3, 0, 127, 0, 0, 0, 1, 0, 0}), CloseReason::unsupported_request),
        std::pair(frame_with({0, 3, 0xff, 0xff, 0, 0, 0, 1, 0, 0}), CloseReason::unsupported_request),
        std::pair(frame_with({0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xfe, 0, 0, 0, 0}), CloseReason::malformed_request),
        std::pair(frame_with({0, 3, 0, 1, 0, 0, 0, 1, 0x7f, 0xff, 'x'}), CloseReason::malformed_request),
        std::pair(frame_with({0, 3, 0, 9, 0, 0, 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f}),
                  CloseReason::malformed_request),
        std::pair(frame_with({0, 3, 0, 9, 0, 0, 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff}),
                  CloseReason::malformed_request),
        std::pair(frame_with({0, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0x7f, 0xff, 0xff, 0xff}), CloseReason::malformed_request),
        std::pair(frame_with({0, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 9}), CloseReason::malformed_request)));

// W1: replies leave in the order of the requests, whichever is ready first.
TEST(Dispatch, AReadyReplyWaitsForThoseBeforeIt) {
    TestNode node;
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    const ConnectionId connection = node.connect();
    node.hold_flushes = true;
    const std::int32_t first = node.send(connection, produce_request("t", batch_of({{"a"}}), -1), 9);
    const std::int32_t second = node.send(connection, api_versions(), 3);
    EXPECT_TRUE(node.outbox.sent[connection].empty());
    node.run_flush();
    EXPECT_EQ(node.receive<wire::ProduceResponse>(connection, 9)->correlation_id, first);
    EXPECT_EQ(node.receive<wire::ApiVersionsResponse>(connection, 3)->correlation_id, second);
}

TEST(Dispatch, AConnectionWithTooManyUnansweredRequestsIsPaused) {
    TestNode node([](EngineConfig& config) { config.max_requests_in_flight = 4; });
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    const ConnectionId connection = node.connect();
    node.hold_flushes = true;
    for (int i = 0; i < 4; ++i) {
        EXPECT_FALSE(node.outbox.paused.contains(connection));
        node.send(connection, produce_request("t", batch_of({{"a"}}), -1), 9);
    }
    EXPECT_TRUE(node.outbox.paused.contains(connection));
    node.hold_flushes = false;
    node.run_flush();
    node.turn();
    EXPECT_FALSE(node.outbox.paused.contains(connection));
    EXPECT_EQ(node.outbox.sent[connection].size(), 4U);
}

}  // namespace
}  // namespace highwater::engine::testing
