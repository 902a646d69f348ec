#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "broker/engine/flush_job.h"

namespace highwater::io {

/// Runs flush jobs one after the other on a thread of its own, so that a slow disk never stops the event loop.
class FlushWorker {
  public:
    using Done = std::function<void(engine::FlushResult)>;

    /// `done` is called on the worker's thread.
    explicit FlushWorker(Done done);
    /// Finishes the jobs that were given.
    ~FlushWorker();
    FlushWorker(const FlushWorker&) = delete;
    FlushWorker& operator=(const FlushWorker&) = delete;

    void start(engine::FlushJob job);

  private:
    void work(const std::stop_token& stop);

    Done done_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<engine::FlushJob> jobs_;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace highwater::io
