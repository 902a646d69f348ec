#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct LeaderChangeMessage {
    struct Voter {
        NodeId voter_id;
        Uuid voter_directory_id;
        TaggedFields unknown_tags;
        friend bool operator==(const Voter&, const Voter&) = default;
    };

    std::int16_t version = 0;
    NodeId leader_id;
    Array<Voter> voters;
    Array<Voter> granting_voters;
    TaggedFields unknown_tags;
    friend bool operator==(const LeaderChangeMessage&, const LeaderChangeMessage&) = default;
};

struct SnapshotHeaderRecord {
    std::int16_t version = 0;
    std::int64_t last_contained_log_timestamp = 0;
    TaggedFields unknown_tags;
    friend bool operator==(const SnapshotHeaderRecord&, const SnapshotHeaderRecord&) = default;
};

struct SnapshotFooterRecord {
    std::int16_t version = 0;
    TaggedFields unknown_tags;
    friend bool operator==(const SnapshotFooterRecord&, const SnapshotFooterRecord&) = default;
};

struct KRaftVersionRecord {
    std::int16_t version = 0;
    std::int16_t kraft_version = 0;
    TaggedFields unknown_tags;
    friend bool operator==(const KRaftVersionRecord&, const KRaftVersionRecord&) = default;
};

struct VotersRecord {
    struct Endpoint {
        String name;
        String host;
        std::uint16_t port = 0;
        TaggedFields unknown_tags;
        friend bool operator==(const Endpoint&, const Endpoint&) = default;
    };
    struct KRaftVersionFeature {
        std::int16_t min_supported_version = 0;
        std::int16_t max_supported_version = 0;
        TaggedFields unknown_tags;
        friend bool operator==(const KRaftVersionFeature&, const KRaftVersionFeature&) = default;
    };
    struct Voter {
        NodeId voter_id;
        Uuid voter_directory_id;
        Array<Endpoint> endpoints;
        KRaftVersionFeature kraft_version_feature;
        TaggedFields unknown_tags;
        friend bool operator==(const Voter&, const Voter&) = default;
    };

    std::int16_t version = 0;
    Array<Voter> voters;
    TaggedFields unknown_tags;
    friend bool operator==(const VotersRecord&, const VotersRecord&) = default;
};

template <>
struct Schema<LeaderChangeMessage::Voter> {
    static constexpr void describe(auto&& field) {
        using T = LeaderChangeMessage::Voter;
        field("VoterId", &T::voter_id, since(0));
        field("VoterDirectoryId", &T::voter_directory_id, since(1));
    }
};
static_assert(describes_every_member<LeaderChangeMessage::Voter>);

template <>
struct Schema<LeaderChangeMessage> {
    static constexpr MessageInfo message = data_info("LeaderChangeMessage", versions(0, 1), since(0));
    static constexpr void describe(auto&& field) {
        using T = LeaderChangeMessage;
        field("Version", &T::version, since(0));
        field("LeaderId", &T::leader_id, since(0));
        field("Voters", &T::voters, since(0));
        field("GrantingVoters", &T::granting_voters, since(0));
    }
};
static_assert(describes_every_member<LeaderChangeMessage>);

template <>
struct Schema<SnapshotHeaderRecord> {
    static constexpr MessageInfo message = data_info("SnapshotHeaderRecord", versions(0, 0), since(0));
    static constexpr void describe(auto&& field) {
        using T = SnapshotHeaderRecord;
        field("Version", &T::version, since(0));
        field("LastContainedLogTimestamp", &T::last_contained_log_timestamp, since(0));
    }
};
static_assert(describes_every_member<SnapshotHeaderRecord>);

template <>
struct Schema<SnapshotFooterRecord> {
    static constexpr MessageInfo message = data_info("SnapshotFooterRecord", versions(0, 0), since(0));
    static constexpr void describe(auto&& field) {
        using T = SnapshotFooterRecord;
        field("Version", &T::version, since(0));
    }
};
static_assert(describes_every_member<SnapshotFooterRecord>);

template <>
struct Schema<KRaftVersionRecord> {
    static constexpr MessageInfo message = data_info("KRaftVersionRecord", versions(0, 0), since(0));
    static constexpr void describe(auto&& field) {
        using T = KRaftVersionRecord;
        field("Version", &T::version, since(0));
        field("KRaftVersion", &T::kraft_version, since(0));
    }
};
static_assert(describes_every_member<KRaftVersionRecord>);

template <>
struct Schema<VotersRecord::Endpoint> {
    static constexpr void describe(auto&& field) {
        using T = VotersRecord::Endpoint;
        field("Name", &T::name, since(0));
        field("Host", &T::host, since(0));
        field("Port", &T::port, since(0));
    }
};
static_assert(describes_every_member<VotersRecord::Endpoint>);

template <>
struct Schema<VotersRecord::KRaftVersionFeature> {
    static constexpr void describe(auto&& field) {
        using T = VotersRecord::KRaftVersionFeature;
        field("MinSupportedVersion", &T::min_supported_version, since(0));
        field("MaxSupportedVersion", &T::max_supported_version, since(0));
    }
};
static_assert(describes_every_member<VotersRecord::KRaftVersionFeature>);

template <>
struct Schema<VotersRecord::Voter> {
    static constexpr void describe(auto&& field) {
        using T = VotersRecord::Voter;
        field("VoterId", &T::voter_id, since(0));
        field("VoterDirectoryId", &T::voter_directory_id, since(0));
        field("Endpoints", &T::endpoints, since(0));
        field("KRaftVersionFeature", &T::kraft_version_feature, since(0));
    }
};
static_assert(describes_every_member<VotersRecord::Voter>);

template <>
struct Schema<VotersRecord> {
    static constexpr MessageInfo message = data_info("VotersRecord", versions(0, 0), since(0));
    static constexpr void describe(auto&& field) {
        using T = VotersRecord;
        field("Version", &T::version, since(0));
        field("Voters", &T::voters, since(0));
    }
};
static_assert(describes_every_member<VotersRecord>);

}  // namespace highwater::wire
