#pragma once

#include <cstddef>
#include <cstdint>

namespace highwater::wire {

/// What kind of damage record bytes have.
enum class RecordFault : std::uint8_t {
    /// The bytes end before the entity does. In a file or a fetch answer this is an ordinary torn end.
    truncated,
    /// A length, count or field that no writer produces.
    malformed,
    /// The checksum does not match.
    checksum,
    /// A magic or a codec this format does not have.
    unsupported,
    /// More bytes, after decompression, than the caller allows.
    too_large,
};

/// Why record bytes were refused: the writer's fault, never ours.
struct RecordDefect {
    RecordFault fault = RecordFault::malformed;
    /// What was wrong, in plain English; a string literal.
    const char* what = "";
    /// Where, in bytes from the start of what was given (for compressed records: of the decompressed section).
    std::size_t position = 0;

    friend bool operator==(const RecordDefect&, const RecordDefect&) = default;
};

}  // namespace highwater::wire
