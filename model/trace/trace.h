#pragma once

#include <expected>
#include <iosfwd>
#include <string>
#include <vector>

#include "model/scenarios/scope_size.h"

namespace highwater::model {

/// A way to a violation, with all that is needed to go it again. Whose world it is, the scenario says.
struct Trace {
    std::string scenario;
    ScopeSize size = ScopeSize::small;
    /// The mutant's id; empty for the core as it is.
    std::string core;
    /// Properties that were not judged, so that the way goes on to a violation of another one.
    std::vector<std::string> silenced;
    std::string property;
    std::string facts;
    /// As to_text() writes them.
    std::vector<std::string> actions;
    /// What comes after them, again and again, when that is the violation (model/explore/liveness.h).
    std::vector<std::string> cycle;

    friend bool operator==(const Trace&, const Trace&) = default;
};

/// Text, one action a line: stable, and read back by read_trace().
void write_trace(std::ostream& out, const Trace& trace);
/// The error says which line is wrong and why.
std::expected<Trace, std::string> read_trace(std::istream& in);

}  // namespace highwater::model
