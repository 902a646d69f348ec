#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/invariant.h"

namespace highwater::model {

/// Up to `N` small values without padding or pointers. Places beyond the end are zero, so a world that is made of these
/// can be compared and hashed as bytes.
template <class T, std::size_t N>
    requires(N < 256)
class FixedVector {
  public:
    [[nodiscard]] const T* begin() const { return items_.data(); }
    [[nodiscard]] const T* end() const { return items_.data() + size_; }
    [[nodiscard]] T* begin() { return items_.data(); }
    [[nodiscard]] T* end() { return items_.data() + size_; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] const T& operator[](std::size_t i) const { return items_[i]; }
    [[nodiscard]] T& operator[](std::size_t i) { return items_[i]; }
    [[nodiscard]] const T& front() const { return items_[0]; }
    [[nodiscard]] const T& back() const { return items_[size_ - 1U]; }

    void push_back(const T& item) {
        HIGHWATER_INVARIANT(size_ < N, "the scope needs more than {} places here", N);
        items_[size_] = item;
        ++size_;
    }
    /// Requires: at < size().
    void erase(std::size_t at) {
        for (std::size_t i = at; i + 1 < size_; ++i) items_[i] = items_[i + 1];
        --size_;
        items_[size_] = T{};
    }
    /// Requires: count <= size().
    void truncate(std::size_t count) {
        for (std::size_t i = count; i < size_; ++i) items_[i] = T{};
        size_ = static_cast<std::uint8_t>(count);
    }
    void clear() { truncate(0); }

    friend bool operator==(const FixedVector&, const FixedVector&) = default;

  private:
    std::array<T, N> items_{};
    std::uint8_t size_ = 0;
};

}  // namespace highwater::model
