#pragma once

#include <charconv>
#include <functional>
#include <istream>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "model/explore/invariant_trap.h"
#include "model/explore/story.h"
#include "model/explore/system.h"

namespace highwater::model {

/// What a walk by hand needs of the scenario. The functions that write return what is to be said of it.
template <System S>
struct WalkHooks {
    using Actions = std::vector<typename S::Action>;

    std::function<std::string(const typename S::State&)> print;
    std::function<std::string_view(std::string_view property)> statement;
    std::function<std::string(const std::string& file, const Actions&, const std::optional<Violation>&)> save;
    std::function<std::string(const std::string& file, const Actions&, const std::optional<Violation>&)> draw;
};

/// A person walks through the states of a system: reads what is possible, chooses, sees what comes of it, goes back.
/// One command a line; the end of the input ends the walk.
template <System S>
class Walk {
  public:
    using State = typename S::State;
    using Step = typename S::Action;

    Walk(const S& system, WalkHooks<S> hooks, std::istream& in, std::ostream& out)
        : system_(system), hooks_(std::move(hooks)), in_(in), out_(out) {
        Story story;
        states_.push_back(system.initial(&story));
        for (const std::string& line : story) fmt::print(out_, "      {}\n", line);
        look();
    }

    /// Whether no property was violated where the walk ended.
    bool run() {
        show();
        fmt::print(out_, "\n? lists the commands\n");
        for (std::string line; prompt() && std::getline(in_, line);) {
            if (!obey(line)) return !violation_;
        }
        fmt::print(out_, "\n");
        return !violation_;
    }

  private:
    bool prompt() {
        fmt::print(out_, "> ");
        out_.flush();
        return true;
    }

    /// False when the walk is to end.
    bool obey(std::string_view line) {
        while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
        const auto space = line.find(' ');
        const std::string_view word = line.substr(0, space);
        const std::string rest{space == std::string_view::npos ? std::string_view{} : line.substr(space + 1)};
        if (word.empty()) return true;
        if (word == "q") return false;
        if (word == "?") {
            help();
        } else if (word == "u") {
            undo();
        } else if (word == "l") {
            show();
        } else if (word == "s" || word == "h") {
            const auto& write = word == "s" ? hooks_.save : hooks_.draw;
            fmt::print(out_, "{}\n", write(rest, actions_, violation_));
        } else {
            take(line);
        }
        return true;
    }

    void help() {
        fmt::print(out_,
                   "NUMBER    take that action          u         undo the last one\n"
                   "l         list them again           s [FILE]  save the way here as a trace\n"
                   "q         quit                      h [FILE]  draw it as an HTML page\n");
    }

    void undo() {
        if (actions_.empty()) {
            fmt::print(out_, "this is the beginning\n");
            return;
        }
        states_.pop_back();
        actions_.pop_back();
        violation_.reset();
        look();
        show();
    }

    void take(std::string_view text) {
        std::size_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || end != text.data() + text.size() || number < 1 || number > possible_.size()) {
            fmt::print(out_, "no such action or command: {}\n", text);
            return;
        }
        const Step action = possible_[number - 1];
        states_.push_back(states_.back());
        actions_.push_back(action);
        Story story;
        violation_ = apply(states_.back(), action, story);
        fmt::print(out_, "{:3}. {}\n", actions_.size(), to_text(action));
        for (const std::string& line : story) fmt::print(out_, "      {}\n", line);
        look();
        show();
    }

    std::optional<Violation> apply(State& state, Step action, Story& story) const {
        Coverage coverage;
        try {
            return system_.apply(state, action, coverage, &story);
        } catch (const InvariantBroken& broken) {
            return Violation{kInvariantProperty, broken.what()};
        }
    }

    /// Finds out what is possible now. Nothing is after a violation.
    void look() {
        possible_.clear();
        if (violation_) return;
        Coverage coverage;
        violation_ = system_.enabled(states_.back(), possible_, coverage);
        if (violation_) possible_.clear();
    }

    /// What an action would do, in the first words of its story.
    [[nodiscard]] std::string preview(Step action) const {
        State state = states_.back();
        Story story;
        const auto violation = apply(state, action, story);
        const std::string text = story.empty() ? std::string{} : story.front();
        return violation ? fmt::format("{} [violates {}]", text, violation->property) : text;
    }

    void show() {
        fmt::print(out_, "\n{}", hooks_.print(states_.back()));
        if (violation_) {
            fmt::print(out_, "\nVIOLATED {}: {}\n  {}\n", violation_->property, violation_->facts,
                       hooks_.statement(violation_->property));
            return;
        }
        fmt::print(out_, "\nwhat can happen next{}\n", possible_.empty() ? ": nothing, all is at rest" : "");
        for (std::size_t i = 0; i < possible_.size(); ++i) {
            fmt::print(out_, "{:4}{} {:20} {}\n", i + 1, system_.disturbs(possible_[i]) ? "!" : " ",
                       to_text(possible_[i]), preview(possible_[i]));
        }
        if (!possible_.empty() && system_.disturbs(possible_.back())) fmt::print(out_, "   ! disturbs\n");
    }

    const S& system_;
    WalkHooks<S> hooks_;
    std::istream& in_;
    std::ostream& out_;
    /// One more than actions.
    std::vector<State> states_;
    std::vector<Step> actions_;
    std::vector<Step> possible_;
    std::optional<Violation> violation_;
};

}  // namespace highwater::model
