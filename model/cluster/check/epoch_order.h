#pragma once

#include "model/cluster/check/property.h"

namespace highwater::model::cluster {
extern const Property kEpochOrder;
}
