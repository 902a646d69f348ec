#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/storage/io_error.h"
#include "core/base/ids.h"
#include "core/base/time.h"

namespace highwater::storage {

/// `meta.properties`, version 1: whose log directory this is. A version 0 file (`broker.id`) reads as node_id, with
/// the other two possibly missing.
struct MetaProperties {
    std::optional<std::string> cluster_id;
    std::optional<NodeId> node_id;
    std::optional<Uuid> directory_id;
    friend bool operator==(const MetaProperties&, const MetaProperties&) = default;
};

/// The file's text; `now` becomes its comment line, as java.util.Properties writes one.
std::string encode_meta_properties(const MetaProperties& properties, Timestamp now);
/// Reads it. Damage: unknown version, a number or id that is none, a line without a key.
IoResult<MetaProperties> decode_meta_properties(std::string_view text, std::string_view path);

}  // namespace highwater::storage
