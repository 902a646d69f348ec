#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "broker/engine/node.h"
#include "core/metadata/controller.h"

namespace highwater::engine {

/// What the controller may do on this node.
ControllerLimits controller_limits(const Node& node);

/// Decides and, unless `validate_only`, records and carries out. The answers are in the order of the topics, with
/// KAFKA_STORAGE_ERROR where the metadata could not be written.
std::vector<CreatedTopic> create_topics(Node& node, const std::vector<TopicToCreate>& topics, bool validate_only,
                                        Moment now);

/// A topic with nothing but a name; id and placement are drawn. `__consumer_offsets` comes with its settings.
TopicToCreate topic_to_create(Node& node, std::string_view name);

/// Creates the topics that a client asked about and that are not there (`auto.create.topics.enable`), all with one
/// write of metadata. Returns what was refused, by name.
std::map<std::string, ErrorCode, std::less<>> auto_create(Node& node, const std::set<std::string>& names, Moment now);

}  // namespace highwater::engine
