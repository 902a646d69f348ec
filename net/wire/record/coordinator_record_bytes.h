#pragma once

#include <cstdint>
#include <optional>

#include "core/base/result.h"
#include "net/wire/codec.h"
#include "net/wire/decode_error.h"
#include "net/wire/reader.h"
#include "net/wire/record/record_bytes.h"
#include "net/wire/writer.h"

// The frame of the records that coordinators keep in their topics: before a key's body stands the number of its kind,
// before a value's body its version, each an int16.

namespace highwater::wire {

/// A record of a coordinator's topic as the log holds it. value nullopt: a tombstone.
struct CoordinatorRecordBytes {
    RecordBuffer key;
    std::optional<RecordBuffer> value;
};

// What a record of the log claims is bounded by its bytes: a group may have any number of members.
inline constexpr DecodeOptions kCoordinatorRecordOptions{.max_array_elements = INT32_MAX};

/// The number, then the body.
template <Message Body>
Result<RecordBuffer, EncodeError> encode_after(std::int16_t number, const Body& body, std::int16_t version) {
    Writer writer;
    writer.scalar(number);
    if (auto done = encode(writer, body, version); !done) return std::unexpected(done.error());
    return writer.take().to_vector();
}

/// Takes the number off the front. `record` and `field` are literals that an error names.
inline Result<std::int16_t, DecodeError> take_number(RecordBytes& bytes, const char* record, const char* field) {
    Reader reader(bytes, {.message = record, .version = 0, .flexible = false, .options = kCoordinatorRecordOptions});
    reader.at_field(field);
    const auto number = reader.scalar<std::int16_t>();
    if (reader.failed()) return std::unexpected(reader.error());
    bytes = bytes.subspan(reader.position());
    return number;
}

}  // namespace highwater::wire
