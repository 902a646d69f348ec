#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

#include "core/base/invariant.h"

namespace highwater {

/// A queue in one piece of memory, the first `N` elements inside it: what comes in at the back and mostly leaves at the
/// front. Once it has grown it keeps its memory, so that a warm machine takes none from the heap. Two rings are equal
/// when they hold equal elements in the same order, wherever these stand. Indexes count from the front, from 0.
template <class T, std::size_t N>
    requires std::is_trivially_copyable_v<T> && (std::has_single_bit(N))
class Ring {
  public:
    using value_type = T;

    template <class Owner, class Item>
    class Iterator {
      public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        using pointer = Item*;
        using reference = Item&;

        Iterator() = default;
        Iterator(Owner* owner, std::size_t index) : owner_(owner), index_(index) {}
        Item& operator*() const { return (*owner_)[index_]; }
        Item* operator->() const { return &(*owner_)[index_]; }
        Iterator& operator++() {
            ++index_;
            return *this;
        }
        Iterator operator++(int) { return Iterator{owner_, index_++}; }
        friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }

      private:
        Owner* owner_ = nullptr;
        std::size_t index_ = 0;
    };
    using iterator = Iterator<Ring, T>;
    using const_iterator = Iterator<const Ring, const T>;

    Ring() = default;
    Ring(const Ring& other) { assign(other); }
    Ring(Ring&& other) noexcept { take(other); }
    Ring& operator=(const Ring& other) {
        if (this != &other) assign(other);
        return *this;
    }
    Ring& operator=(Ring&& other) noexcept {
        if (this != &other) take(other);
        return *this;
    }
    ~Ring() = default;

    [[nodiscard]] iterator begin() { return {this, 0}; }
    [[nodiscard]] iterator end() { return {this, size_}; }
    [[nodiscard]] const_iterator begin() const { return {this, 0}; }
    [[nodiscard]] const_iterator end() const { return {this, size_}; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }

    /// Requires: i < size().
    T& operator[](std::size_t i) {
        HIGHWATER_INVARIANT(i < size_, "index {} of {}", i, size_);
        return slots()[(first_ + i) & (capacity_ - 1)];
    }
    const T& operator[](std::size_t i) const {
        HIGHWATER_INVARIANT(i < size_, "index {} of {}", i, size_);
        return slots()[(first_ + i) & (capacity_ - 1)];
    }
    T& front() { return (*this)[0]; }
    const T& front() const { return (*this)[0]; }
    T& back() { return (*this)[size_ - 1]; }
    const T& back() const { return (*this)[size_ - 1]; }

    void push_back(const T& item) {
        if (size_ == capacity_) {
            const T copy = item;  // `item` may live in the memory that is left behind
            reserve(capacity_ * 2);
            slots()[(first_ + size_++) & (capacity_ - 1)] = copy;
            return;
        }
        slots()[(first_ + size_++) & (capacity_ - 1)] = item;
    }
    void pop_front() {
        HIGHWATER_INVARIANT(size_ > 0, "pop_front of an empty ring");
        first_ = (first_ + 1) & (capacity_ - 1);
        --size_;
    }
    void pop_back() {
        HIGHWATER_INVARIANT(size_ > 0, "pop_back of an empty ring");
        --size_;
    }
    /// Puts `item` before the element at `index`. Cheap near the back. Requires: index <= size().
    void insert(std::size_t index, const T& item) {
        HIGHWATER_INVARIANT(index <= size_, "insert at {} of {}", index, size_);
        push_back(item);
        for (std::size_t i = size_ - 1; i > index; --i) std::swap((*this)[i], (*this)[i - 1]);
    }
    /// Removes every element for which `gone(element)` holds; keeps the order of the others. Asks each exactly once,
    /// from front to back.
    template <class Predicate>
    void remove_if(Predicate gone) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < size_; ++i) {
            T& item = (*this)[i];
            if (gone(static_cast<const T&>(item))) continue;
            if (kept != i) (*this)[kept] = item;
            ++kept;
        }
        size_ = kept;
    }
    void clear() {
        size_ = 0;
        first_ = 0;
    }

    friend bool operator==(const Ring& a, const Ring& b) {
        return a.size_ == b.size_ && std::equal(a.begin(), a.end(), b.begin());
    }

  private:
    T* slots() { return heap_ ? heap_.get() : inline_.data(); }
    const T* slots() const { return heap_ ? heap_.get() : inline_.data(); }

    void reserve(std::size_t capacity) {
        auto heap = std::make_unique_for_overwrite<T[]>(capacity);
        for (std::size_t i = 0; i < size_; ++i) heap[i] = (*this)[i];
        heap_ = std::move(heap);
        capacity_ = capacity;
        first_ = 0;
    }
    void assign(const Ring& other) {
        clear();
        if (capacity_ < other.size_) reserve(std::bit_ceil(other.size_));
        for (const T& item : other) slots()[size_++] = item;
    }
    void take(Ring& other) {
        if (other.heap_) {
            heap_ = std::move(other.heap_);
            capacity_ = std::exchange(other.capacity_, N);
            first_ = other.first_;
            size_ = other.size_;
        } else {
            assign(other);
        }
        other.clear();
    }

    std::array<T, N> inline_;
    std::unique_ptr<T[]> heap_;
    std::size_t capacity_ = N;
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

}  // namespace highwater
