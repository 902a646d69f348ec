#include "broker/io/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

namespace highwater::io {

namespace {

/// Ends the waiting thread; nobody else sends it.
constexpr int kFinished = SIGUSR2;

sigset_t waited_for() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, kFinished);
    return set;
}

}  // namespace

Signals::Signals(std::function<void()> asked_to_stop) {
    ::signal(SIGPIPE, SIG_IGN);
    const sigset_t set = waited_for();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    waiter_ = std::jthread([asked_to_stop = std::move(asked_to_stop)](const std::stop_token& finished) {
        bool asked = false;
        for (;;) {
            const sigset_t wanted = waited_for();
            int signal = 0;
            if (sigwait(&wanted, &signal) != 0 || finished.stop_requested()) return;
            if (signal == kFinished) continue;
            if (asked) ::_exit(128 + signal);
            asked = true;
            asked_to_stop();
        }
    });
}

Signals::~Signals() {
    waiter_.request_stop();
    pthread_kill(waiter_.native_handle(), kFinished);
}

}  // namespace highwater::io
