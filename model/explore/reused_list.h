#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace highwater::model {

/// A list in blocks whose elements stay where they are and are kept when they are no longer needed: new ones are copied
/// over them. States that own memory then take none from the heap, and two lists that share a store need together only
/// as many blocks as are in use at one time.
template <class T>
class ReusedList {
  public:
    static constexpr std::size_t kBlock = 64;
    using Block = std::vector<T>;
    using Store = std::vector<Block>;

    /// A list that gives its blocks back to `store` and takes from there. Requires: `store` outlives the list.
    explicit ReusedList(Store& store) : store_(&store) {}

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] const T& operator[](std::size_t i) const { return blocks_[i / kBlock][i % kBlock]; }

    void push_back(const T& item) {
        if (size_ == blocks_.size() * kBlock) add_block();
        Block& block = blocks_.back();
        if (size_ % kBlock == block.size()) {
            block.push_back(item);
        } else {
            block[size_ % kBlock] = item;
        }
        ++size_;
    }

    /// The elements before `end` are not needed any more: what whole blocks they fill go back to the store.
    void release_before(std::size_t end) {
        for (; (released_ + 1) * kBlock <= end; ++released_) store_->push_back(std::move(blocks_[released_]));
    }

    void clear() {
        for (; released_ < blocks_.size(); ++released_) store_->push_back(std::move(blocks_[released_]));
        blocks_.clear();
        released_ = 0;
        size_ = 0;
    }

    void swap(ReusedList& other) noexcept {
        blocks_.swap(other.blocks_);
        std::swap(released_, other.released_);
        std::swap(size_, other.size_);
    }

    /// Without what the elements own themselves. Counts the blocks in use only.
    [[nodiscard]] std::size_t memory_bytes() const { return (blocks_.size() - released_) * kBlock * sizeof(T); }
    [[nodiscard]] static std::size_t memory_bytes(const Store& store) { return store.size() * kBlock * sizeof(T); }

  private:
    void add_block() {
        if (store_->empty()) {
            blocks_.emplace_back().reserve(kBlock);
        } else {
            blocks_.push_back(std::move(store_->back()));
            store_->pop_back();
        }
    }

    Store* store_;
    std::vector<Block> blocks_;
    /// So many of the first blocks are with the store again.
    std::size_t released_ = 0;
    std::size_t size_ = 0;
};

}  // namespace highwater::model
