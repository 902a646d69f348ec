#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "broker/storage/compaction_plan.h"

namespace highwater::engine {

/// What a CompactionJob wrote, or why it did not.
struct CompactionOutcome {
    std::uint64_t partition_number = 0;
    std::shared_ptr<const storage::CompactionPlan> plan;
    storage::IoResult<storage::CompactionResult> result;
};

/// One pass of compaction over one log (storage::CompactionPlan). `run` takes as long as reading and writing the log
/// does, touches nothing that the engine writes, and may run on any thread; what comes of it goes back to the engine's
/// own thread (Engine::compaction_completed). At most one job is under way per engine.
class CompactionJob {
  public:
    CompactionJob(std::uint64_t partition_number, std::shared_ptr<const storage::CompactionPlan> plan)
        : partition_number_(partition_number), plan_(std::move(plan)) {}

    [[nodiscard]] CompactionOutcome run(const storage::CompactionPlan::IsCancelled& is_cancelled = [] {
        return false;
    }) const {
        return {partition_number_, plan_, plan_->run(is_cancelled)};
    }

  private:
    std::uint64_t partition_number_;
    std::shared_ptr<const storage::CompactionPlan> plan_;
};

}  // namespace highwater::engine
