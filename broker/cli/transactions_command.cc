#include "broker/cli/transactions_command.h"

#include <algorithm>
#include <cstdio>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "broker/cli/client_options.h"
#include "broker/cli/exit_code.h"
#include "broker/cli/table.h"
#include "broker/client/hanging_transactions.h"
#include "broker/client/transactions.h"
#include "broker/io/clock.h"

namespace highwater::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kMinute = 60'000;

struct TransactionsOptions {
    ClientOptions client;
    std::string states;
    std::optional<std::int64_t> duration_filter;
    std::optional<std::string> id_pattern;
    std::string transactional_id;
    std::string topic;
    std::optional<std::int32_t> partition;
    std::optional<std::int32_t> broker;
    std::optional<std::int64_t> start_offset;
    std::optional<std::int64_t> producer_id;
    std::optional<std::int16_t> producer_epoch;
    std::optional<std::int32_t> coordinator_epoch;
    /// In minutes, as kafka-transactions has it.
    std::int64_t longest_timeout = 15;

    [[nodiscard]] TopicPartition topic_partition() const { return {topic, PartitionId{partition.value_or(0)}}; }
    [[nodiscard]] std::optional<NodeId> node() const { return broker ? std::optional(NodeId{*broker}) : std::nullopt; }
};

std::int64_t now_ms() {
    return io::wall_clock().value();
}

template <class T>
std::string or_none(const std::optional<T>& value) {
    return value ? fmt::format("{}", *value) : "None";
}

template <class T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(value->value()) : Json();
}

std::string name_of(const TopicPartition& partition) {
    return fmt::format("{}-{}", partition.topic, partition.partition);
}

void print(const TransactionsOptions& options, const Json& json, const Table& table) {
    if (options.client.json) {
        fmt::print("{}\n", json.dump());
    } else {
        table.print();
    }
}

int list(client::Cluster& cluster, const TransactionsOptions& options) {
    client::TransactionFilter filter;
    if (!options.states.empty()) filter.states = CLI::detail::split(options.states, ',');
    filter.longer_than_ms = options.duration_filter;
    filter.id_pattern = options.id_pattern;
    const auto listed = client::Transactions(cluster).list(filter);
    if (!listed) return fail(listed.error());
    Json all = Json::array();
    Table table({"TransactionalId", "Coordinator", "ProducerId", "TransactionState"});
    for (const client::TransactionListing& each : *listed) {
        all.push_back({{"transactionalId", each.transactional_id},
                       {"coordinator", each.coordinator.value()},
                       {"producerId", each.producer_id.value()},
                       {"state", each.state}});
        table.add({each.transactional_id, fmt::format("{}", each.coordinator), fmt::format("{}", each.producer_id),
                   each.state});
    }
    print(options, all, table);
    return kSuccess;
}

int describe(client::Cluster& cluster, const TransactionsOptions& options) {
    const auto described = client::Transactions(cluster).describe(options.transactional_id);
    if (!described) return fail(described.error());
    if (!*described) {
        return fail(fmt::format("there is no transactional id {}; highwater transactions list shows what there is",
                                options.transactional_id));
    }
    const client::TransactionInfo& info = **described;
    std::optional<std::int64_t> duration;
    if (info.started) duration = now_ms() - info.started->value();
    Json partitions = Json::array();
    std::vector<std::string> names;
    for (const TopicPartition& partition : info.partitions) {
        partitions.push_back({{"topic", partition.topic}, {"partition", partition.partition.value()}});
        names.push_back(name_of(partition));
    }
    const Json json{{"transactionalId", info.transactional_id},
                    {"coordinator", info.coordinator.value()},
                    {"producerId", info.producer_id.value()},
                    {"producerEpoch", info.producer_epoch.value()},
                    {"state", info.state},
                    {"timeoutMs", info.timeout_ms},
                    {"startTimeMs", or_null(info.started)},
                    {"durationMs", duration ? Json(*duration) : Json()},
                    {"partitions", std::move(partitions)}};
    Table table({"CoordinatorId", "TransactionalId", "ProducerId", "ProducerEpoch", "TransactionState",
                 "TransactionTimeoutMs", "CurrentTransactionStartTimeMs", "TransactionDurationMs", "TopicPartitions"});
    table.add({fmt::format("{}", info.coordinator), info.transactional_id, fmt::format("{}", info.producer_id),
               fmt::format("{}", info.producer_epoch), info.state, fmt::format("{}", info.timeout_ms),
               or_none(info.started), or_none(duration), fmt::format("{}", fmt::join(names, ","))});
    print(options, json, table);
    return kSuccess;
}

Json json_of(const client::ProducerInfo& producer) {
    return {{"producerId", producer.producer_id.value()},
            {"producerEpoch", producer.producer_epoch},
            {"coordinatorEpoch", or_null(producer.coordinator_epoch)},
            {"lastSequence", producer.last_sequence},
            {"lastTimestampMs", producer.last_timestamp.value()},
            {"transactionStartOffset", or_null(producer.transaction_start)}};
}

int describe_producers(client::Cluster& cluster, const TransactionsOptions& options) {
    const auto found = client::Transactions(cluster).producers({options.topic_partition()}, options.node());
    if (!found) return fail(found.error());
    Json all = Json::array();
    Table table({"ProducerId", "ProducerEpoch", "LatestCoordinatorEpoch", "LastSequence", "LastTimestamp",
                 "CurrentTransactionStartOffset"});
    for (const auto& [partition, producers] : *found) {
        for (const client::ProducerInfo& producer : producers) {
            all.push_back(json_of(producer));
            table.add({fmt::format("{}", producer.producer_id), fmt::format("{}", producer.producer_epoch),
                       producer.coordinator_epoch ? fmt::format("{}", *producer.coordinator_epoch) : "-1",
                       fmt::format("{}", producer.last_sequence), fmt::format("{}", producer.last_timestamp),
                       or_none(producer.transaction_start)});
        }
    }
    print(options, all, table);
    return kSuccess;
}

/// The transaction that the options name: by all that its marker has, or by the offset that it starts at.
Result<client::TransactionToAbort, std::string> to_abort(client::Cluster& cluster, const TransactionsOptions& options) {
    const TopicPartition partition = options.topic_partition();
    if (!options.start_offset) {
        return client::TransactionToAbort{partition, ProducerId{*options.producer_id},
                                          ProducerEpoch{*options.producer_epoch},
                                          CoordinatorEpoch{std::max(*options.coordinator_epoch, 0)}};
    }
    const auto found = client::Transactions(cluster).producers({partition});
    if (!found) return unexpected(found.error());
    for (const auto& [which, producers] : *found) {
        for (const client::ProducerInfo& producer : producers) {
            if (producer.transaction_start != Offset{*options.start_offset}) continue;
            // One whose coordinator never ended a transaction here: 0 is not above the epoch of any coordinator.
            return client::TransactionToAbort{partition, producer.producer_id,
                                              ProducerEpoch{static_cast<std::int16_t>(producer.producer_epoch)},
                                              producer.coordinator_epoch.value_or(CoordinatorEpoch{0})};
        }
    }
    return unexpected(
        fmt::format("no open transaction of {} starts at offset {}; highwater transactions "
                    "describe-producers shows which there are",
                    name_of(partition), *options.start_offset));
}

int abort_one(client::Cluster& cluster, const TransactionsOptions& options) {
    const auto transaction = to_abort(cluster, options);
    if (!transaction) return fail(transaction.error());
    const auto error = client::Transactions(cluster).abort(*transaction);
    if (!error) return fail(error.error());
    if (*error != ErrorCode::none) {
        return fail(fmt::format("the transaction of producer {} in {} was not aborted: {}", transaction->producer_id,
                                name_of(transaction->partition), *error));
    }
    if (options.client.json) {
        fmt::print("{}\n", Json{{"topic", transaction->partition.topic},
                                {"partition", transaction->partition.partition.value()},
                                {"producerId", transaction->producer_id.value()},
                                {"producerEpoch", transaction->producer_epoch.value()},
                                {"coordinatorEpoch", transaction->coordinator_epoch.value()}}
                               .dump());
    } else {
        fmt::print("Aborted the transaction of producer {} in {}.\n", transaction->producer_id,
                   name_of(transaction->partition));
    }
    return kSuccess;
}

/// The partitions that the options limit the search to.
Result<std::set<TopicPartition>, std::string> searched(client::Cluster& cluster, const TransactionsOptions& options) {
    if (options.partition) return std::set{options.topic_partition()};
    const std::vector<std::string> one{options.topic};
    const auto topics = cluster.topics(options.topic.empty() ? nullptr : &one);
    if (!topics) return unexpected(topics.error());
    std::set<TopicPartition> partitions;
    for (const client::TopicInfo& topic : *topics) {
        if (topic.error != ErrorCode::none) return unexpected(fmt::format("topic {}: {}", topic.name, topic.error));
        for (const client::PartitionInfo& partition : topic.partitions) {
            if (options.broker && !std::ranges::count(partition.replicas, *options.node())) continue;
            partitions.insert({topic.name, partition.partition});
        }
    }
    return partitions;
}

int find_hanging(client::Cluster& cluster, const TransactionsOptions& options) {
    const auto partitions = searched(cluster, options);
    if (!partitions) return fail(partitions.error());
    const Timestamp now{now_ms()};
    const auto found =
        client::find_hanging(cluster, *partitions, options.node(), now, options.longest_timeout * kMinute);
    if (!found) return fail(found.error());
    Json all = Json::array();
    Table table({"Topic", "Partition", "ProducerId", "ProducerEpoch", "CoordinatorEpoch", "StartOffset",
                 "LastTimestamp", "Duration(min)"});
    for (const client::OpenTransaction& open : *found) {
        const std::int64_t minutes = (now.value() - open.producer.last_timestamp.value()) / kMinute;
        Json json{{"topic", open.partition.topic}, {"partition", open.partition.partition.value()}};
        json.update(json_of(open.producer));
        json["durationMinutes"] = minutes;
        all.push_back(std::move(json));
        table.add({open.partition.topic, fmt::format("{}", open.partition.partition),
                   fmt::format("{}", open.producer.producer_id), fmt::format("{}", open.producer.producer_epoch),
                   open.producer.coordinator_epoch ? fmt::format("{}", *open.producer.coordinator_epoch) : "-1",
                   or_none(open.producer.transaction_start), fmt::format("{}", open.producer.last_timestamp),
                   fmt::format("{}", minutes)});
    }
    print(options, all, table);
    return kSuccess;
}

std::string abort_usage_error(const TransactionsOptions& options) {
    const int of_marker =
        options.producer_id.has_value() + options.producer_epoch.has_value() + options.coordinator_epoch.has_value();
    if (options.start_offset ? of_marker != 0 : of_marker != 3)
        return "say either --start-offset, or --producer-id, --producer-epoch and --coordinator-epoch";
    return {};
}

std::string hanging_usage_error(const TransactionsOptions& options) {
    if (options.partition && options.topic.empty()) return "--partition needs --topic";
    if (options.topic.empty() && !options.broker) return "say --topic or --broker-id";
    return {};
}

using Action = int (*)(client::Cluster&, const TransactionsOptions&);
using UsageError = std::string (*)(const TransactionsOptions&);

int run_action(const TransactionsOptions& options, std::string_view name, Action action, UsageError usage_error) {
    if (const std::string error = usage_error(options); !error.empty()) {
        fmt::print(stderr, "highwater transactions {}: {}\n", name, error);
        return kUsageError;
    }
    auto cluster = connect(options.client);
    if (!cluster) return fail(cluster.error());
    return action(*cluster, options);
}

std::string nothing_wrong(const TransactionsOptions&) {
    return {};
}

CLI::Option* add_topic(CLI::App& command, TransactionsOptions& options) {
    return command.add_option("--topic", options.topic, "The topic");
}

CLI::Option* add_partition(CLI::App& command, TransactionsOptions& options) {
    return command.add_option("--partition", options.partition, "The partition's number")
        ->check(CLI::NonNegativeNumber);
}

}  // namespace

void add_transactions_command(CLI::App& app, std::function<int()>& run) {
    const auto options = std::make_shared<TransactionsOptions>();
    CLI::App* command =
        app.add_subcommand("transactions", "List and describe transactions; find and abort hanging ones");
    add_client_options(*command, options->client);
    command->require_subcommand(1);
    const auto add = [&](const char* name, const char* meaning, Action action, UsageError usage_error = nothing_wrong) {
        CLI::App* sub = command->add_subcommand(name, meaning);
        sub->fallthrough();  // for the options of all: --bootstrap-server may stand after the action, too
        sub->callback([options, &run, name, action, usage_error] {
            run = [options, name, action, usage_error] { return run_action(*options, name, action, usage_error); };
        });
        return sub;
    };

    CLI::App* of_list = add("list", "Print all transactional ids", list);
    of_list->add_option("--state", options->states, "Only those in these states")->type_name("STATE[,STATE]");
    of_list->add_option("--duration-filter", options->duration_filter, "Only transactions that run for longer, in ms");
    of_list->add_option("--transactional-id-pattern", options->id_pattern, "Only ids that match all of this")
        ->type_name("REGEX");

    CLI::App* of_describe = add("describe", "Print the state of a transactional id", describe);
    of_describe->add_option("--transactional-id", options->transactional_id, "The transactional id")->required();

    CLI::App* of_producers =
        add("describe-producers", "Print what a partition knows of its producers", describe_producers);
    add_topic(*of_producers, *options)->required();
    add_partition(*of_producers, *options)->required();
    of_producers->add_option("--broker-id", options->broker, "Ask the replica on this broker, not the leader");

    CLI::App* of_abort = add("abort", "Abort a hanging transaction of a partition", abort_one, abort_usage_error);
    add_topic(*of_abort, *options)->required();
    add_partition(*of_abort, *options)->required();
    of_abort->add_option("--start-offset", options->start_offset, "The offset that the transaction starts at");
    of_abort->add_option("--producer-id", options->producer_id, "Its producer id");
    of_abort->add_option("--producer-epoch", options->producer_epoch, "Its producer epoch");
    of_abort->add_option("--coordinator-epoch", options->coordinator_epoch, "The epoch of its coordinator");

    CLI::App* of_hanging =
        add("find-hanging", "Print open transactions that no coordinator will end", find_hanging, hanging_usage_error);
    of_hanging->add_option("--broker-id", options->broker, "Search the replicas of this broker");
    add_topic(*of_hanging, *options);
    add_partition(*of_hanging, *options);
    of_hanging
        ->add_option("--max-transaction-timeout", options->longest_timeout,
                     "Pass over producers that wrote within so many minutes")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
}

}  // namespace highwater::cli
