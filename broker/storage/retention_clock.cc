#include "broker/storage/retention_clock.h"

#include <chrono>

namespace highwater::storage {

namespace {
constexpr std::chrono::milliseconds kTolerance = std::chrono::hours{24};
}

std::optional<Timestamp> RetentionClock::admit(Time monotonic, Timestamp wall) {
    if (last_) {
        const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(monotonic - last_->monotonic);
        if (wall.value() - last_->wall.value() > (passed + kTolerance).count()) return std::nullopt;
    }
    last_ = Reading{monotonic, wall};
    return wall;
}

void RetentionClock::trust(Time monotonic, Timestamp wall) {
    last_ = Reading{monotonic, wall};
}

}  // namespace highwater::storage
