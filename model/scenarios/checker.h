#pragma once

#include <cstdint>
#include <expected>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/explore/property.h"
#include "model/scenarios/check.h"
#include "model/scenarios/scope_size.h"
#include "model/trace/picture.h"
#include "model/trace/trace.h"

namespace highwater::model {

enum class Verdict : std::uint8_t {
    holds,           ///< every property, as far as it went
    violated,        ///< one does not, or a pinned number differs, or what the properties speak of did not occur
    fails_as_known,  ///< the one does not that is documented not to
    usage,           ///< the question makes no sense
};

/// A scope as `list` shows it.
struct ListedScope {
    ScopeSize size;
    std::string bounds;
    /// What must come of it; empty: not pinned.
    std::string pinned;
    /// How many states are pinned; 0: none are.
    std::uint64_t states = 0;
    /// More than CI has time for.
    bool long_run = false;
};

/// How `check` reports.
struct ReportOptions {
    /// Where a counterexample is saved; empty: a name of its own, here.
    std::string trace_file;
    /// Where it is drawn, as one HTML page; empty: nowhere.
    std::string page_file;
    /// Properties that are not judged.
    std::vector<std::string> silenced;
    /// What people type to run this program.
    std::string program;
    /// More processor time than this is a violation; 0: any will do.
    double processor_seconds = 0;
    /// One line when all is as it should be.
    bool brief = false;
};

/// A mutant's hunt, and what is taken from the harness for a control.
struct HuntOptions {
    CheckOptions check;
    /// One line of the board (see board.h) instead of the story.
    bool board = false;
    /// Succeed when the mutant is not found.
    bool expect_survival = false;
    /// Judge the minimiser instead: find the mutant by random walks too, and compare.
    bool minimised = false;
    /// Disturbances that do not happen, properties that are not judged, controls of the world that are switched on.
    std::vector<std::string> without;
    std::vector<std::string> silenced;
    std::vector<std::string> controls;
};

/// A scenario of some world, whatever the types of that world are.
class Checker {
  public:
    Checker() = default;
    virtual ~Checker() = default;
    Checker(const Checker&) = delete;
    Checker& operator=(const Checker&) = delete;

    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual std::string_view sentence() const = 0;
    /// "a partition on one broker"
    [[nodiscard]] virtual std::string_view world() const = 0;
    /// The property that must be found broken; empty: all hold.
    [[nodiscard]] virtual std::string_view known_to_fail() const = 0;
    [[nodiscard]] virtual std::vector<ListedScope> scopes() const = 0;
    /// Of `check` without a scope. Every scenario has it.
    [[nodiscard]] virtual ScopeSize usual_scope() const = 0;
    /// One line that says what `check` of the scope would explore, and that changes with its bounds and this program.
    /// Requires: the scenario has the scope.
    [[nodiscard]] virtual std::string identity(ScopeSize size) const = 0;
    /// All that can be found broken in this world.
    [[nodiscard]] virtual std::vector<Statement> statements() const = 0;

    /// Explores a scope, prints what came of it, compares it with what is pinned, and saves a counterexample. Requires:
    /// the scenario has the scope.
    [[nodiscard]] virtual Verdict check(ScopeSize size, const CheckOptions& options,
                                        const ReportOptions& report) const = 0;
    /// The story of a saved counterexample; the error says what is wrong with it.
    [[nodiscard]] virtual std::expected<Told, std::string> retell(const Trace& trace) const = 0;
    /// The same as a picture.
    [[nodiscard]] virtual std::expected<Picture, std::string> draw(const Trace& trace) const = 0;
    /// A person walks through the states of a scope: commands come from `in`, what is to be read goes to `out`.
    [[nodiscard]] virtual Verdict walk(ScopeSize size, const ReportOptions& report, std::istream& in,
                                       std::ostream& out) const = 0;
    /// What a mutant's program does: finds its own bug where its file says, by the property that its file names, and
    /// prints that.
    [[nodiscard]] virtual Verdict hunt(ScopeSize size, const HuntOptions& options) const = 0;
};

/// All scenarios, those of a world together.
[[nodiscard]] std::span<const std::unique_ptr<const Checker>> all_checkers();
/// nullptr when there is none.
[[nodiscard]] const Checker* find_checker(std::string_view name);

// One for each world.
[[nodiscard]] std::vector<std::unique_ptr<const Checker>> partition_checkers();
[[nodiscard]] std::vector<std::unique_ptr<const Checker>> cluster_checkers();
[[nodiscard]] std::vector<std::unique_ptr<const Checker>> group_checkers();
[[nodiscard]] std::vector<std::unique_ptr<const Checker>> transaction_checkers();
[[nodiscard]] std::vector<std::unique_ptr<const Checker>> generation_checkers();

}  // namespace highwater::model
