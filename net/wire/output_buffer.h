#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "net/wire/bytes.h"

namespace highwater::wire {

/// Encoded bytes: those written here, and between them slices of others' memory that were not copied.
class OutputBuffer {
  public:
    /// In bytes, slices included.
    [[nodiscard]] std::size_t size() const { return own_.size() + external_size_; }
    [[nodiscard]] bool empty() const { return size() == 0; }

    /// Calls visit(std::span<const std::byte>) for each piece, in order; none is empty. The spans are valid until this
    /// buffer is changed, moved or destroyed.
    template <class Visit>
    void for_each_piece(Visit&& visit) const {
        std::size_t done = 0;
        const std::span<const std::byte> own(own_);
        for (const External& external : externals_) {
            if (external.position > done) visit(own.subspan(done, external.position - done));
            done = external.position;
            visit(external.slice.bytes);
        }
        if (own.size() > done) visit(own.subspan(done));
    }
    /// Pieces that for_each_piece visits.
    [[nodiscard]] std::size_t piece_count() const;

    /// A copy in one piece.
    [[nodiscard]] std::vector<std::byte> to_vector() const;

    /// Appends a copy.
    void append(std::span<const std::byte> bytes) { own_.insert(own_.end(), bytes.begin(), bytes.end()); }
    /// Appends without copying. Requires: slice.keep_alive, or bytes that outlive this buffer.
    void append_external(Slice slice);
    /// Overwrites `bytes.size()` own bytes at `position` of what was written here (slices not counted).
    void overwrite(std::size_t position, std::span<const std::byte> bytes);
    /// Reserves memory for `size` own bytes.
    void reserve(std::size_t size) { own_.reserve(size); }
    /// Own bytes, slices not counted.
    [[nodiscard]] std::size_t own_size() const { return own_.size(); }
    /// Slices that were not copied.
    [[nodiscard]] std::size_t external_count() const { return externals_.size(); }
    /// Drops what came after an earlier own_size() and external_count().
    void truncate(std::size_t own_size, std::size_t external_count);

  private:
    struct External {
        std::size_t position = 0;  // in own_
        Slice slice;
    };
    std::vector<std::byte> own_;
    std::vector<External> externals_;
    std::size_t external_size_ = 0;
};

}  // namespace highwater::wire
