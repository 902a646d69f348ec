// P13 StartBound: The log start offset does not pass the high watermark, nor that the log end.
// A20 is hunted where there is one broker; it has no mutant here.
#include "model/cluster/check/start_bound.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    for (std::uint8_t id = 0; id < judged.scope.brokers; ++id) {
        const Broker& broker = judged.broker(id);
        if (!broker.replica) continue;
        const auto start = broker.replica->log().start_offset().value();
        if (start <= broker.view.high_watermark && broker.view.high_watermark <= broker.view.end) continue;
        return fmt::format("broker {}: the log starts at {} and ends at {}, the high watermark is {}", id, start,
                           broker.view.end, broker.view.high_watermark);
    }
    return std::nullopt;
}

}  // namespace

const Property kStartBound = {"P13", "StartBound",
                              "The log start offset does not pass the high watermark, nor that the log end.", judge};

}  // namespace highwater::model::cluster
