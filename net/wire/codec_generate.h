#pragma once

#include "net/wire/byte_source.h"
#include "net/wire/reader.h"

namespace highwater::wire {

struct StructTable;

/// Fills `out`, a struct of `table` with its defaults, from `source` with what the context's version can carry; a
/// source of zeros gives the smallest value. At most ByteSource::kMaxElements array elements in all.
void generate_struct(ByteSource& source, const StructTable& table, void* out, const DecodeContext& context);

}  // namespace highwater::wire
