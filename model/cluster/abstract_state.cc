#include "model/cluster/abstract_state.h"

#include <algorithm>
#include <compare>

#include "core/base/hash.h"
#include "model/cluster/broker.h"

namespace highwater::model::cluster {
namespace {

enum class LogRelation : std::uint8_t { equal, prefix, longer, diverging };

LogRelation relation_of(const Records& a, const Records& b) {
    const std::size_t shared = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < shared; ++i) {
        if (a[i] != b[i]) return LogRelation::diverging;
    }
    if (a.size() == b.size()) return LogRelation::equal;
    return a.size() < b.size() ? LogRelation::prefix : LogRelation::longer;
}

/// -1, 0, 1 as one of three numbers.
std::uint64_t order(std::uint8_t a, std::uint8_t b) {
    return a == b ? 0U : a < b ? 1U : 2U;
}

/// A set of brokers seen from one: is it in, is anybody else.
std::uint64_t shape_of(Brokers set, std::uint8_t self) {
    const auto others = static_cast<Brokers>(set & ~only(self));
    return (has(set, self) ? 1U : 0U) | (others != 0 ? 2U : 0U);
}

std::uint64_t role_of(const BrokerView& view) {
    return (view.up ? 1U : 0U) | (view.leads ? 2U : 0U) | (view.follows ? 4U : 0U) |
           (view.knows_the_metadata ? 8U : 0U) | (view.stops ? 16U : 0U);
}

std::uint64_t alone(const State& state, std::uint8_t self) {
    const Broker& broker = *state.brokers[self];
    const BrokerView& view = broker.view;
    const ControllerState& controller = state.rest.controller;
    Hasher hasher;
    hasher.add(role_of(view));
    hasher.add(order(view.leader_epoch, controller.leader_epoch));
    hasher.add(order(view.high_watermark, view.end));
    hasher.add(order(broker.disk().durable, static_cast<std::uint8_t>(broker.disk().log.size())));
    hasher.add(shape_of(controller.isr, self) | (has(controller.fenced, self) ? 4U : 0U) |
               (controller.leader == self ? 8U : 0U) | (has(controller.replicas, self) ? 16U : 0U) |
               (has(controller.eligible, self) ? 32U : 0U) | (has(controller.stopping, self) ? 64U : 0U));
    if (view.leads) hasher.add(shape_of(view.isr, self) | (shape_of(view.widest_isr, self) << 2U));
    return hasher.value();
}

std::uint64_t between(const State& state, std::uint8_t a, std::uint8_t b) {
    const Broker& one = *state.brokers[a];
    const Broker& other = *state.brokers[b];
    return static_cast<std::uint64_t>(relation_of(one.disk().log, other.disk().log)) |
           (order(one.view.leader_epoch, other.view.leader_epoch) << 4U) |
           (order(one.view.high_watermark, other.view.high_watermark) << 8U);
}

}  // namespace

std::uint64_t abstract_state(const State& state, std::uint8_t brokers) {
    HashSum whole;  // who is who makes no difference
    for (std::uint8_t a = 0; a < brokers; ++a) {
        Hasher hasher;
        hasher.add(alone(state, a));
        for (std::uint8_t b = 0; b < brokers; ++b) {
            if (a != b) hasher.add(between(state, a, b));
        }
        whole.add(hasher.value());
    }
    return whole.value();
}

}  // namespace highwater::model::cluster
