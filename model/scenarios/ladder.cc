#include "model/scenarios/ladder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

namespace highwater::model {
namespace {

namespace fs = std::filesystem;

struct Rung {
    const Checker* checker;
    ListedScope scope;

    /// Scopes that are not pinned come last.
    [[nodiscard]] std::uint64_t size() const {
        return scope.states > 0 ? scope.states : std::numeric_limits<std::uint64_t>::max();
    }
};

constexpr std::uint64_t kMostUnreducedStates = 10'000'000;

bool is_among(Rungs rungs, const ListedScope& scope) {
    switch (rungs) {
        case Rungs::short_runs:
            return !scope.long_run;
        case Rungs::long_runs:
            return scope.long_run;
        case Rungs::unreduced:
            // What is known to fail has no pinned number: it fails before anything like the whole space was visited.
            return scope.states <= kMostUnreducedStates && (scope.states > 0 || !scope.long_run);
    }
    return false;
}

std::vector<Rung> ladder_of(Rungs rungs) {
    std::vector<Rung> ladder;
    for (const auto& checker : all_checkers()) {
        for (ListedScope& scope : checker->scopes()) {
            if (!is_among(rungs, scope)) continue;
            Rung rung{checker.get(), std::move(scope)};
            // As a stable sort; the library's does not compile under Clang 19 (std::get_temporary_buffer).
            ladder.insert(std::ranges::upper_bound(ladder, rung.size(), {}, &Rung::size), std::move(rung));
        }
    }
    return ladder;
}

/// What a former process left of a rung, in a directory of the rung's own.
class Climbed {
  public:
    Climbed(const std::string& checkpoints, const Rung& rung) {
        if (checkpoints.empty()) return;
        identity_ = rung.checker->identity(rung.scope.size);
        directory_ = fs::path(checkpoints) / fmt::format("{}-{}", rung.checker->name(), name_of(rung.scope.size));
    }

    /// Where its checkpoints go; empty: nowhere.
    [[nodiscard]] std::string directory() const { return directory_.string(); }

    [[nodiscard]] bool is_done() const {
        std::ifstream in(done());
        std::string line;
        return !directory_.empty() && std::getline(in, line) && line == identity_;
    }
    void note_done() const {
        if (directory_.empty()) return;
        std::error_code error;
        fs::create_directories(directory_, error);
        std::ofstream(done()) << identity_ << '\n';
    }

  private:
    [[nodiscard]] fs::path done() const { return directory_ / "done"; }

    std::string identity_;
    fs::path directory_;
};

}  // namespace

Verdict climb(Rungs rungs, const CheckOptions& options, const ReportOptions& report) {
    const auto ladder = ladder_of(rungs);
    CheckOptions each = options;
    each.reductions = rungs != Rungs::unreduced;
    Stopwatch watch;
    std::size_t number = 0;
    for (const Rung& rung : ladder) {
        fmt::print("{:2}/{} ", ++number, ladder.size());
        const Climbed climbed(options.checkpoint_directory, rung);
        if (climbed.is_done()) {
            fmt::print("{} {}: done before\n", rung.checker->name(), name_of(rung.scope.size));
            continue;
        }
        ReportOptions brief = report;
        brief.brief = true;
        each.checkpoint_directory = climbed.directory();
        const Verdict verdict = rung.checker->check(rung.scope.size, each, brief);
        const Verdict expected = rung.checker->known_to_fail().empty() ? Verdict::holds : Verdict::fails_as_known;
        if (verdict == expected) {
            climbed.note_done();
            continue;
        }
        fmt::print("repeat it with:\n  {} check {} --scope {}{}\n", report.program, rung.checker->name(),
                   name_of(rung.scope.size), each.reductions ? "" : " --unreduced");
        return Verdict::violated;
    }
    fmt::print("{} scopes in {:.0f} s: all as they should be\n", ladder.size(), watch.seconds());
    return Verdict::holds;
}

}  // namespace highwater::model
