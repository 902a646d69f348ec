#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/invariant.h"

namespace highwater::model {

/// Who was found from whom, in two bytes a state. Breadth-first search numbers the states in the order in which it
/// finds them, and expands them in the same order. So it is enough to note, for each state in turn, by which of its
/// actions it led to new states: the n-th note is of state n, and stands between those of its parent.
class DiscoveryTree {
  public:
    DiscoveryTree() { begin_block(); }

    /// The next state was found from the state that is being expanded, by its `action`-th action (from 0).
    void found(std::size_t action) {
        std::vector<std::uint8_t>& codes = writable_block();
        for (; action >= kFurther - kFirstAction; action -= kFurther - kFirstAction) codes.push_back(kFurther);
        codes.push_back(static_cast<std::uint8_t>(action + kFirstAction));
        ++states_;
    }

    /// The state that is being expanded has no further notes; the next one follows.
    void expanded() {
        writable_block().push_back(kExpanded);
        ++parents_;
    }

    /// How many notes there are, in bytes.
    [[nodiscard]] std::uint64_t size() const { return blocks_.back().bytes_before + blocks_.back().codes.size(); }
    /// Hands the notes from the `begin`-th byte on to `visitor`, piece by piece.
    template <class Visitor>
    void visit(std::uint64_t begin, Visitor visitor) const {
        for (const Block& block : blocks_) {
            if (block.bytes_before + block.codes.size() <= begin) continue;
            const std::uint64_t from = begin > block.bytes_before ? begin - block.bytes_before : 0;
            visitor(std::as_bytes(std::span(block.codes).subspan(from)));
        }
    }
    /// Adds notes that visit() gave, in whatever pieces.
    void restore(std::span<const std::byte> notes) {
        for (const std::byte note : notes) {
            const auto code = static_cast<std::uint8_t>(note);
            if (code == kExpanded) {
                expanded();
            } else if (code == kFurther) {
                restored_further_ += kFurther - kFirstAction;
            } else {
                found(restored_further_ + code - kFirstAction);
                restored_further_ = 0;
            }
        }
    }

    /// The actions that lead from state 0 to state `id`, each as its place in the list of those that are possible.
    /// Requires: the state was found, or is 0.
    [[nodiscard]] std::vector<std::size_t> path_to(std::uint64_t id) const {
        std::vector<std::size_t> path;
        while (id != 0) {
            HIGHWATER_INVARIANT(id <= states_, "state {} of {}", id, states_);
            const auto after = std::partition_point(blocks_.begin(), blocks_.end(),
                                                    [id](const Block& block) { return block.states_before < id; });
            const Block& block = *(after - 1);
            std::uint64_t state = block.states_before;
            std::uint64_t parent = block.parents_before;
            std::size_t action = 0;
            for (const std::uint8_t code : block.codes) {
                if (code == kExpanded) {
                    ++parent;
                } else if (code == kFurther) {
                    action += kFurther - kFirstAction;
                } else {
                    action += code - kFirstAction;
                    if (++state == id) break;
                    action = 0;
                }
            }
            path.push_back(action);
            id = parent;
        }
        std::reverse(path.begin(), path.end());
        return path;
    }

    [[nodiscard]] std::size_t memory_bytes() const {
        std::size_t bytes = blocks_.capacity() * sizeof(Block);
        for (const Block& block : blocks_) bytes += block.codes.capacity();
        return bytes;
    }

  private:
    static constexpr std::uint8_t kExpanded = 0;
    static constexpr std::uint8_t kFirstAction = 1;
    /// The action is so many places further than the code after this one says.
    static constexpr std::uint8_t kFurther = 255;
    static constexpr std::size_t kBlockBytes = std::size_t{1} << 16;

    struct Block {
        /// States found and states expanded before the first code of this block.
        std::uint64_t states_before;
        std::uint64_t parents_before;
        std::uint64_t bytes_before;
        std::vector<std::uint8_t> codes;
    };

    std::vector<std::uint8_t>& writable_block() {
        // A note is never split, so a block may exceed its size by a few bytes.
        if (blocks_.back().codes.size() >= kBlockBytes) begin_block();
        return blocks_.back().codes;
    }
    void begin_block() {
        const std::uint64_t bytes = blocks_.empty() ? 0 : size();
        blocks_.push_back({states_, parents_, bytes, {}});
        blocks_.back().codes.reserve(kBlockBytes + 64);
    }

    std::vector<Block> blocks_;
    std::uint64_t states_ = 0;
    std::uint64_t parents_ = 0;
    std::size_t restored_further_ = 0;
};

}  // namespace highwater::model
