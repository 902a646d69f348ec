#pragma once

#include <string>

#include "core/group/group_coordinator.h"

namespace highwater {

/// What a step of the coordinator may use besides its state.
struct GroupCoordinator::Step {
    Time now;
    Timestamp wall;
    GroupEffects& effects;

    void refuse_join(GroupToken token, ErrorCode error, const std::string& member_id) {
        JoinAnswer answer;
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
