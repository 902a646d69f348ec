#include "broker/io/log.h"

#include <unistd.h>

#include <chrono>
#include <ctime>

#include "broker/io/clock.h"

namespace highwater::io {

namespace {

void to_standard_error(std::string_view line) {
    while (!line.empty()) {
        const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
        if (written <= 0) return;  // nobody reads; there is nowhere to say so
        line.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return "debug";
        case LogLevel::info:
            return "info";
        case LogLevel::warning:
            return "warning";
        case LogLevel::error:
            return "error";
    }
    return "";
}

/// ISO 8601 in UTC with milliseconds.
std::string text_of(Timestamp time) {
    const std::time_t seconds = time.value() / 1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, time.value() % 1000);
}

}  // namespace

Log::Log(LogLevel level) : Log(level, to_standard_error, wall_clock) {}

Log::Log(LogLevel level, Sink sink, Clock clock) : level_(level), sink_(std::move(sink)), clock_(std::move(clock)) {}

void Log::write_text(LogLevel level, LogKind kind, std::string_view text) {
    if (level < level_) return;
    const std::lock_guard lock(mutex_);
    const Timestamp now = clock_();
    Rate& rate = rates_[static_cast<std::size_t>(kind)];
    if (rate.second != now.value() / 1000) {
        rate.second = now.value() / 1000;
        rate.lines = 0;
    }
    if (rate.lines >= kPerSecond) {
        ++rate.left_out;
        return;
    }
    ++rate.lines;
    const std::uint64_t left_out = std::exchange(rate.left_out, 0);
    sink_(fmt::format("{} {} {}{}\n", text_of(now), name_of(level), escaped(text),
                      left_out == 0 ? "" : fmt::format(" ({} lines like this were left out before)", left_out)));
}

std::string escaped(std::string_view text) {
    constexpr std::size_t kLongest = 400;
    std::string out;
    out.reserve(text.size());
    for (const char c : text.substr(0, kLongest)) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\\')
            out += "\\\\";
        else if (byte >= 0x20 && byte < 0x7F)
            out += c;
        else
            out += fmt::format("\\x{:02x}", byte);
    }
    if (text.size() > kLongest) out += "...";
    return out;
}

}  // namespace highwater::io
