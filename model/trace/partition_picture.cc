#include "model/trace/partition_picture.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "model/trace/draw.h"
#include "model/trace/message_tracks.h"
#include "model/world/partition_world.h"

namespace highwater::model {
namespace {

/// Follows what is on the connections by comparing them before and after each step.
class Painter {
  public:
    Painter(const Scope& scope, Picture& picture) : scope_(scope), picture_(picture), tracks_(picture) {
        picture.lanes.push_back({LaneKind::consumer, "consumer"});
        for (std::uint8_t p = 0; p < scope.producers; ++p) {
            picture.lanes.push_back({LaneKind::producer, fmt::format("producer {}", p)});
        }
        picture.lanes.push_back({LaneKind::broker, "broker"});
    }

    void begin(const World& world, Frame& frame) {
        for (std::uint8_t p = 0; p < scope_.producers; ++p) send_new(p, world);
        frame.states = states_of(world);
    }

    void step(const World& before, Action action, const World& after, Frame& frame) {
        tracks_.in_frame(picture_.frames.size() - 1);
        mark(action, before, after, frame);
        carry(action, before);
        const bool broker_stopped = before.node.driver.up && !after.node.driver.up;
        for (std::uint8_t p = 0; p < scope_.producers; ++p) {
            const Connection& was = before.outside.network.connections[p];
            const Connection& is = after.outside.network.connections[p];
            const bool gone = broker_stopped || (was.broken && !is.broken) ||
                              (action.kind == ActionKind::disconnect && action.a == p);
            if (gone) lose_all(requests_[p]);
            follow_answers(p, is);
            send_new(p, after);
        }
        if (broker_stopped) {
            for (Stray& stray : strays_) lose_all(stray.requests);
            strays_.clear();
        }
        const std::uint8_t read = after.outside.history.delivered_end;
        if (read > before.outside.history.delivered_end) {
            tracks_.at_once(broker(), 0, fmt::format("up to offset {}", read));
        }
        frame.states = states_of(after);
    }

  private:
    struct Request {
        std::uint8_t batch = 0;
        std::size_t message = 0;
    };
    using Requests = std::vector<Request>;
    struct Stray {
        std::uint8_t producer = 0;
        Requests requests;
    };
    struct Answer {
        model::Request request;
        std::size_t message = 0;
    };

    [[nodiscard]] static std::size_t lane_of(std::uint8_t producer) { return 1U + producer; }
    [[nodiscard]] std::size_t broker() const { return 1U + scope_.producers; }

    void mark(Action action, const World& before, const World& after, Frame& frame) const {
        const auto add = [&](MarkKind kind, std::string label) {
            frame.marks.push_back({broker(), kind, std::move(label)});
        };
        switch (action.kind) {
            case ActionKind::kill:
                add(MarkKind::kill, "killed");
                return;
            case ActionKind::power_loss:
                add(MarkKind::power_loss, "power loss");
                return;
            case ActionKind::append_failure:
                add(MarkKind::failure, "the write fails");
                break;
            case ActionKind::flush_failure:
                add(MarkKind::failure, "the flush fails");
                break;
            case ActionKind::request_timeout:
                add(MarkKind::clock, "request deadline");
                break;
            case ActionKind::retention:
                add(MarkKind::cut, "retention");
                break;
            case ActionKind::complete_flush:
                add(MarkKind::flush, "flush done");
                break;
            case ActionKind::restart:
                add(MarkKind::restart, "starts");
                break;
            case ActionKind::disconnect:
                frame.marks.push_back({lane_of(action.a), MarkKind::failure, "connection breaks"});
                break;
            case ActionKind::notice_disconnect:
                frame.marks.push_back({lane_of(action.a), MarkKind::failure, "notices that it is gone"});
                break;
            case ActionKind::epoch_bump:
                frame.marks.push_back({lane_of(action.a), MarkKind::restart, "wants a new epoch"});
                break;
            default:
                break;
        }
        if (before.node.driver.up && !after.node.driver.up) add(MarkKind::kill, "stops");
    }

    /// What the action itself does to a request or an answer.
    void carry(Action action, const World& before) {
        Requests& requests = requests_[action.a < kMaxProducers ? action.a : 0];
        const auto arrives = [&](std::size_t place) {
            if (place >= requests.size()) return;
            tracks_.arrived(requests[place].message);
            requests.erase(requests.begin() + static_cast<std::ptrdiff_t>(place));
        };
        switch (action.kind) {
            case ActionKind::deliver_request:
                arrives(0);
                break;
            case ActionKind::duplicate: {
                if (requests.empty()) break;
                const Request original = requests.front();
                const std::size_t copy = tracks_.repeated(original.message);
                tracks_.late(copy);
                strays_.push_back({action.a, {{original.batch, copy}}});
                arrives(0);
                break;
            }
            case ActionKind::overtake:
                arrives(1);
                break;
            case ActionKind::disconnect: {
                Stray stray{action.a, {}};
                for (std::size_t i = 0; i < action.b && i < requests.size(); ++i) {
                    tracks_.late(requests[i].message);
                    stray.requests.push_back(requests[i]);
                }
                requests.erase(requests.begin(), requests.begin() + static_cast<std::ptrdiff_t>(stray.requests.size()));
                if (!stray.requests.empty()) strays_.push_back(std::move(stray));
                break;
            }
            case ActionKind::deliver_stray: {
                const auto& arriving = before.outside.network.strays[action.b];
                const auto same = std::ranges::find_if(strays_, [&](const Stray& stray) {
                    return stray.producer == arriving.producer && stray.requests.size() == arriving.requests.size() &&
                           stray.requests.front().batch == arriving.requests[0];
                });
                if (same == strays_.end()) break;
                tracks_.arrived(same->requests.front().message);
                same->requests.erase(same->requests.begin());
                if (same->requests.empty()) strays_.erase(same);
                break;
            }
            case ActionKind::deliver_answer: {
                auto& answers = answers_[action.a];
                if (answers.empty()) break;
                tracks_.arrived(answers.front().message);
                answers.erase(answers.begin());
                break;
            }
            default:
                break;
        }
    }

    void lose_all(Requests& requests) {
        for (const Request& request : requests) tracks_.lost(request.message);
        requests.clear();
    }

    void follow_answers(std::uint8_t p, const Connection& is) {
        auto& answers = answers_[p];
        for (std::size_t i = answers.size(); i-- > 0;) {
            if (std::ranges::find(is.exchanges, answers[i].request, &Exchange::request) != is.exchanges.end()) continue;
            tracks_.lost(answers[i].message);
            answers.erase(answers.begin() + static_cast<std::ptrdiff_t>(i));
        }
        for (const Exchange& exchange : is.exchanges) {
            if (!exchange.answered) continue;
            if (std::ranges::find(answers, exchange.request, &Answer::request) != answers.end()) continue;
            const std::string batch = to_text(exchange.request.batch);
            const std::string label = exchange.error() == ErrorCode::none ? fmt::format("{} acknowledged", batch)
                                                                          : fmt::format("{}", exchange.error());
            answers.push_back({exchange.request, tracks_.sent(broker(), lane_of(p), label)});
        }
    }

    void send_new(std::uint8_t p, const World& world) {
        const auto& now = world.outside.network.connections[p].requests;
        Requests& drawn = requests_[p];
        for (std::size_t i = drawn.size(); i < now.size(); ++i) {
            drawn.push_back({now[i], tracks_.sent(lane_of(p), broker(), to_text(BatchId{p, now[i]}))});
        }
    }

    [[nodiscard]] std::vector<LaneState> states_of(const World& world) const {
        std::vector<LaneState> states(1);
        states[0].facts.push_back({"read up to", fmt::format("offset {}", world.outside.history.delivered_end)});
        static constexpr std::array<std::string_view, 4> kStatus = {"to send", "in flight", "to send again",
                                                                    "acknowledged"};
        for (std::uint8_t p = 0; p < scope_.producers; ++p) {
            LaneState lane;
            for (std::uint8_t b = 0; b < scope_.batches; ++b) {
                const auto status = static_cast<std::size_t>(world.outside.producers[p].status[b]);
                lane.facts.push_back({to_text(BatchId{p, b}), std::string{kStatus[status]}});
            }
            states.push_back(std::move(lane));
        }
        states.push_back(broker_of(world));
        return states;
    }

    [[nodiscard]] static LaneState broker_of(const World& world) {
        const Node& node = world.node;
        LaneState lane;
        lane.up = node.driver.up;
        lane.role = lane.up ? "leader" : "down";
        lane.log.emplace();
        for (std::size_t i = 0; i < node.disk.log.size(); ++i) {
            const StoredBatch& stored = node.disk.log[i];
            lane.log->push_back({to_text(stored.id), stored.base_offset, stored.id.records(), stored.leader_epoch,
                                 i < node.disk.durable_batches});
        }
        if (node.replica) {
            if (node.replica->leader_epoch()) {
                lane.leader_epoch = static_cast<unsigned>(node.replica->leader_epoch()->value());
            }
            lane.high_watermark = static_cast<unsigned>(node.replica->high_watermark().value());
        }
        if (node.disk.log_start > 0) lane.facts.push_back({"log start", fmt::format("{}", node.disk.log_start)});
        if (node.driver.flush_under_way) {
            lane.facts.push_back({"flush under way", fmt::format("up to {}", node.driver.flush_end)});
        }
        if (!node.driver.queue.empty()) {
            lane.facts.push_back({"waits for the disk", fmt::format("{} effects", node.driver.queue.size())});
        }
        return lane;
    }

    const Scope& scope_;
    Picture& picture_;
    MessageTracks tracks_;
    std::array<Requests, kMaxProducers> requests_;
    std::array<std::vector<Answer>, kMaxProducers> answers_;
    std::vector<Stray> strays_;
};

}  // namespace

Picture picture_of(const Scope& scope, std::span<const Action> actions) {
    Picture picture;
    Painter painter(scope, picture);
    draw(PartitionWorld(scope), actions, painter, picture);
    return picture;
}

}  // namespace highwater::model
