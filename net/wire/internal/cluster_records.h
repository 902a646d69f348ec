#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct FeatureLevelRecord {
    String name;
    std::int16_t feature_level = 0;
    TaggedFields unknown_tags;
    friend bool operator==(const FeatureLevelRecord&, const FeatureLevelRecord&) = default;
};

struct ProducerIdsRecord {
    NodeId broker_id;
    BrokerEpoch broker_epoch{-1};
    ProducerId next_producer_id;
    TaggedFields unknown_tags;
    friend bool operator==(const ProducerIdsRecord&, const ProducerIdsRecord&) = default;
};

struct NoOpRecord {
    TaggedFields unknown_tags;
    friend bool operator==(const NoOpRecord&, const NoOpRecord&) = default;
};

struct BeginTransactionRecord {
    std::optional<String> name;
    TaggedFields unknown_tags;
    friend bool operator==(const BeginTransactionRecord&, const BeginTransactionRecord&) = default;
};

struct EndTransactionRecord {
    TaggedFields unknown_tags;
    friend bool operator==(const EndTransactionRecord&, const EndTransactionRecord&) = default;
};

struct AbortTransactionRecord {
    std::optional<String> reason;
    TaggedFields unknown_tags;
    friend bool operator==(const AbortTransactionRecord&, const AbortTransactionRecord&) = default;
};

template <>
struct Schema<FeatureLevelRecord> {
    static constexpr MessageInfo message = metadata_record_info("FeatureLevelRecord", 12, versions(0, 0));
    static constexpr void describe(auto&& field) {
        using T = FeatureLevelRecord;
        field("Name", &T::name, since(0));
        field("FeatureLevel", &T::feature_level, since(0));
    }
};
static_assert(describes_every_member<FeatureLevelRecord>);

template <>
struct Schema<ProducerIdsRecord> {
    static constexpr MessageInfo message = metadata_record_info("ProducerIdsRecord", 15, versions(0, 0));
    static constexpr void describe(auto&& field) {
        using T = ProducerIdsRecord;
        field("BrokerId", &T::broker_id, since(0));
        field("BrokerEpoch", &T::broker_epoch, since(0));
        field("NextProducerId", &T::next_producer_id, since(0));
    }
};
static_assert(describes_every_member<ProducerIdsRecord>);

template <>
struct Schema<NoOpRecord> {
    static constexpr MessageInfo message = metadata_record_info("NoOpRecord", 20, versions(0, 0));
    static constexpr void describe(auto&&) {}
};
static_assert(describes_every_member<NoOpRecord>);

template <>
struct Schema<BeginTransactionRecord> {
    static constexpr MessageInfo message = metadata_record_info("BeginTransactionRecord", 23, versions(0, 0));
    static constexpr void describe(auto&& field) {
        using T = BeginTransactionRecord;
        field("Name", &T::name, since(0), nullable_since(0), tagged_since(0, 0));
    }
};
static_assert(describes_every_member<BeginTransactionRecord>);

template <>
struct Schema<EndTransactionRecord> {
    static constexpr MessageInfo message = metadata_record_info("EndTransactionRecord", 24, versions(0, 0));
    static constexpr void describe(auto&&) {}
};
static_assert(describes_every_member<EndTransactionRecord>);

template <>
struct Schema<AbortTransactionRecord> {
    static constexpr MessageInfo message = metadata_record_info("AbortTransactionRecord", 25, versions(0, 0));
    static constexpr void describe(auto&& field) {
        using T = AbortTransactionRecord;
        field("Reason", &T::reason, since(0), nullable_since(0), tagged_since(0, 0));
    }
};
static_assert(describes_every_member<AbortTransactionRecord>);

}  // namespace highwater::wire
