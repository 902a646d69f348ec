#include "broker/storage/quorum_state.h"

#include <cstdint>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace highwater::storage {

namespace {

/// The int32 member `key`; nullopt when it is missing or no such number.
std::optional<std::int32_t> int32_member(const nlohmann::json& json, const char* key) {
    const auto member = json.find(key);
    if (member == json.end() || !member->is_number_integer()) return std::nullopt;
    const auto number = member->get<std::int64_t>();
    if (number < std::numeric_limits<std::int32_t>::min() || number > std::numeric_limits<std::int32_t>::max())
        return std::nullopt;
    return static_cast<std::int32_t>(number);
}

std::optional<NodeId> node_of(std::int32_t number) {
    return number < 0 ? std::nullopt : std::optional(NodeId{number});
}

}  // namespace

std::string encode_quorum_state(const QuorumState& state) {
    return fmt::format(R"({{"leaderId":{},"leaderEpoch":{},"votedId":{},"votedDirectoryId":"{}","data_version":1}})",
                       state.leader_id ? state.leader_id->value() : -1, state.leader_epoch,
                       state.voted_id ? state.voted_id->value() : -1, state.voted_directory_id);
}

IoResult<QuorumState> decode_quorum_state(std::string_view text, std::string_view path) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) return damaged(path, "no JSON object");
    const auto version = int32_member(json, "data_version");
    if (!version || (*version != 0 && *version != 1)) return damaged(path, "unknown data_version");
    const auto leader = int32_member(json, "leaderId");
    const auto epoch = int32_member(json, "leaderEpoch");
    const auto voted = int32_member(json, "votedId");
    if (!leader || !epoch || !voted || *epoch < 0) return damaged(path, "leaderId, leaderEpoch or votedId missing");
    QuorumState state{.leader_id = node_of(*leader),
                      .leader_epoch = LeaderEpoch{*epoch},
                      .voted_id = node_of(*voted),
                      .voted_directory_id = {}};
    if (*version == 1) {
        const auto member = json.find("votedDirectoryId");
        const auto id =
            member != json.end() && member->is_string() ? uuid_from_text(member->get<std::string>()) : std::nullopt;
        if (!id) return damaged(path, "votedDirectoryId is no id");
        state.voted_directory_id = *id;
    }
    return state;
}

}  // namespace highwater::storage
