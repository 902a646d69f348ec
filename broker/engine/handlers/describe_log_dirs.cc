#include "net/wire/message/describe_log_dirs.h"

#include <map>
#include <set>

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"

namespace highwater::engine {

namespace {

/// The partitions asked for, by topic; an empty set: all of the topic's.
using Asked = std::map<std::string_view, std::set<PartitionId>>;

void add_topics(wire::DescribeLogDirsResponse::DescribeLogDirsResult& out, Node& node,
                const storage::LogDirectory& directory, const std::optional<Asked>& asked) {
    for (const auto& [name, topic] : node.topics().by_name()) {
        const std::set<PartitionId>* wanted = nullptr;
        if (asked) {
            const auto found = asked->find(name);
            if (found == asked->end()) continue;
            wanted = &found->second;
        }
        wire::DescribeLogDirsResponse::DescribeLogDirsTopic entry;
        entry.name = wire::String(std::string_view(name));
        for (const auto& partition : topic.partitions) {
            const PartitionId id = partition->identity().name.partition;
            if (&partition->directory() != &directory || (wanted != nullptr && !wanted->contains(id))) continue;
            auto& to = entry.partitions.emplace_back();
            to.partition_index = id;
            to.partition_size =
                partition->log() == nullptr ? 0 : static_cast<std::int64_t>(partition->log()->size_bytes());
            const Replica& replica = partition->replica();
            to.offset_lag = (replica.log().end_offset() - replica.high_watermark()).value();
        }
        if (!entry.partitions.empty()) out.topics.push_back(std::move(entry));
    }
}

}  // namespace

wire::DescribeLogDirsResponse handle(Node& node, const RequestInfo&, const wire::DescribeLogDirsRequest& message) {
    std::optional<Asked> asked;
    if (message.topics) {
        asked.emplace();
        for (const auto& topic : *message.topics) {
            auto& partitions = (*asked)[topic.topic.view()];
            for (const PartitionId partition : topic.partitions) partitions.insert(partition);
        }
    }
    wire::DescribeLogDirsResponse response;
    for (const auto& directory : node.directories()) {
        auto& out = response.results.emplace_back();
        out.log_dir = wire::String(std::string_view(directory->path()));
        if (node.is_offline(*directory)) {
            out.error_code = ErrorCode::kafka_storage_error;
            continue;
        }
        if (const auto space = directory->space()) {  // KIP-827
            out.total_bytes = static_cast<std::int64_t>(space->total_bytes);
            out.usable_bytes = static_cast<std::int64_t>(space->usable_bytes);
        }
        add_topics(out, node, *directory, asked);
    }
    return response;
}

}  // namespace highwater::engine
