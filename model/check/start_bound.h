#pragma once

#include "model/check/property.h"

namespace highwater::model {

/// P13 StartBound: The log start offset does not pass the high watermark.
extern const Property kStartBound;

}  // namespace highwater::model
