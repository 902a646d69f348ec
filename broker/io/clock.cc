#include "broker/io/clock.h"

#include <sys/random.h>

#include <chrono>
#include <random>

namespace highwater::io {

Timestamp wall_clock() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return Timestamp{std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
}

Time monotonic_clock() {
    const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
    return Time{std::chrono::duration_cast<std::chrono::nanoseconds>(since_start).count()};
}

engine::RandomSeed random_seed() {
    engine::RandomSeed seed{};
    if (::getrandom(seed.data(), sizeof(seed), 0) != static_cast<ssize_t>(sizeof(seed))) {
        std::random_device device;
        for (auto& word : seed) word = static_cast<std::uint64_t>(device()) << 32 | device();
    }
    return seed;
}

}  // namespace highwater::io
