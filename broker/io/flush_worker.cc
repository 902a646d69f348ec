#include "broker/io/flush_worker.h"

#include <utility>

namespace highwater::io {

FlushWorker::FlushWorker(Done done)
    : done_(std::move(done)), thread_([this](const std::stop_token& stop) { work(stop); }) {}

FlushWorker::~FlushWorker() {
    thread_.request_stop();
    thread_.join();
}

void FlushWorker::start(engine::FlushJob job) {
    {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
}

void FlushWorker::work(const std::stop_token& stop) {
    for (;;) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, stop, [this] { return !jobs_.empty(); });
        if (jobs_.empty()) return;
        const engine::FlushJob job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        done_(job.run());
    }
}

}  // namespace highwater::io
