#pragma once

#include <cstdint>
#include <string>

#include "net/wire/json.h"

// The JSON form of a struct, by its table: that of Kafka's generated converters. An object per struct, keys are the
// field names with their first letter in lower case, fields that the version lacks are left out, tagged fields stand
// only where they are not their default; uuids are URL-safe base64, bytes and records padded base64, and unknown tagged
// fields the last key.

namespace highwater::wire {

struct StructTable;
struct ValueType;

/// The JSON form of `value`, a struct of `table`, at `version`.
JsonValue struct_to_json(const StructTable& table, const void* value, std::int16_t version);

/// The same of a field or element of `type`, at the address that ValueType speaks of.
JsonValue value_to_json(const ValueType& type, const void* value, std::int16_t version);

/// Sets `out`, a struct of `table` with its defaults, from its JSON form at `version`. Keys may stand in any order; a
/// tagged field may be left out, and a field that the version lacks be given if it is ignorable or its default. False
/// and a reason in `error` (".topics[0].name: missing") when `json` is no such struct; `out` is half set then.
bool struct_from_json(const JsonValue& json, const StructTable& table, void* out, std::int16_t version,
                      std::string& error);

}  // namespace highwater::wire
