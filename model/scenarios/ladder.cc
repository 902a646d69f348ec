#include "model/scenarios/ladder.h"

#include <algorithm>
#include <limits>
#include <vector>

#include <fmt/format.h>

namespace highwater::model {
namespace {

struct Rung {
    const Checker* checker;
    ListedScope scope;

    /// Scopes that are not pinned come last.
    [[nodiscard]] std::uint64_t size() const {
        return scope.states > 0 ? scope.states : std::numeric_limits<std::uint64_t>::max();
    }
};

std::vector<Rung> rungs(bool long_runs) {
    std::vector<Rung> found;
    for (const auto& checker : all_checkers()) {
        for (ListedScope& scope : checker->scopes()) {
            // What is known to fail is found before anything like the whole space was visited.
            if (scope.long_run == long_runs) found.push_back({checker.get(), std::move(scope)});
        }
    }
    std::ranges::stable_sort(found, {}, &Rung::size);
    return found;
}

}  // namespace

Verdict climb(bool long_runs, const CheckOptions& options, const ReportOptions& report) {
    const auto ladder = rungs(long_runs);
    Stopwatch watch;
    std::size_t number = 0;
    for (const Rung& rung : ladder) {
        fmt::print("{:2}/{} ", ++number, ladder.size());
        ReportOptions brief = report;
        brief.brief = true;
        const Verdict verdict = rung.checker->check(rung.scope.size, options, brief);
        const Verdict expected = rung.checker->known_to_fail().empty() ? Verdict::holds : Verdict::fails_as_known;
        if (verdict == expected) continue;
        fmt::print("repeat it with:\n  {} check {} --scope {}\n", report.program, rung.checker->name(),
                   name_of(rung.scope.size));
        return Verdict::violated;
    }
    fmt::print("{} scopes in {:.0f} s: all as they should be\n", ladder.size(), watch.seconds());
    return Verdict::holds;
}

}  // namespace highwater::model
