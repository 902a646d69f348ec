#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/base/result.h"
#include "net/wire/decode_error.h"
#include "net/wire/record/record.h"

namespace highwater::cli {

/// A record of a coordinator's topic, in the form of Kafka's DumpLogSegments: the key as {"type": ..., "data": ...},
/// the payload as {"version": ..., "data": ...}, or "<DELETE>" for a tombstone.
struct CoordinatorRecordLines {
    nlohmann::ordered_json key;
    nlohmann::ordered_json payload;
};

/// nullopt: the topic has no record of this type, as far as is known here. Errors: as decode().
Result<std::optional<CoordinatorRecordLines>, wire::DecodeError> coordinator_record_lines(
    std::string_view topic, wire::RecordBytes key, std::optional<wire::RecordBytes> value);

}  // namespace highwater::cli
