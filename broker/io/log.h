#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/base/time.h"

namespace highwater::io {

/// What a log line is about. Each kind is limited by itself, so that a flood of one never hides the others.
enum class LogKind : std::uint8_t { node, connection, refused_connection, accept, engine };
inline constexpr std::size_t kLogKinds = 5;

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// One line per event on the standard error stream: wall clock, level, text. Whatever a peer wrote is escaped, so no
/// line can hold a control character or look like two. Of one kind at most kPerSecond lines a second are written; the
/// rest is counted, and the count stands in the next line of that kind.
class Log {
  public:
    static constexpr std::uint32_t kPerSecond = 10;
    using Sink = std::function<void(std::string_view line)>;
    using Clock = std::function<Timestamp()>;

    /// To the standard error stream, by the system's clock.
    explicit Log(LogLevel level);
    /// To a test.
    Log(LogLevel level, Sink sink, Clock clock);

    /// May be called by any thread.
    template <class... Args>
    void write(LogLevel level, LogKind kind, fmt::format_string<Args...> format, Args&&... args) {
        if (level < level_) return;
        write_text(level, kind, fmt::format(format, std::forward<Args>(args)...));
    }
    void write_text(LogLevel level, LogKind kind, std::string_view text);

  private:
    struct Rate {
        std::int64_t second = 0;
        std::uint32_t lines = 0;
        std::uint64_t left_out = 0;
    };

    LogLevel level_;
    Sink sink_;
    Clock clock_;
    std::mutex mutex_;
    std::array<Rate, kLogKinds> rates_{};
};

/// `text` with every byte that is not printable ASCII as \xNN, and backslashes doubled; at most 400 bytes of it.
std::string escaped(std::string_view text);

}  // namespace highwater::io
