#include "model/scenarios/hunt_all.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include <fmt/format.h>

namespace highwater::model {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProgramPrefix = "highwater-mutant-";

std::vector<fs::path> programs_in(const fs::path& directory) {
    std::vector<fs::path> programs;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        if (entry.is_regular_file() && entry.path().filename().string().starts_with(kProgramPrefix)) {
            programs.push_back(entry.path());
        }
    }
    std::ranges::sort(programs);
    return programs;
}

std::optional<BoardLine> hunt_one(const fs::path& program) {
    const std::string command = "'" + program.string() + "' hunt --board";
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    if (!pipe) return std::nullopt;
    std::optional<BoardLine> line;
    std::array<char, 2048> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
        std::string_view text = buffer.data();
        if (text.ends_with('\n')) text.remove_suffix(1);
        if (auto parsed = parse_board_line(text)) line = std::move(parsed);
    }
    return line;
}

}  // namespace

std::expected<std::vector<BoardLine>, std::string> hunt_all(const fs::path& directory, unsigned jobs) {
    const auto programs = programs_in(directory);
    if (programs.empty()) return std::unexpected(fmt::format("no mutants in {}: build them first", directory.string()));
    std::vector<std::optional<BoardLine>> lines(programs.size());
    std::atomic<std::size_t> next = 0;
    std::size_t done = 0;
    std::mutex mutex;
    const auto work = [&] {
        for (std::size_t i = next++; i < programs.size(); i = next++) {
            lines[i] = hunt_one(programs[i]);
            const std::scoped_lock lock(mutex);
            const bool killed = lines[i] && !lines[i]->killed_by.empty();
            fmt::print(stderr, "{}/{} {}{}\n", ++done, programs.size(), programs[i].filename().string(),
                       killed     ? ""
                       : lines[i] ? ": survived"
                                  : ": no answer");
        }
    };
    {
        std::vector<std::jthread> helpers;
        for (unsigned j = 1; j < jobs; ++j) helpers.emplace_back(work);
        work();
    }
    std::vector<BoardLine> board;
    for (std::size_t i = 0; i < programs.size(); ++i) {
        if (!lines[i]) return std::unexpected(fmt::format("{} hunt --board says nothing", programs[i].string()));
        board.push_back(std::move(*lines[i]));
    }
    return board;
}

}  // namespace highwater::model
