#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/describe.h"
#include "core/base/offset.h"
#include "core/metadata/controller.h"
#include "core/metadata/replication_rules.h"

// The controller's decisions about brokers (KIP-631): registration, heartbeats, fencing, controlled shutdown. Whether a
// broker's session lives is a matter of time and of one controller's memory, so the caller keeps that.

namespace highwater {

/// BrokerRegistration.
struct BrokerRegistration {
    NodeId broker_id;
    std::string cluster_id;
    /// Drawn at random by each broker process.
    Uuid incarnation_id;
    std::vector<BrokerEndpoint> end_points;
    std::vector<BrokerFeature> features;
    std::optional<std::string> rack;
    std::vector<Uuid> log_dirs;
    /// The epoch that the broker wrote down at its last clean shutdown; nullopt (-1 on the wire): there was none.
    std::optional<BrokerEpoch> previous_broker_epoch;
};

/// What the controller knows beside the image when a broker registers.
struct RegistrationContext {
    std::string cluster_id;
    /// The offset that the decision's first record will get: no epoch has ever been it or above.
    BrokerEpoch next_broker_epoch;
    /// The broker of that id that is registered was heard of within `broker.session.timeout.ms`.
    bool session_is_live = false;
};

struct RegisteredBroker {
    ControllerError error;
    BrokerEpoch broker_epoch;
};

/// BrokerRegistration (KIP-631). The broker is fenced from here on, and of each partition what leader_and_isr says:
/// after a clean shutdown (the previous epoch is the one that is registered) it may keep its place in the ELR, else it
/// loses it (KIP-966). The same incarnation again keeps epoch and state, and only what it tells of itself changes.
/// Errors: INCONSISTENT_CLUSTER_ID; DUPLICATE_BROKER_REGISTRATION (another incarnation's session lives);
/// INVALID_REGISTRATION (a log directory twice, reserved, or another broker's); UNSUPPORTED_VERSION (a finalized
/// feature is not within what it supports). Always one answer.
[[nodiscard]] Decision<RegisteredBroker> register_broker(const MetadataImage& image, const BrokerRegistration& request,
                                                         const RegistrationContext& context,
                                                         const ReplicationDefaults& defaults);

/// BrokerHeartbeat.
struct BrokerHeartbeat {
    NodeId broker_id;
    BrokerEpoch broker_epoch;
    /// The last offset of the metadata log that the broker has applied (inclusive); -1: none.
    Offset current_metadata_offset;
    bool want_fence = false;
    bool want_shut_down = false;
};

/// What the controller knows of the metadata that brokers have seen.
struct HeartbeatContext {
    /// The offset of the last record that moved leaderships away from this broker; nullopt unless it is in controlled
    /// shutdown and that is known.
    std::optional<Offset> controlled_shutdown_offset;
    /// The lowest metadata offset that an active broker told; nullopt: no broker is active.
    std::optional<Offset> lowest_active_offset;
};

struct HeartbeatAnswer {
    ErrorCode error = ErrorCode::none;
    bool is_caught_up = false;
    bool is_fenced = true;
    bool in_controlled_shutdown = false;
    bool should_shut_down = false;

    static constexpr void describe(auto&& field) {
        field("error", &HeartbeatAnswer::error);
        field("is_caught_up", &HeartbeatAnswer::is_caught_up);
        field("is_fenced", &HeartbeatAnswer::is_fenced);
        field("in_controlled_shutdown", &HeartbeatAnswer::in_controlled_shutdown);
        field("should_shut_down", &HeartbeatAnswer::should_shut_down);
    }
};

/// BrokerHeartbeat (KIP-631, KIP-841). A fenced broker is unfenced when it wants to be and has applied its own
/// registration. One that wants to shut down enters controlled shutdown, which moves its leaderships and takes it out
/// of the ISRs; it may go once it leads nothing and every active broker has seen that, a fenced one or one that leads
/// nothing at once. One that wants to be fenced is. Error: STALE_BROKER_EPOCH (not the epoch registered, or none is).
/// Always one answer.
[[nodiscard]] Decision<HeartbeatAnswer> broker_heartbeat(const MetadataImage& image, const BrokerHeartbeat& request,
                                                         const HeartbeatContext& context,
                                                         const ReplicationDefaults& defaults);

/// The broker's session has timed out (`broker.session.timeout.ms`): it is fenced. No records when it is already.
/// Errors: BROKER_ID_NOT_REGISTERED, STALE_BROKER_EPOCH. Always one answer.
[[nodiscard]] Decision<ErrorCode> fence_broker(const MetadataImage& image, NodeId broker, BrokerEpoch broker_epoch,
                                               const ReplicationDefaults& defaults);

/// UnregisterBroker (KIP-631): it is gone, whether or not it runs; assignments still name it. Error:
/// BROKER_ID_NOT_REGISTERED. Always one answer.
[[nodiscard]] Decision<ControllerError> unregister_broker(const MetadataImage& image, NodeId broker,
                                                          const ReplicationDefaults& defaults);

}  // namespace highwater
