#include "net/transport/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/transport/testing.h"

// Connections over real loopback sockets. Nothing here waits for a clock: time limits are met by a sweep with a later
// time. The numbers are the rows of the project's table of bad input.

namespace highwater::transport {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Framing, GivesTheSameFramesWhereverTheStreamIsCut) {  // B16
    const std::string stream = framed("first request") + framed("second");
    TestServer server;
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
        server.service.frames.clear();
        TestClient client = server.connect();
        client.send(std::string_view(stream).substr(0, cut));
        const std::uint64_t read = server.server->counters().reads;
        server.run_until([&] { return server.server->counters().reads > read; });
        client.send(std::string_view(stream).substr(cut));
        EXPECT_EQ(server.receive(client, stream.size()), stream) << "cut at " << cut;
        EXPECT_THAT(server.service.frames, ElementsAre("first request", "second")) << "cut at " << cut;
    }
}

TEST(Framing, AnswersGluedRequestsInOrderWithOneSystemCall) {  // B17
    TestServer server;
    TestClient client = server.connect();
    std::string stream;
    for (int i = 0; i < 50; ++i) stream += framed("request " + std::to_string(i));
    client.send(stream);
    EXPECT_EQ(server.receive(client, stream.size()), stream);
    EXPECT_EQ(server.server->counters().frames, 50U);
    EXPECT_EQ(server.server->counters().writes, 1U);
}

struct BadStart {
    std::string_view bytes;
    CloseReason reason;
    std::string_view detail;
};

TEST(Framing, ClosesAtALengthThatIsNone) {
    const BadStart table[] = {
        {"\x7F\xFF\xFF\xFF"sv, CloseReason::frame_too_large, "length 2147483647, the limit is 104857600"},  // B01
        {"\x06\x40\x00\x01"sv, CloseReason::frame_too_large, "length 104857601, the limit is 104857600"},   // B02
        {"\x80\x00\x00\x00"sv, CloseReason::invalid_frame_length, "length -2147483648"},                    // B04
        {"\x00\x00\x00\x00"sv, CloseReason::invalid_frame_length, "length 0"},                              // B05
        {"GET / HTTP/1.1\r\n"sv, CloseReason::foreign_protocol, "the first bytes look like HTTP"},          // B07
        {"\x16\x03\x01\x02\x00\x01"sv, CloseReason::foreign_protocol, "the first bytes look like TLS"},     // B08
        {"SSH-2.0-x\r\n"sv, CloseReason::foreign_protocol, "the first bytes look like SSH"},                // B10
        {"AMQP\x00\x00\x09\x01"sv, CloseReason::foreign_protocol, "the first bytes look like AMQP"},        // B10
        {"*1\r\n$4\r\nPING\r\n"sv, CloseReason::foreign_protocol, "the first bytes look like Redis"},       // B10
        {"\x10\x0E\x00\x04MQTT"sv, CloseReason::foreign_protocol, "the first bytes look like MQTT"},        // B10
    };
    TestServer server;
    for (const BadStart& row : table) {
        server.service.closings.clear();
        TestClient client = server.connect();
        client.send(row.bytes);
        EXPECT_EQ(server.receive_all(client), "");
        EXPECT_THAT(server.service.closings, ElementsAre(TestService::Closed{row.reason, std::string(row.detail)}));
        EXPECT_THAT(server.service.frames, IsEmpty());
    }
}

TEST(Framing, TakesTheLargestFrameThatIsAllowed) {
    TestServer server({.max_frame_bytes = 300'000});
    TestClient client = server.connect();
    const std::string largest(300'000, 'x');
    client.send(framed(largest));
    EXPECT_EQ(server.receive(client, largest.size() + 4), framed(largest));
    client.send(framed(std::string(300'001, 'y')).substr(0, 4));
    server.receive_all(client);
    EXPECT_EQ(server.server->counters().closed.of(CloseReason::frame_too_large), 1U);
}

TEST(Framing, ALaterRequestIsNeverTakenForAnotherProtocol) {
    TestServer server;
    TestClient client = server.connect();
    client.send(framed("request") + "GET / HTTP/1.1\r\n");
    EXPECT_EQ(server.receive_all(client), framed("request"));
    EXPECT_EQ(server.server->counters().closed.of(CloseReason::frame_too_large), 1U);
}

TEST(Connection, AnswersAPeerThatSendsNoMore) {  // B19
    TestServer server;
    TestClient client = server.connect();
    client.send(framed("request"));
    client.end_sending();
    EXPECT_EQ(server.receive_all(client), framed("request"));
    EXPECT_THAT(server.service.closings, ElementsAre(TestService::Closed{CloseReason::peer_closed, ""}));
}

TEST(Connection, AnswersAPeerThatSendsNoMoreEvenInALaterTurn) {
    TestServer server;
    server.service.answers = false;
    TestClient client = server.connect();
    client.send(framed("request"));
    client.end_sending();
    server.run_until([&] { return server.server->counters().reads >= 2; });
    ASSERT_THAT(server.service.open, SizeIs(1));
    server.loop->post([&] { server.server->send(server.service.open[0], reply("late")); });
    EXPECT_EQ(server.receive_all(client), "late");
}

TEST(Connection, WaitsOnlySoLongForTheReplyToAPeerThatSendsNoMore) {  // B164: what is parked must be freed
    TestServer server({.half_close_linger = 500ms});
    server.service.answers = false;
    TestClient client = server.connect();
    client.send(framed("a long poll"));
    client.end_sending();
    server.run_until([&] { return server.server->counters().reads >= 2; });
    server.server->sweep(server.later(499ms));
    EXPECT_THAT(server.service.closings, IsEmpty());
    server.server->sweep(server.later(500ms));
    EXPECT_THAT(server.service.closings, ElementsAre(TestService::Closed{CloseReason::peer_closed, ""}));
}

TEST(Connection, SendsWhatIsQueuedBeforeItCloses) {
    TestServer server;
    server.service.on_frame = [&](ConnectionId id, std::string_view) {
        server.server->send(id, reply("answer"));
        server.server->close(id, CloseReason::malformed_request, "bad field");
        server.server->send(id, reply("too late"));
    };
    server.service.answers = false;
    TestClient client = server.connect();
    client.send(framed("one") + framed("two"));
    EXPECT_EQ(server.receive_all(client), "answer");
    EXPECT_THAT(server.service.frames, ElementsAre("one"));
    EXPECT_THAT(server.service.closings, ElementsAre(TestService::Closed{CloseReason::malformed_request, "bad field"}));
}

TEST(Connection, HandsOutNothingWhileReadingIsPaused) {
    TestServer server;
    server.service.on_frame = [&](ConnectionId id, std::string_view text) {
        if (text == "pause") server.server->pause_reading(id);
    };
    TestClient client = server.connect();
    client.send(framed("pause") + framed("later"));
    EXPECT_EQ(server.receive(client, framed("pause").size()), framed("pause"));
    client.send(framed("last"));
    server.server->sweep(server.later(30s));  // the peer is not to blame for a request that nobody reads
    EXPECT_THAT(server.service.frames, ElementsAre("pause"));
    server.loop->post([&] { server.server->resume_reading(server.service.open[0]); });
    EXPECT_EQ(server.receive(client, framed("laterlast").size() + 4), framed("later") + framed("last"));
}

TEST(Limits, AHalfFrameIsClosedAfterItsTime) {  // B11
    TestServer server({.frame_timeout = 30s, .first_frame_timeout = 10s});
    TestClient client = server.connect();
    client.send(framed("whole") + framed(std::string(1'000'000, 'x')).substr(0, 14));
    server.receive(client, framed("whole").size());
    server.server->sweep(server.later(29s));
    EXPECT_THAT(server.service.closings, IsEmpty());
    EXPECT_LE(server.server->buffered_bytes(), 65'536U);
    server.server->sweep(server.later(30s));
    EXPECT_THAT(server.service.closings,
                ElementsAre(TestService::Closed{CloseReason::frame_timeout, "14 bytes arrived"}));
}

TEST(Limits, TheFirstRequestHasLessTime) {  // B13
    TestServer server({.frame_timeout = 30s, .first_frame_timeout = 10s});
    TestClient client = server.connect();
    client.send("\x00"sv);
    server.run_until([&] { return server.server->counters().bytes_in == 1; });
    server.server->sweep(server.later(9s));
    EXPECT_THAT(server.service.closings, IsEmpty());
    server.server->sweep(server.later(10s));
    EXPECT_THAT(server.service.closings,
                ElementsAre(TestService::Closed{CloseReason::first_frame_timeout, "1 bytes arrived"}));
}

TEST(Limits, TimeForAFrameBeginsAnewWithEachFrame) {
    TestServer server({.frame_timeout = 30s});
    TestClient client = server.connect();
    client.send(framed("a"));
    server.receive(client, 5);
    server.server->sweep(server.later(300s));
    EXPECT_THAT(server.service.closings, IsEmpty()) << "between frames only the idle limit counts";
}

TEST(Limits, AnIdleConnectionIsClosed) {
    TestServer server({.max_idle = 600s});
    TestClient client = server.connect();
    client.send(framed("a"));
    server.receive(client, 5);
    server.server->sweep(server.later(599s));
    EXPECT_THAT(server.service.closings, IsEmpty());
    server.server->sweep(server.later(600s));
    EXPECT_THAT(server.service.closings, ElementsAre(TestService::Closed{CloseReason::idle, ""}));
}

TEST(Limits, AnnouncementsTakeNoMemory) {  // B14
    TestServer server;
    std::vector<TestClient> clients;
    for (int i = 0; i < 50; ++i) {
        clients.push_back(server.connect());
        clients.back().send("\x06\x40\x00\x00x"sv);  // 100 MiB
    }
    server.run_until([&] { return server.server->counters().bytes_in == 50 * 5; });
    EXPECT_LE(server.server->buffered_bytes(), 50 * 65'536U);
    server.server->sweep(server.later(1s));
    server.server->sweep(server.later(2s));
    EXPECT_LE(server.server->buffered_bytes(), 50 * 64U);
    EXPECT_THAT(server.service.closings, IsEmpty());
}

TEST(Limits, ALargeFrameLeavesNoMemoryBehind) {
    TestServer server;
    TestClient client = server.connect();
    const std::string large = framed(std::string(2'000'000, 'x'));
    server.service.answers = false;
    std::string_view rest = large;
    while (!rest.empty()) {  // in parts, since nobody reads while this thread sends
        client.send(rest.substr(0, 50'000));
        rest.remove_prefix(std::min<std::size_t>(rest.size(), 50'000));
        server.run_until([&] { return server.server->counters().bytes_in == large.size() - rest.size(); });
    }
    ASSERT_THAT(server.service.frames, SizeIs(1));
    EXPECT_GE(server.server->buffered_bytes(), large.size());
    server.server->sweep(server.later(1s));
    server.server->sweep(server.later(2s));
    EXPECT_EQ(server.server->buffered_bytes(), 0U);
}

TEST(Limits, APeerThatDoesNotReadIsNotReadEither) {  // B163
    TestServer server({.max_unread_reply_bytes = 1'500'000}, {.send_buffer_bytes = 65'536});
    server.service.answers = false;
    const std::string large(1'000'000, 'x');
    server.service.on_frame = [&](ConnectionId id, std::string_view) { server.server->send(id, reply(large)); };
    TestClient client = server.connect(131'072);
    std::string requests;
    for (int i = 0; i < 20; ++i) requests += framed("fetch");
    client.send(requests);
    server.run_until([&] { return server.server->counters().bytes_in == requests.size(); });
    EXPECT_LT(server.service.frames.size(), 20U);
    EXPECT_LE(server.server->buffered_bytes(), 1'500'000 + large.size() + 65'536);
    EXPECT_EQ(server.receive(client, 20 * large.size()).size(), 20 * large.size()) << "and goes on once it is read";
    EXPECT_THAT(server.service.frames, SizeIs(20));
}

TEST(Limits, APeerThatHardlyReadsIsClosed) {  // B163
    TestServer server({.slow_reader_period = 60s, .slow_reader_floor_bytes = 65'536}, {.send_buffer_bytes = 4096});
    server.service.answers = false;
    server.service.on_frame = [&](ConnectionId id, std::string_view) {
        server.server->send(id, reply(std::string(10'000'000, 'x')));
    };
    TestClient client = server.connect(4096);
    client.send(framed("fetch"));
    server.run_until([&] { return server.server->counters().bytes_out > 0; });
    // The system's own buffers count as taken in the first period; in the second the peer takes next to nothing.
    server.server->sweep(server.later(60s));
    if (server.service.closings.empty()) server.server->sweep(server.later(120s));
    ASSERT_THAT(server.service.closings, SizeIs(1));
    EXPECT_EQ(server.service.closings[0].reason, CloseReason::slow_reader);
    EXPECT_EQ(server.server->buffered_bytes(), 0U);
}

TEST(Limits, ConnectionsAboveTheNumberAreClosedAtOnce) {  // B161
    TestServer server({.max_connections = 2});
    TestClient first = server.connect();
    TestClient second = server.connect();
    TestClient third = server.connect();
    EXPECT_EQ(server.receive_all(third), "");
    EXPECT_THAT(server.service.refusals, ElementsAre(CloseReason::too_many_connections));
    EXPECT_EQ(server.server->connections(), 2U);
    second.send(framed("still served"));
    EXPECT_EQ(server.receive(second, framed("still served").size()), framed("still served"));
}

TEST(Limits, ConnectionsOfOneAddressAreCounted) {
    TestServer server({.max_connections_per_ip = 1});
    {
        TestClient first = server.connect();
        TestClient second = server.connect();
        EXPECT_EQ(server.receive_all(second), "");
        EXPECT_THAT(server.service.refusals, ElementsAre(CloseReason::too_many_connections_per_ip));
    }
    server.run_until([&] { return server.server->connections() == 0; });
    TestClient third = server.connect();
    EXPECT_EQ(server.server->connections(), 1U) << "a connection that ended makes room";
}

TEST(Server, TellsTheListenerAndEndsEveryConnectionAtShutdown) {
    TestServer server;
    TestClient client = server.connect();
    EXPECT_EQ(server.service.listener_name, "PLAINTEXT");
    server.server->send(server.service.open[0], reply("goodbye"));
    server.server->close_all(CloseReason::shutdown);
    EXPECT_EQ(server.receive_all(client), "goodbye");
    EXPECT_THAT(server.service.closings, ElementsAre(TestService::Closed{CloseReason::shutdown, ""}));
}

TEST(Server, SaysWhyItCannotListen) {
    TestServer server;
    const auto again = server.server->listen("PLAINTEXT", "127.0.0.1", server.endpoint.port, {});
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().message,
              "cannot listen on 127.0.0.1:" + std::to_string(server.endpoint.port) + ": Address already in use");
    const auto nowhere = server.server->listen("PLAINTEXT", "no such host", 0, {});
    ASSERT_FALSE(nowhere.has_value());
    EXPECT_THAT(nowhere.error().message, testing::StartsWith("cannot find the address of no such host:0: "));
}

TEST(EventLoop, EndsATurnOnceForAllThatWasReady) {
    TestServer server;
    std::vector<TestClient> clients;
    for (int i = 0; i < 10; ++i) clients.push_back(server.connect());
    for (TestClient& client : clients) client.send(framed("x"));
    const int turns_before = server.service.turns;
    server.run_until([&] { return server.service.frames.size() == 10; });
    server.run_until([&] { return !server.loop->run_ready(); });
    EXPECT_LE(server.service.turns - turns_before, 4) << "10 requests, ready together";
}

}  // namespace
}  // namespace highwater::transport
