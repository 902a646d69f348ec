#include "model/trace/transaction_picture.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "model/trace/draw.h"
#include "model/trace/message_tracks.h"
#include "model/transaction/names.h"
#include "model/transaction/transaction_world.h"

namespace highwater::model::transaction {
namespace {

/// Follows what is on the connections, and the markers, by comparing them before and after each step.
class Painter {
  public:
    Painter(const Scope& scope, Picture& picture) : scope_(scope), picture_(picture), tracks_(picture) {
        for (std::uint8_t id = 0; id < scope.producers; ++id) {
            picture.lanes.push_back({LaneKind::producer, fmt::format("producer {}", id)});
        }
        for (std::size_t id = 0; id < kBrokers; ++id) {
            picture.lanes.push_back({LaneKind::controller, fmt::format("coordinator {}", id)});
        }
        for (std::size_t p = 0; p < scope.partitions; ++p) {
            picture.lanes.push_back({LaneKind::broker, fmt::format("partition {}", p)});
        }
    }

    void begin(const State& state, Frame& frame) {
        for (std::uint8_t id = 0; id < scope_.producers; ++id) follow(id, state.rest.slots[id]);
        frame.states = states_of(state);
    }

    void step(const State& before, Action action, const State& after, Frame& frame) {
        tracks_.in_frame(picture_.frames.size() - 1);
        mark(action, before, after, frame);
        carry(action, before);
        for (std::uint8_t id = 0; id < scope_.producers; ++id) {
            if (!slots_[id] || after.rest.slots[id] != before.rest.slots[id]) follow(id, after.rest.slots[id]);
        }
        follow_markers(after, action.kind == ActionKind::lose_marker);
        frame.states = states_of(after);
    }

  private:
    struct Late {
        Message message;
        std::size_t track = 0;
    };
    struct Drawn {
        Marker marker;
        std::size_t track = 0;
    };

    [[nodiscard]] std::size_t lane_of_broker(std::uint8_t broker) const {
        return std::size_t{scope_.producers} + broker;
    }
    [[nodiscard]] std::size_t lane_of_partition(std::uint8_t partition) const {
        return scope_.producers + kBrokers + partition;
    }

    void mark(Action action, const State& before, const State& after, Frame& frame) const {
        const std::size_t leader = lane_of_broker(before.coordinator->leader);
        switch (action.kind) {
            case ActionKind::tick:
            case ActionKind::wait:
                frame.marks.push_back({leader, MarkKind::clock, fmt::format("tick {}", after.coordinator->ticks)});
                break;
            case ActionKind::failover:
                frame.marks.push_back({leader, MarkKind::kill, "does not lead any more"});
                break;
            case ActionKind::load:
                frame.marks.push_back({lane_of_broker(after.coordinator->leader), MarkKind::restart, "has loaded"});
                break;
            case ActionKind::write_committed:
                frame.marks.push_back({leader, MarkKind::flush, "committed"});
                break;
            case ActionKind::fail_write:
                frame.marks.push_back({leader, MarkKind::failure, "the write fails"});
                break;
            case ActionKind::restart:
                frame.marks.push_back({lane_of_partition(action.a), MarkKind::restart, "comes back"});
                break;
            case ActionKind::crash:
                frame.marks.push_back({action.a, MarkKind::kill, "crashes"});
                break;
            case ActionKind::start:
                frame.marks.push_back({action.a, MarkKind::restart, "starts"});
                break;
            case ActionKind::give_up:
                frame.marks.push_back({action.a, MarkKind::give_up, "gives its record up"});
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
        const bool is_of_a_producer = action.kind == ActionKind::deliver || action.kind == ActionKind::drop ||
                                      action.kind == ActionKind::crash || action.kind == ActionKind::hold ||
                                      action.kind == ActionKind::give_up || action.kind == ActionKind::duplicate;
        if (!is_of_a_producer || !slots_[action.a]) return;
        std::optional<std::size_t>& track = slots_[action.a];
        const Message& message = before.rest.slots[action.a];
        switch (action.kind) {
            case ActionKind::deliver:
                tracks_.arrived(*track);
                break;
            case ActionKind::duplicate: {
                const std::size_t copy = tracks_.repeated(*track);
                tracks_.late(copy);
                late_.push_back({message, copy});
                return;
            }
            default:
                if (action.kind != ActionKind::hold && action.b == 0) {
                    tracks_.lost(*track);
                    break;
                }
                tracks_.late(*track);
                late_.push_back({message, *track});
                break;
        }
        track.reset();
    }

    void follow(std::uint8_t producer, const Message& message) {
        std::optional<std::size_t>& track = slots_[producer];
        if (track) tracks_.lost(*track);
        track.reset();
        if (message.kind == Message::Kind::none) return;
        const bool to_partition = message.kind == Message::Kind::produce;
        const std::size_t other = to_partition ? lane_of_partition(message.partition) : lane_of_broker(message.broker);
        const bool is_answer = message.is_answer != 0;
        const std::string text = message_text(message, scope_);
        track = tracks_.sent(is_answer ? other : producer, is_answer ? producer : other,
                             text.substr(0, text.find(is_answer ? " answer to" : " of producer")) +
                                 (is_answer ? text.substr(text.find(':')) : std::string{}));
    }

    /// Markers that are there no more have arrived; those that are new were sent.
    void follow_markers(const State& after, bool one_is_lost) {
        std::vector<Marker> now(after.rest.markers.begin(), after.rest.markers.end());
        for (std::size_t i = drawn_.size(); i-- > 0;) {
            Drawn& drawn = drawn_[i];
            const auto same = std::ranges::find_if(now, [&](Marker marker) {
                marker.is_late = drawn.marker.is_late;
                return marker == drawn.marker;
            });
            if (same != now.end()) {
                if (same->is_late != 0) tracks_.late(drawn.track);
                drawn.marker = *same;
                now.erase(same);
                continue;
            }
            if (one_is_lost && drawn.marker.is_answer == 0) {
                tracks_.lost(drawn.track);
            } else {
                tracks_.arrived(drawn.track);
            }
            drawn_.erase(drawn_.begin() + static_cast<std::ptrdiff_t>(i));
        }
        for (const Marker& marker : now) {
            const std::size_t broker = lane_of_broker(marker.broker);
            const std::size_t partition = lane_of_partition(marker.partition);
            const bool is_answer = marker.is_answer != 0;
            const std::string label = is_answer
                                          ? fmt::format("marker: {}", static_cast<ErrorCode>(marker.error_plus_one - 1))
                                          : fmt::format("{} marker", marker.commit != 0 ? "commit" : "abort");
            drawn_.push_back(
                {marker, tracks_.sent(is_answer ? partition : broker, is_answer ? broker : partition, label)});
        }
    }

    [[nodiscard]] std::vector<LaneState> states_of(const State& state) const {
        std::vector<LaneState> states;
        for (std::uint8_t id = 0; id < scope_.producers; ++id) {
            const TransactionalProducer& producer = state.rest.producers[id];
            LaneState lane;
            lane.up = producer.is_up();
            lane.role = lane.up ? "up" : "down";
            lane.facts.push_back({"is", claim_text(producer.claim)});
            lane.facts.push_back({"transaction", transaction_text(producer.transaction)});
            states.push_back(std::move(lane));
        }
        for (std::uint8_t id = 0; id < kBrokers; ++id) states.push_back(coordinator_of(state, id));
        for (std::size_t p = 0; p < scope_.partitions; ++p) states.push_back(partition_of(*state.data[p]));
        return states;
    }

    [[nodiscard]] LaneState coordinator_of(const State& state, std::uint8_t broker) const {
        const StateView& view = state.coordinator->view;
        LaneState lane;
        lane.role = view.leader != broker ? "follower" : view.loaded != 0 ? "coordinator" : "loads";
        if (view.leader != broker) return lane;
        for (std::uint8_t id = 0; id < scope_.ids(); ++id) {
            const IdView& known = view.ids[id];
            if (known.state_plus_one == 0) continue;
            lane.facts.push_back(
                {transactional_id(id),
                 fmt::format("{}, {}", name_of(static_cast<TransactionState>(known.state_plus_one - 1)),
                             claim_text(known.claim))});
        }
        if (view.writes > 0) lane.facts.push_back({"writes", fmt::format("{}", view.writes)});
        return lane;
    }

    [[nodiscard]] static LaneState partition_of(const DataPartition& partition) {
        LaneState lane;
        lane.role = "leader";
        lane.log.emplace();
        const DataView& view = partition.view;
        for (std::size_t i = 0; i < view.log.size(); ++i) {
            const Stored& stored = view.log[i];
            const std::string label = stored.is_marker() ? std::string{stored.commit != 0 ? "commit" : "abort"}
                                                         : transaction_text(stored.transaction);
            lane.log->push_back({.label = label, .offset = static_cast<unsigned>(i)});
        }
        lane.high_watermark = static_cast<unsigned>(view.log.size());
        lane.facts.push_back({"last stable offset", fmt::format("{}", view.last_stable_offset)});
        return lane;
    }

    const Scope& scope_;
    Picture& picture_;
    MessageTracks tracks_;
    std::array<std::optional<std::size_t>, kMaxProducers> slots_;
    std::vector<Late> late_;
    std::vector<Drawn> drawn_;
};

}  // namespace

Picture picture_of(const Scope& scope, std::span<const Action> actions) {
    Picture picture;
    Painter painter(scope, picture);
    draw(TransactionWorld(scope), actions, painter, picture);
    return picture;
}

}  // namespace highwater::model::transaction
