#pragma once

#include "model/check/property.h"

namespace highwater::model {

/// P9 HWMonotone: The high watermark that consumers are told never falls, and lies between the log's start and end.
extern const Property kHWMonotone;

}  // namespace highwater::model
