#include "model/trace/trace.h"

#include <istream>
#include <ostream>

#include <fmt/format.h>

namespace highwater::model {
namespace {

constexpr std::string_view kFirstLine = "highwater-model trace 1";

}  // namespace

void write_trace(std::ostream& out, const Trace& trace) {
    out << kFirstLine << '\n'
        << "scenario " << trace.scenario << '\n'
        << "scope " << name_of(trace.size) << '\n'
        << "core " << (trace.core.empty() ? "unchanged" : trace.core) << '\n';
    for (const std::string& property : trace.silenced) out << "silenced " << property << '\n';
    out << "property " << trace.property << '\n' << "facts " << trace.facts << '\n';
    for (const std::string& action : trace.actions) out << "action " << action << '\n';
    for (const std::string& action : trace.cycle) out << "again " << action << '\n';
}

std::expected<Trace, std::string> read_trace(std::istream& in) {
    Trace trace;
    std::string line;
    if (!std::getline(in, line) || line != kFirstLine) {
        return std::unexpected(fmt::format("line 1: not a trace, it does not begin with \"{}\"", kFirstLine));
    }
    for (std::size_t number = 2; std::getline(in, line); ++number) {
        const auto space = line.find(' ');
        const std::string key = line.substr(0, space);
        const std::string value = space == std::string::npos ? std::string{} : line.substr(space + 1);
        if (key == "scenario") {
            trace.scenario = value;
        } else if (key == "scope") {
            const auto size = scope_size_from(value);
            if (!size) return std::unexpected(fmt::format("line {}: no scope is called {}", number, value));
            trace.size = *size;
        } else if (key == "core") {
            trace.core = value == "unchanged" ? std::string{} : value;
        } else if (key == "silenced") {
            trace.silenced.push_back(value);
        } else if (key == "property") {
            trace.property = value;
        } else if (key == "facts") {
            trace.facts = value;
        } else if (key == "action") {
            trace.actions.push_back(value);
        } else if (key == "again") {
            trace.cycle.push_back(value);
        } else {
            return std::unexpected(fmt::format("line {}: unknown word {}", number, key));
        }
    }
    if (trace.scenario.empty()) return std::unexpected("no scenario is named");
    return trace;
}

}  // namespace highwater::model
