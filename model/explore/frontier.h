#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/invariant.h"
#include "model/explore/byte_queue.h"
#include "model/explore/checker_file.h"
#include "model/explore/checkpoint.h"
#include "model/explore/reused_list.h"
#include "model/explore/system.h"

// The states that wait to be expanded. A level is written once, state by state, and read once, in the same order and in
// chunks of a fixed number of states. Where states can be written as bytes it is kept as those, in memory or in a file;
// states that own memory and have no such form are kept as they are.

namespace highwater::model {

/// A system that can write a state as bytes, and read it back as an equal one in the same process.
template <class S>
concept Encodable = System<S> && requires(const S system, const typename S::State state, typename S::State decoded,
                                          std::vector<std::byte> out, std::span<const std::byte> in) {
    // Appends the bytes.
    { system.encode(state, out) } -> std::same_as<void>;
    // Reads the state that stands first in `in`, and returns how many bytes that were.
    { system.decode(in, decoded) } -> std::same_as<std::size_t>;
};

/// A system whose states, as bytes, mean something only together with what it remembers: that can be saved as well.
/// What was saved is read into a system of the same bounds that has done nothing but initial().
template <class S>
concept Restorable =
    Encodable<S> && requires(const S system, std::vector<std::byte> out, std::span<const std::byte> in) {
        { system.save(out) } -> std::same_as<void>;
        // Empty, or what is wrong with it.
        { system.restore(in) } -> std::same_as<std::string>;
    };

namespace detail {

/// States of a few words: copying one costs less than waiting for memory.
template <System S>
inline constexpr bool kFlat = std::is_trivially_copyable_v<typename S::State>;

/// States that own nothing are bytes as they are.
template <System S>
inline constexpr bool kAsBytes = Encodable<S> || kFlat<S>;

/// Whether an exploration can be gone on with in another process.
template <System S>
inline constexpr bool kRestorable = Restorable<S> || (kFlat<S> && !Encodable<S>);

template <System S>
void encode(const S& system, const typename S::State& state, std::vector<std::byte>& out) {
    if constexpr (Encodable<S>) {
        system.encode(state, out);
    } else {
        const auto bytes = std::as_bytes(std::span(&state, 1));
        out.insert(out.end(), bytes.begin(), bytes.end());
    }
}

template <System S>
std::size_t decode(const S& system, std::span<const std::byte> in, typename S::State& state) {
    if constexpr (Encodable<S>) {
        return system.decode(in, state);
    } else {
        HIGHWATER_INVARIANT(in.size() >= sizeof state, "{} bytes of a state of {}", in.size(), sizeof state);
        std::memcpy(&state, in.data(), sizeof state);
        return sizeof state;
    }
}

/// States that were found while a chunk was expanded, as bytes.
template <System S>
class FoundAsBytes {
  public:
    void clear() {
        bytes_.clear();
        ends_.clear();
    }
    void push_back(const S& system, const typename S::State& state) {
        encode(system, state, bytes_);
        ends_.push_back(bytes_.size());
    }
    [[nodiscard]] std::span<const std::byte> operator[](std::size_t i) const {
        const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
        return std::span(bytes_).subspan(begin, ends_[i] - begin);
    }

  private:
    std::vector<std::byte> bytes_;
    std::vector<std::size_t> ends_;
};

/// A level as bytes.
template <System S>
class LevelAsBytes {
  public:
    LevelAsBytes(std::size_t chunk_states, const SpillSpace& space) : chunk_states_(chunk_states), queue_(space) {}

    [[nodiscard]] std::size_t size() const { return size_; }

    void push_back(std::span<const std::byte> state) {
        if (size_ % chunk_states_ == 0) chunk_bytes_.push_back(0);
        chunk_bytes_.back() += static_cast<std::uint32_t>(state.size());
        queue_.append(state);
        ++size_;
    }
    /// Makes the next `chunks` chunks ready for for_each().
    void load(std::size_t chunks) {
        first_loaded_ += loaded_.size();
        loaded_.assign(1, 0);
        for (std::size_t c = 0; c < chunks; ++c) loaded_.push_back(loaded_.back() + chunk_bytes_[first_loaded_ + c]);
        bytes_.resize(loaded_.back());
        queue_.read(bytes_);
        loaded_.erase(loaded_.begin());
    }
    /// Calls visit(state) for each state of a chunk (among those that are ready, from 0) in turn, while it returns
    /// true.
    template <class Visit>
    void for_each(const S& system, std::size_t chunk, typename S::State& state, Visit visit) const {
        const std::size_t begin = chunk == 0 ? 0 : loaded_[chunk - 1];
        auto rest = std::span(bytes_).subspan(begin, loaded_[chunk] - begin);
        while (!rest.empty()) {
            rest = rest.subspan(decode(system, rest, state));
            if (!visit(std::as_const(state))) return;
        }
    }
    /// The whole level in a file, and back. Requires: nothing of it was loaded. restore() returns false when it is no
    /// level.
    void save(GrowingFile& file) const {
        const std::uint64_t numbers[] = {size_, chunk_bytes_.size()};
        file.append(std::as_bytes(std::span(numbers)));
        file.append(std::as_bytes(std::span(chunk_bytes_)));
        queue_.visit([&file](std::span<const std::byte> bytes) { file.append(bytes); });
    }
    [[nodiscard]] bool restore(const std::string& path) {
        clear();
        FileReader reader(path);
        std::uint64_t numbers[2] = {};
        if (!reader.read(std::as_writable_bytes(std::span(numbers)))) return false;
        if (numbers[1] != (numbers[0] + chunk_states_ - 1) / chunk_states_) return false;
        size_ = numbers[0];
        chunk_bytes_.resize(numbers[1]);
        if (!reader.read(std::as_writable_bytes(std::span(chunk_bytes_)))) return false;
        std::vector<std::byte> bytes;
        for (const std::uint32_t count : chunk_bytes_) {
            bytes.resize(count);
            if (!reader.read(bytes)) return false;
            queue_.append(bytes);
        }
        return true;
    }
    void clear() {
        queue_.clear();
        chunk_bytes_.clear();
        loaded_.clear();
        first_loaded_ = 0;
        size_ = 0;
    }

    [[nodiscard]] std::uint64_t memory_bytes() const {
        return queue_.memory_bytes() + chunk_bytes_.capacity() * sizeof(std::uint32_t);
    }
    [[nodiscard]] std::uint64_t file_bytes() const { return queue_.file_bytes(); }

  private:
    std::size_t chunk_states_;
    ByteQueue queue_;
    std::size_t size_ = 0;
    /// How many bytes each chunk has.
    std::vector<std::uint32_t> chunk_bytes_;
    /// The chunks that are ready: the first, where each ends, and their bytes.
    std::size_t first_loaded_ = 0;
    std::vector<std::size_t> loaded_;
    std::vector<std::byte> bytes_;
};

/// States that were found while a chunk was expanded, as they are.
template <System S>
class FoundAsStates {
  public:
    void clear() { states_.clear(); }
    void push_back(const S&, const typename S::State& state) { states_.push_back(state); }
    [[nodiscard]] const typename S::State& operator[](std::size_t i) const { return states_[i]; }

  private:
    typename ReusedList<typename S::State>::Store store_;
    ReusedList<typename S::State> states_{store_};
};

/// What two levels of states share: blocks that one of them needs no more.
template <System S>
struct StateBlocks {
    explicit StateBlocks(const SpillSpace&) {}
    typename ReusedList<typename S::State>::Store store;
};

/// A level of states as they are.
template <System S>
class LevelAsStates {
  public:
    LevelAsStates(std::size_t chunk_states, StateBlocks<S>& blocks)
        : chunk_states_(chunk_states), blocks_(blocks), states_(blocks.store) {}

    [[nodiscard]] std::size_t size() const { return states_.size(); }
    void push_back(const typename S::State& state) { states_.push_back(state); }
    void load(std::size_t chunks) {
        first_ = end_;
        end_ = std::min(states_.size(), first_ + chunks * chunk_states_);
        states_.release_before(first_);
    }
    template <class Visit>
    void for_each(const S&, std::size_t chunk, typename S::State&, Visit visit) const {
        const std::size_t first = first_ + chunk * chunk_states_;
        const std::size_t last = std::min(end_, first + chunk_states_);
        for (std::size_t i = first; i < last; ++i) {
            if (!visit(states_[i])) return;
        }
    }
    void clear() {
        states_.clear();
        first_ = 0;
        end_ = 0;
    }

    /// Each of two levels has half of the blocks that none needs.
    [[nodiscard]] std::uint64_t memory_bytes() const {
        return states_.memory_bytes() + ReusedList<typename S::State>::memory_bytes(blocks_.store) / 2;
    }
    [[nodiscard]] std::uint64_t file_bytes() const { return 0; }

    // Nobody calls these: such states cannot be written.
    [[nodiscard]] bool restore(const std::string&) { return false; }

  private:
    std::size_t chunk_states_;
    StateBlocks<S>& blocks_;
    ReusedList<typename S::State> states_;
    std::size_t first_ = 0;
    std::size_t end_ = 0;
};

template <System S>
using FoundStates = std::conditional_t<kAsBytes<S>, FoundAsBytes<S>, FoundAsStates<S>>;
template <System S>
using Level = std::conditional_t<kAsBytes<S>, LevelAsBytes<S>, LevelAsStates<S>>;
/// What two levels share.
template <System S>
using LevelSpace = std::conditional_t<kAsBytes<S>, SpillSpace, StateBlocks<S>>;

/// The states of the initial level: one.
template <System S>
void push_initial(const S& system, const typename S::State& state, Level<S>& level) {
    FoundStates<S> found;
    found.push_back(system, state);
    level.push_back(found[0]);
}

}  // namespace detail
}  // namespace highwater::model
