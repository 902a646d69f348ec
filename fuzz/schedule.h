#pragma once

#include <bitset>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "model/explore/guided.h"
#include "model/mutants/mutant.h"
#include "model/trace/trace.h"

namespace highwater::model {

/// libFuzzer counts these beside the code that was covered: a number for each abstract state, so that what keeps an
/// input is what the world was like on the way.
inline constexpr std::size_t kAbstractStates = std::size_t{1} << 13;
__attribute__((section("__libfuzzer_extra_counters"))) inline std::uint8_t abstract_states[kAbstractStates];

/// HIGHWATER_ABSTRACT_COVERAGE=off leaves only the code's coverage: the control of the search.
inline bool abstract_coverage() {
    static const bool on = [] {
        const char* value = std::getenv("HIGHWATER_ABSTRACT_COVERAGE");
        return value == nullptr || std::string_view(value) != "off";
    }();
    return on;
}

/// Those that any walk of this process came to; how many is said at the end.
class SeenStates {
  public:
    ~SeenStates() { std::fprintf(stderr, "abstract states seen: %zu\n", seen_.count()); }
    void add(std::size_t number) { seen_.set(number); }

  private:
    std::bitset<kAbstractStates> seen_;
};

inline void observe_abstract_state(std::uint64_t number) {
    static SeenStates seen;
    seen.add(number % kAbstractStates);
    if (abstract_coverage()) abstract_states[number % kAbstractStates] = 1;
}

/// Which scenario and scope: HIGHWATER_SCHEDULE=NAME:SCOPE, or the mutant's own, or the usual ones.
struct ChosenScope {
    std::string scenario;
    ScopeSize size;
};
inline ChosenScope chosen_scope(std::string_view usual_scenario, ScopeSize usual_size) {
    const char* wanted = std::getenv("HIGHWATER_SCHEDULE");
    std::string scenario{usual_scenario};
    std::string size{name_of(usual_size)};
    if (wanted != nullptr) {
        const std::string_view text = wanted;
        scenario = text.substr(0, text.find(':'));
        if (text.find(':') != std::string_view::npos) size = text.substr(text.find(':') + 1);
    } else if (!core_variant().id.empty()) {
        scenario = core_variant().scenario;
        size = core_variant().scope;
    }
    const auto known = scope_size_from(size);
    if (!known) {
        std::fprintf(stderr, "no scope is called %s\n", size.c_str());
        std::exit(2);
    }
    return {scenario, *known};
}

/// Saves the way there as a trace, says how to repeat it, and ends the process: the fuzzer keeps the input.
template <class Action>
[[noreturn]] void report(const ChosenScope& scope, const Counterexample<Action>& found, std::uint64_t walks) {
    Trace trace;
    trace.scenario = scope.scenario;
    trace.size = scope.size;
    trace.core = core_variant().id;
    trace.property = found.violation.property;
    trace.facts = found.violation.facts;
    for (const Action& action : found.actions) trace.actions.push_back(to_text(action));
    const std::string file =
        "schedule-" + scope.scenario + "-" + trace.property + (trace.core.empty() ? "" : "-" + trace.core) + ".trace";
    std::ofstream out(file);
    write_trace(out, trace);
    out.close();
    std::fprintf(
        stderr, "%s does not hold: %s\n%zu actions, found in walk %llu; repeat it with:\n  highwater-model replay %s\n",
        trace.property.c_str(), trace.facts.c_str(), trace.actions.size(), static_cast<unsigned long long>(walks),
        file.c_str());
    std::abort();
}

}  // namespace highwater::model
