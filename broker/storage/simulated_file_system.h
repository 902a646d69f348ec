#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/storage/file_system.h"

namespace highwater::storage {

/// What a crash does to what was not synced.
enum class CrashKind : std::uint8_t {
    process_kill,  ///< the system lives on: everything written is there
    power_loss,    ///< unsynced writes and directory changes survive or not, each by choice; writes may be torn
};

/// Decides a crash: returns a number in [0, bound). The same answers give the same disk. Requires of callers: bound >
/// 0.
using CrashChoice = std::function<std::uint32_t(std::uint32_t bound)>;

/// Choices drawn from a seed.
CrashChoice seeded_choice(std::uint64_t seed);
/// Keeps nothing that was not synced.
CrashChoice keep_nothing();

/// Files in memory that fail as disks do. Every write stays apart until its file is synced, every create, remove and
/// rename until its directory is, so that a crash can keep any subset of them, torn at 512 bytes. Deterministic:
/// nothing is drawn here. Not for several threads.
class SimulatedFileSystem final : public FileSystem {
  public:
    SimulatedFileSystem();
    ~SimulatedFileSystem() override;

    IoResult<std::shared_ptr<File>> open(std::string_view path, OpenMode mode) override;
    IoResult<void> remove(std::string_view path) override;
    IoResult<void> remove_all(std::string_view path) override;
    IoResult<void> rename(std::string_view from, std::string_view to) override;
    IoResult<std::vector<DirectoryEntry>> list(std::string_view directory) override;
    IoResult<void> create_directories(std::string_view path) override;
    IoResult<void> sync_directory(std::string_view path) override;
    IoResult<bool> exists(std::string_view path) override;
    IoResult<std::uint64_t> file_size(std::string_view path) override;
    IoResult<DiskSpace> space(std::string_view path) override;
    IoResult<std::unique_ptr<FileLock>> lock(std::string_view path) override;

    /// The process is gone: open files answer EBADF from here on, locks are free. What is left is durable: a second
    /// crash without new writes changes nothing. Faults that were set stay set.
    void crash(CrashKind kind, const CrashChoice& choice);

    /// Calls that may fail are counted from 1: open, remove, rename, list, create, write, read, truncate, sync,
    /// allocate. The call of that number fails with `error_number` (a write after a part of it), and with `forever`
    /// every later one of the kinds that change the disk as well.
    void fail_call(std::uint64_t number, int error_number, bool forever);
    /// Every call whose operation ("write", "sync", ...) and path suffix match fails until heal(). An empty suffix
    /// matches every path.
    void fail_matching(std::string operation, std::string path_suffix, int error_number);
    void heal();
    [[nodiscard]] std::uint64_t calls() const;

    /// Writing beyond this many bytes in all files together answers ENOSPC. nullopt: no limit.
    void set_capacity(std::optional<std::uint64_t> bytes);

    /// For tests: the file as it stands, and a way to damage it. Durable at once; the path must be a file.
    [[nodiscard]] std::vector<std::byte> content(std::string_view path) const;
    void set_content(std::string_view path, Bytes content);
    void flip_bit(std::string_view path, std::uint64_t byte, unsigned bit);

    /// All files with their contents, by path: equal images mean equal disks.
    [[nodiscard]] std::map<std::string, std::vector<std::byte>> image() const;

  private:
    friend class SimulatedFile;
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace highwater::storage
