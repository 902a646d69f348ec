#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "core/base/describe.h"
#include "core/base/epochs.h"
#include "core/base/error_code.h"
#include "core/base/ids.h"
#include "core/base/offset.h"
#include "core/base/time.h"

namespace highwater {

/// Names a request that the machine has asked for; chosen by the machine, returned with the answer.
struct LifecycleToken : StrongType<LifecycleToken, std::uint64_t> {
    using StrongType::StrongType;
};

// Inputs.

/// The process has begun: register.
struct StartBroker {
    static constexpr void describe(auto&&) {}
};

/// The controller's answer, or why there is none (any error: NETWORK_EXCEPTION, NOT_CONTROLLER, ...).
struct BrokerRegistrationAnswered {
    LifecycleToken token;
    ErrorCode error = ErrorCode::none;
    BrokerEpoch broker_epoch;

    static constexpr void describe(auto&& field) {
        field("token", &BrokerRegistrationAnswered::token);
        field("error", &BrokerRegistrationAnswered::error);
        field("broker_epoch", &BrokerRegistrationAnswered::broker_epoch);
    }
};

/// The same for a heartbeat.
struct BrokerHeartbeatAnswered {
    LifecycleToken token;
    ErrorCode error = ErrorCode::none;
    bool is_caught_up = false;
    bool is_fenced = true;
    bool should_shut_down = false;

    static constexpr void describe(auto&& field) {
        field("token", &BrokerHeartbeatAnswered::token);
        field("error", &BrokerHeartbeatAnswered::error);
        field("is_caught_up", &BrokerHeartbeatAnswered::is_caught_up);
        field("is_fenced", &BrokerHeartbeatAnswered::is_fenced);
        field("should_shut_down", &BrokerHeartbeatAnswered::should_shut_down);
    }
};

/// This node has applied the metadata log up to `offset`, inclusive.
struct MetadataApplied {
    Offset offset;

    static constexpr void describe(auto&& field) { field("offset", &MetadataApplied::offset); }
};

/// The logs are loaded and recovered: the node can serve them.
struct LogsLoaded {
    static constexpr void describe(auto&&) {}
};

/// The node shall stop (SIGTERM).
struct ShutDownBroker {
    static constexpr void describe(auto&&) {}
};

/// The time of the last WakeLifecycleAt has come. Harmless at any other time.
struct LifecycleDeadlineReached {
    static constexpr void describe(auto&&) {}
};

using LifecycleInput = std::variant<StartBroker, BrokerRegistrationAnswered, BrokerHeartbeatAnswered, MetadataApplied,
                                    LogsLoaded, ShutDownBroker, LifecycleDeadlineReached>;

// Effects.

/// Send BrokerRegistration to the controller. Answered by BrokerRegistrationAnswered; at most one request is under way.
struct SendBrokerRegistration {
    LifecycleToken token;
    Uuid incarnation_id;
    /// What stood in the mark of the last clean shutdown; nullopt: none, and after this process was once registered.
    std::optional<BrokerEpoch> previous_broker_epoch;

    static constexpr void describe(auto&& field) {
        field("token", &SendBrokerRegistration::token);
        field("incarnation_id", &SendBrokerRegistration::incarnation_id);
        field("previous_broker_epoch", &SendBrokerRegistration::previous_broker_epoch);
    }
};

/// Send BrokerHeartbeat to the controller. Answered by BrokerHeartbeatAnswered.
struct SendBrokerHeartbeat {
    LifecycleToken token;
    BrokerEpoch broker_epoch;
    /// nullopt: nothing is applied yet (-1 on the wire).
    std::optional<Offset> current_metadata_offset;
    bool want_fence = true;
    bool want_shut_down = false;

    static constexpr void describe(auto&& field) {
        field("token", &SendBrokerHeartbeat::token);
        field("broker_epoch", &SendBrokerHeartbeat::broker_epoch);
        field("current_metadata_offset", &SendBrokerHeartbeat::current_metadata_offset);
        field("want_fence", &SendBrokerHeartbeat::want_fence);
        field("want_shut_down", &SendBrokerHeartbeat::want_shut_down);
    }
};

/// From here on this is the broker epoch of everything that the node sends (Fetch, AlterPartition, heartbeats). No mark
/// of a clean shutdown may be on disk any more.
struct AdoptBrokerEpoch {
    BrokerEpoch broker_epoch;

    static constexpr void describe(auto&& field) { field("broker_epoch", &AdoptBrokerEpoch::broker_epoch); }
};

/// The controller has unfenced the broker: it serves.
struct BrokerUnfenced {
    static constexpr void describe(auto&&) {}
};

/// Stop: flush and close the logs, then write the mark of the clean shutdown, with this epoch. nullopt: this process
/// was never registered, so a mark that is there stays as it is.
struct StopBroker {
    std::optional<BrokerEpoch> broker_epoch;
    /// REQUEST_TIMED_OUT: the controller could not be reached or did not let go in time.
    ErrorCode reason = ErrorCode::none;

    static constexpr void describe(auto&& field) {
        field("broker_epoch", &StopBroker::broker_epoch);
        field("reason", &StopBroker::reason);
    }
};

/// Say LifecycleDeadlineReached at this time or soon after. Replaces the former one.
struct WakeLifecycleAt {
    Time time;

    static constexpr void describe(auto&& field) { field("time", &WakeLifecycleAt::time); }
};

using LifecycleEffect = std::variant<SendBrokerRegistration, SendBrokerHeartbeat, AdoptBrokerEpoch, BrokerUnfenced,
                                     StopBroker, WakeLifecycleAt>;
/// What must now happen, in this order. A step appends to it.
using LifecycleEffects = std::vector<LifecycleEffect>;

struct BrokerLifecycleSettings {
    Duration heartbeat_interval = std::chrono::seconds{2};  ///< `broker.heartbeat.interval.ms`
    /// `broker.session.timeout.ms`: how long an answer is waited for, and the longest pause after failures.
    Duration session_timeout = std::chrono::seconds{9};
    Duration initial_registration_timeout = std::chrono::seconds{60};  ///< `initial.broker.registration.timeout.ms`
    /// After this the node stops although the controller has not let it go.
    Duration controlled_shutdown_timeout = std::chrono::minutes{5};

    static constexpr void describe(auto&& field) {
        field("heartbeat_interval", &BrokerLifecycleSettings::heartbeat_interval);
        field("session_timeout", &BrokerLifecycleSettings::session_timeout);
        field("initial_registration_timeout", &BrokerLifecycleSettings::initial_registration_timeout);
        field("controlled_shutdown_timeout", &BrokerLifecycleSettings::controlled_shutdown_timeout);
    }
};

// States. See broker_lifecycle.cc for the table of transitions.

struct BrokerNotRunning {
    static constexpr void describe(auto&&) {}
};

struct BrokerRegistering {
    /// Of the first registration of the process only; later ones are tried without end.
    std::optional<Time> give_up_at;

    static constexpr void describe(auto&& field) { field("give_up_at", &BrokerRegistering::give_up_at); }
};

/// Registered and fenced.
struct BrokerStarting {
    BrokerEpoch broker_epoch;
    /// The controller said that this node has applied its own registration.
    bool caught_up = false;

    static constexpr void describe(auto&& field) {
        field("broker_epoch", &BrokerStarting::broker_epoch);
        field("caught_up", &BrokerStarting::caught_up);
    }
};

struct BrokerRunning {
    BrokerEpoch broker_epoch;

    static constexpr void describe(auto&& field) { field("broker_epoch", &BrokerRunning::broker_epoch); }
};

struct BrokerInControlledShutdown {
    BrokerEpoch broker_epoch;
    Time give_up_at;

    static constexpr void describe(auto&& field) {
        field("broker_epoch", &BrokerInControlledShutdown::broker_epoch);
        field("give_up_at", &BrokerInControlledShutdown::give_up_at);
    }
};

struct BrokerShutDown {
    static constexpr void describe(auto&&) {}
};

using BrokerState = std::variant<BrokerNotRunning, BrokerRegistering, BrokerStarting, BrokerRunning,
                                 BrokerInControlledShutdown, BrokerShutDown>;

/// A broker's side of its registration (KIP-631, KIP-966): registers, catches up with the metadata log, is unfenced,
/// keeps its session alive with heartbeats, and leaves through controlled shutdown. A value; step() is the one way in,
/// effects are the one way out.
class BrokerLifecycle {
  public:
    /// A broker that does not run yet. `incarnation_id` is drawn at random for each process; `previous_broker_epoch` is
    /// what the mark of a clean shutdown says, nullopt when there is none.
    BrokerLifecycle(const BrokerLifecycleSettings& settings, Uuid incarnation_id,
                    std::optional<BrokerEpoch> previous_broker_epoch);

    /// Takes one input at `now` (which never goes back) and appends what must happen, in order.
    void step(Time now, const LifecycleInput& input, LifecycleEffects& effects);

    [[nodiscard]] const BrokerState& state() const { return state_; }
    /// Of the present registration; nullopt: not registered, or not any more.
    [[nodiscard]] std::optional<BrokerEpoch> broker_epoch() const;
    [[nodiscard]] bool is_running() const { return std::holds_alternative<BrokerRunning>(state_); }
    [[nodiscard]] bool is_shut_down() const { return std::holds_alternative<BrokerShutDown>(state_); }

    static constexpr void describe(auto&& field) {
        field("settings", &BrokerLifecycle::settings_);
        field("incarnation_id", &BrokerLifecycle::incarnation_id_);
        field("previous_broker_epoch", &BrokerLifecycle::previous_broker_epoch_);
        field("state", &BrokerLifecycle::state_);
        field("metadata_offset", &BrokerLifecycle::metadata_offset_);
        field("logs_loaded", &BrokerLifecycle::logs_loaded_);
        field("request", &BrokerLifecycle::request_);
        field("send_at", &BrokerLifecycle::send_at_);
        field("failures", &BrokerLifecycle::failures_);
        field("next_token", &BrokerLifecycle::next_token_);
        field("wake_at", &BrokerLifecycle::wake_at_);
    }

  private:
    /// The one request that is under way.
    struct Request {
        LifecycleToken token;
        Time deadline;
        /// Of a heartbeat: what it told.
        std::optional<Offset> metadata_offset;
        bool want_fence = true;

        static constexpr void describe(auto&& field) {
            field("token", &Request::token);
            field("deadline", &Request::deadline);
            field("metadata_offset", &Request::metadata_offset);
            field("want_fence", &Request::want_fence);
        }
    };

    void on(Time now, const StartBroker& input, LifecycleEffects& effects);
    void on(Time now, const BrokerRegistrationAnswered& input, LifecycleEffects& effects);
    void on(Time now, const BrokerHeartbeatAnswered& input, LifecycleEffects& effects);
    void on(Time now, const MetadataApplied& input, LifecycleEffects& effects);
    void on(Time now, const LogsLoaded& input, LifecycleEffects& effects);
    void on(Time now, const ShutDownBroker& input, LifecycleEffects& effects);
    void on(Time now, const LifecycleDeadlineReached& input, LifecycleEffects& effects);

    [[nodiscard]] bool takes(LifecycleToken token);
    void take_heartbeat(Time now, const Request& request, const BrokerHeartbeatAnswered& answer,
                        LifecycleEffects& effects);
    [[nodiscard]] bool has_news_for(const BrokerStarting& starting, const Request& request) const;
    [[nodiscard]] bool is_ready(const BrokerStarting& starting) const;
    void register_again(Time now, LifecycleEffects& effects);
    void fail(Time now);
    void stop(std::optional<BrokerEpoch> broker_epoch, ErrorCode reason, LifecycleEffects& effects);
    [[nodiscard]] std::optional<Time> give_up_at() const;
    void send_if_due(Time now, LifecycleEffects& effects);
    void wake(LifecycleEffects& effects);

    BrokerLifecycleSettings settings_;
    Uuid incarnation_id_;
    std::optional<BrokerEpoch> previous_broker_epoch_;
    BrokerState state_;
    std::optional<Offset> metadata_offset_;
    bool logs_loaded_ = false;
    std::optional<Request> request_;
    std::optional<Time> send_at_;
    std::uint32_t failures_ = 0;
    LifecycleToken next_token_;
    std::optional<Time> wake_at_;
};

}  // namespace highwater
