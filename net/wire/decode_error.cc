#include "net/wire/decode_error.h"

#include <fmt/format.h>

namespace highwater::wire {

const char* to_text(DecodeErrorKind kind) {
    switch (kind) {
        case DecodeErrorKind::truncated:
            return "truncated";
        case DecodeErrorKind::trailing_bytes:
            return "trailing bytes";
        case DecodeErrorKind::unsupported_version:
            return "unsupported version";
        case DecodeErrorKind::bad_length:
            return "bad length";
        case DecodeErrorKind::null_not_allowed:
            return "null is not allowed in this version";
        case DecodeErrorKind::array_over_bytes:
            return "more array elements claimed than bytes are left";
        case DecodeErrorKind::too_many_elements:
            return "too many array elements";
        case DecodeErrorKind::varint_overflow:
            return "varint overflow";
        case DecodeErrorKind::invalid_utf8:
            return "invalid UTF-8";
        case DecodeErrorKind::tag_out_of_order:
            return "tag out of order or out of range";
        case DecodeErrorKind::tag_not_in_version:
            return "tag not valid in this version";
        case DecodeErrorKind::tag_size_mismatch:
            return "tagged field of another size than stated";
        case DecodeErrorKind::unknown_record_type:
            return "unknown record type";
    }
    return "unknown";
}

const char* to_text(EncodeErrorKind kind) {
    switch (kind) {
        case EncodeErrorKind::unsupported_version:
            return "unsupported version";
        case EncodeErrorKind::field_not_in_version:
            return "does not exist in this version";
        case EncodeErrorKind::null_not_allowed:
            return "null is not allowed in this version";
        case EncodeErrorKind::too_long:
            return "too long";
        case EncodeErrorKind::tags_not_in_version:
            return "this version has no tagged fields";
        case EncodeErrorKind::bad_tag:
            return "tag of a known field, out of order or out of range";
    }
    return "unknown";
}

std::string to_text(const DecodeError& error) {
    return fmt::format("{}{}{}: {} at byte {}", error.message, *error.field ? "." : "", error.field,
                       to_text(error.kind), error.position);
}

std::string to_text(const EncodeError& error) {
    return fmt::format("{}{}{}: {}", error.message, *error.field ? "." : "", error.field, to_text(error.kind));
}

}  // namespace highwater::wire
