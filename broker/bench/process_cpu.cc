#include "broker/bench/process_cpu.h"

#include <fmt/format.h>
#include <time.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace highwater::bench {

double cpu_seconds_of(pid_t pid) {
    std::uint64_t total = 0;
    std::error_code gone;
    for (const auto& thread : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid), gone)) {
        std::ifstream file(thread.path() / "schedstat");
        std::uint64_t nanoseconds = 0;
        if (file >> nanoseconds) {
            total += nanoseconds;
        }
    }
    return static_cast<double>(total) * 1e-9;
}

double own_cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace highwater::bench
