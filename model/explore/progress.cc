#include "model/explore/progress.h"

#include <cstdio>

#include <fmt/format.h>

namespace highwater::model {

Progress::Progress(std::string_view what, ProgressStyle style) : what_(what), style_(style) {
    if (style != ProgressStyle::terminal) next_ = 2.0;
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
    fmt::print(stderr, "{}{}: {} states, {} steps, depth {}, {} waiting, {:.0f} states/s, {:.0f} s{}",
               terminal ? "\r" : "", what_, states, steps, depth, waiting, speed, now, terminal ? "\x1b[K" : "\n");
    std::fflush(stderr);
    printed_ = true;
    former_seconds_ = now;
    former_states_ = states;
    next_ = now + (terminal ? 0.5 : 10.0);
}

}  // namespace highwater::model
