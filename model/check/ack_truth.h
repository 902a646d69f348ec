#pragma once

#include "model/check/property.h"

namespace highwater::model {

/// P16 AckTruth: A success answer names the offset at which the log holds the batch, the same one in every answer to
/// it.
extern const Property kAckTruth;

}  // namespace highwater::model
