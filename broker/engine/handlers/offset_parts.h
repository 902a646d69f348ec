#pragma once

#include "core/group/group_effect.h"

namespace highwater::engine {

/// Completes an answer that has a part for every partition of the request, in its order: those without an error yet are
/// the ones that the machine was asked for, in the same order.
void fill_in_offset_parts(auto& topics, const OffsetsAnswer& answer) {
    auto next = answer.partitions.begin();
    for (auto& topic : topics.materialise()) {
        for (auto& part : topic.partitions.materialise()) {
            if (part.error_code != ErrorCode::none) continue;
            part.error_code = answer.error != ErrorCode::none ? answer.error : *next++;
        }
    }
}

}  // namespace highwater::engine
