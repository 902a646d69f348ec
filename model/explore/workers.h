#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace highwater::model {

/// Threads that wait for work: an exploration hands out work every few milliseconds.
class Workers {
  public:
    /// `threads` in all, with the one that calls run().
    explicit Workers(unsigned threads);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    [[nodiscard]] unsigned threads() const { return static_cast<unsigned>(helpers_.size()) + 1; }

    /// Calls work(0) here and work(1), work(2)... on the others, and returns when all have. Throws what one of them
    /// threw, when the others are done.
    void run(const std::function<void(unsigned)>& work);

  private:
    void help(unsigned number);
    void carry_out(unsigned number);

    const std::function<void(unsigned)>* work_ = nullptr;
    std::atomic<std::uint32_t> round_{0};
    std::atomic<std::uint32_t> busy_{0};
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::exception_ptr thrown_;
    std::vector<std::jthread> helpers_;
};

}  // namespace highwater::model
