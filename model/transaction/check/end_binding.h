#pragma once

#include "model/transaction/check/property.h"

namespace highwater::model::transaction {

extern const Property kEndBinding;

}  // namespace highwater::model::transaction
