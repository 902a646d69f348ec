#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/abstract/replication.h"
#include "model/scenarios/scope_size.h"

namespace highwater::model {

/// What a complete run of a scope visits.
struct ReplicationCounts {
    std::uint64_t states = 0;  ///< up to renaming of replicas
    std::uint64_t unreduced_states = 0;
    std::uint64_t steps = 0;
    std::uint32_t depth = 0;  ///< in actions; TLC's depth counts the initial state too and is greater by one
};

/// A property that a generation breaks, and the length of the shortest way there.
struct ShortestViolation {
    ReplicationProperty property;
    std::uint32_t actions;
};

struct ReplicationScope {
    ScopeSize size;
    ReplicationBounds bounds;
    /// One of the two says what must come of it.
    std::optional<ReplicationCounts> counts;
    std::vector<ShortestViolation> violations;
};

/// A generation of the protocol, or KIP-320 without one of its guards.
struct Generation {
    std::string_view name;
    std::string_view sentence;
    ReplicationRules rules;
    /// At most so many actions to a violation, as published; 0: nothing was published.
    std::uint32_t published_actions = 0;
    std::vector<ReplicationScope> scopes;

    [[nodiscard]] const ReplicationScope* find(ScopeSize size) const;
};

/// KIP-320 first.
std::span<const Generation> all_generations();
/// nullptr when there is none.
const Generation* find_generation(std::string_view name);

}  // namespace highwater::model
