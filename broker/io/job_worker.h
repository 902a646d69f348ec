#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace highwater::io {

/// Runs jobs one after the other on a thread of its own, so that a slow disk never stops the event loop. A job that
/// asks whether it is cancelled is so when the worker stops.
template <class Job>
class JobWorker {
  public:
    using Result = decltype(std::declval<const Job&>().run());
    using Done = std::function<void(Result)>;

    /// `done` is called on the worker's thread. `nice` is the thread's, as in nice(1): above 0 it gives way to the
    /// event loop where both want one core.
    explicit JobWorker(Done done, int nice = 0)
        : done_(std::move(done)), thread_([this, nice](const std::stop_token& stop) {
              // On Linux priorities are of threads. Should it fail, the job is done all the same.
              if (nice != 0) setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), nice);
              work(stop);
          }) {}
    /// Finishes the jobs that were given.
    ~JobWorker() {
        thread_.request_stop();
        thread_.join();
    }
    JobWorker(const JobWorker&) = delete;
    JobWorker& operator=(const JobWorker&) = delete;

    void start(Job job) {
        {
            const std::lock_guard lock(mutex_);
            jobs_.push_back(std::move(job));
        }
        changed_.notify_one();
    }

  private:
    void work(const std::stop_token& stop) {
        for (;;) {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, stop, [this] { return !jobs_.empty(); });
            if (jobs_.empty()) return;
            const Job job = std::move(jobs_.front());
            jobs_.pop_front();
            lock.unlock();
            if constexpr (requires { job.run([] { return false; }); }) {
                done_(job.run([&stop] { return stop.stop_requested(); }));
            } else {
                done_(job.run());
            }
        }
    }

    Done done_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Job> jobs_;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace highwater::io
