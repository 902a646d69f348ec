// What people read of the cluster.
#include "model/cluster/cluster_world.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster/check/property.h"

namespace highwater::model::cluster {
namespace {

using Kind = Message::Kind;

}  // namespace

std::string message_text(const Message& m) {
    switch (m.kind) {
        case Kind::fetch:
            return fmt::format("fetch of broker {} to broker {} (epoch {}, from offset {}, last epoch {})", m.requester,
                               m.leader, m.leader_epoch, m.fetch_offset, m.last_epoch_plus_one - 1);
        case Kind::fetch_answer:
            if (m.error() != ErrorCode::none) {
                return fmt::format("fetch answer of broker {} to broker {}: {}", m.leader, m.requester, m.error());
            }
            if (m.diverging_epoch_plus_one > 0) {
                return fmt::format("fetch answer of broker {} to broker {}: diverging, epoch {} ends at {}", m.leader,
                                   m.requester, m.diverging_epoch_plus_one - 1, m.diverging_end);
            }
            return fmt::format(
                "fetch answer of broker {} to broker {} (epoch {}): {} records from offset {}, high "
                "watermark {}",
                m.leader, m.requester, m.leader_epoch, m.records.size(), m.fetch_offset, m.high_watermark);
        case Kind::alter:
            return fmt::format("AlterPartition of broker {} (leader epoch {}, partition epoch {}): ISR {:03b}",
                               m.requester, m.leader_epoch, m.proposed_at, m.isr);
        case Kind::alter_answer:
            return fmt::format(
                "AlterPartition answer to broker {} (proposed at {}): {}, partition epoch {}, ISR {:03b}", m.requester,
                m.proposed_at, m.error(), m.partition_epoch, m.isr);
        case Kind::none:
            break;
    }
    return "nothing";
}

std::string print(const State& state, const Scope& scope) {
    std::string text;
    const ControllerState& c = state.rest.controller;
    text += fmt::format("controller: leader {}, epoch {}, partition epoch {}, ISR {:03b}, ELR {:03b}, fenced {:03b}\n",
                        c.leader == kNobody ? "none" : fmt::format("{}", c.leader), c.leader_epoch, c.partition_epoch,
                        c.isr, c.eligible, c.fenced);
    for (std::uint8_t id = 0; id < scope.brokers; ++id) {
        const Broker& broker = *state.brokers[id];
        std::string log;
        for (std::size_t o = 0; o < broker.disk().log.size(); ++o)
            log += fmt::format(" {}", record_text(broker.disk(), o));
        const std::string_view role = !broker.view.up       ? "down"
                                      : broker.view.leads   ? "leader"
                                      : broker.view.follows ? "follower"
                                                            : "no role";
        text += fmt::format("broker {}: {}, epoch {}, high watermark {}, log [{} ], {} pieces of metadata to learn\n",
                            id, role, broker.view.leader_epoch, broker.view.high_watermark, log, state.rest.unseen[id]);
        if (broker.view.leads) {
            text +=
                fmt::format("    ISR {:03b}, with what it proposed {:03b}\n", broker.view.isr, broker.view.widest_isr);
        }
    }
    for (const Message& message : state.rest.network.slots) {
        if (message.kind != Kind::none) text += fmt::format("under way: {}\n", message_text(message));
    }
    for (const Message& message : state.rest.network.late) text += fmt::format("late: {}\n", message_text(message));
    return text;
}

}  // namespace highwater::model::cluster
