#include "net/wire/array.h"

namespace highwater::wire::detail {

void view_was_not_validated(const Reader& reader) {
    invariant_violated("!reader.failed()", __FILE__, __LINE__, "a view was not validated: " + to_text(reader.error()));
}

}  // namespace highwater::wire::detail
