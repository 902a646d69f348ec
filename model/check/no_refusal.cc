// L11 NoRefusal: A producer that keeps the rules is never refused for good: each of its batches gets in.
#include "model/check/no_refusal.h"

#include <fmt/format.h>

namespace highwater::model {
namespace {

std::optional<std::string> judge(const Observed& observed) {
    for (const BatchId batch : observed.events.refused) {
        return fmt::format("{}, the oldest unresolved batch of its producer, is refused for good", to_text(batch));
    }
    return std::nullopt;
}

}  // namespace

const Property kNoRefusal = {"L11", "NoRefusal",
                             "A producer that keeps the rules is never refused for good: each of its batches gets in.",
                             judge};

}  // namespace highwater::model
