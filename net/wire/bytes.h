#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace highwater::wire {

/// A run of bytes and, optionally, what keeps them alive. Without a keeper it is a view: whoever made it sees to it
/// that the bytes outlive it.
struct Slice {
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> keep_alive;
};

/// The value of a `bytes` field: any number of slices, of which nothing is copied. A decoded message has views into
/// the frame; an answer may gather slices of several buffers. Copies share what is kept alive.
class Bytes {
  public:
    /// No bytes.
    Bytes() = default;
    /// A view: the caller keeps the bytes alive for as long as this and its copies.
    explicit Bytes(std::span<const std::byte> view) : first_{view, nullptr} {}
    /// One slice, kept alive by its keeper if it has one.
    explicit Bytes(Slice slice) : first_(std::move(slice)) {}
    /// Owns the bytes.
    explicit Bytes(std::vector<std::byte> owned);

    /// Adds a slice at the end; an empty one is left out.
    void append(Slice slice);

    /// In bytes.
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] bool empty() const { return size() == 0; }

    /// The bytes as one span. Requires: at most one slice, as in every decoded message.
    [[nodiscard]] std::span<const std::byte> view() const;

    /// A copy in one piece.
    [[nodiscard]] std::vector<std::byte> to_vector() const;

    /// Calls visit(const Slice&) for each non-empty slice, in order.
    template <class Visit>
    void for_each_slice(Visit&& visit) const {
        if (!first_.bytes.empty()) visit(first_);
        for (const Slice& slice : more_) visit(slice);
    }

    /// Equal contents, however sliced and kept.
    friend bool operator==(const Bytes& a, const Bytes& b);

  private:
    Slice first_;
    std::vector<Slice> more_;
};

/// The value of a `records` field: record batches, which the codec carries uninterpreted.
struct Records : Bytes {
    using Bytes::Bytes;
};

}  // namespace highwater::wire
