#include "broker/cli/groups_command.h"

#include <cstdio>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "broker/cli/describe_groups.h"
#include "broker/cli/exit_code.h"
#include "broker/cli/groups_options.h"
#include "broker/cli/reset_offsets.h"
#include "broker/cli/reset_specification.h"
#include "broker/cli/table.h"

namespace highwater::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kActions = "list, describe, delete, delete-offsets, reset-offsets";

/// "a,b": ["a", "b"].
std::vector<std::string> words(const std::string& text) {
    return text.empty() ? std::vector<std::string>{} : CLI::detail::split(text, ',');
}

int list_groups(client::Cluster& cluster, const GroupsOptions& options) {
    const auto groups = client::Groups(cluster).list(words(options.states), words(options.types));
    if (!groups) return fail(groups.error());
    if (options.client.json) {
        Json all = Json::array();
        for (const client::GroupListing& group : *groups)
            all.push_back({{"group", group.id},
                           {"protocolType", group.protocol_type},
                           {"state", group.state},
                           {"type", group.type}});
        fmt::print("{}\n", all.dump());
        return kSuccess;
    }
    std::vector<std::string> heading{"GROUP"};
    if (options.with_type) heading.push_back("TYPE");
    if (options.with_state) heading.push_back("STATE");
    const bool names_only = heading.size() == 1;
    Table table(std::move(heading));
    for (const client::GroupListing& group : *groups) {
        if (names_only) fmt::print("{}\n", group.id);
        std::vector<std::string> row{group.id};
        if (options.with_type) row.push_back(group.type);
        if (options.with_state) row.push_back(group.state);
        table.add(std::move(row));
    }
    if (!names_only) table.print();
    return kSuccess;
}

int delete_groups(client::Cluster& cluster, const GroupsOptions& options) {
    const auto groups = chosen_groups(cluster, options);
    if (!groups) return fail(groups.error());
    int code = kSuccess;
    Json all = Json::array();
    for (const std::string& group : *groups) {
        const auto error = client::Groups(cluster).remove(group);
        if (!error) return fail(error.error());
        all.push_back({{"group", group}, {"deleted", *error == ErrorCode::none}});
        if (*error == ErrorCode::none) {
            if (!options.client.json) fmt::print("Deleted group {}.\n", group);
        } else if (*error == ErrorCode::group_id_not_found) {
            code = fail_unknown_group(group);
        } else if (*error == ErrorCode::non_empty_group) {
            code = fail(fmt::format("group {} was not deleted: it has members; stop them first", group));
        } else {
            code = fail(fmt::format("group {} was not deleted: {}", group, *error));
        }
    }
    if (options.client.json) fmt::print("{}\n", all.dump());
    return code;
}

/// The partitions that --topic names; of a topic without numbers those that the group has committed.
Result<std::set<TopicPartition>, std::string> committed_partitions(client::Cluster& cluster, const std::string& group,
                                                                   const std::vector<std::string>& topics) {
    const auto committed = client::Groups(cluster).offsets(group);
    if (!committed) return unexpected(committed.error());
    std::set<TopicPartition> partitions;
    for (const std::string& text : topics) {
        const auto scope = parse_topic_scope(text);
        if (!scope) return unexpected("--topic: " + scope.error());
        const std::size_t before = partitions.size();
        if (scope->partitions) {
            for (const PartitionId partition : *scope->partitions) partitions.insert({scope->topic, partition});
        } else {
            for (const auto& [partition, offset] : *committed) {
                if (partition.topic == scope->topic) partitions.insert(partition);
            }
        }
        if (partitions.size() == before)
            return unexpected(fmt::format("group {} has committed nothing for topic {}", group, scope->topic));
    }
    return partitions;
}

int delete_offsets(client::Cluster& cluster, const GroupsOptions& options) {
    const std::string& group = options.groups.front();
    const auto partitions = committed_partitions(cluster, group, options.topics);
    if (!partitions) return fail(partitions.error());
    const auto results = client::Groups(cluster).remove_offsets(group, *partitions);
    if (!results) return fail(results.error());
    int code = kSuccess;
    Json all = Json::array();
    Table table({"TOPIC", "PARTITION", "STATUS"});
    for (const auto& [partition, error] : *results) {
        const bool is_deleted = error == ErrorCode::none;
        if (!is_deleted) code = kFailure;
        all.push_back({{"topic", partition.topic},
                       {"partition", partition.partition.value()},
                       {"deleted", is_deleted},
                       {"error", is_deleted ? Json() : Json(fmt::format("{}", error))}});
        table.add({partition.topic, fmt::format("{}", partition.partition),
                   is_deleted ? "Deleted" : fmt::format("{}", error)});
    }
    if (options.client.json)
        fmt::print("{}\n", all.dump());
    else
        table.print();
    if (code != kSuccess)
        fail(fmt::format("not all offsets of group {} were deleted; a topic that members subscribe to keeps its own",
                         group));
    return code;
}

std::string usage_error(const GroupsOptions& options) {
    const std::string& action = options.action;
    if (action == "list") return {};
    if (options.all_groups && !options.groups.empty()) return "--group and --all-groups exclude each other";
    if (options.groups.empty() && !options.all_groups) return "--group is missing";
    if (action == "describe" && options.members + options.offsets + options.with_state > 1)
        return "say one of --offsets, --members, --state";
    if (action == "delete-offsets") {
        if (options.groups.size() != 1) return "--delete-offsets takes one --group";
        if (options.topics.empty()) return "--topic is missing";
    }
    if (action == "reset-offsets") return reset_usage_error(options);
    return {};
}

int run_groups(const GroupsOptions& options) {
    if (options.action.empty()) {
        fmt::print(stderr, "highwater groups: say one of {}\n", kActions);
        return kUsageError;
    }
    if (const std::string error = usage_error(options); !error.empty()) {
        fmt::print(stderr, "highwater groups {}: {}\n", options.action, error);
        return kUsageError;
    }
    auto cluster = connect(options.client);
    if (!cluster) return fail(cluster.error());
    if (options.action == "list") return list_groups(*cluster, options);
    if (options.action == "describe") return describe_groups(*cluster, options);
    if (options.action == "delete") return delete_groups(*cluster, options);
    if (options.action == "delete-offsets") return delete_offsets(*cluster, options);
    return reset_offsets(*cluster, options);
}

void add_reset_options(CLI::App& command, GroupsOptions& options) {
    command.add_flag("--to-earliest", options.to_earliest, "Reset to the beginning of each log");
    command.add_flag("--to-latest", options.to_latest, "Reset to the end of each log");
    command.add_flag("--to-current", options.to_current, "Reset to what is committed, or to the end where nothing is");
    command.add_option("--to-offset", options.to_offset, "Reset to this offset")->check(CLI::NonNegativeNumber);
    command.add_option("--shift-by", options.shift_by, "Reset by so many offsets on, or back if negative");
    command.add_option("--by-duration", options.by_duration, "Reset to what was written since so long ago")
        ->type_name("PnDTnHnMnS");
    command.add_option("--to-datetime", options.to_datetime, "Reset to what was written since that time")
        ->type_name("YYYY-MM-DDThh:mm:ss.sss");
    command.add_option("--from-file", options.from_file, "Reset to what the lines of this CSV file say")
        ->type_name("FILE");
    command.add_flag("--dry-run", options.dry_run, "Only say what would be reset (what happens without --execute too)");
    command.add_flag("--execute", options.execute, "Reset");
    command.add_flag("--export", options.export_csv, "Print lines that --from-file reads");
}

}  // namespace

Result<std::vector<std::string>, std::string> chosen_groups(client::Cluster& cluster, const GroupsOptions& options) {
    if (!options.all_groups) return options.groups;
    const auto listed = client::Groups(cluster).list();
    if (!listed) return unexpected(listed.error());
    std::vector<std::string> names;
    for (const client::GroupListing& group : *listed) names.push_back(group.id);
    return names;
}

int fail_unknown_group(const std::string& group) {
    return fail(fmt::format("there is no group {}; highwater groups --list shows what there is", group));
}

void add_groups_command(CLI::App& app, std::function<int()>& run) {
    const auto options = std::make_shared<GroupsOptions>();
    CLI::App* command =
        app.add_subcommand("groups", "List, describe, delete consumer groups; reset or delete their offsets");
    add_client_options(*command, options->client, false);
    command->add_option("--timeout-ms,--timeout", options->client.timeout_ms, "How long to wait for a broker")
        ->check(CLI::Range(1, 3'600'000))
        ->capture_default_str();
    const std::vector<std::string> actions{"list", "describe", "delete", "delete-offsets", "reset-offsets"};
    CLI::Option* action = command->add_option("ACTION", options->action, "What to do; may be said as a flag instead")
                              ->check(CLI::IsMember(actions));
    const std::vector<std::string> meanings{
        "Print the names of all groups", "Print offsets and lag, --members or --state of groups",
        "Delete groups and their offsets", "Delete what a group has committed for --topic",
        "Set what groups without members have committed"};
    std::vector<CLI::Option*> said{action};
    for (std::size_t i = 0; i < actions.size(); ++i) {
        CLI::Option* flag = command->add_flag_callback(
            "--" + actions[i], [options, name = actions[i]] { options->action = name; }, meanings[i]);
        for (CLI::Option* other : said) flag->excludes(other);
        said.push_back(flag);
    }
    command->add_option("--group", options->groups, "A group; may be given several times")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_flag("--all-groups", options->all_groups, "All groups that there are");
    command->add_option("--topic", options->topics, "A topic or some of its partitions; may be given several times")
        ->type_name("TOPIC[:P,P]")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_flag("--all-topics", options->all_topics, "All topics that the group has committed offsets of");
    CLI::Option* state = command
                             ->add_option("--state", options->states,
                                          "With --describe: state and coordinator. With --list: the "
                                          "state of each group; only groups of these states, if given")
                             ->type_name("[STATE,STATE]")
                             ->expected(0, 1);
    CLI::Option* type =
        command->add_option("--type", options->types, "With --list: the type of each group; only these types, if given")
            ->type_name("[TYPE,TYPE]")
            ->expected(0, 1);
    command->add_flag("--members", options->members, "With --describe: the members");
    command->add_flag("--offsets", options->offsets, "With --describe: offsets and lag (so without this, too)");
    command->add_flag("--verbose", options->verbose, "With --describe: leader epochs, what each member has");
    add_reset_options(*command, *options);
    command->callback([options, state, type, &run] {
        options->with_state = state->count() > 0;
        options->with_type = type->count() > 0;
        run = [options] { return run_groups(*options); };
    });
}

}  // namespace highwater::cli
