// The network between brokers and controller: what arrives, what is given up, what is late.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "model/cluster/cluster_step.h"
#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

using Kind = Message::Kind;

bool before(const Message& a, const Message& b) {
    return std::memcmp(&a, &b, sizeof(Message)) < 0;
}

std::uint8_t slot_of(const Message& message) {
    const bool is_fetch = message.kind == Kind::fetch || message.kind == Kind::fetch_answer;
    return static_cast<std::uint8_t>(message.requester + (is_fetch ? 0 : kFirstAlterSlot));
}

/// The broker that gets it; kNobody: the controller.
std::uint8_t receiver_of(const Message& message) {
    if (message.kind == Kind::fetch) return message.leader;
    return message.kind == Kind::alter ? kNobody : message.requester;
}

}  // namespace

void ClusterWorld::deliver(Step& step, Message message, bool current) const {
    State& state = step.state;
    const std::uint8_t slot = slot_of(message);
    step.tell([&] { return fmt::format("arrives{}: {}", current ? "" : " late", message_text(message)); });
    Message answer;
    if (message.kind == Kind::alter) {
        ControllerInput input;
        input.kind = ControllerInput::Kind::alter;
        input.broker = message.requester;
        input.broker_epoch = message.broker_epoch;
        input.alter = message;
        answer = decide(step, input).answer;
        if (answer.error() != ErrorCode::none) count(step.coverage, Occurrence::proposal_refused);
    } else {
        answer = give(step, receiver_of(message), input_of(message)).fetch_answer;
    }
    // To what was given up nobody hears the answer.
    if (answer.kind == Kind::none || !current) return;
    step.tell([&] { return fmt::format("sent: {}", message_text(answer)); });
    state.rest.network.slots[slot] = answer;
    settle(step, answer.requester);
}

void ClusterWorld::give_up(Step& step, const Message& message) const {
    if (message.kind != Kind::alter && message.kind != Kind::alter_answer) return;
    count(step.coverage, Occurrence::proposal_without_answer);
    give(step, message.requester, input_of(BrokerInput::Kind::alter_timeout));
}

void ClusterWorld::produce(Step& step, std::uint8_t batch, std::uint8_t broker, bool waits) const {
    Producer& producer = step.state.rest.producer;
    producer.sent = static_cast<std::uint8_t>(producer.sent | (1U << batch));
    if (waits) producer.status[batch] = static_cast<std::uint8_t>(broker + 1);
    BrokerInput input = input_of(BrokerInput::Kind::produce);
    input.batch = batch;
    give(step, broker, input);
}

/// What a broker waits for no longer, since it has another role or epoch, may still come.
void ClusterWorld::settle(Step& step, std::uint8_t id) const {
    const BrokerView& view = step.state.brokers[id]->view;
    Network& network = step.state.rest.network;
    Message& fetch = network.slots[id];
    if (fetch.kind != Kind::none && !(view.follows && view.leader_epoch == fetch.leader_epoch)) {
        make_late(step, fetch);
        fetch = {};
    }
    Message& alter = network.slots[static_cast<std::size_t>(kFirstAlterSlot + id)];
    if (alter.kind != Kind::none && !(view.leads && view.leader_epoch == alter.leader_epoch)) {
        make_late(step, alter);
        alter = {};
    }
}

/// Connections end with a process: what was sent to it is gone, what it sent may still arrive.
void ClusterWorld::stopped(Step& step, std::uint8_t id) const {
    State::Rest& rest = step.state.rest;
    rest.unseen[id] = 0;
    for (Message& slot : rest.network.slots) {
        if (slot.kind != Kind::none && receiver_of(slot) == id) slot = {};
    }
    auto& late = rest.network.late;
    for (std::size_t i = late.size(); i-- > 0;) {
        if (receiver_of(late[i]) == id) late.erase(i);
    }
    for (std::uint8_t& status : rest.producer.status) {
        if (status == id + 1) status = Producer::kToSend;
    }
}

/// When there are too many late messages already, it is lost. Equal ones count once.
void ClusterWorld::make_late(Step& step, const Message& message) const {
    auto& late = step.state.rest.network.late;
    // Nobody hears an answer after its broker stopped.
    const std::uint8_t receiver = receiver_of(message);
    if (receiver != kNobody && !step.state.brokers[receiver]->view.up) return;
    if (scope_.controls.nothing_is_late) return;
    if (late.size() >= scope_.late_messages || std::ranges::find(late, message) != late.end()) return;
    late.push_back(message);
    std::sort(late.begin(), late.end(), before);
}

}  // namespace highwater::model::cluster
