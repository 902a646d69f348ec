#pragma once

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace highwater::storage {

/// Why a file operation did not happen, or why what is on disk can't be believed.
struct IoError {
    /// The errno of the failed call. EBADMSG: the call worked, but the bytes are not what was written (damage); the
    /// range answers CORRUPT_MESSAGE. Anything else is the disk's fault: KAFKA_STORAGE_ERROR.
    int error_number = EIO;
    /// "write", "sync", "rename" ...
    std::string operation;
    std::string path;
    /// What was wrong, for damage; else empty.
    std::string detail = {};
    /// Process id of the one who holds a lock that was asked for; 0 when the lock is this process's own.
    std::optional<std::int64_t> held_by = {};

    [[nodiscard]] bool is_damage() const { return error_number == EBADMSG; }
    [[nodiscard]] bool is_not_found() const { return error_number == ENOENT; }

    /// One line for a person: "write /data/t-0/00000000000000000000.log: No space left on device".
    [[nodiscard]] std::string text() const;

    friend bool operator==(const IoError&, const IoError&) = default;
};

template <class T>
using IoResult = Result<T, IoError>;

/// An error with EBADMSG: `path` holds something that nobody wrote there.
std::unexpected<IoError> damaged(std::string_view path, std::string detail);

}  // namespace highwater::storage
