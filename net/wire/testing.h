#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "net/wire/json.h"
#include "net/wire/message_entry.h"

namespace highwater::wire::testing {

/// The bytes that hex digits (spaces allowed) spell; fails the test otherwise.
std::vector<std::byte> from_hex(std::string_view hex);
/// Lower case, without spaces.
std::string hex_of(std::span<const std::byte> bytes);

/// A line of a file under net/wire/testdata: a message's JSON form and its bytes, made by another implementation.
struct Golden {
    std::string message;
    std::int16_t version = 0;
    JsonValue body;
    std::vector<std::byte> bytes;

    /// For a failure's text.
    [[nodiscard]] std::string name() const { return message + " v" + std::to_string(version); }
};

/// Every line of every file, in order of file names.
const std::vector<Golden>& goldens();

}  // namespace highwater::wire::testing
