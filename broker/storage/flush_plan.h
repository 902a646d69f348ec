#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker/storage/file_system.h"
#include "core/base/offset.h"

namespace highwater::storage {

/// What must be synced so that everything below `end_offset` of one log survives a power loss. Made by the log's owner
/// (PartitionLog::plan_flush), run by any thread while the owner goes on appending, then reported back to the log with
/// flush_completed or flush_failed.
class FlushPlan {
  public:
    /// A file to put in place before the directory sync: `<path>.tmp`, sync, rename.
    struct Replacement {
        std::string path;
        std::vector<std::byte> content;
    };

    FlushPlan(FileSystem& files, Offset end_offset, std::uint64_t generation)
        : file_system_(&files), end_offset_(end_offset), generation_(generation) {}

    void sync(std::shared_ptr<File> file) { files_.push_back(std::move(file)); }
    /// A file that the log can do without (an index, a producer snapshot): if its sync fails it is removed, and made
    /// anew when it is missed. Nothing else fails for it.
    void sync_or_remove(std::string path, std::shared_ptr<File> file) {
        shortcuts_.emplace_back(std::move(path), std::move(file));
    }
    void replace(Replacement replacement) { replacements_.push_back(std::move(replacement)); }
    void sync_directory(std::string path) { directories_.push_back(std::move(path)); }

    /// Syncs the files, then puts the replacements in place, then syncs the directories, and stops at the first error.
    /// A plan is run once: an error is final, and the log directory it happened in goes offline.
    [[nodiscard]] IoResult<void> run() const;

    /// Everything below survives once run() was good.
    [[nodiscard]] Offset end_offset() const { return end_offset_; }
    /// Of the log when the plan was made: a truncation since then voids it.
    [[nodiscard]] std::uint64_t generation() const { return generation_; }
    /// Nothing to sync: run() may be skipped.
    [[nodiscard]] bool empty() const {
        return files_.empty() && shortcuts_.empty() && replacements_.empty() && directories_.empty();
    }

  private:
    FileSystem* file_system_;
    Offset end_offset_;
    std::uint64_t generation_;
    std::vector<std::shared_ptr<File>> files_;
    std::vector<std::pair<std::string, std::shared_ptr<File>>> shortcuts_;
    std::vector<Replacement> replacements_;
    std::vector<std::string> directories_;
};

}  // namespace highwater::storage
