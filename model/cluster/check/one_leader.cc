// P8 OneLeader: In each leader epoch at most one replica, in one life of its broker, leads.
#include "model/cluster/check/one_leader.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    for (std::uint8_t id = 0; id < judged.scope.brokers; ++id) {
        const Broker& broker = judged.broker(id);
        if (!broker.view.leads) continue;
        const std::uint8_t led_by = judged.history().led_by[broker.view.leader_epoch];
        const auto self = static_cast<std::uint8_t>((id + 1) * 16 + broker.driver.broker_epoch);
        if (led_by == self) {
            if (judged.before.rest.history.led_by[broker.view.leader_epoch] == self) {
                count(judged.coverage, Occurrence::epoch_led_again);
            }
            continue;
        }
        return fmt::format("broker {} (broker epoch {}) leads epoch {}, which broker {} (broker epoch {}) has led", id,
                           broker.driver.broker_epoch, broker.view.leader_epoch, led_by / 16 - 1, led_by % 16);
    }
    return std::nullopt;
}

}  // namespace

const Property kOneLeader = {"P8", "OneLeader",
                             "In each leader epoch at most one replica, in one life of its broker, leads.", judge};

}  // namespace highwater::model::cluster
