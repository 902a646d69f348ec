#pragma once

#include "broker/cli/groups_options.h"

namespace highwater::cli {

/// `highwater groups --describe`: offsets and lag, `--members` or `--state`. Columns are kafka-consumer-groups'.
int describe_groups(client::Cluster& cluster, const GroupsOptions& options);

}  // namespace highwater::cli
