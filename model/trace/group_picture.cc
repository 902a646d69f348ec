#include "model/trace/group_picture.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "model/group/group_world.h"
#include "model/trace/draw.h"
#include "model/trace/message_tracks.h"

namespace highwater::model::group {
namespace {

/// Follows what is on the connections by comparing them before and after each step.
class Painter {
  public:
    Painter(const Scope& scope, Picture& picture) : scope_(scope), picture_(picture), tracks_(picture) {
        for (std::uint8_t id = 0; id < scope.clients; ++id) {
            picture.lanes.push_back({LaneKind::consumer, fmt::format("client {}", id)});
        }
        for (std::size_t id = 0; id < kBrokers; ++id) {
            picture.lanes.push_back({LaneKind::broker, fmt::format("broker {}", id)});
        }
    }

    void begin(const State& state, Frame& frame) {
        for (std::uint8_t id = 0; id < scope_.clients; ++id) follow(id, state.rest.slots[id]);
        frame.states = states_of(state);
    }

    void step(const State& before, Action action, const State& after, Frame& frame) {
        tracks_.in_frame(picture_.frames.size() - 1);
        mark(action, before, after, frame);
        carry(action, before);
        for (std::uint8_t id = 0; id < scope_.clients; ++id) {
            if (!slots_[id] || after.rest.slots[id] != before.rest.slots[id]) follow(id, after.rest.slots[id]);
        }
        frame.states = states_of(after);
    }

  private:
    struct Late {
        Message message;
        std::size_t track = 0;
    };

    [[nodiscard]] std::size_t lane_of(std::uint8_t broker) const { return std::size_t{scope_.clients} + broker; }

    void mark(Action action, const State& before, const State& after, Frame& frame) const {
        const std::size_t leader = lane_of(before.partition->leader);
        switch (action.kind) {
            case ActionKind::tick:
            case ActionKind::wait:
                frame.marks.push_back({leader, MarkKind::clock, fmt::format("tick {}", after.partition->ticks)});
                break;
            case ActionKind::failover:
                frame.marks.push_back({leader, MarkKind::kill, "does not lead any more"});
                break;
            case ActionKind::load:
                frame.marks.push_back({lane_of(after.partition->leader), MarkKind::restart, "has loaded"});
                break;
            case ActionKind::write_committed:
                frame.marks.push_back({leader, MarkKind::flush, "committed"});
                break;
            case ActionKind::fail_write:
                frame.marks.push_back({leader, MarkKind::failure, "the write fails"});
                break;
            case ActionKind::expire:
                frame.marks.push_back({leader, MarkKind::cut, "looks for what expired"});
                break;
            case ActionKind::crash:
                frame.marks.push_back({action.a, MarkKind::kill, "crashes"});
                break;
            case ActionKind::leave:
                frame.marks.push_back({action.a, MarkKind::kill, "closes"});
                break;
            case ActionKind::start:
                frame.marks.push_back({action.a, MarkKind::restart, "starts"});
                break;
            case ActionKind::give_up:
                frame.marks.push_back({action.a, MarkKind::give_up, "waits no longer"});
                break;
            default:
                break;
        }
    }

    /// What the action itself does to a request or an answer.
    void carry(Action action, const State& before) {
        if (action.kind == ActionKind::deliver_late) {
            const auto same = std::ranges::find(late_, before.rest.late[action.a], &Late::message);
            if (same == late_.end()) return;
            tracks_.arrived(same->track);
            late_.erase(same);
            return;
        }
        if (action.a >= scope_.clients || !slots_[action.a]) return;
        std::optional<std::size_t>& track = slots_[action.a];
        const Message& message = before.rest.slots[action.a];
        switch (action.kind) {
            case ActionKind::deliver:
                tracks_.arrived(*track);
                track.reset();
                break;
            case ActionKind::drop:
                tracks_.lost(*track);
                track.reset();
                break;
            case ActionKind::crash:
            case ActionKind::hold:
                if (action.kind == ActionKind::crash && action.b == 0) {
                    tracks_.lost(*track);
                } else {
                    tracks_.late(*track);
                    late_.push_back({message, *track});
                }
                track.reset();
                break;
            case ActionKind::duplicate: {
                const std::size_t copy = tracks_.repeated(*track);
                tracks_.late(copy);
                late_.push_back({message, copy});
                break;
            }
            default:
                break;
        }
    }

    void follow(std::uint8_t client, const Message& message) {
        std::optional<std::size_t>& track = slots_[client];
        if (track) tracks_.lost(*track);
        track.reset();
        if (message.kind == Message::Kind::none) return;
        const std::size_t broker = lane_of(message.broker);
        const std::size_t from = message.is_answer != 0 ? broker : client;
        const std::size_t to = message.is_answer != 0 ? client : broker;
        const std::string text = message_text(message, scope_);
        track = tracks_.sent(from, to, text.substr(0, text.find(" of client")));
    }

    [[nodiscard]] std::vector<LaneState> states_of(const State& state) const {
        std::vector<LaneState> states;
        for (std::uint8_t id = 0; id < scope_.clients; ++id) {
            const Client& client = state.rest.clients[id];
            LaneState lane;
            lane.up = client.is_up();
            lane.role = !lane.up ? "down" : client.is_member() ? "member" : "joining";
            lane.facts.push_back({"is", member_text(client.member(), scope_)});
            lane.facts.push_back({"generation", fmt::format("{}", generation_of(client.generation_plus_one()))});
            lane.facts.push_back({"owns", partitions_text(client.owned())});
            states.push_back(std::move(lane));
        }
        for (std::uint8_t id = 0; id < kBrokers; ++id) states.push_back(broker_of(state, id));
        return states;
    }

    [[nodiscard]] static LaneState broker_of(const State& state, std::uint8_t id) {
        const OffsetsPartition& partition = *state.partition;
        LaneState lane;
        const bool leads = partition.leader == id;
        lane.role = !leads ? "follower" : partition.loaded ? "coordinator" : "loads";
        if (!leads) return lane;
        if (const ClassicGroup* group = partition.brokers[id].find(kGroup)) {
            lane.facts.push_back({"group", std::string{state_name(group->state)}});
            lane.facts.push_back({"generation", fmt::format("{}", group->generation.value())});
        }
        for (std::size_t p = 0; p < kPartitions; ++p) {
            if (partition.view.offset_plus_one[p] == 0) continue;
            lane.facts.push_back(
                {fmt::format("offset of {}", p), fmt::format("{}", partition.view.offset_plus_one[p] - 1)});
        }
        if (!partition.writes.empty()) lane.facts.push_back({"writes", fmt::format("{}", partition.writes.size())});
        return lane;
    }

    const Scope& scope_;
    Picture& picture_;
    MessageTracks tracks_;
    std::array<std::optional<std::size_t>, kMaxClients> slots_;
    std::vector<Late> late_;
};

}  // namespace

Picture picture_of(const Scope& scope, std::span<const Action> actions) {
    Picture picture;
    Painter painter(scope, picture);
    draw(GroupWorld(scope), actions, painter, picture);
    return picture;
}

}  // namespace highwater::model::group
