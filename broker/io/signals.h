#pragma once

#include <functional>
#include <thread>

namespace highwater::io {

/// SIGTERM and SIGINT ask for a clean stop; a second one ends the process at once. SIGPIPE is ignored.
/// Made before any other thread, so that all of them leave the signals to this one.
class Signals {
  public:
    /// `asked_to_stop` is called once, on a thread of its own.
    explicit Signals(std::function<void()> asked_to_stop);
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

  private:
    std::jthread waiter_;
};

}  // namespace highwater::io
