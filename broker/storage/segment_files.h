#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/offset.h"

namespace highwater::storage {

inline constexpr std::string_view kLogSuffix = ".log";
inline constexpr std::string_view kOffsetIndexSuffix = ".index";
inline constexpr std::string_view kTimeIndexSuffix = ".timeindex";
inline constexpr std::string_view kTransactionIndexSuffix = ".txnindex";
/// All of the above: what belongs to one segment.
inline constexpr std::array kSegmentSuffixes{kLogSuffix, kOffsetIndexSuffix, kTimeIndexSuffix, kTransactionIndexSuffix};
inline constexpr std::string_view kSnapshotSuffix = ".snapshot";
inline constexpr std::string_view kDeletedSuffix = ".deleted";
inline constexpr std::string_view kCleanedSuffix = ".cleaned";
inline constexpr std::string_view kSwapSuffix = ".swap";
/// Highwater's own: bytes that recovery cut off although a valid batch followed. `%020d.cut`, the offset of the cut.
inline constexpr std::string_view kCutSuffix = ".cut";
inline constexpr std::string_view kLeaderEpochFile = "leader-epoch-checkpoint";
inline constexpr std::string_view kPartitionMetadataFile = "partition.metadata";

/// "00000000000000000042.log": twenty digits and the suffix.
std::string segment_file_name(Offset base, std::string_view suffix);

/// The offset in such a name; nullopt when the name is not twenty digits and exactly this suffix.
std::optional<Offset> offset_of_file(std::string_view name, std::string_view suffix);

}  // namespace highwater::storage
