#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "broker/engine/engine.h"
#include "broker/engine/node.h"
#include "broker/storage/simulated_file_system.h"
#include "net/wire/header.h"
#include "net/wire/message/create_topics.h"
#include "net/wire/message/fetch.h"
#include "net/wire/message/list_offsets.h"
#include "net/wire/message/metadata.h"
#include "net/wire/message/produce.h"
#include "net/wire/record/record_batch_builder.h"

namespace highwater::engine::testing {

/// Keeps what the engine sends.
class FakeOutbox final : public Outbox {
  public:
    struct Closed {
        CloseReason reason;
        std::string detail;
    };

    void send(ConnectionId connection, wire::OutputBuffer response) override {
        sent[connection].push_back(response.to_vector());
    }
    void close(ConnectionId connection, CloseReason reason, std::string detail) override {
        closed.insert_or_assign(connection, Closed{reason, std::move(detail)});
    }
    void pause_reading(ConnectionId connection) override { paused.insert(connection); }
    void resume_reading(ConnectionId connection) override { paused.erase(connection); }
    void start_flush(FlushJob started) override { job = std::move(started); }
    void start_compaction(CompactionJob started) override { compaction = std::move(started); }
    void compacted(std::string_view partition, const storage::CompactionResult&) override {
        compactions.emplace_back(partition);
    }
    void compaction_failed(std::string_view partition, std::string_view, bool is_damage) override {
        failed_compactions.emplace_back(partition, is_damage);
    }
    void storage_failed(std::string_view directory, std::string_view, bool all) override {
        failed.emplace_back(directory);
        all_failed = all;
    }
    void coordinator_unreadable(std::string_view, std::int32_t partition, std::string_view) override {
        unreadable.push_back(partition);
    }

    std::map<ConnectionId, std::deque<std::vector<std::byte>>> sent;
    std::map<ConnectionId, Closed> closed;
    std::vector<std::int32_t> unreadable;
    std::set<ConnectionId> paused;
    std::optional<FlushJob> job;
    std::optional<CompactionJob> compaction;
    std::vector<std::string> compactions;
    std::vector<std::pair<std::string, bool>> failed_compactions;
    std::vector<std::string> failed;
    bool all_failed = false;
};

/// A decoded response and the frame that it has views into.
template <class Response>
struct Reply {
    std::shared_ptr<const std::vector<std::byte>> frame;
    std::int32_t correlation_id = 0;
    Response message;

    const Response* operator->() const { return &message; }
    const Response& operator*() const { return message; }
};

/// Decodes a response frame (with its length); fails the test when it is none.
template <class Response>
Reply<Response> decode_reply(std::vector<std::byte> bytes, std::int16_t version) {
    Reply<Response> reply;
    reply.frame = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
    const auto frame = std::span(*reply.frame).subspan(4);
    const auto key = static_cast<wire::ApiKey>(wire::Schema<Response>::message.key);
    const auto header = wire::decode_response_header(frame, key, version);
    if (!header) {
        ADD_FAILURE() << wire::to_text(header.error());
        return reply;
    }
    reply.correlation_id = header->header.correlation_id;
    auto message = wire::decode<Response>(header->body, version);
    if (!message) {
        ADD_FAILURE() << wire::to_text(message.error());
        return reply;
    }
    reply.message = *std::move(message);
    return reply;
}

/// One record of a batch to be produced.
struct TestRecord {
    std::string value;
    std::optional<std::string> key = std::nullopt;
    std::int64_t timestamp = 1'700'000'000'000;
};

/// A magic 2 batch of these records.
std::vector<std::byte> batch_of(const std::vector<TestRecord>& records, wire::BatchOptions options = {});
/// The same with the producer's stamp.
std::vector<std::byte> stamped_batch(std::int64_t producer_id, std::int16_t epoch, std::int32_t sequence,
                                     const std::vector<TestRecord>& records);
/// The values in fetched batches, in order.
std::vector<std::string> values_of(std::span<const std::byte> batches);

/// A node on a simulated disk, with the clocks in hand and no socket. Every call of a verb that sends a request ends
/// the turn of the event loop; flush jobs run at once unless hold_flushes.
class TestNode {
  public:
    using Configure = std::function<void(EngineConfig&)>;

    explicit TestNode(Configure configure = {});
    ~TestNode();

    void start();
    /// Clean stop and start.
    void restart();
    /// The process dies, or the power does; then a new start.
    void crash(storage::CrashKind kind = storage::CrashKind::process_kill,
               const storage::CrashChoice& choice = storage::keep_nothing());

    ConnectionId connect(std::string listener = "PLAINTEXT");
    void disconnect(ConnectionId connection);
    /// Ends the turn and runs what flush jobs come of it.
    void turn();
    /// Completes the flush that is under way, if there is one.
    void run_flush(bool fail = false);
    void advance(std::chrono::milliseconds time);

    /// Sends a frame as it stands, without its length.
    void send_frame(ConnectionId connection, std::span<const std::byte> frame);
    /// Sends a request and ends the turn. Returns its correlation id.
    template <class Request>
    std::int32_t send(ConnectionId connection, const Request& request, std::int16_t version);
    /// The next reply on the connection; nullopt: none yet.
    template <class Response>
    std::optional<Reply<Response>> receive(ConnectionId connection, std::int16_t version);
    /// Sends on a connection of its own and expects one reply.
    template <class Response, class Request>
    Reply<Response> call(const Request& request, std::int16_t version);

    // Verbs.
    ErrorCode create_topic(const std::string& name, std::int32_t partitions = 1,
                           const std::map<std::string, std::string>& configs = {});
    TopicId topic_id(const std::string& name);
    Reply<wire::ProduceResponse> produce(const std::string& topic, std::span<const std::byte> batch,
                                         std::int16_t acks = -1, std::int16_t version = 9, std::int32_t partition = 0);
    /// A consumer's fetch of one partition that does not wait.
    Reply<wire::FetchResponse> fetch(const std::string& topic, std::int64_t offset, std::int16_t version = 11,
                                     std::int32_t partition = 0);
    /// All values from `offset` to the high watermark.
    std::vector<std::string> read_all(const std::string& topic, std::int32_t partition = 0, std::int64_t offset = 0);
    /// ListOffsets; -1 is also the answer to "none".
    std::int64_t list_offset(const std::string& topic, std::int64_t timestamp, std::int32_t partition = 0);

    storage::SimulatedFileSystem files;
    FakeOutbox outbox;
    std::unique_ptr<Engine> engine;
    Moment now{Time{1'000'000'000}, Timestamp{1'700'000'000'000}};
    bool hold_flushes = false;
    bool hold_compaction = false;

  private:
    Configure configure_;
    std::uint64_t next_connection_ = 1;
    std::int32_t next_correlation_id_ = 1;
    std::uint64_t starts_ = 0;
    std::optional<ConnectionId> own_connection_;
};

wire::ProduceRequest produce_request(const std::string& topic, std::span<const std::byte> batch, std::int16_t acks,
                                     std::int32_t partition = 0);
wire::FetchRequest fetch_request(const std::string& topic, std::int64_t offset, std::int32_t max_wait_ms = 0,
                                 std::int32_t partition = 0);

template <class Request>
std::int32_t TestNode::send(ConnectionId connection, const Request& request, std::int16_t version) {
    const std::int32_t correlation_id = next_correlation_id_++;
    const auto encoded = wire::encode_request_frame(correlation_id, wire::String("test"), request, version);
    if (!encoded) {
        ADD_FAILURE() << wire::to_text(encoded.error());
        return correlation_id;
    }
    const std::vector<std::byte> bytes = encoded->to_vector();
    send_frame(connection, std::span(bytes).subspan(4));
    return correlation_id;
}

template <class Response>
std::optional<Reply<Response>> TestNode::receive(ConnectionId connection, std::int16_t version) {
    auto& queue = outbox.sent[connection];
    if (queue.empty()) return std::nullopt;
    std::vector<std::byte> bytes = std::move(queue.front());
    queue.pop_front();
    return decode_reply<Response>(std::move(bytes), version);
}

template <class Response, class Request>
Reply<Response> TestNode::call(const Request& request, std::int16_t version) {
    if (!own_connection_) own_connection_ = connect();
    const std::int32_t correlation_id = send(*own_connection_, request, version);
    auto reply = receive<Response>(*own_connection_, version);
    if (!reply) {
        ADD_FAILURE() << wire::Schema<Request>::message.name << " v" << version << " was not answered"
                      << (outbox.closed.contains(*own_connection_)
                              ? ": closed, " + outbox.closed[*own_connection_].detail
                              : "");
        own_connection_.reset();
        return {};
    }
    EXPECT_EQ(reply->correlation_id, correlation_id);
    return *std::move(reply);
}

}  // namespace highwater::engine::testing
