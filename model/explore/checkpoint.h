#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <xxhash.h>

#include "model/explore/system.h"

// What an exploration needs to go on after its process has died, in a directory: what was found so far in files that
// only grow, what changes with every level in files of their own, and for each checkpoint a list of those files with
// their lengths and checksums, which appears at once and complete or not at all. The two newest lists are kept.

namespace highwater::model {

struct CheckpointOptions {
    /// Empty: no checkpoints. What lies there is gone on with.
    std::string directory{};
    /// A checkpoint is written at the end of a level when so many states were found since the last one.
    std::uint64_t every_states = 20'000'000;
    /// What is explored, with its bounds: one line. A checkpoint of something else is refused.
    std::string identity{};
};

/// How far an exploration was.
struct Reached {
    std::uint64_t states = 0;
    std::uint64_t unreduced_states = 0;
    std::uint64_t steps = 0;
    std::uint32_t depth = 0;
    /// How many states were found before the first of the level.
    std::uint64_t first_id = 0;
    Coverage coverage;

    friend bool operator==(const Reached&, const Reached&) = default;
};

/// A file as a list has it.
struct FileEntry {
    std::string name;
    std::uint64_t bytes = 0;
    std::uint64_t checksum = 0;
};

/// A file that grows, in pieces. Throws CheckerFileError.
class GrowingFile {
  public:
    explicit GrowingFile(std::string path);
    ~GrowingFile();
    GrowingFile(const GrowingFile&) = delete;
    GrowingFile& operator=(const GrowingFile&) = delete;

    void append(std::span<const std::byte> bytes);
    /// Forgets what lies beyond what `entry` says, and goes on there. Hands what stays to `visitor`, piece by piece.
    /// False when it is not what the entry says.
    [[nodiscard]] bool go_on_from(const FileEntry& entry,
                                  const std::function<void(std::span<const std::byte>)>& visitor);
    /// All that was appended is on the disk. Returns its entry.
    FileEntry sync();

  private:
    void write();

    std::string path_;
    int file_ = -1;
    std::uint64_t written_ = 0;
    std::vector<std::byte> buffer_;
    std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> checksum_;
};

class CheckpointDirectory {
  public:
    /// Creates the directory when there is none.
    explicit CheckpointDirectory(const CheckpointOptions& options);

    /// The newest checkpoint whose files are as its list says; nullopt: there is none at all. Throws CheckerFileError
    /// when there are some and none is usable, or when one is of something else; what is damaged is said on stderr.
    struct Found {
        Reached reached;
        std::vector<FileEntry> files;
    };
    [[nodiscard]] std::optional<Found> find() const;

    /// A whole file of the checkpoint at this depth: "frontier" and the like.
    FileEntry write_file(const char* name, std::uint32_t depth, const std::function<void(GrowingFile&)>& write) const;
    /// The checkpoint exists when this returns. Files of all but the two newest are removed.
    void write_list(const Reached& reached, const std::vector<FileEntry>& files) const;
    /// The exploration is over: nothing of it is left.
    void clear() const;

    [[nodiscard]] std::string path_of(const std::string& name) const { return options_.directory + "/" + name; }

  private:
    [[nodiscard]] std::vector<std::uint32_t> depths() const;

    CheckpointOptions options_;
};

/// Of the program that runs: another build may take the same bounds for something else.
[[nodiscard]] std::uint64_t program_checksum();

/// Reads a whole file. Throws CheckerFileError.
[[nodiscard]] std::vector<std::byte> read_whole_file(const std::string& path);

}  // namespace highwater::model
