#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/base/describe.h"
#include "core/base/ids.h"

namespace highwater {

struct GroupTopic {
    TopicId id;
    std::int32_t partitions = 0;

    static constexpr void describe(auto&& field) {
        field("id", &GroupTopic::id);
        field("partitions", &GroupTopic::partitions);
    }
};

/// The topics that there are, as far as groups are concerned. An argument of every step, like the time: the
/// coordinators of a node share one, and compare its version with the one that they saw last.
struct GroupTopics {
    /// Another one after every change.
    std::uint64_t version = 0;
    std::map<std::string, GroupTopic> by_name;

    static constexpr void describe(auto&& field) {
        field("version", &GroupTopics::version);
        field("by_name", &GroupTopics::by_name);
    }
};

}  // namespace highwater
