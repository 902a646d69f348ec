#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace highwater::model {

/// Where bytes go that shall not stay in memory.
struct SpillSpace {
    /// Empty: the directory for temporary files.
    std::string directory{};
    /// A queue keeps so many bytes in memory, and a block more.
    std::uint64_t memory_bytes = std::uint64_t{32} << 20;
};

/// Bytes that are appended first and read once, in the same order: in memory up to a limit, and beyond it in a file
/// without a name. Throws CheckerFileError when the file cannot be written or read.
class ByteQueue {
  public:
    explicit ByteQueue(SpillSpace space) : space_(std::move(space)) {}
    ~ByteQueue();
    ByteQueue(ByteQueue&&) = delete;

    void append(std::span<const std::byte> bytes);
    /// Requires: so many were appended and not read yet.
    void read(std::span<std::byte> bytes);
    /// What was not read yet, in order; it stays unread.
    void visit(const std::function<void(std::span<const std::byte>)>& visitor) const;
    void clear();

    [[nodiscard]] std::uint64_t memory_bytes() const { return blocks_.size() * kBlock + tail_.capacity(); }
    [[nodiscard]] std::uint64_t file_bytes() const { return file_end_; }

  private:
    static constexpr std::size_t kBlock = std::size_t{1} << 16;

    void write_tail();

    SpillSpace space_;
    /// The first bytes; a block that was read is given back.
    std::deque<std::unique_ptr<std::byte[]>> blocks_;
    std::uint64_t blocks_end_ = 0;
    std::uint64_t read_ = 0;
    std::uint64_t end_ = 0;
    /// The middle, and the end that is not in the file yet.
    int file_ = -1;
    std::uint64_t file_end_ = 0;
    std::vector<std::byte> tail_;
};

}  // namespace highwater::model
