#pragma once

#include "model/check/property.h"

namespace highwater::model {

/// P15 SequenceOrder: Along the log, the sequences of each producer id and epoch begin at 0 and go on without a gap;
/// epochs do not fall.
extern const Property kSequenceOrder;

}  // namespace highwater::model
