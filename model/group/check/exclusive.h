#pragma once

#include "model/group/check/property.h"

namespace highwater::model::group {

extern const Property kExclusive;

}  // namespace highwater::model::group
