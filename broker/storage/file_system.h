#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/storage/io_error.h"

namespace highwater::storage {

using Bytes = std::span<const std::byte>;

/// An open file. It stays usable after it was renamed or removed, and closes when the last owner lets go of it: keep
/// it from the first write to the last sync, since a sync through another descriptor may not report the error
/// (storage-faults S7). One thread owns a file; only sync_data and read_at may run on another at the same time.
class File {
  public:
    virtual ~File() = default;

    /// Fills `into` from `position`; fewer bytes only where the file ends. Returns how many.
    virtual IoResult<std::size_t> read_at(std::uint64_t position, std::span<std::byte> into) const = 0;

    /// Writes the pieces one after another from `position`, with one call to the system where it can. All or an error;
    /// after an error any part may have been written.
    virtual IoResult<void> write_at(std::uint64_t position, std::span<const Bytes> pieces) = 0;

    /// Cuts the file, or grows it with zeros.
    virtual IoResult<void> truncate(std::uint64_t size) = 0;

    /// What was written before the call survives a power loss after it, size included (fdatasync). A failure is final:
    /// the bytes may be gone, and a second sync may lie (fsyncgate).
    virtual IoResult<void> sync_data() = 0;

    virtual IoResult<std::uint64_t> size() const = 0;

    /// Reserves space so that writes below `size` can't fail for want of it. The file's size does not change.
    virtual IoResult<void> allocate(std::uint64_t size) = 0;

    /// The descriptor, for sendfile; -1 where there is none.
    [[nodiscard]] virtual int native_handle() const { return -1; }
};

/// A lock on a file, given back when destroyed or when the process ends.
class FileLock {
  public:
    virtual ~FileLock() = default;
};

enum class OpenMode : std::uint8_t {
    read,        ///< the file must exist
    read_write,  ///< the file must exist
    create,      ///< as read_write; made if missing, kept if there
    replace,     ///< as create, but empty in either case
};

struct DirectoryEntry {
    std::string name;
    bool is_directory = false;
    friend auto operator<=>(const DirectoryEntry&, const DirectoryEntry&) = default;
};

struct DiskSpace {
    std::uint64_t total_bytes = 0;
    std::uint64_t usable_bytes = 0;
};

/// The one place where storage meets files. Paths are joined with '/'. Nothing is retried but EINTR. A change of a
/// directory (create, remove, rename) survives a power loss once that directory is synced, and not before.
/// open and sync_directory may be called from any thread.
class FileSystem {
  public:
    virtual ~FileSystem() = default;

    virtual IoResult<std::shared_ptr<File>> open(std::string_view path, OpenMode mode) = 0;
    /// Removes a file. ENOENT when there is none.
    virtual IoResult<void> remove(std::string_view path) = 0;
    /// Removes a file, or a directory with all in it. No error when there is none.
    virtual IoResult<void> remove_all(std::string_view path) = 0;
    /// Replaces `to` if it exists. Works for directories if `to` does not exist.
    virtual IoResult<void> rename(std::string_view from, std::string_view to) = 0;
    /// Sorted by name; without "." and "..".
    virtual IoResult<std::vector<DirectoryEntry>> list(std::string_view directory) = 0;
    /// Makes the directory and the missing ones above it. No error when it is there.
    virtual IoResult<void> create_directories(std::string_view path) = 0;
    virtual IoResult<void> sync_directory(std::string_view path) = 0;
    virtual IoResult<bool> exists(std::string_view path) = 0;
    /// Bytes in the file. ENOENT when there is none.
    virtual IoResult<std::uint64_t> file_size(std::string_view path) = 0;
    virtual IoResult<DiskSpace> space(std::string_view path) = 0;

    /// Creates `path` if missing and locks it for this process (Kafka's `.lock`: the same kind of lock, so that either
    /// keeps the other out). EAGAIN with held_by when someone has it.
    virtual IoResult<std::unique_ptr<FileLock>> lock(std::string_view path) = 0;
};

/// `directory`/`name`.
std::string join(std::string_view directory, std::string_view name);

/// The whole file. EFBIG when it is larger than `max_bytes`.
IoResult<std::vector<std::byte>> read_file(FileSystem& files, std::string_view path, std::uint64_t max_bytes);

/// Same, as text.
IoResult<std::string> read_text(FileSystem& files, std::string_view path, std::uint64_t max_bytes);

/// Writes `content` so that a crash leaves either the old file or the new one: `path`.tmp, sync, rename, sync of the
/// directory. Durable when it returns.
IoResult<void> replace_file(FileSystem& files, std::string_view path, Bytes content);
IoResult<void> replace_file(FileSystem& files, std::string_view path, std::string_view content);

}  // namespace highwater::storage
