#pragma once

#include <cstdint>

#include "net/wire/tagged_fields.h"

// The tagged section at the end of a struct in flexible versions (KIP-482), apart from what the struct's own tags hold.

namespace highwater::wire {

class Reader;
class Writer;

namespace detail {

/// The tagged fields that a struct declares.
struct KnownTagReader {
    std::uint32_t tags = 0;  ///< as known_tags<T>()
    /// Reads the content of `tag`, one of `tags`, into the struct; false if the reader's version does not have it. May
    /// be nullptr if `tags` is 0.
    bool (*read)(Reader& reader, void* out, std::uint32_t tag) = nullptr;
    void* out = nullptr;
};

/// Reads a section of `total` fields, the count before it aside. Those that are not known stay in `unknown` as views,
/// or are dropped if that is nullptr. Errors: tag_out_of_order, tag_not_in_version, tag_size_mismatch, truncated.
void read_tag_section(Reader& reader, std::uint32_t total, const KnownTagReader& known, TaggedFields* unknown);

struct KnownTagWriter {
    std::uint32_t tags = 0;
    /// Writes the content of `tag`, one of `tags`.
    void (*write)(Writer& writer, const void* value, std::uint32_t tag) = nullptr;
    const void* value = nullptr;
};

/// Writes a section with its count: those known tags whose bit is in `present`, and `unknown` (nullptr: none), in
/// ascending order. Errors: bad_tag for an unknown tag that is known, out of order or above kMaxTag.
void write_tag_section(Writer& writer, std::uint32_t present, const KnownTagWriter& known, const TaggedFields* unknown);

}  // namespace detail

}  // namespace highwater::wire
