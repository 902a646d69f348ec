#pragma once

/// The one header through which a property test sees gtest and rapidcheck: <rapidcheck/gtest.h> compiles only after
/// <gtest/gtest.h> and does not include it, so the order is fixed here.
///
/// It also makes every failure, and every crash (sanitizer report, broken invariant, signal), print the one line that
/// repeats it: RC_PARAMS, the program and --gtest_filter. RapidCheck alone prints its `reproduce=` string only at the
/// end of the process, which a crash never reaches. The seed repeats the same cases from the first on, since every
/// property of a process starts from the same seed.

// clang-format off
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <rapidcheck/detail/Configuration.h>
// clang-format on

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>

extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace highwater::property {

/// The line for the running test. Held ready as bytes, since a signal handler may only write them.
inline char repeat_line[4096];
inline std::size_t repeat_line_size = 0;

inline void print_repeat_line() {
    if (repeat_line_size == 0) {
        return;
    }
    const ssize_t written = ::write(STDERR_FILENO, repeat_line, repeat_line_size);
    static_cast<void>(written);
    repeat_line_size = 0;
}

inline void print_and_die(int signal_number) {
    print_repeat_line();
    ::signal(signal_number, SIG_DFL);
    ::raise(signal_number);
}

class RepeatLinePrinter : public ::testing::EmptyTestEventListener {
    void OnTestProgramStart(const ::testing::UnitTest& /*program*/) override {
        if (__sanitizer_set_death_callback != nullptr) {
            __sanitizer_set_death_callback(&print_repeat_line);
            return;  // the sanitizer has its own signal handlers
        }
        for (const int signal_number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTERM}) {
            ::signal(signal_number, &print_and_die);
        }
    }

    void OnTestStart(const ::testing::TestInfo& test) override {
        const std::string parameters = rc::detail::configToMinimalString(rc::detail::configuration());
        const int size =
            std::snprintf(repeat_line, sizeof repeat_line, "\nrepeat with: RC_PARAMS='%s' %s --gtest_filter='%s.%s'\n",
                          parameters.c_str(), program_invocation_name, test.test_suite_name(), test.name());
        repeat_line_size = size < 0 ? 0 : std::min(static_cast<std::size_t>(size), sizeof repeat_line - 1);
    }

    void OnTestEnd(const ::testing::TestInfo& test) override {
        if (test.result()->Failed()) {
            print_repeat_line();
        }
        repeat_line_size = 0;
    }
};

inline const bool repeat_line_printer_is_listening = [] {
    ::testing::UnitTest::GetInstance()->listeners().Append(new RepeatLinePrinter);  // owned by the listeners
    return true;
}();

}  // namespace highwater::property
