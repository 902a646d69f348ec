#include "model/mutants/mutant.h"

namespace highwater::model {

const CoreVariant& core_variant() {
    static constexpr CoreVariant kUnchanged{};
    return kUnchanged;
}

}  // namespace highwater::model
