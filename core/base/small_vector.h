#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "core/base/invariant.h"

namespace highwater {

/// A vector whose first `N` elements live inside it, so that machine states stay flat and copying a small one takes no
/// memory from the heap. Elements are trivially copyable: a copy is one memcpy. Iteration order is insertion order.
template <class T, std::size_t N>
    requires std::is_trivially_copyable_v<T>
class SmallVector {
  public:
    using value_type = T;
    using iterator = T*;
    using const_iterator = const T*;

    SmallVector() = default;
    SmallVector(std::initializer_list<T> items) {
        for (const T& item : items) push_back(item);
    }
    SmallVector(const SmallVector& other) { assign(other); }
    SmallVector(SmallVector&& other) noexcept { take(std::move(other)); }
    SmallVector& operator=(const SmallVector& other) {
        if (this != &other) assign(other);
        return *this;
    }
    SmallVector& operator=(SmallVector&& other) noexcept {
        if (this != &other) {
            release();
            take(std::move(other));
        }
        return *this;
    }
    ~SmallVector() { release(); }

    [[nodiscard]] T* begin() { return data(); }
    [[nodiscard]] T* end() { return data() + size_; }
    [[nodiscard]] const T* begin() const { return data(); }
    [[nodiscard]] const T* end() const { return data() + size_; }
    [[nodiscard]] T* data() { return heap_ ? heap_ : reinterpret_cast<T*>(inline_); }
    [[nodiscard]] const T* data() const { return heap_ ? heap_ : reinterpret_cast<const T*>(inline_); }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }

    T& operator[](std::size_t i) {
        HIGHWATER_INVARIANT(i < size_, "index {} of {}", i, size_);
        return data()[i];
    }
    const T& operator[](std::size_t i) const {
        HIGHWATER_INVARIANT(i < size_, "index {} of {}", i, size_);
        return data()[i];
    }
    T& front() { return (*this)[0]; }
    const T& front() const { return (*this)[0]; }
    T& back() { return (*this)[size_ - 1]; }
    const T& back() const { return (*this)[size_ - 1]; }

    void push_back(const T& item) {
        const T copy = item;  // `item` may live in the memory that grow() frees
        if (size_ == capacity_) grow();
        std::construct_at(data() + size_, copy);
        ++size_;
    }
    T* insert(const T* where, const T& item) {
        const std::size_t at = static_cast<std::size_t>(where - begin());
        push_back(item);
        std::rotate(begin() + at, end() - 1, end());
        return begin() + at;
    }
    T* erase(const T* where) { return erase(where, where + 1); }
    T* erase(const T* first, const T* last) {
        T* to = begin() + (first - begin());
        T* from = begin() + (last - begin());
        std::copy(from, end(), to);
        size_ -= static_cast<std::size_t>(last - first);
        return to;
    }
    void pop_back() {
        HIGHWATER_INVARIANT(size_ > 0, "pop_back of an empty vector");
        --size_;
    }
    /// Drops the elements after the first `count`. Requires: count <= size().
    void truncate(std::size_t count) {
        HIGHWATER_INVARIANT(count <= size_, "truncate to {} of {}", count, size_);
        size_ = count;
    }
    void clear() { size_ = 0; }

    friend bool operator==(const SmallVector& a, const SmallVector& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

  private:
    void grow() {
        const std::size_t capacity = capacity_ * 2;
        T* heap = static_cast<T*>(::operator new(capacity * sizeof(T), std::align_val_t{alignof(T)}));
        std::uninitialized_copy(begin(), end(), heap);
        if (heap_) ::operator delete(heap_, std::align_val_t{alignof(T)});
        heap_ = heap;
        capacity_ = capacity;
    }
    void release() {
        if (heap_) ::operator delete(heap_, std::align_val_t{alignof(T)});
        heap_ = nullptr;
        capacity_ = N;
        size_ = 0;
    }
    void assign(const SmallVector& other) {
        while (capacity_ < other.size_) grow();
        std::uninitialized_copy(other.begin(), other.end(), data());
        size_ = other.size_;
    }
    void take(SmallVector&& other) noexcept {
        if (other.heap_) {
            heap_ = std::exchange(other.heap_, nullptr);
            capacity_ = std::exchange(other.capacity_, N);
        } else {
            std::uninitialized_copy(other.begin(), other.end(), data());
        }
        size_ = std::exchange(other.size_, 0);
    }

    alignas(T) std::byte inline_[N * sizeof(T)];
    T* heap_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = N;
};

}  // namespace highwater
