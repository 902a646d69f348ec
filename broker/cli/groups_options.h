#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/cli/client_options.h"
#include "broker/client/groups.h"

namespace highwater::cli {

struct GroupsOptions {
    ClientOptions client;
    /// list, describe, delete, delete-offsets, reset-offsets: said as a word or as a flag.
    std::string action;
    std::vector<std::string> groups;
    bool all_groups = false;
    std::vector<std::string> topics;
    bool all_topics = false;

    // --list
    bool with_state = false;
    bool with_type = false;
    std::string states;
    std::string types;

    // --describe
    bool members = false;
    bool offsets = false;
    bool verbose = false;

    // --reset-offsets
    bool to_earliest = false;
    bool to_latest = false;
    bool to_current = false;
    std::optional<std::int64_t> to_offset;
    std::optional<std::int64_t> shift_by;
    std::string by_duration;
    std::string to_datetime;
    std::string from_file;
    bool dry_run = false;
    bool execute = false;
    bool export_csv = false;
};

/// `--group`, or with `--all-groups` every group that there is. The error is a sentence.
Result<std::vector<std::string>, std::string> chosen_groups(client::Cluster& cluster, const GroupsOptions& options);

/// `fail` for a group that does not exist.
int fail_unknown_group(const std::string& group);

}  // namespace highwater::cli
