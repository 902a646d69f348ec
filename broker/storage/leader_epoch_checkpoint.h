#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/storage/io_error.h"
#include "core/log/leader_epoch_cache.h"

namespace highwater::storage {

/// Text of a `leader-epoch-checkpoint` file.
std::string encode_leader_epochs(std::span<const EpochEntry> entries);

/// Reads it. Damage: no such text, or entries that do not rise in both members.
IoResult<std::vector<EpochEntry>> decode_leader_epochs(std::string_view text, std::string_view path);

}  // namespace highwater::storage
