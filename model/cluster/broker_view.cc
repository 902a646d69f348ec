#include "model/cluster/broker.h"

#include <variant>

#include "model/cluster/convert.h"

namespace highwater::model::cluster {
namespace {

/// A consumer that knows KIP-392 asks from the log start.
ReplyFetch ask_to_read(const Broker& broker) {
    FetchReceived fetch;
    fetch.token = FetchToken{2};
    fetch.fetch_offset = broker.replica->log().start_offset();
    fetch.only_from_leader = false;
    Effects effects;
    Replica asked = *broker.replica;
    asked.step(Time{} + broker.driver.tick * kTick, fetch, effects);
    const auto* reply = effects.size() == 1 ? std::get_if<ReplyFetch>(&effects.front()) : nullptr;
    if (reply != nullptr) return *reply;
    ReplyFetch none;
    none.error = ErrorCode::unknown_server_error;
    return none;
}

}  // namespace

BrokerView view_of(const Scope& scope, std::uint8_t id, const Broker& broker) {
    BrokerView view;
    if (!broker.replica) return view;
    const Replica& replica = *broker.replica;
    view.up = true;
    view.leads = replica.is_leader();
    view.follows = replica.is_follower();
    view.knows_the_metadata = !replica.brokers().empty();
    view.stops = broker.driver.stops != 0;
    view.leader_epoch = replica.leader_epoch() ? narrow(replica.leader_epoch()->value()) : std::uint8_t{0};
    view.high_watermark = narrow_offset(replica.high_watermark());
    view.end = narrow_offset(replica.log().end_offset());
    view.log_start = narrow_offset(replica.log().start_offset());
    if (view.leads || (view.follows && scope.consumers_read_followers)) {
        const ReplyFetch reply = ask_to_read(broker);
        view.gives_to_consumers = reply.error == ErrorCode::none;
        if (view.gives_to_consumers) view.readable_end = narrow_offset(reply.readable_end);
    }
    if (view.leads) {
        const auto latest = replica.latest_offset(std::nullopt, IsolationLevel::read_uncommitted);
        if (latest) view.latest_plus_one = narrow(latest->value() + 1);
        view.isr = brokers_of(replica.isr());
        // What it has proposed counts, also when it asks for something else by now (docs/decisions/0008).
        view.widest_isr = brokers_of(widest_isr(replica.isr(), std::get<Leader>(replica.role()).proposal));
    }
    const auto leader = replica.leader();
    const bool knows_leader = view.follows && leader && leader->value() >= 0;
    const bool holds_all =
        scope.flush_mode == FlushMode::replicated || replica.log().durable_offset() == replica.log().end_offset();
    if (knows_leader && holds_all) {
        view.may_fetch = true;
        Message& fetch = view.fetch;
        fetch.kind = Message::Kind::fetch;
        fetch.requester = id;
        fetch.leader = narrow(leader->value());
        fetch.leader_epoch = view.leader_epoch;
        fetch.broker_epoch = broker.driver.broker_epoch;
        fetch.fetch_offset = view.end;
        fetch.log_start = view.log_start;
        if (const auto& epochs = replica.log().epochs().entries(); !epochs.empty()) {
            fetch.last_epoch_plus_one = narrow(epochs.back().epoch.value() + 1);
        }
    }
    return view;
}

}  // namespace highwater::model::cluster
