#include "core/base/invariant.h"

#include <cstdio>
#include <cstdlib>

namespace highwater {

void invariant_violated(const char* condition, const char* file, int line, const std::string& state) {
    std::fprintf(stderr, "invariant violated: %s at %s:%d: %s\n", condition, file, line, state.c_str());
    std::abort();
}

}  // namespace highwater
