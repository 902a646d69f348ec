#pragma once

#include "model/check/property.h"

namespace highwater::model {

/// L11 NoRefusal: A producer that keeps the rules is never refused for good: each of its batches gets in.
extern const Property kNoRefusal;

}  // namespace highwater::model
