#pragma once

#include "model/check/observed.h"
#include "model/explore/property.h"

namespace highwater::model {

using Property = PropertyOf<Observed>;

/// The properties of the partition world.
[[nodiscard]] const PropertyBoard<Observed>& properties();

}  // namespace highwater::model
