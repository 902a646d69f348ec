#include "model/explore/byte_queue.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "core/base/invariant.h"
#include "model/explore/checker_file.h"

namespace highwater::model {

ByteQueue::~ByteQueue() {
    if (file_ >= 0) close(file_);
}

void ByteQueue::append(std::span<const std::byte> bytes) {
    end_ += bytes.size();
    while (!bytes.empty() && file_end_ == 0 && tail_.empty()) {
        if (blocks_end_ % kBlock == 0) {
            if (memory_bytes() >= space_.memory_bytes) break;
            blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(kBlock));
        }
        const std::size_t at = blocks_end_ % kBlock;
        const std::size_t count = std::min(bytes.size(), kBlock - at);
        std::memcpy(blocks_.back().get() + at, bytes.data(), count);
        blocks_end_ += count;
        bytes = bytes.subspan(count);
    }
    if (bytes.empty()) return;
    if (tail_.capacity() == 0) tail_.reserve(kBlock);
    if (tail_.size() + bytes.size() > kBlock) write_tail();
    tail_.insert(tail_.end(), bytes.begin(), bytes.end());
}

void ByteQueue::write_tail() {
    if (file_ < 0) file_ = open_nameless_file(space_.directory);
    write_at(file_, file_end_, tail_);
    file_end_ += tail_.size();
    tail_.clear();
}

void ByteQueue::read(std::span<std::byte> bytes) {
    HIGHWATER_INVARIANT(bytes.size() <= end_ - read_, "{} bytes are read, there are {}", bytes.size(), end_ - read_);
    while (!bytes.empty()) {
        std::size_t count = 0;
        if (read_ < blocks_end_) {
            const std::size_t at = read_ % kBlock;
            count = std::min<std::size_t>({bytes.size(), kBlock - at, blocks_end_ - read_});
            std::memcpy(bytes.data(), blocks_.front().get() + at, count);
            if (at + count == kBlock) blocks_.pop_front();
        } else if (const std::uint64_t in_file = read_ - blocks_end_; in_file < file_end_) {
            count = std::min<std::size_t>(bytes.size(), file_end_ - in_file);
            read_at(file_, in_file, bytes.first(count));
        } else {
            count = bytes.size();
            std::memcpy(bytes.data(), tail_.data() + (in_file - file_end_), count);
        }
        read_ += count;
        bytes = bytes.subspan(count);
    }
}

void ByteQueue::visit(const std::function<void(std::span<const std::byte>)>& visitor) const {
    HIGHWATER_INVARIANT(read_ == 0, "a queue is visited of which {} bytes were read", read_);
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
        visitor({blocks_[b].get(), std::min<std::size_t>(kBlock, blocks_end_ - b * kBlock)});
    }
    std::vector<std::byte> piece;
    for (std::uint64_t at = 0; at < file_end_; at += piece.size()) {
        piece.resize(std::min<std::size_t>(kBlock, file_end_ - at));
        read_at(file_, at, piece);
        visitor(piece);
    }
    if (!tail_.empty()) visitor(tail_);
}

void ByteQueue::clear() {
    blocks_.clear();
    tail_ = {};
    blocks_end_ = 0;
    read_ = 0;
    end_ = 0;
    file_end_ = 0;
    if (file_ >= 0) {
        close(file_);
        file_ = -1;
    }
}

}  // namespace highwater::model
