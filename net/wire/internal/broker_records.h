#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct RegisterBrokerRecord {
    struct BrokerEndpoint {
        String name;
        String host;
        std::uint16_t port = 0;
        std::int16_t security_protocol = 0;
        TaggedFields unknown_tags;
        friend bool operator==(const BrokerEndpoint&, const BrokerEndpoint&) = default;
    };
    struct BrokerFeature {
        String name;
        std::int16_t min_supported_version = 0;
        std::int16_t max_supported_version = 0;
        TaggedFields unknown_tags;
        friend bool operator==(const BrokerFeature&, const BrokerFeature&) = default;
    };

    NodeId broker_id;
    bool is_migrating_zk_broker = false;
    Uuid incarnation_id;
    BrokerEpoch broker_epoch;
    Array<BrokerEndpoint> end_points;
    Array<BrokerFeature> features;
    std::optional<String> rack{String{}};
    bool fenced = true;
    bool in_controlled_shutdown = false;
    Array<Uuid> log_dirs;
    std::optional<Array<Uuid>> cordoned_log_dirs;
    TaggedFields unknown_tags;
    friend bool operator==(const RegisterBrokerRecord&, const RegisterBrokerRecord&) = default;
};

struct UnregisterBrokerRecord {
    NodeId broker_id;
    BrokerEpoch broker_epoch;
    TaggedFields unknown_tags;
    friend bool operator==(const UnregisterBrokerRecord&, const UnregisterBrokerRecord&) = default;
};

struct FenceBrokerRecord {
    NodeId id;
    BrokerEpoch epoch;
    TaggedFields unknown_tags;
    friend bool operator==(const FenceBrokerRecord&, const FenceBrokerRecord&) = default;
};

struct UnfenceBrokerRecord {
    NodeId id;
    BrokerEpoch epoch;
    TaggedFields unknown_tags;
    friend bool operator==(const UnfenceBrokerRecord&, const UnfenceBrokerRecord&) = default;
};

struct BrokerRegistrationChangeRecord {
    NodeId broker_id;
    BrokerEpoch broker_epoch;
    std::int8_t fenced = 0;
    std::int8_t in_controlled_shutdown = 0;
    Array<Uuid> log_dirs;
    std::optional<Array<Uuid>> cordoned_log_dirs;
    TaggedFields unknown_tags;
    friend bool operator==(const BrokerRegistrationChangeRecord&, const BrokerRegistrationChangeRecord&) = default;
};

template <>
struct Schema<RegisterBrokerRecord::BrokerEndpoint> {
    static constexpr void describe(auto&& field) {
        using T = RegisterBrokerRecord::BrokerEndpoint;
        field("Name", &T::name, since(0));
        field("Host", &T::host, since(0));
        field("Port", &T::port, since(0));
        field("SecurityProtocol", &T::security_protocol, since(0));
    }
};
static_assert(describes_every_member<RegisterBrokerRecord::BrokerEndpoint>);

template <>
struct Schema<RegisterBrokerRecord::BrokerFeature> {
    static constexpr void describe(auto&& field) {
        using T = RegisterBrokerRecord::BrokerFeature;
        field("Name", &T::name, since(0));
        field("MinSupportedVersion", &T::min_supported_version, since(0));
        field("MaxSupportedVersion", &T::max_supported_version, since(0));
    }
};
static_assert(describes_every_member<RegisterBrokerRecord::BrokerFeature>);

template <>
struct Schema<RegisterBrokerRecord> {
    static constexpr MessageInfo message = metadata_record_info("RegisterBrokerRecord", 0, versions(0, 4));
    static constexpr void describe(auto&& field) {
        using T = RegisterBrokerRecord;
        field("BrokerId", &T::broker_id, since(0));
        field("IsMigratingZkBroker", &T::is_migrating_zk_broker, since(2));
        field("IncarnationId", &T::incarnation_id, since(0));
        field("BrokerEpoch", &T::broker_epoch, since(0));
        field("EndPoints", &T::end_points, since(0));
        field("Features", &T::features, since(0));
        field("Rack", &T::rack, since(0), nullable_since(0));
        field("Fenced", &T::fenced, since(0));
        field("InControlledShutdown", &T::in_controlled_shutdown, since(1));
        field("LogDirs", &T::log_dirs, since(3), tagged_since(3, 0));
        field("CordonedLogDirs", &T::cordoned_log_dirs, since(4), nullable_since(4), tagged_since(4, 1));
    }
};
static_assert(describes_every_member<RegisterBrokerRecord>);

template <>
struct Schema<UnregisterBrokerRecord> {
    static constexpr MessageInfo message = metadata_record_info("UnregisterBrokerRecord", 1, versions(0, 0));
    static constexpr void describe(auto&& field) {
        using T = UnregisterBrokerRecord;
        field("BrokerId", &T::broker_id, since(0));
        field("BrokerEpoch", &T::broker_epoch, since(0));
    }
};
static_assert(describes_every_member<UnregisterBrokerRecord>);

template <>
struct Schema<FenceBrokerRecord> {
    static constexpr MessageInfo message = metadata_record_info("FenceBrokerRecord", 7, versions(0, 0));
    static constexpr void describe(auto&& field) {
        using T = FenceBrokerRecord;
        field("Id", &T::id, since(0));
        field("Epoch", &T::epoch, since(0));
    }
};
static_assert(describes_every_member<FenceBrokerRecord>);

template <>
struct Schema<UnfenceBrokerRecord> {
    static constexpr MessageInfo message = metadata_record_info("UnfenceBrokerRecord", 8, versions(0, 0));
    static constexpr void describe(auto&& field) {
        using T = UnfenceBrokerRecord;
        field("Id", &T::id, since(0));
        field("Epoch", &T::epoch, since(0));
    }
};
static_assert(describes_every_member<UnfenceBrokerRecord>);

template <>
struct Schema<BrokerRegistrationChangeRecord> {
    static constexpr MessageInfo message = metadata_record_info("BrokerRegistrationChangeRecord", 17, versions(0, 3));
    static constexpr void describe(auto&& field) {
        using T = BrokerRegistrationChangeRecord;
        field("BrokerId", &T::broker_id, since(0));
        field("BrokerEpoch", &T::broker_epoch, since(0));
        field("Fenced", &T::fenced, since(0), tagged_since(0, 0));
        field("InControlledShutdown", &T::in_controlled_shutdown, since(1), tagged_since(1, 1));
        field("LogDirs", &T::log_dirs, since(2), tagged_since(2, 2));
        field("CordonedLogDirs", &T::cordoned_log_dirs, since(3), nullable_since(3), tagged_since(3, 3));
    }
};
static_assert(describes_every_member<BrokerRegistrationChangeRecord>);

}  // namespace highwater::wire
