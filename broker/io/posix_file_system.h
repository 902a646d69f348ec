#pragma once

#include <memory>

#include "broker/storage/file_system.h"

namespace highwater::io {

/// The files of the operating system. One for the whole process: locks are per process, and it remembers them.
class PosixFileSystem final : public storage::FileSystem {
  public:
    storage::IoResult<std::shared_ptr<storage::File>> open(std::string_view path, storage::OpenMode mode) override;
    storage::IoResult<void> remove(std::string_view path) override;
    storage::IoResult<void> remove_all(std::string_view path) override;
    storage::IoResult<void> rename(std::string_view from, std::string_view to) override;
    storage::IoResult<std::vector<storage::DirectoryEntry>> list(std::string_view directory) override;
    storage::IoResult<void> create_directories(std::string_view path) override;
    storage::IoResult<void> sync_directory(std::string_view path) override;
    storage::IoResult<bool> exists(std::string_view path) override;
    storage::IoResult<std::uint64_t> file_size(std::string_view path) override;
    storage::IoResult<storage::DiskSpace> space(std::string_view path) override;
    storage::IoResult<std::unique_ptr<storage::FileLock>> lock(std::string_view path) override;
};

}  // namespace highwater::io
