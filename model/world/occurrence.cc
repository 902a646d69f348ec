#include "model/world/occurrence.h"

namespace highwater::model {

std::string_view name_of(Occurrence occurrence) {
    static constexpr std::array<std::string_view, kOccurrences> kNames = {
        "batch appended",
        "produce acknowledged",
        "retry acknowledged as duplicate",
        "retry met its original before that was acknowledged",
        "stray arrived after its batch was acknowledged",
        "overtaking request refused",
        "old producer epoch fenced",
        "new producer epoch began",
        "answer lost",
        "request lost",
        "power loss took batches",
        "power loss spared acknowledged batches",
        "kill with undurable batches",
        "write or flush failed",
        "produce timed out",
        "consumer read",
        "log start advanced",
        "came to rest",
    };
    return kNames[static_cast<std::size_t>(occurrence)];
}

}  // namespace highwater::model
