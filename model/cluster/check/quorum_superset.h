#pragma once

#include "model/cluster/check/property.h"

namespace highwater::model::cluster {

extern const Property kQuorumSuperset;

}  // namespace highwater::model::cluster
