#include "broker/cli/produce_command.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "broker/cli/client_options.h"
#include "broker/cli/exit_code.h"
#include "broker/client/partitioner.h"
#include "broker/client/producer.h"
#include "broker/io/clock.h"

namespace highwater::cli {

namespace {

struct ProduceOptions {
    ClientOptions client;
    std::string topic;
    std::vector<std::string> properties;
    std::vector<std::string> producer_properties;
    std::string compression_codec;
    std::string acks;
    bool sync = false;
    std::size_t batch_bytes = 16'384;

    bool parse_key = false;
    std::string key_separator = "\t";
    std::string null_marker;
    client::ProducerSettings producer;
};

bool read_bool(const std::string& value, bool& out) {
    if (value != "true" && value != "false") return false;
    out = value == "true";
    return true;
}

bool read_millis(const std::string& value, std::chrono::milliseconds& out) {
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    out = std::chrono::milliseconds{number};
    return error == std::errc{} && end == value.data() + value.size() && number > 0;
}

bool set_acks(ProduceOptions& options, const std::string& value) {
    if (value == "all" || value == "-1")
        options.producer.acks = -1;
    else if (value == "0" || value == "1")
        options.producer.acks = static_cast<std::int16_t>(value[0] - '0');
    else
        return false;
    return true;
}

bool set_compression(ProduceOptions& options, const std::string& value) {
    const auto codec = wire::codec_from_name(value);
    if (codec) options.producer.compression.codec = *codec;
    return codec.has_value();
}

/// The producer's settings that are known here. False: the value is none.
Result<bool, std::string> set_producer_property(ProduceOptions& options, const std::string& key,
                                                const std::string& value, bool& chose_idempotence) {
    if (key == "acks") return set_acks(options, value);
    if (key == "compression.type") return set_compression(options, value);
    if (key == "enable.idempotence") {
        chose_idempotence = true;
        return read_bool(value, options.producer.idempotent);
    }
    if (key == "request.timeout.ms") return read_millis(value, options.producer.request_timeout);
    if (key == "delivery.timeout.ms") return read_millis(value, options.producer.delivery_timeout);
    if (key == "batch.size") {
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), options.batch_bytes);
        return error == std::errc{} && end == value.data() + value.size();
    }
    return unexpected(std::string(
        "no such property here; there are acks, batch.size, compression.type, delivery.timeout.ms, enable.idempotence, "
        "request.timeout.ms"));
}

/// What the command line says beside the flags. Empty: all is well.
std::string read_properties(ProduceOptions& options) {
    bool chose_idempotence = false;
    for (const std::string& text : options.producer_properties) {
        const auto pair = parse_pair(text);
        if (!pair) return "--producer-property: " + pair.error();
        const auto set = set_producer_property(options, pair->first, pair->second, chose_idempotence);
        if (!set) return fmt::format("--producer-property {}: {}", pair->first, set.error());
        if (!*set) return fmt::format("--producer-property {}: \"{}\" is no value of it", pair->first, pair->second);
    }
    if (!options.acks.empty() && !set_acks(options, options.acks))
        return fmt::format("--request-required-acks: \"{}\" is none of all, -1, 0, 1", options.acks);
    if (!options.compression_codec.empty() && !set_compression(options, options.compression_codec))
        return fmt::format("--compression-codec: \"{}\" is none of none, gzip, snappy, lz4, zstd",
                           options.compression_codec);
    if (options.producer.idempotent && options.producer.acks != -1) {
        if (chose_idempotence) return "enable.idempotence needs acks=all";
        options.producer.idempotent = false;
    }
    for (const std::string& text : options.properties) {
        const auto pair = parse_pair(text);
        if (!pair) return "--property: " + pair.error();
        const auto& [key, value] = *pair;
        if (key == "parse.key") {
            if (!read_bool(value, options.parse_key)) return "--property parse.key: true or false";
        } else if (key == "key.separator") {
            options.key_separator = value;
        } else if (key == "null.marker") {
            options.null_marker = value;
        } else {
            return fmt::format("--property {}: no such property here; there are parse.key, key.separator, null.marker",
                               key);
        }
    }
    if (options.key_separator.empty()) return "--property key.separator: must not be empty";
    return {};
}

/// A line as it came; the views are into the buffer of the input.
struct Line {
    std::optional<std::string_view> key;
    std::optional<std::string_view> value;
};

class LineProducer {
  public:
    LineProducer(const ProduceOptions& options, client::Producer& producer) : options_(options), producer_(producer) {}

    Result<void, std::string> take(std::string_view text) {
        ++lines_;
        Line line{.key = std::nullopt, .value = text};
        if (options_.parse_key) {
            const std::size_t separator = text.find(options_.key_separator);
            if (separator == std::string_view::npos)
                return unexpected(
                    fmt::format("line {} has no key separator ({} records were sent before it)", lines_, sent_));
            line.key = text.substr(0, separator);
            line.value = text.substr(separator + options_.key_separator.size());
        }
        if (!options_.null_marker.empty()) {
            if (line.key == options_.null_marker) line.key.reset();
            if (line.value == options_.null_marker) line.value.reset();
        }
        const PartitionId partition = line.key ? client::partition_for_key(bytes(*line.key), producer_.partitions())
                                               : PartitionId{next_partition_ % producer_.partitions()};
        Batch& batch = batches_[partition];
        wire::NewRecord record;
        if (line.key) record.key = bytes(*line.key);
        if (line.value) record.value = bytes(*line.value);
        record.timestamp = io::wall_clock();
        batch.records.push_back(record);
        batch.bytes += text.size() + 16;
        if (options_.sync || batch.bytes >= options_.batch_bytes) return send(partition, batch);
        return {};
    }

    /// Sends what is left. The lines' bytes may go afterwards.
    Result<void, std::string> flush() {
        for (auto& [partition, batch] : batches_) {
            if (auto done = send(partition, batch); !done) return done;
        }
        return {};
    }

    [[nodiscard]] std::size_t sent() const { return sent_; }

  private:
    struct Batch {
        std::vector<wire::NewRecord> records;
        std::size_t bytes = 0;
    };

    static wire::RecordBytes bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

    Result<void, std::string> send(PartitionId partition, Batch& batch) {
        if (batch.records.empty()) return {};
        const auto offset = producer_.send(partition, batch.records);
        if (!offset) return unexpected(fmt::format("{} ({} records were sent before it)", offset.error(), sent_));
        sent_ += batch.records.size();
        if (options_.client.json) {
            const nlohmann::ordered_json json{
                {"topic", options_.topic},
                {"partition", partition.value()},
                {"offset", *offset ? nlohmann::ordered_json((*offset)->value()) : nlohmann::ordered_json()},
                {"records", batch.records.size()}};
            fmt::print("{}\n", json.dump());
        }
        batch.records.clear();
        batch.bytes = 0;
        ++next_partition_;  // records without a key: the next batch goes to the next partition
        if (next_partition_ == producer_.partitions()) next_partition_ = 0;
        return {};
    }

    const ProduceOptions& options_;
    client::Producer& producer_;
    std::map<PartitionId, Batch> batches_;
    std::int32_t next_partition_ = 0;
    std::size_t lines_ = 0;
    std::size_t sent_ = 0;
};

/// Each line of the standard input as a record, sent as soon as it is there.
Result<std::size_t, std::string> produce_input(const ProduceOptions& options, client::Producer& producer) {
    LineProducer lines(options, producer);
    std::string input;
    bool ended = false;
    while (!ended) {
        constexpr std::size_t kBlock = 262'144;
        const std::size_t held = input.size();
        input.resize(held + kBlock);
        const ssize_t got = ::read(STDIN_FILENO, input.data() + held, kBlock);
        if (got < 0 && errno != EINTR)
            return unexpected(fmt::format("the standard input can't be read: {}", std::strerror(errno)));
        input.resize(held + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        ended = got == 0;
        std::string_view rest = input;
        for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
            if (auto taken = lines.take(rest.substr(0, end)); !taken) return unexpected(std::move(taken.error()));
            rest.remove_prefix(end + 1);
        }
        if (ended && !rest.empty()) {
            if (auto taken = lines.take(rest); !taken) return unexpected(std::move(taken.error()));
            rest = {};
        }
        if (auto flushed = lines.flush(); !flushed) return unexpected(std::move(flushed.error()));
        input.erase(0, input.size() - rest.size());
    }
    return lines.sent();
}

int run_produce(ProduceOptions options) {
    if (const std::string problem = read_properties(options); !problem.empty()) {
        fmt::print(stderr, "highwater produce: {}\n", problem);
        return kUsageError;
    }
    auto cluster = connect(options.client);
    if (!cluster) return fail(cluster.error());
    client::Producer producer(*cluster, options.topic, options.producer);
    if (auto started = producer.start(); !started) return fail(started.error());
    const auto sent = produce_input(options, producer);
    if (!sent) return fail(sent.error());
    return kSuccess;
}

}  // namespace

void add_produce_command(CLI::App& app, std::function<int()>& run) {
    const auto options = std::make_shared<ProduceOptions>();
    CLI::App* command = app.add_subcommand("produce", "Write each line of the standard input as a record");
    add_client_options(*command, options->client);
    command->add_option("--topic", options->topic, "The topic to write to")->required();
    const auto many = [&](const char* name, std::vector<std::string>& values, const char* text) {
        command->add_option(name, values, text)
            ->type_name("KEY=VALUE")
            ->expected(1)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    };
    many("--property,--reader-property", options->properties,
         "parse.key=true, key.separator=TEXT (default a tab), null.marker=TEXT");
    many("--producer-property,--command-property", options->producer_properties,
         "acks, batch.size, compression.type, delivery.timeout.ms, enable.idempotence, request.timeout.ms");
    command->add_option("--compression-codec", options->compression_codec, "none, gzip, snappy, lz4 or zstd")
        ->expected(0, 1)
        ->default_str("gzip");
    command->add_option("--request-required-acks", options->acks, "all, -1, 0 or 1");
    command->add_flag("--sync", options->sync, "Wait for the acknowledgement of each line");
    command->callback([options, &run] { run = [options] { return run_produce(*options); }; });
}

}  // namespace highwater::cli
