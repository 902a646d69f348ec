#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/group/group_effect.h"
#include "core/group/group_input.h"
#include "model/group/message.h"

// From the numbers that states are made of to the machine's ids, bytes and times, and back.

namespace highwater::model::group {

inline constexpr std::string_view kGroup = "g";
inline constexpr std::string_view kTopic = "t";
[[nodiscard]] TopicId topic_id();
/// So often the clock's hand moves. Two ticks are more than a session, a rebalance timeout, and the five minutes that a
/// new member has.
inline constexpr Duration kTick = std::chrono::minutes{3};
inline constexpr Duration kTimeout = 2 * kTick - std::chrono::seconds{1};

/// Generations as bytes: those that a coordinator which took over begins with come so many later (in the machine it is
/// kGenerationsLeftOut).
inline constexpr std::int32_t kGenerationsLater = 32;
[[nodiscard]] std::uint8_t generation_plus_one(Generation generation);
[[nodiscard]] Generation generation_of(std::uint8_t generation_plus_one);

/// What makes the id of the member unique; the machine puts a name and a dash in front.
[[nodiscard]] std::string fresh_id_of(Member member);
/// Of a member whose client has this instance number (0: none).
[[nodiscard]] std::string member_id_of(Member member, std::uint8_t instance);
[[nodiscard]] Member member_of(std::string_view member_id);
[[nodiscard]] std::optional<std::string> instance_id_of(std::uint8_t instance);

/// The request as the machine takes it; `fresh`: what a new member is called.
[[nodiscard]] GroupInput input_of(const Scope& scope, const Message& request, GroupToken token, Member fresh);

/// The answer of a machine, and to which request; nullopt: the effect is none.
struct TokenAnswer {
    GroupToken token;
    Message answer;
};
[[nodiscard]] std::optional<TokenAnswer> answer_of(const GroupEffect& effect);

/// What is in an offset's record: its partition and its offset, 0 when it is a tombstone.
struct WrittenOffset {
    std::uint8_t partition = 0;
    std::uint8_t offset = 0;

    friend bool operator==(const WrittenOffset&, const WrittenOffset&) = default;
};
[[nodiscard]] std::optional<WrittenOffset> written_offset(const GroupRecord& record);

}  // namespace highwater::model::group
