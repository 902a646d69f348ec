#pragma once

#include "model/transaction/check/property.h"

namespace highwater::model::transaction {

extern const Property kCommittedKept;

}  // namespace highwater::model::transaction
