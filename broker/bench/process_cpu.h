#pragma once

#include <sys/types.h>

namespace highwater::bench {

/// CPU time that all living threads of process `pid` have used, in seconds, from the scheduler's own nanosecond
/// counters (/proc/PID/task/*/schedstat; the ticks of /proc/PID/stat are 10 ms). 0 if there is no such process.
double cpu_seconds_of(pid_t pid);

/// The same for this process, with threads that have ended.
double own_cpu_seconds();

}  // namespace highwater::bench
