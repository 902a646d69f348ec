#include "core/metadata/controller_brokers.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/metadata/leader_and_isr.h"
#include "core/metadata/leader_election.h"

namespace highwater {
namespace {

/// Directory ids below this number are reserved (KIP-858).
constexpr std::uint8_t kReservedDirectories = 100;

bool is_reserved(const Uuid& directory) {
    const bool only_last_byte =
        std::all_of(directory.bytes.begin(), directory.bytes.end() - 1, [](std::uint8_t byte) { return byte == 0; });
    return only_last_byte && directory.bytes.back() < kReservedDirectories;
}

ControllerError check_directories(const MetadataImage& image, const BrokerRegistration& request) {
    for (auto at = request.log_dirs.begin(); at != request.log_dirs.end(); ++at) {
        if (is_reserved(*at)) {
            return {ErrorCode::invalid_registration, fmt::format("The directory id {} is reserved.", *at)};
        }
        if (std::find(at + 1, request.log_dirs.end(), *at) != request.log_dirs.end()) {
            return {ErrorCode::invalid_registration, fmt::format("The directory id {} is there twice.", *at)};
        }
        for (const auto& [id, broker] : image.brokers()) {
            if (id == request.broker_id) continue;
            if (std::find(broker.log_dirs.begin(), broker.log_dirs.end(), *at) == broker.log_dirs.end()) continue;
            return {ErrorCode::invalid_registration,
                    fmt::format("Broker {} has registered the directory id {} already.", id, *at)};
        }
    }
    return {};
}

ControllerError check_features(const MetadataImage& image, const BrokerRegistration& request) {
    for (const auto& finalized : image.features()) {
        const auto supports = [&](const BrokerFeature& feature) {
            return feature.name == finalized.first && feature.min_supported_version <= finalized.second &&
                   finalized.second <= feature.max_supported_version;
        };
        if (std::none_of(request.features.begin(), request.features.end(), supports)) {
            return {ErrorCode::unsupported_version,
                    fmt::format("The broker does not support the finalized version {} of feature {}.", finalized.second,
                                finalized.first)};
        }
    }
    return {};
}

ControllerError check_registration(const MetadataImage& image, const BrokerRegistration& request,
                                   const RegistrationContext& context, const BrokerImage* existing) {
    if (request.cluster_id != context.cluster_id) {
        return {ErrorCode::inconsistent_cluster_id, fmt::format("Expected cluster ID {}, but got cluster ID {}.",
                                                                context.cluster_id, request.cluster_id.substr(0, 100))};
    }
    if (existing && existing->incarnation_id != request.incarnation_id && context.session_is_live) {
        return {ErrorCode::duplicate_broker_registration,
                fmt::format("Another broker is registered with the id {}.", request.broker_id)};
    }
    if (auto error = check_directories(image, request); error.error != ErrorCode::none) return error;
    return check_features(image, request);
}

void append(std::vector<MetadataRecord>& records, std::vector<MetadataRecord> more) {
    records.insert(records.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

bool tells_the_same(const BrokerImage& broker, const RegisterBrokerRecord& record) {
    return broker.end_points == record.end_points && broker.features == record.features && broker.rack == record.rack &&
           broker.log_dirs == record.log_dirs;
}

}  // namespace

Decision<RegisteredBroker> register_broker(const MetadataImage& image, const BrokerRegistration& request,
                                           const RegistrationContext& context, const ReplicationDefaults& defaults) {
    Decision<RegisteredBroker> decision;
    RegisteredBroker& answer = decision.answers.emplace_back();
    const BrokerImage* existing = image.broker(request.broker_id);
    answer.error = check_registration(image, request, context, existing);
    if (answer.error.error != ErrorCode::none) return decision;

    RegisterBrokerRecord record{.broker_id = request.broker_id,
                                .incarnation_id = request.incarnation_id,
                                .broker_epoch = context.next_broker_epoch,
                                .end_points = request.end_points,
                                .features = request.features,
                                .rack = request.rack,
                                .fenced = true,
                                .in_controlled_shutdown = false,
                                .log_dirs = request.log_dirs};
    const bool same_incarnation = existing && existing->incarnation_id == request.incarnation_id;
    if (same_incarnation) {
        record.broker_epoch = existing->epoch;
        record.fenced = existing->fenced;
        record.in_controlled_shutdown = existing->in_controlled_shutdown;
    }
    answer.broker_epoch = record.broker_epoch;
    if (same_incarnation && tells_the_same(*existing, record)) return decision;
    // First: its offset is its epoch.
    decision.records.emplace_back(std::move(record));
    if (same_incarnation) return decision;
    const bool clean_shutdown = existing && request.previous_broker_epoch == existing->epoch;
    append(decision.records, clean_shutdown
                                 ? leader_and_isr_without(image, request.broker_id, defaults)
                                 : leader_and_isr_after_unclean_shutdown(image, request.broker_id, defaults));
    return decision;
}

namespace {

/// What becomes of a broker (KIP-631).
enum class BrokerControlState : std::uint8_t { fenced, unfenced, controlled_shutdown, shutdown_now };

BrokerControlState state_of(const BrokerImage& broker) {
    if (broker.fenced) return BrokerControlState::fenced;
    return broker.in_controlled_shutdown ? BrokerControlState::controlled_shutdown : BrokerControlState::unfenced;
}

bool leads_something(const MetadataImage& image, NodeId broker) {
    for (const auto& [id, topic] : image.topics()) {
        for (const auto& [partition, state] : topic.partitions) {
            if (state.leader == broker) return true;
        }
    }
    return false;
}

/// KAFKA-14392 and KIP-631: nobody still sends to the broker what it could not take any more.
bool all_have_seen_it(const HeartbeatContext& context) {
    if (!context.controlled_shutdown_offset) return false;
    return !context.lowest_active_offset || *context.lowest_active_offset >= *context.controlled_shutdown_offset;
}

BrokerControlState next_state(const MetadataImage& image, const BrokerImage& broker, const BrokerHeartbeat& request,
                              const HeartbeatContext& context, bool caught_up) {
    const BrokerControlState now = state_of(broker);
    switch (now) {
        case BrokerControlState::fenced:
            if (request.want_shut_down) return BrokerControlState::shutdown_now;
            // A broker never comes back from controlled shutdown, only its next incarnation does.
            if (request.want_fence || broker.in_controlled_shutdown || !caught_up) return now;
            return BrokerControlState::unfenced;
        case BrokerControlState::unfenced:
            if (request.want_fence) {
                return request.want_shut_down ? BrokerControlState::shutdown_now : BrokerControlState::fenced;
            }
            if (!request.want_shut_down) return now;
            return leads_something(image, request.broker_id) ? BrokerControlState::controlled_shutdown
                                                             : BrokerControlState::shutdown_now;
        case BrokerControlState::controlled_shutdown:
            if (leads_something(image, request.broker_id) || !all_have_seen_it(context)) return now;
            return BrokerControlState::shutdown_now;
        case BrokerControlState::shutdown_now:
            break;
    }
    return now;
}

BrokerRegistrationChangeRecord change_of(const BrokerHeartbeat& request) {
    BrokerRegistrationChangeRecord change;
    change.broker_id = request.broker_id;
    change.broker_epoch = request.broker_epoch;
    return change;
}

void write_transition(const MetadataImage& image, const BrokerImage& broker, const BrokerHeartbeat& request,
                      BrokerControlState next, const ReplicationDefaults& defaults,
                      std::vector<MetadataRecord>& records) {
    if (next == state_of(broker)) return;
    BrokerRegistrationChangeRecord change = change_of(request);
    switch (next) {
        case BrokerControlState::unfenced:
            change.fenced = false;
            append(records, leader_and_isr_after_unfencing(image, request.broker_id, defaults));
            break;
        case BrokerControlState::controlled_shutdown:
            change.in_controlled_shutdown = true;
            append(records, leader_and_isr_without(image, request.broker_id, defaults));
            break;
        case BrokerControlState::fenced:
        case BrokerControlState::shutdown_now:
            if (broker.fenced) return;
            change.fenced = true;
            append(records, leader_and_isr_without(image, request.broker_id, defaults));
            break;
    }
    records.emplace_back(change);
}

}  // namespace

Decision<HeartbeatAnswer> broker_heartbeat(const MetadataImage& image, const BrokerHeartbeat& request,
                                           const HeartbeatContext& context, const ReplicationDefaults& defaults) {
    Decision<HeartbeatAnswer> decision;
    HeartbeatAnswer& answer = decision.answers.emplace_back();
    const BrokerImage* broker = image.broker(request.broker_id);
    if (!broker || broker->epoch != request.broker_epoch) {
        answer.error = ErrorCode::stale_broker_epoch;
        return decision;
    }
    answer.is_caught_up = request.current_metadata_offset.value() >= broker->epoch.value();
    const BrokerControlState next = next_state(image, *broker, request, context, answer.is_caught_up);
    write_transition(image, *broker, request, next, defaults, decision.records);
    answer.is_fenced = next == BrokerControlState::fenced || next == BrokerControlState::shutdown_now;
    answer.in_controlled_shutdown = next == BrokerControlState::controlled_shutdown;
    answer.should_shut_down = next == BrokerControlState::shutdown_now;
    return decision;
}

Decision<ErrorCode> fence_broker(const MetadataImage& image, NodeId id, BrokerEpoch broker_epoch,
                                 const ReplicationDefaults& defaults) {
    const BrokerImage* broker = image.broker(id);
    if (!broker) return {{}, {ErrorCode::broker_id_not_registered}};
    if (broker->epoch != broker_epoch) return {{}, {ErrorCode::stale_broker_epoch}};
    if (broker->fenced) return {{}, {ErrorCode::none}};
    Decision<ErrorCode> decision{leader_and_isr_without(image, id, defaults), {ErrorCode::none}};
    BrokerRegistrationChangeRecord change;
    change.broker_id = id;
    change.broker_epoch = broker_epoch;
    change.fenced = true;
    decision.records.emplace_back(change);
    return decision;
}

Decision<ControllerError> unregister_broker(const MetadataImage& image, NodeId id,
                                            const ReplicationDefaults& defaults) {
    const BrokerImage* broker = image.broker(id);
    if (!broker) {
        return {{},
                {{ErrorCode::broker_id_not_registered, fmt::format("Broker ID {} is not currently registered", id)}}};
    }
    Decision<ControllerError> decision{leader_and_isr_without(image, id, defaults), {{}}};
    UnregisterBrokerRecord record;
    record.broker_id = id;
    record.broker_epoch = broker->epoch;
    decision.records.emplace_back(record);
    return decision;
}

}  // namespace highwater
