#include "model/scenarios/board.h"

#include <algorithm>
#include <charconv>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace highwater::model {
namespace {

/// What board lines begin with, so that they are told from anything else a mutant's program prints.
constexpr std::string_view kMark = "board 1";
constexpr std::size_t kFields = 12;

template <class Number>
std::optional<Number> number_from(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string with_thousands(std::uint64_t number) {
    std::string text = fmt::format("{}", number);
    for (std::size_t from_end = 3; from_end < text.size(); from_end += 4) text.insert(text.size() - from_end, 1, ',');
    return text;
}

std::string found_text(const BoardLine& line) {
    std::vector<std::string> parts;
    for (const Found& found : line.found) {
        parts.push_back(
            fmt::format("{} {}", found.explorer, found.steps ? with_thousands(*found.steps) : std::string{"-"}));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::string_view BoardLine::first() const {
    std::string_view name = "-";
    std::optional<std::uint64_t> fewest;
    for (const Found& one : found) {
        if (!one.steps || (fewest && *fewest <= *one.steps)) continue;
        name = one.explorer;
        fewest = one.steps;
    }
    return name;
}

std::string to_line(const BoardLine& line) {
    std::vector<std::string> found;
    for (const Found& one : line.found) {
        found.push_back(one.steps ? fmt::format("{}={}", one.explorer, *one.steps) : one.explorer + "=");
    }
    return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{:.3f}\t{}", kMark, line.id, line.title, line.source,
                       line.scenario, line.scope, line.killed_by, line.as_said ? 1 : 0, line.actions, line.states,
                       line.processor_seconds, fmt::join(found, ";"));
}

std::optional<BoardLine> parse_board_line(std::string_view text) {
    const auto fields = split(text, '\t');
    if (fields.size() != kFields || fields[0] != kMark) return std::nullopt;
    const auto actions = number_from<std::uint64_t>(fields[8]);
    const auto states = number_from<std::uint64_t>(fields[9]);
    const auto seconds = number_from<double>(fields[10]);
    if (!actions || !states || !seconds) return std::nullopt;
    BoardLine line{.id = std::string{fields[1]},
                   .title = std::string{fields[2]},
                   .source = std::string{fields[3]},
                   .scenario = std::string{fields[4]},
                   .scope = std::string{fields[5]},
                   .killed_by = std::string{fields[6]},
                   .as_said = fields[7] == "1",
                   .actions = *actions,
                   .states = *states,
                   .processor_seconds = *seconds,
                   .found = {}};
    for (const std::string_view one : split(fields[11], ';')) {
        const auto equals = one.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        line.found.push_back({std::string{one.substr(0, equals)}, number_from<std::uint64_t>(one.substr(equals + 1))});
    }
    return line;
}

std::string board_text(const std::vector<BoardLine>& lines) {
    std::string text;
    for (const BoardLine& line : lines) {
        text +=
            fmt::format("{:5} {:22} {:24} {:3} actions {:>10} states {:7.2f} s  {}\n", line.id,
                        line.killed_by.empty() ? "SURVIVED" : line.killed_by + (line.as_said ? "" : " (unexpected)"),
                        fmt::format("{} {}", line.scenario, line.scope), line.actions, with_thousands(line.states),
                        line.processor_seconds, found_text(line));
    }
    return text;
}

std::string board_page(const std::vector<BoardLine>& lines) {
    std::string text =
        "# The mutants\n\n"
        "Written by `highwater-model mutants --page`, which hunts them all. Each is an exact edit of a copy of the\n"
        "source (`model/mutants`), and each must be found by the property that its file names; [model checking]"
        "(model-checking.md)\n"
        "says how, and which known bugs have no place in this core or are hidden by a second guard.\n\n"
        "Actions: of the shortest way. States, seconds of processor time: of the breadth-first search until it was "
        "found. Steps: what\n"
        "each explorer needed, `-` where it did not find the mutant in as many as it was given.\n\n"
        "| mutant | edit | source | found by | where | actions | states | seconds | steps by explorer | first |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
    for (const BoardLine& line : lines) {
        // A test that hunts has neither.
        const auto counted = [](std::uint64_t number) { return number == 0 ? "-" : with_thousands(number); };
        text += fmt::format("| {} | {} | {} | {} | {} {} | {} | {} | {:.2f} | {} | {} |\n", line.id, line.title,
                            line.source, line.killed_by.empty() ? "**survives**" : line.killed_by, line.scenario,
                            line.scope, counted(line.actions), counted(line.states), line.processor_seconds,
                            found_text(line), line.first());
    }
    const auto killed = std::ranges::count_if(lines, [](const BoardLine& line) { return !line.killed_by.empty(); });
    return text + fmt::format("\n{} of {} are found.\n", killed, lines.size());
}

}  // namespace highwater::model
