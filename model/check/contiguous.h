#pragma once

#include "model/check/property.h"

namespace highwater::model {

/// P12 Contiguous: A batch is appended where the log ends.
extern const Property kContiguous;

}  // namespace highwater::model
