#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/strong_type.h"

namespace highwater {

/// Id of a node (`node.id`): a broker, a controller or both. Not negative in machine state.
struct NodeId : StrongType<NodeId, std::int32_t> {
    using StrongType::StrongType;
};

/// Index of a partition in its topic, from 0.
struct PartitionId : StrongType<PartitionId, std::int32_t> {
    using StrongType::StrongType;
};

/// 16 bytes; all zero means "none" on the wire (KIP-516). Text form: base64url without padding, 22 characters.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    [[nodiscard]] constexpr bool is_zero() const {
        for (auto b : bytes) {
            if (b != 0) return false;
        }
        return true;
    }
    friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;
};

/// A topic's identity, which a topic of the same name that is created later does not share (KIP-516).
struct TopicId : Uuid {
    friend constexpr auto operator<=>(const TopicId&, const TopicId&) = default;
};

/// The topic id that KRaft reserves for `__cluster_metadata`: `AAAAAAAAAAAAAAAAAAAAAQ`.
inline constexpr TopicId kClusterMetadataTopicId{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}};

/// The 22-character text form of `uuid`.
std::string to_text(const Uuid& uuid);

/// Reads the text form. nullopt unless it is exactly 22 characters of the base64url alphabet.
std::optional<Uuid> uuid_from_text(std::string_view text);

}  // namespace highwater

template <>
struct fmt::formatter<highwater::Uuid> : fmt::formatter<std::string> {
    auto format(const highwater::Uuid& uuid, fmt::format_context& context) const {
        return fmt::formatter<std::string>::format(highwater::to_text(uuid), context);
    }
};
template <>
struct fmt::formatter<highwater::TopicId> : fmt::formatter<highwater::Uuid> {};
