#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace highwater::config {

/// One entry of a Java properties text, as it stands there: a key may occur twice.
struct Property {
    std::string key;
    std::string value;
    /// Where it begins, from 1.
    int line = 0;
    friend bool operator==(const Property&, const Property&) = default;
};

struct PropertiesError {
    int line = 0;
    std::string message;
};

/// Reads the text format of java.util.Properties (its class documentation, "load"): `=`, `:` or white space separates,
/// `#` and `!` begin comments, a backslash at the end continues a line, `\t \n \r \f \uXXXX` are escapes and a
/// backslash before anything else is dropped. The text is UTF-8. Error: a \u without four hexadecimal digits, or half a
/// surrogate pair.
Result<std::vector<Property>, PropertiesError> parse_properties(std::string_view text);

}  // namespace highwater::config
