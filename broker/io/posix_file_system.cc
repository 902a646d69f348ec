#include "broker/io/posix_file_system.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

namespace highwater::io {

namespace {

using storage::Bytes;
using storage::DirectoryEntry;
using storage::DiskSpace;
using storage::File;
using storage::FileLock;
using storage::IoError;
using storage::IoResult;
using storage::OpenMode;

std::unexpected<IoError> failed(const char* operation, std::string_view path, int error_number = errno) {
    return refuse(IoError{
        .error_number = error_number, .operation = operation, .path = std::string(path), .detail = {}, .held_by = {}});
}

/// The call again while a signal interrupts it.
template <class Call>
auto uninterrupted(Call call) {
    for (;;) {
        const auto result = call();
        if (result >= 0 || errno != EINTR) return result;
    }
}

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return number_; }

  private:
    int number_;
};

class PosixFile final : public File {
  public:
    PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}

    IoResult<std::size_t> read_at(std::uint64_t position, std::span<std::byte> into) const override {
        std::size_t done = 0;
        while (done < into.size()) {
            const auto got = uninterrupted([&] {
                return ::pread(descriptor_.number(), into.data() + done, into.size() - done,
                               static_cast<off_t>(position + done));
            });
            if (got < 0) return failed("read", path_);
            if (got == 0) break;
            done += static_cast<std::size_t>(got);
        }
        return done;
    }

    IoResult<void> write_at(std::uint64_t position, std::span<const Bytes> pieces) override {
        constexpr std::size_t kMaxPieces = 64;
        std::array<iovec, kMaxPieces> vectors;
        std::size_t next = 0;
        std::size_t skip = 0;  // bytes of pieces[next] that are written already
        while (next < pieces.size()) {
            std::size_t count = 0;
            for (std::size_t i = next; i < pieces.size() && count < kMaxPieces; ++i) {
                const std::size_t begin = i == next ? skip : 0;
                vectors[count++] = {.iov_base = const_cast<std::byte*>(pieces[i].data()) + begin,
                                    .iov_len = pieces[i].size() - begin};
            }
            const auto put = uninterrupted([&] {
                return ::pwritev(descriptor_.number(), vectors.data(), static_cast<int>(count),
                                 static_cast<off_t>(position));
            });
            if (put < 0) return failed("write", path_);
            position += static_cast<std::uint64_t>(put);
            auto left = static_cast<std::size_t>(put);
            while (next < pieces.size() && left >= pieces[next].size() - skip) {
                left -= pieces[next].size() - skip;
                skip = 0;
                ++next;
            }
            skip += left;
            // A write of something that took nothing would go on for ever.
            if (put == 0 && next < pieces.size()) return failed("write", path_, ENOSPC);
        }
        return {};
    }

    IoResult<void> truncate(std::uint64_t size) override {
        if (uninterrupted([&] { return ::ftruncate(descriptor_.number(), static_cast<off_t>(size)); }) != 0)
            return failed("truncate", path_);
        return {};
    }

    IoResult<void> sync_data() override {
        if (uninterrupted([&] { return ::fdatasync(descriptor_.number()); }) != 0) return failed("sync", path_);
        return {};
    }

    IoResult<std::uint64_t> size() const override {
        struct stat status{};
        if (::fstat(descriptor_.number(), &status) != 0) return failed("stat", path_);
        return static_cast<std::uint64_t>(status.st_size);
    }

    IoResult<void> allocate(std::uint64_t size) override {
        if (uninterrupted([&] {
                return ::fallocate(descriptor_.number(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size));
            }) != 0)
            return failed("allocate", path_);
        return {};
    }

    [[nodiscard]] int native_handle() const override { return descriptor_.number(); }

  private:
    Descriptor descriptor_;
    std::string path_;
};

/// Record locks belong to the process and vanish when it closes any descriptor of the file, so a second lock of the
/// same file in this process must be refused before it is opened.
struct HeldLocks {
    std::mutex mutex;
    std::map<std::pair<dev_t, ino_t>, int> descriptors;
};

HeldLocks& held_locks() {
    static HeldLocks locks;
    return locks;
}

class PosixLock final : public FileLock {
  public:
    explicit PosixLock(std::pair<dev_t, ino_t> key) : key_(key) {}
    ~PosixLock() override {
        HeldLocks& locks = held_locks();
        const std::lock_guard guard(locks.mutex);
        if (const auto held = locks.descriptors.find(key_); held != locks.descriptors.end()) {
            ::close(held->second);
            locks.descriptors.erase(held);
        }
    }

  private:
    std::pair<dev_t, ino_t> key_;
};

std::unexpected<IoError> in_use(std::string_view path, std::int64_t pid) {
    return refuse(
        IoError{.error_number = EAGAIN, .operation = "lock", .path = std::string(path), .detail = {}, .held_by = pid});
}

}  // namespace

IoResult<std::shared_ptr<File>> PosixFileSystem::open(std::string_view path, OpenMode mode) {
    std::string name(path);
    int flags = O_CLOEXEC;
    switch (mode) {
        case OpenMode::read:
            flags |= O_RDONLY;
            break;
        case OpenMode::read_write:
            flags |= O_RDWR;
            break;
        case OpenMode::create:
            flags |= O_RDWR | O_CREAT;
            break;
        case OpenMode::replace:
            flags |= O_RDWR | O_CREAT | O_TRUNC;
            break;
    }
    const int descriptor = uninterrupted([&] { return ::open(name.c_str(), flags, 0644); });
    if (descriptor < 0) return failed("open", path);
    return std::make_shared<PosixFile>(descriptor, std::move(name));
}

IoResult<void> PosixFileSystem::remove(std::string_view path) {
    if (::unlink(std::string(path).c_str()) != 0) return failed("remove", path);
    return {};
}

IoResult<void> PosixFileSystem::remove_all(std::string_view path) {
    std::error_code error;
    std::filesystem::remove_all(std::filesystem::path(path), error);
    if (error) return failed("remove", path, error.value());
    return {};
}

IoResult<void> PosixFileSystem::rename(std::string_view from, std::string_view to) {
    if (::rename(std::string(from).c_str(), std::string(to).c_str()) != 0) return failed("rename", from);
    return {};
}

IoResult<std::vector<DirectoryEntry>> PosixFileSystem::list(std::string_view directory) {
    std::error_code error;
    std::vector<DirectoryEntry> entries;
    std::filesystem::directory_iterator entry(std::filesystem::path(directory), error);
    if (error) return failed("list", directory, error.value());
    while (entry != std::filesystem::directory_iterator()) {
        std::error_code unknown;
        const bool is_directory = entry->is_directory(unknown);
        entries.push_back({.name = entry->path().filename().string(), .is_directory = is_directory && !unknown});
        entry.increment(error);
        if (error) return failed("list", directory, error.value());
    }
    std::ranges::sort(entries);
    return entries;
}

IoResult<void> PosixFileSystem::create_directories(std::string_view path) {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(path), error);
    if (error) return failed("create", path, error.value());
    return {};
}

IoResult<void> PosixFileSystem::sync_directory(std::string_view path) {
    const Descriptor directory(
        uninterrupted([&] { return ::open(std::string(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
    if (directory.number() < 0) return failed("open", path);
    if (uninterrupted([&] { return ::fsync(directory.number()); }) != 0) return failed("sync", path);
    return {};
}

IoResult<bool> PosixFileSystem::exists(std::string_view path) {
    struct stat status{};
    if (::stat(std::string(path).c_str(), &status) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return failed("stat", path);
}

IoResult<std::uint64_t> PosixFileSystem::file_size(std::string_view path) {
    struct stat status{};
    if (::stat(std::string(path).c_str(), &status) != 0) return failed("stat", path);
    return static_cast<std::uint64_t>(status.st_size);
}

IoResult<DiskSpace> PosixFileSystem::space(std::string_view path) {
    struct statvfs status{};
    if (::statvfs(std::string(path).c_str(), &status) != 0) return failed("stat", path);
    const auto unit = static_cast<std::uint64_t>(status.f_frsize);
    return DiskSpace{.total_bytes = status.f_blocks * unit, .usable_bytes = status.f_bavail * unit};
}

IoResult<std::unique_ptr<FileLock>> PosixFileSystem::lock(std::string_view path) {
    const std::string name(path);
    HeldLocks& locks = held_locks();
    const std::lock_guard guard(locks.mutex);
    struct stat status{};
    if (::stat(name.c_str(), &status) == 0 && locks.descriptors.contains({status.st_dev, status.st_ino}))
        return in_use(path, 0);

    const int descriptor = uninterrupted([&] { return ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644); });
    if (descriptor < 0) return failed("open", path);
    struct flock wanted{};
    wanted.l_type = F_WRLCK;
    wanted.l_whence = SEEK_SET;
    if (::fcntl(descriptor, F_SETLK, &wanted) != 0) {
        const int error = errno;
        struct flock holder = wanted;
        const bool known = ::fcntl(descriptor, F_GETLK, &holder) == 0 && holder.l_type != F_UNLCK;
        ::close(descriptor);
        if (error != EAGAIN && error != EACCES) return failed("lock", path, error);
        if (known) return in_use(path, holder.l_pid);
        return failed("lock", path, EAGAIN);
    }
    if (::fstat(descriptor, &status) != 0) {
        const int error = errno;
        ::close(descriptor);
        return failed("stat", path, error);
    }
    const std::pair key{status.st_dev, status.st_ino};
    locks.descriptors.emplace(key, descriptor);
    return std::make_unique<PosixLock>(key);
}

}  // namespace highwater::io
