#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/client/cluster.h"
#include "broker/client/coordinator.h"
#include "core/base/epochs.h"
#include "core/base/offset.h"
#include "core/group/group_records.h"

namespace highwater::client {

/// A group as ListGroups tells it.
struct GroupListing {
    std::string id;
    std::string protocol_type;
    /// "Stable", "Empty", ...
    std::string state;
    /// "classic", "consumer"; empty: the broker is too old to say.
    std::string type;
};

struct GroupMemberInfo {
    std::string id;
    std::optional<std::string> instance_id;
    std::string client_id;
    std::string host;
    /// By topic. Empty while the group rebalances.
    std::map<std::string, std::vector<PartitionId>> assignment;
};

struct GroupInfo {
    std::string id;
    std::string state;
    std::string protocol_type;
    /// The assignor that the members agreed on; empty while they rebalance.
    std::string assignor;
    NodeId coordinator{-1};
    Address coordinator_address;
    std::vector<GroupMemberInfo> members;
};

struct GroupOffset {
    Offset offset;
    std::optional<LeaderEpoch> leader_epoch;
};

using GroupOffsets = std::map<TopicPartition, GroupOffset>;

/// What operators ask the coordinators of groups.
class Groups {
  public:
    explicit Groups(Cluster& cluster) : cluster_(cluster) {}

    /// Of all brokers, by id. Empty filters let everything through; they are for brokers that know them.
    Result<std::vector<GroupListing>, std::string> list(const std::vector<std::string>& states = {},
                                                        const std::vector<std::string>& types = {});

    /// nullopt: there is no such group.
    Result<std::optional<GroupInfo>, std::string> describe(const std::string& group);

    /// What the group has committed.
    Result<GroupOffsets, std::string> offsets(const std::string& group);

    /// Commits as somebody who is no member, which a coordinator allows while the group is empty. What was refused.
    Result<std::map<TopicPartition, ErrorCode>, std::string> commit(const std::string& group,
                                                                    const std::map<TopicPartition, Offset>& offsets);

    Result<ErrorCode, std::string> remove(const std::string& group);

    /// What became of each partition, or the error of all.
    Result<std::map<TopicPartition, ErrorCode>, std::string> remove_offsets(const std::string& group,
                                                                            const std::set<TopicPartition>& partitions);

  private:
    Result<Coordinator, std::string> coordinator_of(const std::string& group);
    Result<std::optional<GroupInfo>, std::string> describe_consumer_group(const std::string& group,
                                                                          const Coordinator& coordinator);

    Cluster& cluster_;
};

}  // namespace highwater::client
