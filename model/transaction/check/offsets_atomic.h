#pragma once

#include "model/transaction/check/property.h"

namespace highwater::model::transaction {

extern const Property kOffsetsAtomic;

}  // namespace highwater::model::transaction
