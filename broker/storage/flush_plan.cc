#include "broker/storage/flush_plan.h"

#include <array>

#include <fmt/format.h>

namespace highwater::storage {

IoResult<void> FlushPlan::run() const {
    for (const auto& file : files_) {
        if (auto synced = file->sync_data(); !synced) return synced;
    }
    for (const auto& [path, file] : shortcuts_) {
        if (!file->sync_data()) static_cast<void>(file_system_->remove(path));
    }
    for (const Replacement& replacement : replacements_) {
        const std::string temporary = fmt::format("{}.tmp", replacement.path);
        auto file = file_system_->open(temporary, OpenMode::replace);
        if (!file) return refuse(file.error());
        const std::array<Bytes, 1> pieces{replacement.content};
        if (auto written = (*file)->write_at(0, pieces); !written) return written;
        if (auto synced = (*file)->sync_data(); !synced) return synced;
        if (auto renamed = file_system_->rename(temporary, replacement.path); !renamed) return renamed;
    }
    for (const std::string& directory : directories_) {
        if (auto synced = file_system_->sync_directory(directory); !synced) return synced;
    }
    return {};
}

}  // namespace highwater::storage
