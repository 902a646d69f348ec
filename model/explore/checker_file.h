#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>

namespace highwater::model {

/// The disk does not do what the checker needs of it. An exploration that meets this ends and says so.
struct CheckerFileError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Opens a new file that has no name, for reading and writing. It is gone when it is closed.
[[nodiscard]] int open_nameless_file(const std::string& directory);
void write_at(int file, std::uint64_t offset, std::span<const std::byte> bytes);
void read_at(int file, std::uint64_t offset, std::span<std::byte> bytes);

/// Reads a file from its beginning.
class FileReader {
  public:
    explicit FileReader(const std::string& path);
    ~FileReader();
    FileReader(const FileReader&) = delete;
    FileReader& operator=(const FileReader&) = delete;

    /// False when the file ends before.
    [[nodiscard]] bool read(std::span<std::byte> bytes);

  private:
    int file_ = -1;
    std::uint64_t at_ = 0;
    std::uint64_t size_ = 0;
};

}  // namespace highwater::model
