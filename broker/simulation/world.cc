#include "broker/simulation/world.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "net/wire/record/crc32c.h"

namespace highwater::simulation {

World::World(const Scenario& scenario)
    : scenario_(scenario),
      traced_(std::getenv("HIGHWATER_SIMULATION_TRACE") != nullptr),
      random_(scenario.seed),
      chain_(scenario.seed) {}

void World::at(Time time, Act act) {
    events_.push_back({time, next_event_++, std::move(act)});
    std::ranges::push_heap(events_, is_later);
}

bool World::step(Time end) {
    if (events_.empty() || events_.front().time > end) return false;
    std::ranges::pop_heap(events_, is_later);
    const Event event = std::move(events_.back());
    events_.pop_back();
    now_ = {event.time, Timestamp{1'700'000'000'000 + event.time.value() / 1'000'000}};
    note(static_cast<std::uint64_t>(event.time.value()));
    ++outcome_.events;
    event.act();
    return true;
}

microseconds World::delay(microseconds least, microseconds most) {
    return least + microseconds{static_cast<std::int64_t>(up_to(static_cast<std::uint64_t>((most - least).count())))};
}

void World::violated(std::string_view property, std::string facts) {
    outcome_.violations.push_back({std::string(property), std::move(facts)});
}

void World::note_frame(std::uint64_t connection, std::span<const std::byte> frame) {
    note(connection);
    note((std::uint64_t{frame.size()} << 32) | wire::crc32c(frame));
}

void World::print(const std::string& line) const {
    fmt::print(stderr, "{:>12.3f} ms  {}\n", static_cast<double>(now_.time.value()) / 1e6, line);
}

}  // namespace highwater::simulation
