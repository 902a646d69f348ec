#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/storage/io_error.h"

namespace highwater::storage {

/// Kafka's text checkpoint, version 0: a line with the version, a line with the count, then an entry a line, its fields
/// separated by one space, each line ended by a newline.
std::string encode_text_checkpoint(const std::vector<std::string>& lines);

/// The fields of each entry. Damage: another version, a count that is wrong, a line without `field_count` fields.
IoResult<std::vector<std::vector<std::string_view>>> decode_text_checkpoint(std::string_view text,
                                                                            std::size_t field_count,
                                                                            std::string_view path);

/// A decimal number that fills all of `text` and is not negative.
bool parse_number(std::string_view text, std::int64_t& number);

}  // namespace highwater::storage
