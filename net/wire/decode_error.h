#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace highwater::wire {

/// Why bytes are not a message.
enum class DecodeErrorKind : std::uint8_t {
    truncated,            ///< fewer bytes are left than the field needs
    trailing_bytes,       ///< the message ends before the bytes do
    unsupported_version,  ///< the message has no such version
    bad_length,           ///< a length below -1, a string over 32,767 bytes, a compact length over 2^31 - 1
    null_not_allowed,     ///< null in a field that is not nullable in this version
    array_over_bytes,     ///< an array claims more elements than bytes are left
    too_many_elements,    ///< an array claims more elements than DecodeOptions allows
    varint_overflow,      ///< a varint of more than 5 bytes or above 2^32 - 1
    invalid_utf8,         ///< only where DecodeOptions asks for valid UTF-8
    tag_out_of_order,     ///< tags of a tagged section must ascend; a repeated one does not
    tag_not_in_version,   ///< a tag of a field that this version does not have
    tag_size_mismatch,    ///< a known tagged field is shorter or longer than its size says
    unknown_record_type,  ///< the id of a metadata or group record, or a frame version, that is not known here
};

/// Malformed bytes: the fault of who sent them, never ours. Trivially copyable; the texts are literals.
struct DecodeError {
    DecodeErrorKind kind{};
    const char* message = "";  ///< published name of the message
    const char* field = "";    ///< published name of the innermost field, "" before the first one
    std::size_t position = 0;  ///< bytes from the start of the message's body (or header) to what was wrong
};

/// Why a message cannot be written at a version.
enum class EncodeErrorKind : std::uint8_t {
    unsupported_version,   ///< the message has no such version
    field_not_in_version,  ///< a field that the version lacks is not its default and not ignorable
    null_not_allowed,      ///< null in a field that is not nullable in this version
    too_long,              ///< a string over 32,767 bytes, or bytes or an array over 2^31 - 2
    tags_not_in_version,   ///< unknown tagged fields in a version that has no tagged fields
    bad_tag,               ///< an unknown tagged field whose tag is known, out of order or over 2^31 - 2
};

/// The sender's own mistake: a message that this version cannot carry.
struct EncodeError {
    EncodeErrorKind kind{};
    const char* message = "";  ///< published name of the message
    const char* field = "";    ///< published name of the innermost field
};

/// One line for a log or a person, e.g. "FetchRequest.Topics: truncated at byte 17".
std::string to_text(const DecodeError& error);
/// One line, e.g. "FetchRequest.Topics: null is not allowed in this version".
std::string to_text(const EncodeError& error);
/// A few words without the place; a literal.
const char* to_text(DecodeErrorKind kind);
const char* to_text(EncodeErrorKind kind);

}  // namespace highwater::wire
