#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/engine/partition.h"
#include "broker/engine/topic_config.h"
#include "core/base/ids.h"

namespace highwater::engine {

/// A topic that this node serves.
struct Topic {
    TopicId id;
    std::string name;
    /// The broker's defaults with the topic's overrides.
    TopicConfig config;
    /// By index.
    std::vector<std::unique_ptr<Partition>> partitions;

    /// nullptr: no such partition.
    [[nodiscard]] Partition* partition(PartitionId id_in_topic) const {
        const auto index = static_cast<std::size_t>(id_in_topic.value());
        return id_in_topic.value() >= 0 && index < partitions.size() ? partitions[index].get() : nullptr;
    }
};

/// The topics by name and by id, in order of name.
class Topics {
  public:
    using ByName = std::map<std::string, Topic, std::less<>>;

    /// nullptr: unknown.
    [[nodiscard]] Topic* find(std::string_view name) {
        const auto found = by_name_.find(name);
        return found == by_name_.end() ? nullptr : &found->second;
    }
    [[nodiscard]] Topic* find(const TopicId& id) {
        const auto found = by_id_.find(id);
        return found == by_id_.end() ? nullptr : found->second;
    }
    /// Requires: neither the name nor the id is there.
    Topic& add(TopicId id, std::string name) {
        Topic& topic = by_name_[name];
        topic.id = id;
        topic.name = std::move(name);
        by_id_.emplace(id, &topic);
        return topic;
    }
    void remove(const TopicId& id) {
        const auto found = by_id_.find(id);
        if (found == by_id_.end()) return;
        const std::string name = found->second->name;
        by_id_.erase(found);
        by_name_.erase(name);
    }

    [[nodiscard]] ByName& by_name() { return by_name_; }
    [[nodiscard]] const ByName& by_name() const { return by_name_; }

  private:
    ByName by_name_;
    std::map<TopicId, Topic*> by_id_;
};

}  // namespace highwater::engine
