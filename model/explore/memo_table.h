#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/base/invariant.h"

namespace highwater::model {

/// Values that were computed once, by a 64-bit hash of what they were computed from. It only grows, and a value stays
/// where it is. May be used by several threads at once: who looks up takes no lock, so threads that find what they look
/// for (nearly all) do not wait for each other.
template <class Value>
class MemoTable {
  public:
    MemoTable() { grow(kFirstSlots); }
    MemoTable(const MemoTable&) = delete;
    MemoTable& operator=(const MemoTable&) = delete;
    ~MemoTable() {
        for (std::atomic<Value*>& block : blocks_) delete[] block.load(std::memory_order_relaxed);
    }

    /// nullptr when there is none.
    [[nodiscard]] const Value* find(std::uint64_t hash) const {
        return find_in(*slots_.load(std::memory_order_acquire), key_of(hash));
    }

    /// The value that stays: make(index), or what another thread was quicker to keep under this hash. Values are
    /// numbered from 0 in the order in which they were kept.
    template <class Make>
    const Value& keep(std::uint64_t hash, Make make) {
        const std::scoped_lock lock(mutex_);
        const std::uint64_t key = key_of(hash);
        if (const Value* known = find_in(*tables_.back(), key)) return *known;
        const std::size_t index = size_.load(std::memory_order_relaxed);
        if ((index + 1) * 2 > tables_.back()->size()) grow(tables_.back()->size() * 2);
        HIGHWATER_INVARIANT(index / kBlock < blocks_.size(), "more than {} values to remember", index);
        std::atomic<Value*>& block = blocks_[index / kBlock];
        if (index % kBlock == 0) block.store(new Value[kBlock], std::memory_order_release);
        Value& value = block.load(std::memory_order_relaxed)[index % kBlock];
        value = make(index);
        put(*tables_.back(), key, &value);
        size_.store(index + 1, std::memory_order_release);
        return value;
    }

    [[nodiscard]] std::size_t size() const { return size_.load(std::memory_order_acquire); }
    /// Requires: a value of this number was kept before, in what the caller's thread has seen.
    [[nodiscard]] const Value& operator[](std::size_t index) const {
        return blocks_[index / kBlock].load(std::memory_order_acquire)[index % kBlock];
    }
    /// Without what the values own themselves.
    [[nodiscard]] std::size_t memory_bytes() const {
        const std::scoped_lock lock(mutex_);
        std::size_t bytes = sizeof *this + (size() + kBlock - 1) / kBlock * kBlock * sizeof(Value);
        for (const auto& table : tables_) bytes += table->size() * sizeof(Slot);
        return bytes;
    }

  private:
    /// Empty while the key is 0. The key is written last.
    struct Slot {
        std::atomic<std::uint64_t> key{0};
        std::atomic<const Value*> value{nullptr};
    };
    using Slots = std::vector<Slot>;
    static constexpr std::size_t kFirstSlots = 1024;
    static constexpr std::size_t kBlock = 256;
    static constexpr std::size_t kMostBlocks = std::size_t{1} << 16;

    static std::uint64_t key_of(std::uint64_t hash) { return hash == 0 ? 1 : hash; }

    static const Value* find_in(const Slots& slots, std::uint64_t key) {
        for (std::size_t at = key;; ++at) {
            const Slot& slot = slots[at & (slots.size() - 1)];
            const std::uint64_t found = slot.key.load(std::memory_order_acquire);
            if (found == key) return slot.value.load(std::memory_order_relaxed);
            if (found == 0) return nullptr;
        }
    }
    static void put(Slots& slots, std::uint64_t key, const Value* value) {
        std::size_t at = key & (slots.size() - 1);
        while (slots[at].key.load(std::memory_order_relaxed) != 0) at = (at + 1) & (slots.size() - 1);
        slots[at].value.store(value, std::memory_order_relaxed);
        slots[at].key.store(key, std::memory_order_release);
    }
    /// Somebody may still read the former tables: they are kept, and are together as large as the new one.
    void grow(std::size_t slots) {
        auto larger = std::make_unique<Slots>(slots);
        if (!tables_.empty()) {
            for (const Slot& slot : *tables_.back()) {
                const std::uint64_t key = slot.key.load(std::memory_order_relaxed);
                if (key != 0) put(*larger, key, slot.value.load(std::memory_order_relaxed));
            }
        }
        tables_.push_back(std::move(larger));
        slots_.store(tables_.back().get(), std::memory_order_release);
    }

    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<Slots>> tables_;
    std::atomic<const Slots*> slots_{nullptr};
    std::array<std::atomic<Value*>, kMostBlocks> blocks_{};
    std::atomic<std::size_t> size_{0};
};

}  // namespace highwater::model
