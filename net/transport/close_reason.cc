#include "net/transport/close_reason.h"

namespace highwater::transport {

std::string_view name_of(CloseReason reason) {
    switch (reason) {
#define HIGHWATER_CASE(name, sentence) \
    case CloseReason::name:            \
        return #name;
        HIGHWATER_CLOSE_REASONS(HIGHWATER_CASE)
#undef HIGHWATER_CASE
    }
    return "unknown";
}

std::string_view sentence_of(CloseReason reason) {
    switch (reason) {
#define HIGHWATER_CASE(name, sentence) \
    case CloseReason::name:            \
        return sentence;
        HIGHWATER_CLOSE_REASONS(HIGHWATER_CASE)
#undef HIGHWATER_CASE
    }
    return "unknown";
}

}  // namespace highwater::transport
