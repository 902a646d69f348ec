#pragma once

#include "core/base/time.h"

namespace highwater::engine {

/// What the shell's two clocks said when it called the engine. Every decision of the protocol uses `time`; `wall` only
/// stamps records (LogAppendTime), bounds their timestamps and feeds retention by time.
struct Moment {
    Time time;
    Timestamp wall;
};

}  // namespace highwater::engine
