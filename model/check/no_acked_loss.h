#pragma once

#include "model/check/property.h"

namespace highwater::model {

/// P2 NoAckedLoss: A record whose produce was answered with success is in the log at every later moment, also after a
/// restart.
extern const Property kNoAckedLoss;

}  // namespace highwater::model
