#include "broker/simulation/node_simulation.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "broker/engine/node.h"
#include "net/wire/header.h"
#include "net/wire/message/create_topics.h"
#include "net/wire/message/fetch.h"
#include "net/wire/message/init_producer_id.h"
#include "net/wire/message/produce.h"
#include "net/wire/record/record.h"
#include "net/wire/record/record_batch_builder.h"

namespace highwater::simulation {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::string_view kTopic = "t";
constexpr std::int16_t kProduceVersion = 9;
constexpr std::int16_t kFetchVersion = 11;
constexpr std::int16_t kInitProducerIdVersion = 4;
constexpr std::int16_t kCreateTopicsVersion = 7;

/// What is at one offset.
struct LogRecord {
    std::int64_t offset = 0;
    std::string value;
};

std::vector<LogRecord> records_of(std::span<const std::byte> batches) {
    std::vector<LogRecord> records;
    wire::BatchReader reader(batches);
    while (const auto batch = reader.next()) {
        wire::RecordReader each(batch->records(), batch->header.record_count);
        while (const auto record = each.next()) {
            const auto value = record->value.value_or(wire::RecordBytes{});
            records.push_back({batch->header.base_offset.value() + record->offset_delta,
                               std::string(reinterpret_cast<const char*>(value.data()), value.size())});
        }
    }
    return records;
}

class Simulation final : private engine::Outbox {
  public:
    explicit Simulation(const Scenario& scenario) : scenario_(scenario), random_(scenario.seed) {
        for (int i = 0; i < scenario.producers; ++i) {
            producers_.emplace_back(i, static_cast<std::int32_t>(random_() % scenario.partitions));
        }
        connections_.resize(producers_.size());
        consumed_.resize(static_cast<std::size_t>(scenario.partitions));
        consumer_connections_.resize(consumed_.size());
    }

    Outcome run() {
        start_node();
        for (std::size_t i = 0; i < producers_.size(); ++i) {
            at(milliseconds{1}, [this, i] { write(i); });
            at(milliseconds{1}, [this, i] { reconnect(i); });
        }
        for (std::int32_t partition = 0; partition < scenario_.partitions; ++partition) {
            at(milliseconds{5}, [this, partition] { consume(partition); });
        }
        schedule_stop();
        const Time end = now_.time + scenario_.duration;
        while (!events_.empty() && events_.top().time <= end && outcome_.violations.empty()) {
            const Event event = events_.top();
            events_.pop();
            advance_to(event.time);
            ++outcome_.events;
            event.act();
            turn();
        }
        finish();
        return outcome_;
    }

  private:
    struct Event {
        Time time;
        std::uint64_t number = 0;
        std::function<void()> act;
        friend bool operator<(const Event& a, const Event& b) {  // the earliest is on top
            return std::pair(a.time, a.number) > std::pair(b.time, b.number);
        }
    };

    // --- time and chance

    std::uint64_t up_to(std::uint64_t most) { return random_() % (most + 1); }
    microseconds delay(microseconds least, microseconds most) {
        return least +
               microseconds{static_cast<std::int64_t>(up_to(static_cast<std::uint64_t>((most - least).count())))};
    }
    void at(Duration from_now, std::function<void()> act) {
        events_.push({now_.time + from_now, next_event_++, std::move(act)});
    }
    void advance_to(Time time) { now_ = {time, Timestamp{1'700'000'000'000 + time.value() / 1'000'000}}; }

    // --- the node

    void start_node() {
        engine::EngineConfig config;
        config.log_dirs = {"/data"};
        config.advertised_listeners = {{.name = "PLAINTEXT", .host = "node", .port = 9092, .security_protocol = 0}};
        config.flush_mode = scenario_.flush_mode;
        config.topic_defaults.segment_bytes = 1 << 20;
        config.topic_defaults.segment_index_bytes = 1 << 16;
        ++incarnation_;
        trace("the node starts for the {}. time", incarnation_);
        auto started = engine::Engine::start(config, files_, *this, {scenario_.seed, incarnation_, 3, 4}, now_);
        if (!started) return violated(fmt::format("the node did not start: {}", started.error().message));
        engine_ = *std::move(started);
        if (traced_) trace_node();
        create_topic();
    }

    void trace_node() {
        for (const auto& [name, topic] : engine_->node().topics().by_name()) {
            for (const auto& partition : topic.partitions) {
                const ReplicaLog& log = partition->replica().log();
                trace("partition {}: [{}, {})", partition->identity().name.partition, log.start_offset(),
                      log.end_offset());
                if (partition->log() != nullptr) {
                    const Offset from{std::max<std::int64_t>(0, log.end_offset().value() - 25)};
                    static_cast<void>(partition->log()->replay(from, [&](const BatchFacts& batch) {
                        trace("  batch {}..{} epoch {} producer {} sequence {}", batch.base_offset, batch.last_offset(),
                              batch.leader_epoch, batch.producer ? batch.producer->id.value() : -1,
                              batch.producer && batch.producer->base_sequence ? batch.producer->base_sequence->value()
                                                                              : -1);
                    }));
                }
                for (const ProducerState& producer : log.producers()) {
                    for (const SequencedBatch& batch : producer.batches) {
                        trace("  producer id {} knows sequence {}..{} at {}", producer.id, batch.first_sequence(),
                              batch.last_sequence, batch.base_offset());
                    }
                }
            }
        }
    }

    /// The node is gone. Clients notice a little later: until then what it had sent may still arrive.
    void node_is_gone() {
        engine_.reset();
        flush_.reset();
        armed_.reset();
        storage_failed_ = false;
        files_.heal();
        for (std::size_t i = 0; i < producers_.size(); ++i) {
            at(delay(microseconds{0}, milliseconds{10}), [this, i, connection = connections_[i]] {
                if (connections_[i] == connection) drop(i);
            });
        }
        at(delay(microseconds{100}, milliseconds{300}), [this] {
            start_node();
            for (std::size_t i = 0; i < producers_.size(); ++i) {
                at(delay(microseconds{100}, milliseconds{20}), [this, i] { reconnect(i); });
            }
        });
    }

    void schedule_stop() {
        at(delay(microseconds{1000}, 2 * scenario_.mean_time_between_stops), [this] {
            stop();
            schedule_stop();
        });
    }

    void stop() {
        if (!engine_) return;
        const int total = scenario_.clean_stop_weight + scenario_.process_kill_weight + scenario_.power_loss_weight +
                          scenario_.sync_failure_weight;
        int drawn = static_cast<int>(up_to(static_cast<std::uint64_t>(total - 1)));
        ++outcome_.stops;
        if ((drawn -= scenario_.clean_stop_weight) < 0) {
            trace("clean stop");
            shut_down();
            return node_is_gone();
        }
        if ((drawn -= scenario_.process_kill_weight) < 0) {
            trace("process kill");
            files_.crash(storage::CrashKind::process_kill, storage::keep_nothing());
            return node_is_gone();
        }
        if ((drawn -= scenario_.power_loss_weight) < 0) {
            ++outcome_.power_losses;
            trace("power loss");
            files_.crash(storage::CrashKind::power_loss, storage::seeded_choice(random_()));
            return node_is_gone();
        }
        trace("syncs fail from here on");
        files_.fail_matching("sync", ".log", EIO);
    }

    /// As the shell does: the flush under way first, then the engine.
    void shut_down() {
        if (flush_) {
            const engine::FlushJob job = *std::exchange(flush_, std::nullopt);
            engine_->flush_completed(job.run(), now_);
        }
        engine_->shutdown(now_);
    }

    void turn() {
        if (!engine_) return;
        while (const auto due = engine_->next_deadline()) {
            if (*due > now_.time) break;
            engine_->deadline_reached(now_);
        }
        engine_->end_of_turn(now_);
        if (storage_failed_) {
            // The process stops, and the machine is restarted before it starts again: after a failed sync the page
            // cache says what the disk does not have (storage's faults: fsyncgate).
            files_.crash(storage::CrashKind::power_loss, storage::seeded_choice(random_()));
            return node_is_gone();
        }
        if (const auto due = engine_->next_deadline()) {
            const std::uint64_t incarnation = incarnation_;
            if (!armed_ || *due < *armed_ || *armed_ <= now_.time) {
                armed_ = *due;
                events_.push({*due, next_event_++, [this, incarnation] {
                                  if (engine_ && incarnation == incarnation_) engine_->deadline_reached(now_);
                              }});
            }
        }
    }

    // --- what the node sends

    void send(engine::ConnectionId connection, wire::OutputBuffer response) override {
        if (captured_ != nullptr) return captured_->push_back(response.to_vector());
        // Replies of one connection keep their order: each arrives no earlier than the one before.
        Time& last = last_arrival_[connection.value()];
        last = std::max(last, now_.time + delay(microseconds{50}, milliseconds{5}));
        auto bytes = std::make_shared<std::vector<std::byte>>(response.to_vector());
        events_.push({last, next_event_++, [this, connection, bytes] { arrived(connection, *bytes); }});
    }
    void close(engine::ConnectionId connection, engine::CloseReason, std::string detail) override {
        violated(fmt::format("connection {} was closed: {}", connection, detail));
    }
    void pause_reading(engine::ConnectionId) override {}
    void resume_reading(engine::ConnectionId) override {}
    void storage_failed(std::string_view, std::string_view, bool) override { storage_failed_ = true; }
    void start_flush(engine::FlushJob job) override {
        const std::uint64_t incarnation = incarnation_;
        flush_ = std::move(job);
        at(delay(microseconds{200}, milliseconds{15}), [this, incarnation] {
            if (!engine_ || incarnation != incarnation_ || !flush_) return;
            const engine::FlushJob done = *std::move(flush_);
            flush_.reset();
            engine_->flush_completed(done.run(), now_);
        });
    }

    // --- clients

    template <class Request>
    void request(std::uint64_t connection, const Request& message, std::int16_t version) {
        const auto encoded = wire::encode_request_frame(1, wire::String("sim"), message, version);
        if (!encoded) return violated(wire::to_text(encoded.error()));
        auto bytes = std::make_shared<std::vector<std::byte>>(encoded->to_vector());
        Time& last = last_departure_[connection];
        last = std::max(last, now_.time + delay(microseconds{50}, milliseconds{5}));
        const std::uint64_t incarnation = incarnation_;
        events_.push({last, next_event_++, [this, connection, bytes, incarnation] {
                          const bool is_open = engine_ && incarnation == incarnation_ && open_.contains(connection);
                          if (!is_open) return;
                          engine_->frame_received(engine::ConnectionId{connection}, std::span(*bytes).subspan(4), now_);
                      }});
    }

    std::uint64_t connect() {
        const std::uint64_t connection = ++last_connection_;
        open_.insert(connection);
        engine_->connection_opened(engine::ConnectionId{connection},
                                   {.listener_name = "PLAINTEXT", .peer_address = "client"});
        return connection;
    }

    void create_topic() {
        const std::uint64_t connection = connect();
        wire::CreateTopicsRequest message;
        auto& topic = message.topics.emplace_back();
        topic.name = wire::String(kTopic);
        topic.num_partitions = scenario_.partitions;
        topic.replication_factor = 1;
        request(connection, message, kCreateTopicsVersion);
    }

    void drop(std::size_t producer) {
        if (connections_[producer] == 0) return;
        open_.erase(connections_[producer]);
        by_connection_.erase(connections_[producer]);
        if (engine_) engine_->connection_closed(engine::ConnectionId{connections_[producer]}, now_);
        connections_[producer] = 0;
        producers_[producer].disconnected();
    }

    void reconnect(std::size_t producer) {
        if (!engine_) return;
        drop(producer);
        connections_[producer] = connect();
        by_connection_[connections_[producer]] = producer;
        if (!producers_[producer].producer_id()) {
            wire::InitProducerIdRequest message;
            message.transactional_id = std::nullopt;
            request(connections_[producer], message, kInitProducerIdVersion);
        }
        send_more(producer);
    }

    void write(std::size_t producer) {
        ProducerClient& client = producers_[producer];
        if (client.unsent() < 20) {
            client.write(1 + static_cast<int>(up_to(4)), up_to(9) == 0 ? 20'000 : up_to(500));
        }
        send_more(producer);
        if (up_to(199) == 0) reconnect(producer);  // the network breaks
        at(delay(microseconds{500}, milliseconds{40}), [this, producer] { write(producer); });
    }

    void send_more(std::size_t producer) {
        ProducerClient& client = producers_[producer];
        if (connections_[producer] == 0) return;
        while (const ProducerClient::Batch* batch = client.next()) {
            trace("producer {} sends {}+{}{} on {}", producer, batch->base_sequence, batch->values.size(),
                  batch->is_retry ? " again" : "", connections_[producer]);
            wire::BatchOptions options;
            options.producer = ProducerStamp{.id = ProducerId{*client.producer_id()},
                                             .epoch = ProducerEpoch{0},
                                             .base_sequence = Sequence{batch->base_sequence}};
            wire::RecordBatchBuilder builder(options);
            for (const std::string& value : batch->values) {
                wire::NewRecord record;
                record.value = std::as_bytes(std::span(value));
                record.timestamp = now_.wall;
                builder.add(record);
            }
            const wire::RecordBuffer bytes = builder.finish();
            wire::ProduceRequest message;
            message.acks = -1;
            message.timeout_ms = 1000;
            auto& topic = message.topic_data.emplace_back();
            topic.name = wire::String(kTopic);
            auto& part = topic.partition_data.emplace_back();
            part.index = PartitionId{client.partition()};
            part.records = wire::Records(bytes);
            request(connections_[producer], message, kProduceVersion);
        }
    }

    void arrived(engine::ConnectionId connection, const std::vector<std::byte>& bytes) {
        const auto producer = by_connection_.find(connection.value());
        if (producer != by_connection_.end()) return producer_heard(producer->second, bytes);
        const auto consumer = consumers_.find(connection.value());
        if (consumer != consumers_.end()) consumer_heard(connection.value(), consumer->second, bytes);
    }

    void producer_heard(std::size_t producer, const std::vector<std::byte>& bytes) {
        ProducerClient& client = producers_[producer];
        const auto frame = std::span(bytes).subspan(4);
        if (!client.producer_id()) {
            const auto header =
                wire::decode_response_header(frame, wire::ApiKey::init_producer_id, kInitProducerIdVersion);
            if (!header) return violated(wire::to_text(header.error()));
            const auto answer = wire::decode<wire::InitProducerIdResponse>(header->body, kInitProducerIdVersion);
            if (!answer) return violated(wire::to_text(answer.error()));
            if (answer->error_code != ErrorCode::none) {
                at(milliseconds{10}, [this, producer] { reconnect(producer); });
                return;
            }
            if (!given_ids_.insert(answer->producer_id.value()).second) {
                return violated(fmt::format("producer id {} was given twice", answer->producer_id));
            }
            client.take_id(answer->producer_id.value());
            return send_more(producer);
        }
        const auto header = wire::decode_response_header(frame, wire::ApiKey::produce, kProduceVersion);
        if (!header) return violated(wire::to_text(header.error()));
        const auto answer = wire::decode<wire::ProduceResponse>(header->body, kProduceVersion);
        if (!answer) return violated(wire::to_text(answer.error()));
        const auto part = answer->responses.front().partition_responses.front();
        trace("producer {} hears {} base offset {}", producer, part.error_code, part.base_offset);
        std::string violation;
        const auto acknowledged = client.answered(part.error_code, part.base_offset, violation);
        if (!violation.empty()) return violated(violation);
        if (acknowledged) note(client, *acknowledged);
        if (client.wants_reconnect()) {
            at(milliseconds{5}, [this, producer] { reconnect(producer); });
        } else {
            send_more(producer);
        }
    }

    void note(const ProducerClient& client, const ProducerClient::Acknowledged& acknowledged) {
        auto& expected = acknowledged_[client.partition()];
        for (std::size_t i = 0; i < acknowledged.values.size(); ++i) {
            const std::int64_t offset = acknowledged.base_offset + static_cast<std::int64_t>(i);
            const auto [at, is_new] = expected.emplace(offset, acknowledged.values[i]);
            if (!is_new) return violated(fmt::format("offset {} was acknowledged twice", offset));
            ++outcome_.acknowledged_records;
            mix(static_cast<std::uint64_t>(offset));
        }
    }

    // --- a consumer per partition

    void consume(std::int32_t partition) {
        std::uint64_t& present = consumer_connections_[static_cast<std::size_t>(partition)];
        if (present != 0 && open_.erase(present) > 0 && engine_) {
            engine_->connection_closed(engine::ConnectionId{present}, now_);
        }
        consumers_.erase(present);
        present = 0;
        if (engine_) {
            present = connect();
            consumers_[present] = partition;
            fetch(present, partition);
        }
        // A connection of its own now and then: whatever becomes of it, the next one goes on from the same place.
        at(delay(milliseconds{100}, milliseconds{900}), [this, partition] { consume(partition); });
    }

    static wire::FetchRequest fetch_message(std::int32_t partition, std::size_t offset, std::int32_t max_wait_ms) {
        wire::FetchRequest message;
        message.max_wait_ms = max_wait_ms;
        message.min_bytes = 1;
        message.max_bytes = 1 << 20;
        auto& topic = message.topics.emplace_back();
        topic.topic = wire::String(kTopic);
        auto& part = topic.partitions.emplace_back();
        part.partition = PartitionId{partition};
        part.fetch_offset = static_cast<std::int64_t>(offset);
        part.partition_max_bytes = 1 << 16;
        return message;
    }

    void fetch(std::uint64_t connection, std::int32_t partition) {
        const std::size_t offset = consumed_[static_cast<std::size_t>(partition)].size();
        request(connection, fetch_message(partition, offset, 200), kFetchVersion);
    }

    void consumer_heard(std::uint64_t connection, std::int32_t partition, const std::vector<std::byte>& bytes) {
        const auto header =
            wire::decode_response_header(std::span(bytes).subspan(4), wire::ApiKey::fetch, kFetchVersion);
        if (!header) return violated(wire::to_text(header.error()));
        const auto answer = wire::decode<wire::FetchResponse>(header->body, kFetchVersion);
        if (!answer) return violated(wire::to_text(answer.error()));
        auto& consumed = consumed_[static_cast<std::size_t>(partition)];
        if (!answer->responses.empty()) {
            const auto part = answer->responses.front().partitions.front();
            const bool is_expected = part.error_code == ErrorCode::none ||
                                     part.error_code == ErrorCode::kafka_storage_error ||
                                     part.error_code == ErrorCode::unknown_topic_or_partition;
            if (!is_expected) {
                return violated(fmt::format("a consumer at offset {} of partition {} heard {}", consumed.size(),
                                            partition, part.error_code));
            }
            if (part.records) take(consumed, records_of(part.records->view()), partition);
        }
        if (engine_ && open_.contains(connection)) fetch(connection, partition);
    }

    void take(std::vector<std::string>& consumed, const std::vector<LogRecord>& records, std::int32_t partition) {
        for (const LogRecord& record : records) {
            const auto next = static_cast<std::int64_t>(consumed.size());
            if (record.offset == next) {
                consumed.push_back(record.value);
            } else if (record.offset > next) {
                return violated(fmt::format("partition {}: offset {} follows {}", partition, record.offset, next - 1));
            } else if (consumed[static_cast<std::size_t>(record.offset)] != record.value) {
                return violated(fmt::format("partition {} offset {}: a consumer saw another record there", partition,
                                            record.offset));
            }
        }
    }

    // --- the end

    void finish() {
        if (!outcome_.violations.empty()) return;
        if (engine_) {
            shut_down();
            engine_.reset();
        }
        files_.heal();
        start_node();
        for (const ProducerClient& client : producers_) outcome_.retried_batches += client.retries();
        for (std::int32_t partition = 0; partition < scenario_.partitions && engine_; ++partition) {
            check(partition, read(partition));
        }
    }

    std::vector<std::string> read(std::int32_t partition) {
        std::vector<std::string> log;
        std::vector<std::vector<std::byte>> replies;
        captured_ = &replies;
        const std::uint64_t connection = connect();
        for (std::size_t before = 1; before != log.size() || log.empty();) {
            before = log.size();
            const auto encoded = wire::encode_request_frame(1, wire::String("check"),
                                                            fetch_message(partition, log.size(), 0), kFetchVersion);
            const auto bytes = encoded->to_vector();
            replies.clear();
            engine_->frame_received(engine::ConnectionId{connection}, std::span(bytes).subspan(4), now_);
            if (replies.size() != 1) {
                violated("a fetch that does not wait was not answered at once");
                break;
            }
            const auto header =
                wire::decode_response_header(std::span(replies.front()).subspan(4), wire::ApiKey::fetch, kFetchVersion);
            const auto answer = wire::decode<wire::FetchResponse>(header->body, kFetchVersion);
            const auto part = answer->responses.front().partitions.front();
            if (part.records) take(log, records_of(part.records->view()), partition);
            if (log.empty()) break;
        }
        captured_ = nullptr;
        return log;
    }

    void check(std::int32_t partition, const std::vector<std::string>& log) {
        const auto& expected = acknowledged_[partition];
        for (const auto& [offset, value] : expected) {
            if (static_cast<std::size_t>(offset) >= log.size()) {
                return violated(fmt::format("partition {} offset {} was acknowledged and is lost (the log ends at {})",
                                            partition, offset, log.size()));
            }
            if (log[static_cast<std::size_t>(offset)] != value) {
                return violated(fmt::format("partition {} offset {}: not the record that was acknowledged there",
                                            partition, offset));
            }
        }
        const auto& consumed = consumed_[static_cast<std::size_t>(partition)];
        if (consumed.size() > log.size() || !std::equal(consumed.begin(), consumed.end(), log.begin())) {
            return violated(fmt::format("partition {}: what a consumer read is not what the log holds", partition));
        }
        std::map<int, std::int64_t> last_of;
        for (std::size_t offset = 0; offset < log.size(); ++offset) {
            const int producer = std::stoi(log[offset]);
            const std::int64_t number = std::stoll(log[offset].substr(log[offset].find(':') + 1));
            const auto [last, is_first] = last_of.emplace(producer, -1);
            if (number != last->second + 1) {
                return violated(fmt::format("partition {} offset {}: producer {} record {} follows its record {}",
                                            partition, offset, producer, number, last->second));
            }
            last->second = number;
            mix(std::hash<std::string>{}(log[offset]));
        }
    }

    /// One line per thing that happened, with HIGHWATER_SIMULATION_TRACE in the environment: how a failure is read.
    template <class... Args>
    void trace(fmt::format_string<Args...> what, Args&&... args) {
        if (!traced_) return;
        fmt::print(stderr, "{:>12.3f} ms  {}\n", static_cast<double>(now_.time.value()) / 1e6,
                   fmt::format(what, std::forward<Args>(args)...));
    }
    void violated(std::string what) { outcome_.violations.push_back(std::move(what)); }
    void mix(std::uint64_t value) { outcome_.digest = (outcome_.digest ^ value) * 0x100'0000'01b3U; }

    const bool traced_ = std::getenv("HIGHWATER_SIMULATION_TRACE") != nullptr;
    Scenario scenario_;
    std::mt19937_64 random_;
    storage::SimulatedFileSystem files_;
    std::unique_ptr<engine::Engine> engine_;
    std::uint64_t incarnation_ = 0;
    engine::Moment now_{Time{1}, Timestamp{1'700'000'000'000}};
    std::priority_queue<Event> events_;
    std::uint64_t next_event_ = 0;
    std::optional<engine::FlushJob> flush_;
    std::optional<Time> armed_;
    bool storage_failed_ = false;

    std::vector<ProducerClient> producers_;
    std::vector<std::uint64_t> connections_;
    std::unordered_map<std::uint64_t, std::size_t> by_connection_;
    std::map<std::uint64_t, std::int32_t> consumers_;
    std::set<std::uint64_t> open_;
    std::uint64_t last_connection_ = 0;
    /// Per partition, 0: none.
    std::vector<std::uint64_t> consumer_connections_;
    std::vector<std::vector<std::byte>>* captured_ = nullptr;
    std::unordered_map<std::uint64_t, Time> last_arrival_;
    std::unordered_map<std::uint64_t, Time> last_departure_;
    std::set<std::int64_t> given_ids_;
    /// By partition and offset.
    std::map<std::int32_t, std::map<std::int64_t, std::string>> acknowledged_;
    /// By partition: what consumers read, from offset 0.
    std::vector<std::vector<std::string>> consumed_;
    Outcome outcome_;
};

}  // namespace

Outcome simulate(const Scenario& scenario) {
    return Simulation(scenario).run();
}

}  // namespace highwater::simulation
