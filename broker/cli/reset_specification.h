#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/offset.h"
#include "core/base/result.h"
#include "core/group/group_records.h"

// What the words of `highwater groups --reset-offsets` mean; the formats are those of kafka-consumer-groups. Every
// error is a sentence that says what is expected.

namespace highwater::cli {

/// "P1DT2H3M4.5S": days, hours, minutes, seconds, each optional, at least one; not negative.
Result<std::chrono::milliseconds, std::string> parse_duration(std::string_view text);

/// "2026-11-22T17:30:00.000", UTC unless "Z", "+01", "+0100" or "+01:00" follows: milliseconds since 1970.
Result<std::int64_t, std::string> parse_datetime(std::string_view text);

/// A topic, or some of its partitions.
struct TopicScope {
    std::string topic;
    /// nullopt: all.
    std::optional<std::vector<PartitionId>> partitions;
    friend bool operator==(const TopicScope&, const TopicScope&) = default;
};

/// "topic" or "topic:0,1,2".
Result<TopicScope, std::string> parse_topic_scope(std::string_view text);

/// By group; of lines that name none "".
using PlannedOffsets = std::map<std::string, std::map<TopicPartition, Offset>>;

/// Lines of "topic,partition,offset" or "group,topic,partition,offset"; a field may stand in double quotes. What
/// plan_lines() writes is read.
Result<PlannedOffsets, std::string> parse_plan(std::string_view text);

/// One line each. With one group its name is left out.
std::string plan_lines(const PlannedOffsets& plan);

}  // namespace highwater::cli
