#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace highwater::model {

/// A number that the explorer must arrive at, and the one it did.
struct CertifiedFigure {
    std::string name;  ///< "kip320.states"
    std::uint64_t pinned = 0;
    std::uint64_t found = 0;
    [[nodiscard]] bool holds() const { return pinned == found; }
};

/// Explores the abstract replication model in its small scope, with and without symmetry, with one and two threads, and
/// every generation that must be violated, and compares what comes of it with the pinned numbers. Any change of the
/// explorer, the reduction or the model that loses, adds or mixes up states shows in some figure: the explorer's
/// mutants are the proof. Ends, whatever is broken, after a few million states; a broken invariant of the explorer is
/// the last figure, "invariants_broken: ...".
std::vector<CertifiedFigure> certify();

}  // namespace highwater::model
