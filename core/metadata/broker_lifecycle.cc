// What each input does in each state; everything else leaves the machine as it is.
//
//   input               NotRunning       Registering      Starting            Running          ControlledShutdown
//   StartBroker         -> Registering   -                -                   -                -
//   RegistrationAnsw.   -                -> Starting,     -                   -                -
//                                        or again later
//   HeartbeatAnswered   -                -                caught up; when     heartbeat later  may go: -> ShutDown;
//                                                         unfenced: Running                    else ask again soon
//     STALE_BROKER_...  -                -                -> Registering      -> Registering   -> ShutDown
//   MetadataApplied     kept             kept             own registration: heartbeat at once  kept
//   LogsLoaded          kept             kept             caught up: unfence  -                -
//   ShutDownBroker      -> ShutDown      -> ShutDown      -> ShutDown         -> Controlled-   -
//                                                                             Shutdown
//   DeadlineReached     -                first one: -> ShutDown when time     as Starting      -> ShutDown when time is
//                                        is up                                                 up
//                       (all:) an answer that is overdue has failed; what is due is sent
//
// ShutDown takes nothing any more.
#include "core/metadata/broker_lifecycle.h"

#include <algorithm>
#include <utility>

namespace highwater {
namespace {

/// After a failure; doubled after each further one (Kafka: 100 ms).
constexpr Duration kFirstPause = std::chrono::milliseconds{100};
/// Between heartbeats that ask to be let go (Kafka: 50 ms).
constexpr Duration kControlledShutdownPause = std::chrono::milliseconds{50};
constexpr std::uint32_t kMostDoublings = 16;

/// The controller does not know this broker under this epoch.
bool is_unknown_here(ErrorCode error) {
    return error == ErrorCode::stale_broker_epoch || error == ErrorCode::broker_id_not_registered;
}

}  // namespace

BrokerLifecycle::BrokerLifecycle(const BrokerLifecycleSettings& settings, Uuid incarnation_id,
                                 std::optional<BrokerEpoch> previous_broker_epoch)
    : settings_(settings), incarnation_id_(incarnation_id), previous_broker_epoch_(previous_broker_epoch) {}

void BrokerLifecycle::step(Time now, const LifecycleInput& input, LifecycleEffects& effects) {
    std::visit([&](const auto& what) { on(now, what, effects); }, input);
    send_if_due(now, effects);
    wake(effects);
}

std::optional<BrokerEpoch> BrokerLifecycle::broker_epoch() const {
    if (const auto* starting = std::get_if<BrokerStarting>(&state_)) return starting->broker_epoch;
    if (const auto* running = std::get_if<BrokerRunning>(&state_)) return running->broker_epoch;
    if (const auto* leaving = std::get_if<BrokerInControlledShutdown>(&state_)) return leaving->broker_epoch;
    return std::nullopt;
}

void BrokerLifecycle::on(Time now, const StartBroker&, LifecycleEffects&) {
    if (!std::holds_alternative<BrokerNotRunning>(state_)) return;
    state_ = BrokerRegistering{now + settings_.initial_registration_timeout};
    send_at_ = now;
}

void BrokerLifecycle::on(Time now, const BrokerRegistrationAnswered& input, LifecycleEffects& effects) {
    if (!std::holds_alternative<BrokerRegistering>(state_) || !takes(input.token)) return;
    if (input.error != ErrorCode::none) {
        fail(now);
        return;
    }
    failures_ = 0;
    state_ = BrokerStarting{input.broker_epoch};
    // KIP-966: what this process does from here on is not what the mark vouched for.
    previous_broker_epoch_ = std::nullopt;
    effects.emplace_back(AdoptBrokerEpoch{input.broker_epoch});
    send_at_ = now;
}

void BrokerLifecycle::on(Time now, const BrokerHeartbeatAnswered& input, LifecycleEffects& effects) {
    if (!broker_epoch() || !request_) return;
    const Request request = *request_;
    if (!takes(input.token)) return;
    if (is_unknown_here(input.error)) {
        register_again(now, effects);
    } else if (input.error != ErrorCode::none) {
        fail(now);
    } else {
        failures_ = 0;
        take_heartbeat(now, request, input, effects);
    }
}

void BrokerLifecycle::take_heartbeat(Time now, const Request& request, const BrokerHeartbeatAnswered& answer,
                                     LifecycleEffects& effects) {
    send_at_ = now + settings_.heartbeat_interval;
    if (auto* starting = std::get_if<BrokerStarting>(&state_)) {
        if (!request.want_fence && !answer.is_fenced) {
            state_ = BrokerRunning{starting->broker_epoch};
            effects.emplace_back(BrokerUnfenced{});
            return;
        }
        starting->caught_up |= answer.is_caught_up;
        if (has_news_for(*starting, request)) send_at_ = now;
    } else if (const auto* leaving = std::get_if<BrokerInControlledShutdown>(&state_)) {
        send_at_ = now + kControlledShutdownPause;
        if (answer.should_shut_down) stop(leaving->broker_epoch, ErrorCode::none, effects);
    }
}

void BrokerLifecycle::on(Time now, const MetadataApplied& input, LifecycleEffects&) {
    const std::optional<Offset> before = metadata_offset_;
    metadata_offset_ = std::max(input.offset, before.value_or(input.offset));
    const auto* starting = std::get_if<BrokerStarting>(&state_);
    if (!starting || starting->caught_up) return;
    const Offset registration{starting->broker_epoch.value()};
    if ((!before || *before < registration) && *metadata_offset_ >= registration && !request_) send_at_ = now;
}

void BrokerLifecycle::on(Time now, const LogsLoaded&, LifecycleEffects&) {
    logs_loaded_ = true;
    const auto* starting = std::get_if<BrokerStarting>(&state_);
    if (starting && starting->caught_up && !request_) send_at_ = now;
}

void BrokerLifecycle::on(Time now, const ShutDownBroker&, LifecycleEffects& effects) {
    if (std::holds_alternative<BrokerInControlledShutdown>(state_)) return;
    const auto* running = std::get_if<BrokerRunning>(&state_);
    if (!running) {
        stop(broker_epoch(), ErrorCode::none, effects);
        return;
    }
    state_ = BrokerInControlledShutdown{running->broker_epoch, now + settings_.controlled_shutdown_timeout};
    request_.reset();  // its answer is about another wish
    send_at_ = now;
}

void BrokerLifecycle::on(Time now, const LifecycleDeadlineReached&, LifecycleEffects& effects) {
    const std::optional<Time> give_up = give_up_at();
    if (give_up && now >= *give_up) {
        stop(broker_epoch(), ErrorCode::request_timed_out, effects);
    } else if (request_ && now >= request_->deadline) {
        request_.reset();
        fail(now);
    }
}

/// Whether this answers the request under way, which then is no more.
bool BrokerLifecycle::takes(LifecycleToken token) {
    if (!request_ || request_->token != token) return false;
    request_.reset();
    return true;
}

bool BrokerLifecycle::is_ready(const BrokerStarting& starting) const {
    return starting.caught_up && logs_loaded_;
}

/// Whether the controller would decide otherwise than it did on `request`.
bool BrokerLifecycle::has_news_for(const BrokerStarting& starting, const Request& request) const {
    if (is_ready(starting)) return request.want_fence;
    const Offset registration{starting.broker_epoch.value()};
    const bool told = request.metadata_offset && *request.metadata_offset >= registration;
    return !starting.caught_up && !told && metadata_offset_ && *metadata_offset_ >= registration;
}

/// Unregistered, or another incarnation took the id: a new registration decides. A node that is on its way out has
/// nothing left to hand over.
void BrokerLifecycle::register_again(Time now, LifecycleEffects& effects) {
    if (std::holds_alternative<BrokerInControlledShutdown>(state_)) {
        stop(broker_epoch(), ErrorCode::none, effects);
        return;
    }
    state_ = BrokerRegistering{};
    failures_ = 0;
    send_at_ = now;
}

void BrokerLifecycle::fail(Time now) {
    const Duration pause = kFirstPause * (std::int64_t{1} << std::min(failures_, kMostDoublings));
    send_at_ = now + std::min(pause, settings_.session_timeout);
    failures_ = std::min(failures_ + 1, kMostDoublings);
}

void BrokerLifecycle::stop(std::optional<BrokerEpoch> broker_epoch, ErrorCode reason, LifecycleEffects& effects) {
    if (is_shut_down()) return;
    state_ = BrokerShutDown{};
    request_.reset();
    send_at_.reset();
    effects.emplace_back(StopBroker{broker_epoch, reason});
}

std::optional<Time> BrokerLifecycle::give_up_at() const {
    if (const auto* registering = std::get_if<BrokerRegistering>(&state_)) return registering->give_up_at;
    if (const auto* leaving = std::get_if<BrokerInControlledShutdown>(&state_)) return leaving->give_up_at;
    return std::nullopt;
}

void BrokerLifecycle::send_if_due(Time now, LifecycleEffects& effects) {
    if (request_ || !send_at_ || now < *send_at_) return;
    send_at_.reset();
    const LifecycleToken token = next_token_;
    next_token_ = LifecycleToken{token.value() + 1};
    request_ = Request{token, now + settings_.session_timeout, std::nullopt, true};
    if (std::holds_alternative<BrokerRegistering>(state_)) {
        effects.emplace_back(SendBrokerRegistration{token, incarnation_id_, previous_broker_epoch_});
        return;
    }
    const auto* starting = std::get_if<BrokerStarting>(&state_);
    request_->metadata_offset = metadata_offset_;
    request_->want_fence = starting && !is_ready(*starting);
    const bool want_shut_down = std::holds_alternative<BrokerInControlledShutdown>(state_);
    effects.emplace_back(
        SendBrokerHeartbeat{token, *broker_epoch(), metadata_offset_, request_->want_fence, want_shut_down});
}

void BrokerLifecycle::wake(LifecycleEffects& effects) {
    std::optional<Time> next = request_ ? std::optional(request_->deadline) : send_at_;
    const std::optional<Time> give_up = give_up_at();
    if (give_up) next = next ? std::min(*next, *give_up) : *give_up;
    if (next && next != wake_at_) effects.emplace_back(WakeLifecycleAt{*next});
    wake_at_ = next;
}

}  // namespace highwater
