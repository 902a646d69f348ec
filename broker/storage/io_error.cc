#include "broker/storage/io_error.h"

#include <system_error>

#include <fmt/format.h>

namespace highwater::storage {

std::string IoError::text() const {
    std::string reason = is_damage() ? "damaged" : std::generic_category().message(error_number);
    if (held_by) reason = *held_by == 0 ? "in use by this process" : fmt::format("in use by pid {}", *held_by);
    if (!detail.empty()) reason += fmt::format(": {}", detail);
    return fmt::format("{} {}: {}", operation, path, reason);
}

std::unexpected<IoError> damaged(std::string_view path, std::string detail) {
    return refuse(IoError{.error_number = EBADMSG,
                          .operation = "read",
                          .path = std::string(path),
                          .detail = std::move(detail),
                          .held_by = {}});
}

}  // namespace highwater::storage
