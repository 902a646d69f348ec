#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace highwater::model {

/// What an explorer needed to find a mutant.
struct Found {
    std::string explorer;
    /// Steps until it was found; nullopt: it was not, in as many as the explorer was given.
    std::optional<std::uint64_t> steps;

    friend bool operator==(const Found&, const Found&) = default;
};

/// One mutant on the board: a program says of itself who finds it, how, and how fast.
struct BoardLine {
    std::string id;
    std::string title;
    std::string source;
    std::string scenario;
    std::string scope;
    /// The property that was broken; empty: it survived.
    std::string killed_by;
    /// Whether that is the property which the mutant's file names.
    bool as_said = true;
    /// Of the shortest way, and the states until that was found.
    std::uint64_t actions = 0;
    std::uint64_t states = 0;
    double processor_seconds = 0;
    std::vector<Found> found;

    /// Name of the explorer that needed the fewest steps.
    [[nodiscard]] std::string_view first() const;
    friend bool operator==(const BoardLine&, const BoardLine&) = default;
};

/// One line, without the line's end; parse_board_line() reads it back, nullopt when it is something else.
[[nodiscard]] std::string to_line(const BoardLine& line);
[[nodiscard]] std::optional<BoardLine> parse_board_line(std::string_view text);

/// The board as a table for people, and as docs/mutants.md.
[[nodiscard]] std::string board_text(const std::vector<BoardLine>& lines);
[[nodiscard]] std::string board_page(const std::vector<BoardLine>& lines);

}  // namespace highwater::model
