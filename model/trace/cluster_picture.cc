#include "model/trace/cluster_picture.h"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "model/cluster/check/property.h"
#include "model/cluster/cluster_world.h"
#include "model/trace/draw.h"
#include "model/trace/message_tracks.h"

namespace highwater::model::cluster {
namespace {

using Kind = Message::Kind;

constexpr std::size_t kConsumers = 0;
constexpr std::size_t kProducer = 1;
constexpr std::size_t kFirstBroker = 2;

std::string label_of(const Message& m) {
    switch (m.kind) {
        case Kind::fetch:
            return fmt::format("fetch from {}", m.fetch_offset);
        case Kind::fetch_answer:
            if (m.error() != ErrorCode::none) return fmt::format("{}", m.error());
            if (m.diverging_epoch_plus_one > 0) {
                return fmt::format("diverging: epoch {} ends at {}", m.diverging_epoch_plus_one - 1, m.diverging_end);
            }
            if (m.records.empty()) return fmt::format("nothing new, HW {}", m.high_watermark);
            {
                std::string records;
                for (const Record& record : m.records) {
                    records += (records.empty() ? "" : ", ") + batch_text(record.batch);
                }
                return fmt::format("{}, HW {}", records, m.high_watermark);
            }
        case Kind::alter:
            return fmt::format("AlterPartition: ISR {}", members_text(m.isr));
        case Kind::alter_answer:
            if (m.error() != ErrorCode::none) return fmt::format("{}", m.error());
            return fmt::format("ISR is {}", members_text(m.isr));
        case Kind::none:
            break;
    }
    return {};
}

std::string name_of_leader(std::uint8_t leader) {
    return leader == kNobody ? std::string{"none"} : fmt::format("broker {}", leader);
}

std::string label_of(const Metadata& m, bool new_epoch) {
    if (m.partition_changed == 0) return fmt::format("{} active", members_text(m.active));
    if (!new_epoch) return fmt::format("ISR {}", members_text(m.isr));
    return fmt::format("epoch {}: leader {}", m.leader_epoch,
                       m.leader == kNobody ? "none" : fmt::format("{}", m.leader));
}

/// Follows the messages of a cluster by comparing its network before and after each step.
class Painter {
  public:
    Painter(const Scope& scope, Picture& picture) : scope_(scope), picture_(picture), tracks_(picture) {
        picture.lanes = {{LaneKind::consumer, "consumers"}, {LaneKind::producer, "producer"}};
        for (std::uint8_t id = 0; id < scope.brokers; ++id) {
            picture.lanes.push_back({LaneKind::broker, fmt::format("broker {}", id)});
        }
        picture.lanes.push_back({LaneKind::controller, "controller"});
    }

    /// Draws what is under way before anything happens, too.
    void begin(const State& state, Frame& frame) {
        tracks_.in_frame(0);
        const Network& network = state.rest.network;
        for (std::size_t slot = 0; slot < network.slots.size(); ++slot) {
            if (network.slots[slot].kind != Kind::none) slots_[slot] = send(network.slots[slot]);
        }
        for (const Message& message : network.late) {
            late_.emplace_back(message, send(message));
            tracks_.late(late_.back().second);
        }
        for (std::uint8_t id = 0; id < scope_.brokers; ++id) {
            const auto& news = state.rest.news;
            for (std::size_t unseen = state.rest.unseen[id]; unseen > 0; --unseen) {
                const std::size_t drawn =
                    tracks_.sent(controller(), lane_of(id), label_of(news[news.size() - unseen], true));
                metadata_[id].push_back(drawn);
            }
        }
        frame.states = states_of(state);
    }

    void step(const State& before, Action action, const State& after, Frame& frame) {
        tracks_.in_frame(picture_.frames.size() - 1);
        mark(action, before, after, frame);
        request(action);
        Network network = before.rest.network;
        carry(action, network);
        follow_slots(network, before.rest.network, after.rest.network);
        follow_metadata(action, before, after);
        answer_producer(action, before, after);
        read(before, after);
        frame.states = states_of(after);
    }

  private:
    [[nodiscard]] static std::size_t lane_of(std::uint8_t broker) { return kFirstBroker + broker; }
    [[nodiscard]] std::size_t controller() const { return kFirstBroker + scope_.brokers; }

    std::size_t send(const Message& m) {
        const std::size_t requester = lane_of(m.requester);
        const bool is_fetch = m.kind == Kind::fetch || m.kind == Kind::fetch_answer;
        const std::size_t peer = is_fetch ? lane_of(m.leader) : controller();
        return m.is_request() ? tracks_.sent(requester, peer, label_of(m)) : tracks_.sent(peer, requester, label_of(m));
    }

    void mark(Action action, const State& before, const State& after, Frame& frame) const {
        const auto add = [&](std::size_t lane, MarkKind kind, std::string label) {
            frame.marks.push_back({lane, kind, std::move(label)});
        };
        const std::uint8_t broker = action.a;
        switch (action.kind) {
            case ActionKind::kill:
                add(lane_of(broker), MarkKind::kill, "killed");
                return;
            case ActionKind::power_loss:
                add(lane_of(broker), MarkKind::power_loss, "power loss");
                return;
            case ActionKind::wipe:
                add(lane_of(broker), MarkKind::power_loss, "loses its disk");
                return;
            case ActionKind::fence:
            case ActionKind::session_timeout:
                add(controller(), MarkKind::fence, fmt::format("fences broker {}", broker));
                break;
            case ActionKind::elect:
                add(controller(), MarkKind::restart, "elects the preferred leader");
                break;
            case ActionKind::reassign:
                add(controller(), MarkKind::restart, "is asked to reassign");
                break;
            case ActionKind::shut_down:
                add(lane_of(broker), MarkKind::kill, "is told to stop");
                break;
            case ActionKind::heartbeat:
                if (!after.brokers[broker]->view.up) add(lane_of(broker), MarkKind::kill, "stops");
                break;
            case ActionKind::clock_jump:
                add(lane_of(broker), MarkKind::clock, "replica.lag.time.max passes");
                break;
            case ActionKind::give_up:
                add(kProducer, MarkKind::give_up, fmt::format("gives up on {}", batch_text(action.a)));
                break;
            case ActionKind::restart:
                add(lane_of(broker), MarkKind::restart, "starts");
                break;
            case ActionKind::flush:
                add(lane_of(broker), MarkKind::flush, "flush done");
                break;
            default:
                break;
        }
        for (std::uint8_t id = 0; id < scope_.brokers; ++id) {
            const std::size_t end = after.brokers[id]->disk().log.size();
            if (end < before.brokers[id]->disk().log.size()) {
                add(lane_of(id), MarkKind::cut, fmt::format("log cut to {}", end));
            }
        }
    }

    /// What is asked and heard within the step.
    void request(Action action) {
        if (action.kind == ActionKind::produce) {
            tracks_.at_once(kProducer, lane_of(action.b), batch_text(action.a));
            sent_in_[action.a] = tracks_.frame();
        } else if (action.kind == ActionKind::late_produce) {
            const std::size_t message = tracks_.sent(kProducer, lane_of(action.b), batch_text(action.a));
            tracks_[message].sent_in = sent_in_[action.a].value_or(tracks_.frame());
            tracks_[message].repeated = true;
            tracks_.late(message);
            tracks_.arrived(message);
        } else if (action.kind == ActionKind::restart) {
            tracks_.at_once(lane_of(action.a), controller(), "registers");
        } else if (action.kind == ActionKind::unfence) {
            tracks_.at_once(lane_of(action.a), controller(), "heartbeat");
        } else if (action.kind == ActionKind::shut_down || action.kind == ActionKind::heartbeat) {
            tracks_.at_once(lane_of(action.a), controller(), "wants to stop");
        }
    }

    /// What the action itself does to a message; `network` is left without it.
    void carry(Action action, Network& network) {
        switch (action.kind) {
            case ActionKind::deliver:
                tracks_.arrived(slots_[action.a]);
                network.slots[action.a] = {};
                break;
            case ActionKind::drop:
                tracks_.lost(slots_[action.a]);
                network.slots[action.a] = {};
                break;
            case ActionKind::duplicate: {
                const std::size_t copy = tracks_.repeated(slots_[action.a]);
                tracks_.late(copy);
                copy_ = {network.slots[action.a], copy};
                break;
            }
            case ActionKind::deliver_late: {
                const auto found = find_late(network.late[action.a]);
                if (found == late_.end()) break;
                tracks_.arrived(found->second);
                late_.erase(found);
                break;
            }
            default:
                break;
        }
    }

    void follow_slots(const Network& left, const Network& before, const Network& after) {
        std::vector<Message> newly_late;
        for (const Message& message : after.late) {
            if (std::ranges::find(before.late, message) == before.late.end()) newly_late.push_back(message);
        }
        const auto becomes_late = [&](const Message& message, std::size_t drawn) {
            const auto found = std::ranges::find(newly_late, message);
            if (found == newly_late.end()) return tracks_.lost(drawn);
            newly_late.erase(found);
            tracks_.late(drawn);
            late_.emplace_back(message, drawn);
        };
        for (std::size_t slot = 0; slot < after.slots.size(); ++slot) {
            if (left.slots[slot] == after.slots[slot]) continue;
            if (left.slots[slot].kind != Kind::none) becomes_late(left.slots[slot], slots_[slot]);
            if (after.slots[slot].kind != Kind::none) slots_[slot] = send(after.slots[slot]);
        }
        if (copy_) becomes_late(copy_->first, copy_->second);
        copy_.reset();
        // Sent and given up in one step.
        for (const Message& message : std::vector(newly_late)) becomes_late(message, send(message));
        for (std::size_t i = late_.size(); i-- > 0;) {
            if (std::ranges::find(after.late, late_[i].first) != after.late.end()) continue;
            tracks_.lost(late_[i].second);
            late_.erase(late_.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }

    void follow_metadata(Action action, const State& before, const State& after) {
        for (std::uint8_t id = 0; id < scope_.brokers; ++id) {
            auto& queue = metadata_[id];
            // What it skips came with what it applies.
            const std::size_t learns = action.kind == ActionKind::learn && action.a == id ? action.b + 1U : 0U;
            for (std::size_t i = 0; i < learns && !queue.empty(); ++i) {
                tracks_.arrived(queue.front());
                queue.pop_front();
            }
            const bool restarts = action.kind == ActionKind::restart && action.a == id;
            while (!queue.empty() && (restarts || after.rest.unseen[id] < queue.size())) {
                tracks_.lost(queue.back());
                queue.pop_back();
            }
            const auto& news = after.rest.news;
            while (queue.size() < after.rest.unseen[id]) {
                const std::size_t at = news.size() - after.rest.unseen[id] + queue.size();
                const bool new_epoch = restarts || news[at].leader_epoch != before.rest.controller.leader_epoch;
                queue.push_back(tracks_.sent(controller(), lane_of(id), label_of(news[at], new_epoch)));
            }
        }
    }

    void answer_producer(Action action, const State& before, const State& after) {
        for (std::uint8_t batch = 0; batch < scope_.batches; ++batch) {
            const std::uint8_t acknowledged = after.rest.history.acknowledged[batch];
            // What an unclean election loses is forgiven, and forgotten there.
            const bool success = acknowledged != 0 && acknowledged != before.rest.history.acknowledged[batch];
            std::uint8_t was = before.rest.producer.status[batch];
            if (action.kind == ActionKind::produce && action.a == batch) was = static_cast<std::uint8_t>(action.b + 1);
            const std::uint8_t is = after.rest.producer.status[batch];
            const bool waited = was != Producer::kToSend && was != Producer::kAcknowledged;
            const std::string ack = fmt::format("{} acknowledged at offset {}", batch_text(batch), acknowledged - 1);
            if (waited && is == Producer::kAcknowledged) {
                tracks_.at_once(lane_of(static_cast<std::uint8_t>(was - 1)), kProducer, ack);
            } else if (success) {
                const auto by = leader_with(after, batch, acknowledged);
                if (by) tracks_.lost(tracks_.sent(lane_of(*by), kProducer, ack));
            } else if (waited && is == Producer::kToSend && action.kind != ActionKind::give_up) {
                const auto broker = static_cast<std::uint8_t>(was - 1);
                if (!after.brokers[broker]->view.up) continue;
                tracks_.at_once(lane_of(broker), kProducer, fmt::format("{} refused", batch_text(batch)));
            }
        }
    }

    [[nodiscard]] std::optional<std::uint8_t> leader_with(const State& state, std::uint8_t batch,
                                                          std::uint8_t offset_plus_one) const {
        for (std::uint8_t id = 0; id < scope_.brokers; ++id) {
            const Records& log = state.brokers[id]->disk().log;
            const bool has_it = offset_plus_one <= log.size() && log[offset_plus_one - 1U].batch == batch;
            if (state.brokers[id]->view.leads && has_it) return id;
        }
        return std::nullopt;
    }

    void read(const State& before, const State& after) {
        const History& history = after.rest.history;
        for (std::size_t offset = 0; offset < kMaxRecords; ++offset) {
            if (history.read[offset] == before.rest.history.read[offset]) continue;
            for (std::uint8_t id = 0; id < scope_.brokers; ++id) {
                const BrokerView& view = after.brokers[id]->view;
                if (!view.leads || view.leader_epoch != history.read_in_epoch[offset]) continue;
                tracks_.at_once(lane_of(id), kConsumers,
                                fmt::format("{} at offset {} is read",
                                            batch_text(static_cast<std::uint8_t>(history.read[offset] - 1)), offset));
                break;
            }
        }
    }

    [[nodiscard]] std::vector<std::pair<Message, std::size_t>>::iterator find_late(const Message& message) {
        return std::ranges::find_if(late_, [&](const auto& late) { return late.first == message; });
    }

    [[nodiscard]] std::vector<LaneState> states_of(const State& state) const {
        std::vector<LaneState> states = {consumers(state), producer(state)};
        for (std::uint8_t id = 0; id < scope_.brokers; ++id) states.push_back(broker(state, id));
        states.push_back(controller_of(state));
        return states;
    }

    [[nodiscard]] static LaneState consumers(const State& state) {
        LaneState lane;
        std::string read;
        for (std::size_t offset = 0; offset < kMaxRecords; ++offset) {
            const std::uint8_t batch = state.rest.history.read[offset];
            if (batch == 0) continue;
            read += fmt::format("{}{} at {}", read.empty() ? "" : ", ",
                                batch_text(static_cast<std::uint8_t>(batch - 1)), offset);
        }
        lane.facts.push_back({"read", read.empty() ? "nothing" : read});
        return lane;
    }

    [[nodiscard]] LaneState producer(const State& state) const {
        LaneState lane;
        for (std::uint8_t batch = 0; batch < scope_.batches; ++batch) {
            const std::uint8_t status = state.rest.producer.status[batch];
            const bool was_sent = (state.rest.producer.sent & (1U << batch)) != 0;
            std::string what = was_sent ? "to send again" : "to send";
            if (status == Producer::kAcknowledged) {
                what = "acknowledged";
            } else if (status != Producer::kToSend) {
                what = fmt::format("waits for broker {}", status - 1);
            }
            lane.facts.push_back({batch_text(batch), std::move(what)});
        }
        return lane;
    }

    [[nodiscard]] LaneState broker(const State& state, std::uint8_t id) const {
        const Broker& broker = *state.brokers[id];
        LaneState lane;
        lane.up = broker.view.up;
        lane.role = !broker.view.up       ? "down"
                    : broker.view.leads   ? "leader"
                    : broker.view.follows ? "follower"
                                          : "no role";
        if (broker.view.leads || broker.view.follows) lane.leader_epoch = broker.view.leader_epoch;
        if (broker.view.up) lane.high_watermark = broker.view.high_watermark;
        lane.log.emplace();
        const Disk& disk = broker.disk();
        for (std::size_t offset = 0; offset < disk.log.size(); ++offset) {
            lane.log->push_back({batch_text(disk.log[offset].batch), static_cast<unsigned>(offset), 1,
                                 disk.log[offset].leader_epoch, offset < disk.durable});
        }
        if (broker.view.leads) {
            lane.facts.push_back({"ISR", members_text(broker.view.isr)});
            if (broker.view.widest_isr != broker.view.isr) {
                lane.facts.push_back({"with proposed", members_text(broker.view.widest_isr)});
            }
        }
        if (state.rest.unseen[id] > 0) {
            lane.facts.push_back({"metadata behind by", fmt::format("{}", state.rest.unseen[id])});
        }
        return lane;
    }

    [[nodiscard]] static LaneState controller_of(const State& state) {
        const ControllerState& controller = state.rest.controller;
        LaneState lane;
        lane.leader_epoch = controller.leader_epoch;
        lane.facts = {{"leader", name_of_leader(controller.leader)},
                      {"ISR", members_text(controller.isr)},
                      {"partition epoch", fmt::format("{}", controller.partition_epoch)}};
        if (controller.adding != 0) lane.facts.push_back({"adding", members_text(controller.adding)});
        if (controller.removing != 0) lane.facts.push_back({"removing", members_text(controller.removing)});
        if (controller.stopping != 0) lane.facts.push_back({"stopping", members_text(controller.stopping)});
        if (controller.eligible != 0) lane.facts.push_back({"ELR", members_text(controller.eligible)});
        if (controller.fenced != 0) lane.facts.push_back({"fenced", members_text(controller.fenced)});
        return lane;
    }

    const Scope& scope_;
    Picture& picture_;
    MessageTracks tracks_;
    /// What is drawn for the message in each slot.
    std::array<std::size_t, 2 * kMaxBrokers> slots_{};
    std::vector<std::pair<Message, std::size_t>> late_;
    std::optional<std::pair<Message, std::size_t>> copy_;
    std::array<std::deque<std::size_t>, kMaxBrokers> metadata_;
    /// When each batch was sent last.
    std::array<std::optional<std::size_t>, kMaxBatches> sent_in_;
};

}  // namespace

Picture picture_of(const Scope& scope, std::span<const Action> actions) {
    Picture picture;
    Painter painter(scope, picture);
    draw(ClusterWorld(scope), actions, painter, picture);
    return picture;
}

}  // namespace highwater::model::cluster
