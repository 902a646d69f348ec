#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "broker/client/broker_connection.h"
#include "core/base/ids.h"

namespace highwater::client {

/// A partition as Metadata tells it.
struct PartitionInfo {
    PartitionId partition;
    ErrorCode error = ErrorCode::none;
    NodeId leader{-1};
    std::vector<NodeId> replicas;
    std::vector<NodeId> in_sync;
};

struct TopicInfo {
    std::string name;
    TopicId id;
    ErrorCode error = ErrorCode::none;
    bool is_internal = false;
    /// By partition id.
    std::vector<PartitionInfo> partitions;
};

/// A cluster seen through any of its brokers: finds leaders and keeps one connection to each broker. What fails is
/// forgotten, so that the next call connects anew.
class Cluster {
  public:
    Cluster(Connector connector, std::vector<Address> bootstrap)
        : connector_(std::move(connector)), bootstrap_(std::move(bootstrap)) {}

    /// The topics of these names, or all. `create`: those that are missing may be created (auto.create.topics.enable).
    Result<std::vector<TopicInfo>, std::string> topics(const std::vector<std::string>* names, bool create = false);

    /// Any broker.
    Result<BrokerConnection*, std::string> any();
    /// The broker of that id; the address is from the last topics(). -1: any.
    Result<BrokerConnection*, std::string> broker(NodeId node);
    /// The brokers of the last topics().
    [[nodiscard]] const std::map<NodeId, Address>& brokers() const { return addresses_; }

    /// Drops every connection: after an error.
    void reset() { connections_.clear(); }

    /// A call to `node`; forgets the connection when it fails.
    template <class Response, class Request>
    Result<Answer<Response>, std::string> call(NodeId node, const Request& request,
                                               std::int16_t version_limit = INT16_MAX) {
        auto connection = broker(node);
        if (!connection) return unexpected(std::move(connection.error()));
        auto answer = (*connection)->call<Response>(request, version_limit);
        if (!answer) reset();
        return answer;
    }

  private:
    Result<BrokerConnection*, std::string> open(const Address& address);

    Connector connector_;
    std::vector<Address> bootstrap_;
    std::map<NodeId, Address> addresses_;
    std::map<std::string, std::unique_ptr<BrokerConnection>> connections_;
};

}  // namespace highwater::client
