#include "model/explore/progress.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include <fmt/format.h>

#include "model/explore/system.h"

namespace highwater::model {
namespace {

constexpr double kFirstLine = 2.0;
constexpr double kBetweenLines = 4.0;
constexpr double kBetweenRewrites = 0.5;

/// Of this process, in MiB; 0 where the system does not say.
std::uint64_t resident_memory() {
    std::ifstream in("/proc/self/statm");
    std::uint64_t whole = 0;
    std::uint64_t resident = 0;
    if (!(in >> whole >> resident)) return 0;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) >> 20;
}

}  // namespace

Progress::Progress(std::string_view what, ProgressStyle style) : what_(what), style_(style) {
    if (style != ProgressStyle::terminal) next_ = kFirstLine;
}

Progress::~Progress() {
    if (printed_ && style_ == ProgressStyle::terminal) fmt::print(stderr, "\r\x1b[K");
}

void Progress::update(std::uint64_t states, std::uint64_t steps, std::uint32_t depth, std::uint64_t waiting) {
    if (style_ == ProgressStyle::silent) return;
    const double now = watch_.seconds();
    if (now < next_) return;
    const bool terminal = style_ == ProgressStyle::terminal;
    const double speed = static_cast<double>(states - former_states_) / (now - former_seconds_);
    const std::string frontier =
        waiting == 0 ? "" : fmt::format(", {} waiting, {:.0e} collisions", waiting, expected_collisions(states));
    fmt::print(stderr, "{}{}: {} states, {} steps, depth {}{}, {:.0f} states/s, {} MiB, {:.0f} s{}",
               terminal ? "\r" : "", what_, states, steps, depth, frontier, speed, resident_memory(), now,
               terminal ? "\x1b[K" : "\n");
    std::fflush(stderr);
    printed_ = true;
    former_seconds_ = now;
    former_states_ = states;
    next_ = now + (terminal ? kBetweenRewrites : kBetweenLines);
}

}  // namespace highwater::model
