#include "broker/cli/consume_command.h"

#include <csignal>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "broker/cli/client_options.h"
#include "broker/cli/exit_code.h"
#include "broker/client/consumer.h"
#include "broker/client/list_offsets.h"

namespace highwater::cli {

namespace {

using Json = nlohmann::ordered_json;

struct ConsumeOptions {
    ClientOptions client;
    std::string topic;
    bool from_beginning = false;
    std::int64_t max_messages = -1;
    std::int32_t partition = -1;
    std::string offset;
    std::int64_t idle_timeout_ms = -1;
    std::vector<std::string> properties;

    bool print_timestamp = false;
    bool print_partition = false;
    bool print_offset = false;
    bool print_headers = false;
    bool print_key = false;
    bool print_value = true;
    std::string key_separator = "\t";
    std::string headers_separator = ",";
    std::string line_separator = "\n";
    std::string null_literal = "null";
};

std::string read_properties(ConsumeOptions& options) {
    for (const std::string& text : options.properties) {
        const auto pair = parse_pair(text);
        if (!pair) return "--property: " + pair.error();
        const auto& [key, value] = *pair;
        bool* flag = key == "print.timestamp"   ? &options.print_timestamp
                     : key == "print.partition" ? &options.print_partition
                     : key == "print.offset"    ? &options.print_offset
                     : key == "print.headers"   ? &options.print_headers
                     : key == "print.key"       ? &options.print_key
                     : key == "print.value"     ? &options.print_value
                                                : nullptr;
        std::string* text_value = key == "key.separator"       ? &options.key_separator
                                  : key == "headers.separator" ? &options.headers_separator
                                  : key == "line.separator"    ? &options.line_separator
                                  : key == "null.literal"      ? &options.null_literal
                                                               : nullptr;
        if (flag != nullptr) {
            if (value != "true" && value != "false") return fmt::format("--property {}: true or false", key);
            *flag = value == "true";
        } else if (text_value != nullptr) {
            *text_value = value;
        } else {
            return fmt::format(
                "--property {}: no such property here; there are print.timestamp, print.partition, print.offset, "
                "print.headers, print.key, print.value, key.separator, headers.separator, line.separator, null.literal",
                key);
        }
    }
    if (!options.offset.empty() && options.partition < 0) return "--offset needs --partition";
    if (!options.offset.empty() && options.from_beginning) return "--offset and --from-beginning exclude each other";
    return {};
}

std::string_view text_of(wire::RecordBytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string_view text_or(const std::optional<wire::RecordBytes>& bytes, std::string_view null) {
    return bytes ? text_of(*bytes) : null;
}

/// As Kafka's console consumer prints it: what was asked for, in its order, separated by key.separator.
std::string line_of(const ConsumeOptions& options, const client::ConsumedRecord& record) {
    std::string line;
    bool first = true;
    const auto field = [&](std::string_view text) {
        if (!std::exchange(first, false)) line += options.key_separator;
        line += text;
    };
    if (options.print_timestamp)
        field(fmt::format("{}:{}",
                          record.timestamp_type == wire::TimestampType::create_time ? "CreateTime" : "LogAppendTime",
                          record.timestamp));
    if (options.print_partition) field(fmt::format("Partition:{}", record.partition));
    if (options.print_offset) field(fmt::format("Offset:{}", record.offset));
    if (options.print_headers) {
        std::string headers;
        for (wire::RecordHeaders each(*record.view); const auto header = each.next();) {
            if (!headers.empty()) headers += options.headers_separator;
            headers += fmt::format("{}:{}", text_of(header->key), text_or(header->value, options.null_literal));
        }
        field(headers.empty() ? "NO_HEADERS" : headers);
    }
    if (options.print_key) field(text_or(record.key, options.null_literal));
    if (options.print_value) field(text_or(record.value, options.null_literal));
    return line + options.line_separator;
}

std::string json_of(const std::string& topic, const client::ConsumedRecord& record) {
    const auto value_of = [](const std::optional<wire::RecordBytes>& bytes) {
        return bytes ? Json(text_of(*bytes)) : Json();
    };
    Json headers = Json::array();
    for (wire::RecordHeaders each(*record.view); const auto header = each.next();)
        headers.push_back({{"key", text_of(header->key)}, {"value", value_of(header->value)}});
    const Json json{
        {"topic", topic},
        {"partition", record.partition.value()},
        {"offset", record.offset.value()},
        {"timestamp", record.timestamp.value()},
        {"timestampType", record.timestamp_type == wire::TimestampType::create_time ? "CreateTime" : "LogAppendTime"},
        {"key", value_of(record.key)},
        {"value", value_of(record.value)},
        {"headers", std::move(headers)}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

volatile std::sig_atomic_t interrupted = 0;

/// Puts every partition, or the one that was asked for, where reading begins.
std::string seek(const ConsumeOptions& options, client::Consumer& consumer) {
    for (const client::PartitionInfo& partition : consumer.topic().partitions) {
        if (options.partition >= 0 && partition.partition.value() != options.partition) continue;
        std::int64_t number = 0;
        const auto [end, error] =
            std::from_chars(options.offset.data(), options.offset.data() + options.offset.size(), number);
        const bool is_number = !options.offset.empty() && error == std::errc{} &&
                               end == options.offset.data() + options.offset.size() && number >= 0;
        if (is_number) {
            consumer.seek(partition.partition, Offset{number});
            return {};
        }
        if (!options.offset.empty() && options.offset != "earliest" && options.offset != "latest")
            return fmt::format("--offset: \"{}\" is none of earliest, latest or a number from 0", options.offset);
        const bool earliest = options.from_beginning || options.offset == "earliest";
        const auto offset =
            consumer.offset_at(partition.partition, earliest ? client::kEarliestTimestamp : client::kLatestTimestamp);
        if (!offset) return offset.error();
        consumer.seek(partition.partition, *offset);
    }
    if (options.partition >= static_cast<std::int32_t>(consumer.topic().partitions.size()))
        return fmt::format("topic {} has {} partitions; there is no partition {}", options.topic,
                           consumer.topic().partitions.size(), options.partition);
    return {};
}

int run_consume(ConsumeOptions options) {
    if (const std::string problem = read_properties(options); !problem.empty()) {
        fmt::print(stderr, "highwater consume: {}\n", problem);
        return kUsageError;
    }
    struct sigaction stop{};
    stop.sa_handler = [](int) { interrupted = 1; };
    ::sigaction(SIGINT, &stop, nullptr);
    ::sigaction(SIGTERM, &stop, nullptr);

    auto cluster = connect(options.client);
    if (!cluster) return fail(cluster.error());
    client::Consumer consumer(*cluster, options.topic, {});
    if (auto started = consumer.start(); !started) return fail(started.error());
    if (const std::string problem = seek(options, consumer); !problem.empty()) return fail(problem);

    using Clock = std::chrono::steady_clock;
    std::int64_t total = 0;
    auto last_record_at = Clock::now();
    std::string problem;
    bool can_write = true;
    while (interrupted == 0 && can_write && (options.max_messages < 0 || total < options.max_messages)) {
        const auto count = consumer.poll([&](const client::ConsumedRecord& record) {
            const std::string line = options.client.json ? json_of(options.topic, record) : line_of(options, record);
            can_write = std::fwrite(line.data(), 1, line.size(), stdout) == line.size();
            ++total;
            return can_write && (options.max_messages < 0 || total < options.max_messages);
        });
        if (std::fflush(stdout) != 0) can_write = false;
        if (!count) {
            if (interrupted == 0) problem = count.error();
            break;
        }
        if (*count > 0) last_record_at = Clock::now();
        if (options.idle_timeout_ms >= 0 &&
            Clock::now() - last_record_at >= std::chrono::milliseconds{options.idle_timeout_ms})
            break;
    }
    if (!options.client.json) fmt::print(stderr, "Processed a total of {} messages\n", total);
    return problem.empty() ? kSuccess : fail(problem);
}

}  // namespace

void add_consume_command(CLI::App& app, std::function<int()>& run) {
    const auto options = std::make_shared<ConsumeOptions>();
    CLI::App* command = app.add_subcommand("consume", "Print the records of a topic (without a consumer group)");
    add_client_options(*command, options->client, false);
    command->add_option("--topic", options->topic, "The topic to read")->required();
    command->add_flag("--from-beginning", options->from_beginning, "Begin with the first record instead of the next");
    command->add_option("--max-messages", options->max_messages, "Stop after so many records");
    command->add_option("--partition", options->partition, "Read only this partition");
    command->add_option("--offset", options->offset, "earliest, latest or a number; needs --partition");
    command->add_option("--timeout-ms", options->idle_timeout_ms, "Stop when no record came for so long");
    command
        ->add_option("--property,--formatter-property", options->properties,
                     "print.timestamp, print.partition, print.offset, print.headers, print.key, print.value = "
                     "true|false; key.separator, headers.separator, line.separator, null.literal")
        ->type_name("KEY=VALUE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->callback([options, &run] { run = [options] { return run_consume(*options); }; });
}

}  // namespace highwater::cli
