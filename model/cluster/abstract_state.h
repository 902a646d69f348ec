#pragma once

#include <cstdint>

#include "model/cluster/state.h"

namespace highwater::model::cluster {

/// What a state is like, whoever and however many: the roles of the brokers, the order of their leader epochs, how
/// their logs relate to one another (equal, a prefix, diverging), where the high watermarks and durable ends stand, and
/// the shape of the ISR as the controller and each leader have it. States that are alike in all that have one number:
/// new numbers are what a guided search looks for. Coarse on purpose (no messages): a number for nearly every walk
/// would guide nobody.
[[nodiscard]] std::uint64_t abstract_state(const State& state, std::uint8_t brokers);

}  // namespace highwater::model::cluster
