#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/strong_type.h"

namespace highwater::engine {

struct FlushJobId : StrongType<FlushJobId, std::uint64_t> {
    using StrongType::StrongType;
};

/// What a FlushJob says when it is done: one entry per target, in the job's order.
struct FlushResult {
    FlushJobId id;
    std::vector<bool> succeeded;
};

/// One group commit: the files that one or more turns of the event loop wrote to and that must now survive a power
/// loss. `run` may block for as long as a disk takes, touches nothing but those files, and may run on any thread; the
/// result goes back to the engine's own thread (Engine::flush_completed). At most one job is under way per engine.
class FlushJob {
  public:
    /// Makes one file durable. False: the sync failed; it must not be tried again (a second fsync may lie).
    using Target = std::function<bool()>;

    FlushJob(FlushJobId id, std::vector<Target> targets) : id_(id), targets_(std::move(targets)) {}

    [[nodiscard]] FlushJobId id() const { return id_; }
    [[nodiscard]] std::size_t size() const { return targets_.size(); }
    [[nodiscard]] FlushResult run() const {
        FlushResult result{.id = id_, .succeeded = {}};
        result.succeeded.reserve(targets_.size());
        for (const Target& target : targets_) result.succeeded.push_back(target());
        return result;
    }

  private:
    FlushJobId id_;
    std::vector<Target> targets_;
};

}  // namespace highwater::engine
