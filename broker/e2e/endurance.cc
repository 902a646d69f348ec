// The client of endurance_test.py: an idempotent librdkafka producer and a consumer that checks every record.
//
// Usage: endurance produce|verify ADDRESS TOPIC PARTITIONS RECORDS
//
// Record number n goes to partition n mod PARTITIONS and is that partition's number n / PARTITIONS. Its 100 bytes are a
// function of both numbers. As nobody else writes, record number k of a partition must have offset k: a record lost,
// doubled or out of order shifts every later one, and none of that can go unseen.
//
// `produce` prints "acknowledged N" as deliveries are reported, and ends when all are.

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t kRecordBytes = 100;
constexpr std::int64_t kReportEvery = 20'000;
constexpr int kPatienceMs = 120'000;

using Content = std::array<char, kRecordBytes>;

/// splitmix64: spreads the two numbers over all bytes.
std::uint64_t mix(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31);
}

Content content_of(std::int32_t partition, std::int64_t number) {
    Content content{};
    std::uint64_t word = static_cast<std::uint64_t>(number) << 16 | static_cast<std::uint64_t>(partition);
    for (std::size_t at = 0; at < kRecordBytes; at += sizeof word) {
        word = mix(word);
        std::memcpy(content.data() + at, &word, std::min(sizeof word, kRecordBytes - at));
    }
    return content;
}

struct Work {
    std::string address;
    std::string topic;
    std::int32_t partitions;
    std::int64_t records;

    std::int64_t records_of(std::int32_t partition) const {
        return (records - partition + partitions - 1) / partitions;
    }
};

struct Destroy {
    void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
    void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
    void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
};
using Client = std::unique_ptr<rd_kafka_t, Destroy>;

struct Deliveries {
    std::vector<std::int64_t> next_offset;  // of each partition
    std::int64_t acknowledged = 0;
    std::string failure;
};

void on_delivery(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* opaque) {
    auto& deliveries = *static_cast<Deliveries*>(opaque);
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (deliveries.failure.empty()) {
            deliveries.failure =
                fmt::format("delivery to partition {} failed: {}", message->partition, rd_kafka_err2str(message->err));
        }
        return;
    }
    auto& expected = deliveries.next_offset[static_cast<std::size_t>(message->partition)];
    // A batch that was written before a kill and acknowledged as a duplicate after it may have no offset to tell.
    if (message->offset >= 0 && message->offset != expected && deliveries.failure.empty()) {
        deliveries.failure = fmt::format("partition {}: record {} was acknowledged at offset {}", message->partition,
                                         expected, message->offset);
    }
    ++expected;
    if (++deliveries.acknowledged % kReportEvery == 0) {
        fmt::print("acknowledged {}\n", deliveries.acknowledged);
        std::fflush(stdout);
    }
}

using Options = std::vector<std::pair<const char*, std::string>>;

Client make_client(rd_kafka_type_t type, const Options& options, Deliveries* deliveries) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    std::array<char, 512> error{};
    for (const auto& [key, value] : options) {
        if (rd_kafka_conf_set(conf, key, value.c_str(), error.data(), error.size()) != RD_KAFKA_CONF_OK) {
            throw std::runtime_error(error.data());
        }
    }
    if (deliveries != nullptr) {
        rd_kafka_conf_set_opaque(conf, deliveries);
        rd_kafka_conf_set_dr_msg_cb(conf, &on_delivery);
    }
    Client client(rd_kafka_new(type, conf, error.data(), error.size()));
    if (!client) {
        throw std::runtime_error(error.data());
    }
    return client;
}

/// Connections break ten times: come back fast, and never give up on a record.
Options connection_options(const Work& work) {
    return {{"bootstrap.servers", work.address},
            {"reconnect.backoff.ms", "10"},
            {"reconnect.backoff.max.ms", "100"},
            {"log_level", "0"}};
}

void produce(const Work& work) {
    Deliveries deliveries;
    deliveries.next_offset.resize(static_cast<std::size_t>(work.partitions));
    Options options = connection_options(work);
    options.insert(options.end(), {{"enable.idempotence", "true"},
                                   {"linger.ms", "5"},
                                   {"retry.backoff.ms", "20"},
                                   {"message.timeout.ms", "600000"},
                                   {"queue.buffering.max.messages", "500000"}});
    const Client client = make_client(RD_KAFKA_PRODUCER, options, &deliveries);
    const std::unique_ptr<rd_kafka_topic_t, Destroy> topic(
        rd_kafka_topic_new(client.get(), work.topic.c_str(), nullptr));
    for (std::int64_t n = 0; n < work.records && deliveries.failure.empty(); ++n) {
        const auto partition = static_cast<std::int32_t>(n % work.partitions);
        Content content = content_of(partition, n / work.partitions);
        while (rd_kafka_produce(topic.get(), partition, RD_KAFKA_MSG_F_COPY, content.data(), content.size(), nullptr, 0,
                                nullptr) != 0) {
            if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
                throw std::runtime_error(rd_kafka_err2str(rd_kafka_last_error()));
            }
            rd_kafka_poll(client.get(), 100);
        }
        if (n % 1000 == 0) {
            rd_kafka_poll(client.get(), 0);
        }
    }
    while (deliveries.failure.empty() && rd_kafka_outq_len(client.get()) > 0) {
        rd_kafka_poll(client.get(), 100);
    }
    if (!deliveries.failure.empty()) {
        throw std::runtime_error(deliveries.failure);
    }
    fmt::print("acknowledged {}\nall acknowledged\n", deliveries.acknowledged);
}

void verify_partition(const Work& work, rd_kafka_t* client, std::int32_t partition) {
    const std::int64_t expected = work.records_of(partition);
    std::int64_t low = 0;
    std::int64_t high = 0;
    const auto asked =
        rd_kafka_query_watermark_offsets(client, work.topic.c_str(), partition, &low, &high, kPatienceMs);
    if (asked != RD_KAFKA_RESP_ERR_NO_ERROR || low != 0 || high != expected) {
        throw std::runtime_error(fmt::format("partition {} has offsets {} to {}, {} records were acknowledged ({})",
                                             partition, low, high, expected, rd_kafka_err2str(asked)));
    }
    const std::unique_ptr<rd_kafka_topic_partition_list_t, Destroy> assignment(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(assignment.get(), work.topic.c_str(), partition)->offset = 0;
    rd_kafka_assign(client, assignment.get());
    for (std::int64_t number = 0; number < expected; ++number) {
        rd_kafka_message_t* message = rd_kafka_consumer_poll(client, kPatienceMs);
        if (message == nullptr) {
            throw std::runtime_error(fmt::format("partition {}: nothing after record {}", partition, number));
        }
        const Content content = content_of(partition, number);
        const bool same = message->err == RD_KAFKA_RESP_ERR_NO_ERROR && message->partition == partition &&
                          message->offset == number && message->key == nullptr && message->len == content.size() &&
                          std::memcmp(message->payload, content.data(), content.size()) == 0;
        const std::string what =
            same ? "" : fmt::format("{} at offset {}", rd_kafka_err2str(message->err), message->offset);
        rd_kafka_message_destroy(message);
        if (!same) {
            throw std::runtime_error(fmt::format("partition {}: not record {} but {}", partition, number, what));
        }
    }
    fmt::print("partition {}: {} records, in order and equal\n", partition, expected);
    std::fflush(stdout);
}

void verify(const Work& work) {
    Options options = connection_options(work);
    options.insert(options.end(), {{"group.id", "unused"},
                                   {"enable.auto.commit", "false"},
                                   {"auto.offset.reset", "error"},
                                   {"check.crcs", "true"},
                                   {"queued.min.messages", "1000000"}});
    const Client client = make_client(RD_KAFKA_CONSUMER, options, nullptr);
    rd_kafka_poll_set_consumer(client.get());
    for (std::int32_t partition = 0; partition < work.partitions; ++partition) {
        verify_partition(work, client.get(), partition);
    }
    rd_kafka_consumer_close(client.get());
}

std::int64_t number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 1) {
        throw std::runtime_error(fmt::format("'{}' is no positive number", text));
    }
    return value;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc != 6) {
            throw std::runtime_error("usage: endurance produce|verify ADDRESS TOPIC PARTITIONS RECORDS");
        }
        const Work work{argv[2], argv[3], static_cast<std::int32_t>(number(argv[4])), number(argv[5])};
        if (std::string_view(argv[1]) == "produce") {
            produce(work);
        } else {
            verify(work);
        }
        return 0;
    } catch (const std::exception& failed) {
        fmt::print(stderr, "endurance: {}\n", failed.what());
        return 1;
    }
}
