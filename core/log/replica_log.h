#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/base/error_code.h"
#include "core/base/offset.h"
#include "core/base/result.h"
#include "core/log/batch_facts.h"

namespace highwater {

// DRAFT of the interface that the core work refines; names stay.
class ReplicaLog;

}  // namespace highwater
