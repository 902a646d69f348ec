#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "core/base/hash.h"
#include "core/log/producer_state.h"

namespace highwater {

/// The producers of one partition, by ascending id. A value; finding, adding and removing one costs the logarithm of
/// their number plus one chunk, so that 100,000 of them do not make a step slow. Keeps its hash while it changes.
class ProducerTable {
  public:
    /// nullptr when there is none. Valid until the next change.
    [[nodiscard]] const ProducerState* find(ProducerId id) const;
    /// Adds the state, or replaces the one with the same id.
    void put(const ProducerState& state);
    /// Returns whether there was one.
    bool erase(ProducerId id);
    void clear();

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    /// Equal tables have equal hashes, however they came about.
    [[nodiscard]] std::uint64_t hash() const { return sum_.value(); }
    [[nodiscard]] std::uint64_t hash_from_scratch() const;

    class Iterator {
      public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = ProducerState;
        using difference_type = std::ptrdiff_t;
        using pointer = const ProducerState*;
        using reference = const ProducerState&;

        Iterator() = default;
        Iterator(const ProducerTable* table, std::size_t chunk) : table_(table), chunk_(chunk) {}
        const ProducerState& operator*() const { return table_->chunks_[chunk_][index_].state; }
        const ProducerState* operator->() const { return &**this; }
        Iterator& operator++() {
            if (++index_ == table_->chunks_[chunk_].size()) {
                index_ = 0;
                ++chunk_;
            }
            return *this;
        }
        Iterator operator++(int) {
            const Iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const Iterator& a, const Iterator& b) {
            return a.chunk_ == b.chunk_ && a.index_ == b.index_;
        }

      private:
        const ProducerTable* table_ = nullptr;
        std::size_t chunk_ = 0;
        std::size_t index_ = 0;
    };
    [[nodiscard]] Iterator begin() const { return {this, 0}; }
    [[nodiscard]] Iterator end() const { return {this, chunks_.size()}; }

    friend bool operator==(const ProducerTable& a, const ProducerTable& b);

  private:
    struct Slot {
        ProducerState state;
        std::uint64_t hash = 0;  // of the state
    };
    using Chunk = std::vector<Slot>;
    [[nodiscard]] std::size_t chunk_of(ProducerId id) const;

    std::vector<Chunk> chunks_;  // none is empty; ids ascend within and across
    std::size_t size_ = 0;
    HashSum sum_;
};

}  // namespace highwater
