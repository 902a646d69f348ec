#pragma once

#include "model/check/property.h"

namespace highwater::model {

/// P11 NoDirtyRead: A consumer reads a record only when it is committed: durable where the flush mode is fsync, else
/// written.
extern const Property kNoDirtyRead;

}  // namespace highwater::model
