#pragma once

#include "broker/cli/groups_options.h"

namespace highwater::cli {

/// What is wrong with the words of `highwater groups --reset-offsets`; empty: nothing.
std::string reset_usage_error(const GroupsOptions& options);

/// `highwater groups --reset-offsets`: says what each partition's offset becomes, and with `--execute` commits it.
int reset_offsets(client::Cluster& cluster, const GroupsOptions& options);

}  // namespace highwater::cli
