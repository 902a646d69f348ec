#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/invariant.h"

namespace highwater::engine {

/// Values by small numbers that are reused: a table of what is under way that takes no memory from the heap per entry
/// once it has grown.
template <class T>
class Slab {
  public:
    std::uint32_t insert(T value) {
        if (free_.empty()) {
            items_.emplace_back(std::move(value));
            return static_cast<std::uint32_t>(items_.size() - 1);
        }
        const std::uint32_t index = free_.back();
        free_.pop_back();
        items_[index] = std::move(value);
        return index;
    }
    /// Valid until the next insert. Requires: the index is in use.
    T& operator[](std::uint32_t index) {
        HIGHWATER_INVARIANT(index < items_.size() && items_[index], "slot {} of {}", index, items_.size());
        return *items_[index];
    }
    [[nodiscard]] bool contains(std::uint64_t index) const { return index < items_.size() && items_[index]; }
    T take(std::uint32_t index) {
        T value = std::move((*this)[index]);
        items_[index].reset();
        free_.push_back(index);
        return value;
    }
    [[nodiscard]] std::size_t size() const { return items_.size() - free_.size(); }

  private:
    std::vector<std::optional<T>> items_;
    std::vector<std::uint32_t> free_;
};

}  // namespace highwater::engine
