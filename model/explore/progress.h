#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <string_view>

namespace highwater::model {

/// Seconds since its construction, for speeds and progress lines. Nothing that is explored depends on it.
class Stopwatch {
  public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

    /// Processor time of this process since then.
    [[nodiscard]] double cpu_seconds() const {
        return static_cast<double>(std::clock() - cpu_start_) / static_cast<double>(CLOCKS_PER_SEC);
    }

  private:
    std::clock_t cpu_start_ = std::clock();
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Where progress goes: nowhere, or to stderr as one line that is rewritten twice a second (a terminal) or as a line
/// every four seconds (anything else).
enum class ProgressStyle { silent, terminal, lines };

class Progress {
  public:
    Progress(std::string_view what, ProgressStyle style);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Prints if it is time: how far it is, how fast, how much memory the process has, and for a search with a visited
    /// set (`waiting` states are left in it) the expected number of accidental pairs. Cheap enough to be called every
    /// few thousand states.
    void update(std::uint64_t states, std::uint64_t steps, std::uint32_t depth, std::uint64_t waiting);

  private:
    std::string_view what_;
    ProgressStyle style_;
    bool printed_ = false;
    double next_ = 0.5;
    double former_seconds_ = 0;
    std::uint64_t former_states_ = 0;
    Stopwatch watch_;
};

}  // namespace highwater::model
