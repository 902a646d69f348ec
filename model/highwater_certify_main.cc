// Certifies the explorer that it was built with. Linked with the explorer as it is, every figure must be the pinned
// one; linked with a mutant of the explorer, a figure of the kind that the mutant's file names must differ.
// Exit codes: 0 as it should be, 1 not.
#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "model/abstract/certify.h"
#include "model/mutants/mutant.h"

namespace highwater::model {
namespace {

/// The figures that are not as pinned.
std::vector<CertifiedFigure> differences() {
    std::vector<CertifiedFigure> figures = certify();
    std::erase_if(figures, [](const CertifiedFigure& figure) { return figure.holds(); });
    return figures;
}

int run() {
    const CoreVariant& mutant = core_variant();
    const std::vector<CertifiedFigure> different = differences();
    for (const CertifiedFigure& figure : different) {
        fmt::print("{}: {}, pinned is {}\n", figure.name, figure.found, figure.pinned);
    }
    if (mutant.id.empty()) {
        fmt::print("{}\n", different.empty() ? "every figure is as pinned" : "the explorer is not to be trusted");
        return different.empty() ? 0 : 1;
    }
    const bool noticed = std::ranges::any_of(
        different, [&](const CertifiedFigure& figure) { return figure.name.starts_with(mutant.breaks); });
    fmt::print("{}: {} ({}): {} by {}, {} figures differ\n", mutant.id, mutant.title, mutant.source,
               noticed ? "noticed" : "NOT NOTICED", mutant.breaks, different.size());
    return noticed ? 0 : 1;
}

}  // namespace
}  // namespace highwater::model

int main() {
    return highwater::model::run();
}
