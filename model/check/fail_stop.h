#pragma once

#include "model/check/property.h"

namespace highwater::model {

/// R3 FailStop: After a failed write or flush nothing is appended and nothing acknowledged until the broker has
/// recovered.
extern const Property kFailStop;

}  // namespace highwater::model
