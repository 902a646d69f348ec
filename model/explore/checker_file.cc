#include "model/explore/checker_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

namespace highwater::model {

int open_nameless_file(const std::string& directory) {
    const std::filesystem::path in =
        directory.empty() ? std::filesystem::temp_directory_path() : std::filesystem::path{directory};
    const std::string pattern = (in / "highwater-model-XXXXXX").string();
    std::vector<char> name(pattern.c_str(), pattern.c_str() + pattern.size() + 1);
    const int file = mkostemp(name.data(), O_CLOEXEC);
    if (file < 0)
        throw CheckerFileError(fmt::format("cannot create a file in {}: {}", in.string(), std::strerror(errno)));
    unlink(name.data());
    return file;
}

void write_at(int file, std::uint64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) throw CheckerFileError(fmt::format("cannot write: {}", std::strerror(errno)));
        offset += static_cast<std::uint64_t>(written);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

void read_at(int file, std::uint64_t offset, std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t got = pread(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw CheckerFileError(fmt::format("cannot read: {}", std::strerror(errno)));
        if (got == 0) throw CheckerFileError("a file is shorter than what was written");
        offset += static_cast<std::uint64_t>(got);
        bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
}

FileReader::FileReader(const std::string& path) {
    std::error_code error;
    size_ = std::filesystem::file_size(path, error);
    file_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0 || error) throw CheckerFileError(fmt::format("cannot read {}", path));
}

FileReader::~FileReader() {
    close(file_);
}

bool FileReader::read(std::span<std::byte> bytes) {
    if (bytes.size() > size_ - at_) return false;
    read_at(file_, at_, bytes);
    at_ += bytes.size();
    return true;
}

}  // namespace highwater::model
