#pragma once

#include <vector>

#include "model/scenarios/cluster_scenario.h"

namespace highwater::model::cluster {

/// The scenarios of one partition that is replicated.
std::vector<Scenario> replication_scenarios();

}  // namespace highwater::model::cluster
