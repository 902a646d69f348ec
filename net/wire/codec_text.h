#pragma once

#include <cstdint>
#include <string>

namespace highwater::wire {

struct StructTable;

/// Appends `value`, a struct of `table`, as one line for people: the fields that `version` has by name, strings quoted
/// and escaped to printable ASCII, bytes as their size. Not meant to be read back.
void print_struct(std::string& out, const StructTable& table, const void* value, std::int16_t version);

}  // namespace highwater::wire
