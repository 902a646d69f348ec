#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>

#include "core/base/invariant.h"

namespace highwater {

/// At most `N` elements, all inside it: no memory from the heap, and copying it is copying its bytes.
template <class T, std::size_t N>
    requires std::is_trivially_copyable_v<T>
class BoundedVector {
  public:
    using value_type = T;

    [[nodiscard]] const T* begin() const { return items_.data(); }
    [[nodiscard]] const T* end() const { return items_.data() + size_; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] bool full() const { return size_ == N; }

    /// Requires: i < size().
    const T& operator[](std::size_t i) const {
        HIGHWATER_INVARIANT(i < size_, "index {} of {}", i, size_);
        return items_[i];
    }
    const T& front() const { return (*this)[0]; }
    const T& back() const { return (*this)[size_ - 1]; }

    /// Requires: !full().
    void push_back(const T& item) {
        HIGHWATER_INVARIANT(size_ < N, "push_back to a full vector of {}", N);
        items_[size_++] = item;
    }
    /// Requires: !empty().
    void pop_front() {
        HIGHWATER_INVARIANT(size_ > 0, "pop_front of an empty vector");
        std::copy(items_.begin() + 1, items_.begin() + size_, items_.begin());
        --size_;
    }
    void clear() { size_ = 0; }

    friend bool operator==(const BoundedVector& a, const BoundedVector& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

  private:
    std::array<T, N> items_{};
    std::size_t size_ = 0;
};

}  // namespace highwater
