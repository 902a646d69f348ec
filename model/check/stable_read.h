#pragma once

#include "model/check/property.h"

namespace highwater::model {

/// P10 StableRead: What a consumer has read at an offset stays there.
extern const Property kStableRead;

}  // namespace highwater::model
