#pragma once

#include <string>

#include "core/base/describe.h"
#include "core/base/ids.h"

namespace highwater {

/// A partition by the topic's name: offsets outlive a topic's identity (Kafka keeps the id beside it since 4.1).
struct TopicPartition {
    std::string topic;
    PartitionId partition;

    static constexpr void describe(auto&& field) {
        field("topic", &TopicPartition::topic);
        field("partition", &TopicPartition::partition);
    }
    friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

}  // namespace highwater
