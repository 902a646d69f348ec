#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/describe.h"
#include "core/base/ids.h"
#include "core/metadata/image.h"

namespace highwater {

/// Which leader is looked for.
enum class Election : std::uint8_t {
    /// Keep the leader while it may lead; else one that has every committed record.
    online,
    /// The first replica of the assignment before the present leader.
    preferred,
    /// As online; where that finds none, any replica that is up (KIP-460).
    unclean,
};

/// Who may lead now. A broker may while it is active: registered, unfenced and not in controlled shutdown.
struct Electorate {
    const MetadataImage* image = nullptr;
    /// Being unfenced by this very decision: counts as unfenced, although the image does not say so yet.
    std::optional<NodeId> unfencing = std::nullopt;
    /// Being fenced, shut down or unregistered by this very decision: never counts.
    std::optional<NodeId> leaving = std::nullopt;
};

/// Whether the broker is unfenced and not in controlled shutdown (KIP-631, KIP-841).
[[nodiscard]] bool is_active(const BrokerImage& broker);

/// Whether `node` is active and its replica of `partition` is in a log directory that is online (KIP-858).
[[nodiscard]] bool may_lead(const Electorate& electorate, const PartitionImage& partition, NodeId node);

struct ElectedLeader {
    /// nullopt: there is none.
    std::optional<NodeId> leader;
    /// It may lack committed records.
    bool unclean = false;

    static constexpr void describe(auto&& field) {
        field("leader", &ElectedLeader::leader);
        field("unclean", &ElectedLeader::unclean);
    }
};

/// Chooses the leader of `partition`, whose replicas, ISR and eligible leader replicas are those that it will have and
/// whose leader is the one that it has. In this order: the leader that it has; the first replica, in order of
/// assignment, of the ISR, or of the ELR where the ISR is empty; with nobody in either the last known leader if exactly
/// one is known, which is unclean (KIP-966); with Election::unclean the first replica that may lead.
/// `eligible_leader_replicas` false: ELR and last known leader do not count.
[[nodiscard]] ElectedLeader elect_leader(Election election, const Electorate& electorate,
                                         const PartitionImage& partition, bool eligible_leader_replicas);

}  // namespace highwater
