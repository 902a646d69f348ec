#pragma once

#include "broker/config/node_settings.h"

namespace highwater::cli {

/// Runs one node until it is asked to stop. Returns the exit code; whatever went wrong is on the standard error stream.
int serve(config::NodeSettings settings);

}  // namespace highwater::cli
