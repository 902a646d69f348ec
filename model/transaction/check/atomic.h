#pragma once

#include "model/transaction/check/property.h"

namespace highwater::model::transaction {

extern const Property kAtomic;

}  // namespace highwater::model::transaction
