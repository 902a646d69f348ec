#include "broker/engine/testing.h"

#include "net/wire/record/compression/decompressor.h"
#include "net/wire/record/record.h"

namespace highwater::engine::testing {

namespace {

wire::RecordBytes bytes_of(const std::string& text) {
    return std::as_bytes(std::span(text));
}

}  // namespace

std::vector<std::byte> batch_of(const std::vector<TestRecord>& records, wire::BatchOptions options) {
    wire::RecordBatchBuilder builder(options);
    for (const TestRecord& record : records) {
        wire::NewRecord out;
        if (record.key) out.key = bytes_of(*record.key);
        out.value = bytes_of(record.value);
        out.timestamp = Timestamp{record.timestamp};
        builder.add(out);
    }
    return builder.finish();
}

std::vector<std::byte> stamped_batch(std::int64_t producer_id, std::int16_t epoch, std::int32_t sequence,
                                     const std::vector<TestRecord>& records) {
    wire::BatchOptions options;
    options.producer = ProducerStamp{
        .id = ProducerId{producer_id}, .epoch = ProducerEpoch{epoch}, .base_sequence = Sequence{sequence}};
    return batch_of(records, options);
}

std::vector<std::string> values_of(std::span<const std::byte> batches) {
    std::vector<std::string> values;
    wire::Decompressor decompressor;
    wire::RecordBuffer scratch;
    wire::BatchReader reader(batches);
    while (const auto batch = reader.next()) {
        EXPECT_TRUE(batch->crc_matches());
        if (batch->header.is_control()) continue;
        const auto records = wire::clear_records(*batch, decompressor, 1 << 26, scratch);
        if (!records) {
            ADD_FAILURE() << records.error().what;
            continue;
        }
        wire::RecordReader each(*records, batch->header.record_count);
        while (const auto record = each.next()) {
            const auto value = record->value.value_or(wire::RecordBytes{});
            values.emplace_back(reinterpret_cast<const char*>(value.data()), value.size());
        }
    }
    return values;
}

TestNode::TestNode(Configure configure) : configure_(std::move(configure)) {
    start();
}

TestNode::~TestNode() = default;

void TestNode::start() {
    EngineConfig config;
    config.node_id = NodeId{1};
    config.log_dirs = {"/data"};
    config.advertised_listeners = {{.name = "PLAINTEXT", .host = "localhost", .port = 9092, .security_protocol = 0}};
    if (configure_) configure_(config);
    ++starts_;
    auto started = Engine::start(config, files, outbox, {starts_, 2, 3, 4}, now);
    ASSERT_TRUE(started) << started.error().message;
    engine = *std::move(started);
}

void TestNode::restart() {
    run_flush();
    engine->shutdown(now);
    engine.reset();
    outbox = FakeOutbox{};
    own_connection_.reset();
    start();
}

void TestNode::crash(storage::CrashKind kind, const storage::CrashChoice& choice) {
    files.crash(kind, choice);
    engine.reset();
    outbox = FakeOutbox{};
    own_connection_.reset();
    start();
}

ConnectionId TestNode::connect(std::string listener) {
    const ConnectionId connection{next_connection_++};
    engine->connection_opened(connection, {.listener_name = std::move(listener), .peer_address = "192.0.2.1:5000"});
    return connection;
}

void TestNode::disconnect(ConnectionId connection) {
    engine->connection_closed(connection, now);
}

void TestNode::turn() {
    engine->end_of_turn(now);
    while (outbox.job && !hold_flushes) {
        run_flush();
        engine->end_of_turn(now);
    }
    while (outbox.compaction && !hold_compaction) {
        const CompactionJob job = *std::exchange(outbox.compaction, std::nullopt);
        engine->compaction_completed(job.run(), now);
    }
}

void TestNode::run_flush(bool fail) {
    if (!outbox.job) return;
    const FlushJob job = *std::move(outbox.job);
    outbox.job.reset();
    FlushResult result = job.run();
    if (fail) result.succeeded.assign(result.succeeded.size(), false);
    engine->flush_completed(result, now);
}

void TestNode::advance(std::chrono::milliseconds time) {
    const Moment until{now.time + time, Timestamp{now.wall.value() + time.count()}};
    while (const auto due = engine->next_deadline()) {
        if (*due > until.time) break;
        if (*due > now.time) {
            const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(*due - now.time);
            now = {*due, Timestamp{now.wall.value() + passed.count()}};
        }
        engine->deadline_reached(now);
        turn();
    }
    now = until;
}

void TestNode::send_frame(ConnectionId connection, std::span<const std::byte> frame) {
    // A copy of exactly this size, gone after the call: whoever reads beyond or later is found by the sanitizer.
    const auto copy = std::make_unique<std::vector<std::byte>>(frame.begin(), frame.end());
    if (!outbox.closed.contains(connection)) engine->frame_received(connection, *copy, now);
    turn();
}

wire::ProduceRequest produce_request(const std::string& topic, std::span<const std::byte> batch, std::int16_t acks,
                                     std::int32_t partition) {
    wire::ProduceRequest request;
    request.acks = acks;
    request.timeout_ms = 1000;
    auto& data = request.topic_data.emplace_back();
    data.name = wire::String(topic);
    auto& part = data.partition_data.emplace_back();
    part.index = PartitionId{partition};
    part.records = wire::Records(batch);
    return request;
}

wire::FetchRequest fetch_request(const std::string& topic, std::int64_t offset, std::int32_t max_wait_ms,
                                 std::int32_t partition) {
    wire::FetchRequest request;
    request.max_wait_ms = max_wait_ms;
    request.min_bytes = 1;
    request.max_bytes = 1 << 24;
    auto& wanted = request.topics.emplace_back();
    wanted.topic = wire::String(topic);
    auto& part = wanted.partitions.emplace_back();
    part.partition = PartitionId{partition};
    part.fetch_offset = offset;
    part.partition_max_bytes = 1 << 20;
    return request;
}

ErrorCode TestNode::create_topic(const std::string& name, std::int32_t partitions,
                                 const std::map<std::string, std::string>& configs) {
    wire::CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = wire::String(name);
    topic.num_partitions = partitions;
    topic.replication_factor = 1;
    for (const auto& [key, value] : configs) {
        auto& config = topic.configs.emplace_back();
        config.name = wire::String(key);
        config.value = wire::String(value);
    }
    const auto reply = call<wire::CreateTopicsResponse>(request, 7);
    return reply->topics.size() == 1 ? reply->topics.front().error_code : ErrorCode::unknown_server_error;
}

TopicId TestNode::topic_id(const std::string& name) {
    const Topic* topic = engine->node().topics().find(std::string_view(name));
    return topic == nullptr ? TopicId{} : topic->id;
}

Reply<wire::ProduceResponse> TestNode::produce(const std::string& topic, std::span<const std::byte> batch,
                                               std::int16_t acks, std::int16_t version, std::int32_t partition) {
    wire::ProduceRequest request = produce_request(topic, batch, acks, partition);
    if (version >= 13) request.topic_data.materialise()[0].topic_id = topic_id(topic);
    return call<wire::ProduceResponse>(request, version);
}

Reply<wire::FetchResponse> TestNode::fetch(const std::string& topic, std::int64_t offset, std::int16_t version,
                                           std::int32_t partition) {
    wire::FetchRequest request = fetch_request(topic, offset, 0, partition);
    if (version >= 13) request.topics.materialise()[0].topic_id = topic_id(topic);
    return call<wire::FetchResponse>(request, version);
}

std::vector<std::string> TestNode::read_all(const std::string& topic, std::int32_t partition, std::int64_t offset) {
    std::vector<std::string> values;
    for (;;) {
        const auto reply = fetch(topic, offset, 11, partition);
        if (reply->responses.empty()) return values;
        const auto part = reply->responses.front().partitions.front();
        EXPECT_EQ(part.error_code, ErrorCode::none);
        if (!part.records || part.records->empty()) return values;
        const auto bytes = part.records->view();
        for (std::string& value : values_of(bytes)) values.push_back(std::move(value));
        wire::BatchReader reader(bytes);
        while (const auto batch = reader.next()) offset = batch->header.last_offset().value() + 1;
    }
}

std::int64_t TestNode::list_offset(const std::string& topic, std::int64_t timestamp, std::int32_t partition) {
    wire::ListOffsetsRequest request;
    request.replica_id = NodeId{-1};
    auto& wanted = request.topics.emplace_back();
    wanted.name = wire::String(topic);
    auto& part = wanted.partitions.emplace_back();
    part.partition_index = PartitionId{partition};
    part.timestamp = timestamp;
    const auto reply = call<wire::ListOffsetsResponse>(request, 8);
    const auto answer = reply->topics.front().partitions.front();
    EXPECT_EQ(answer.error_code, ErrorCode::none);
    return answer.offset;
}

}  // namespace highwater::engine::testing
