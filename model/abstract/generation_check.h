#pragma once

#include <cstdint>

#include "model/abstract/generations.h"
#include "model/explore/progress.h"

namespace highwater::model {

struct GenerationCheckOptions {
    unsigned threads = 1;
    std::uint64_t max_states = 0;
    bool symmetry = true;
    /// Walk at random instead of breadth first.
    bool random = false;
    std::uint64_t seed = 1;
    std::uint64_t steps = 1'000'000;
    /// More processor time than this is a failure; 0: any will do.
    double processor_seconds = 0;
    ProgressStyle progress = ProgressStyle::silent;
};

enum class GenerationVerdict : std::uint8_t {
    holds,       ///< every property, as far as it went
    violated,    ///< one is broken, and the way there was told
    unexpected,  ///< a pinned number differs, or it took too long
};

/// Explores a scope of the abstract model, prints what came of it, and compares it with what is pinned.
GenerationVerdict check_generation(const Generation& generation, const ReplicationScope& scope,
                                   const GenerationCheckOptions& options);

/// Prints the generations with their scopes and numbers.
void list_generations();

}  // namespace highwater::model
