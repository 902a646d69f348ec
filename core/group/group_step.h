#pragma once

#include <string>

#include "core/group/group_coordinator.h"

namespace highwater {

/// A member id is a string of the wire, of 32,767 bytes at most, whatever the client calls itself.
inline constexpr std::size_t kLongestNameInMemberId = 32'000;

/// "consumer-1-6b2c…": readable, and unique by what the driver drew.
inline std::string new_member_id(const JoinReceived& input) {
    const std::string& name = input.group_instance_id ? *input.group_instance_id : input.client_id;
    return name.substr(0, kLongestNameInMemberId) + "-" + input.fresh_id;
}

/// What a step of the coordinator may use besides its state.
struct GroupCoordinator::Step {
    Time now;
    Timestamp wall;
    GroupEffects& effects;
    const GroupTopics& topics;

    void refuse_join(GroupToken token, ErrorCode error, const std::string& member_id) {
        JoinAnswer answer;
        answer.token = token;
        answer.error = error;
        answer.member_id = member_id;
        effects.push_back(std::move(answer));
    }
    void refuse_heartbeat(GroupToken token, ErrorCode error, const std::string& member_id) {
        ConsumerHeartbeatAnswer answer;
        answer.token = token;
        answer.error = error;
        answer.member_id = member_id;
        effects.push_back(std::move(answer));
    }
    void refuse_sync(GroupToken token, ErrorCode error) {
        SyncAnswer answer;
        answer.token = token;
        answer.error = error;
        effects.push_back(std::move(answer));
    }
};

}  // namespace highwater
