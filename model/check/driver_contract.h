#pragma once

#include "model/check/property.h"

namespace highwater::model {

/// C1 DriverContract: The machine keeps its contract with the driver: one flush at a time, one answer per request,
/// bytes as they came.
extern const Property kDriverContract;

}  // namespace highwater::model
