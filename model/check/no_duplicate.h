#pragma once

#include "model/check/property.h"

namespace highwater::model {

/// P14 NoDuplicate: No batch of an idempotent producer is in the log twice, told by its content and not by its
/// sequence.
extern const Property kNoDuplicate;

}  // namespace highwater::model
