#pragma once

#include <string_view>
#include <vector>

#include "broker/storage/file_system.h"
#include "core/base/offset.h"
#include "core/log/producer_state.h"

namespace highwater::storage {

/// The state of all producers below `offset` (exclusive), ascending by id.
struct ProducerSnapshot {
    Offset offset;
    std::vector<ProducerState> producers;
    friend bool operator==(const ProducerSnapshot&, const ProducerSnapshot&) = default;
};

/// The bytes of a `%020d.snapshot` file, version 1. Of each producer's remembered batches it holds the last one only.
std::vector<std::byte> encode_producer_snapshot(const std::vector<ProducerState>& producers);

/// Reads them. Damage: unknown version, wrong CRC, wrong length. `path` only names the file in the error.
IoResult<std::vector<ProducerState>> decode_producer_snapshot(Bytes content, std::string_view path);

}  // namespace highwater::storage
