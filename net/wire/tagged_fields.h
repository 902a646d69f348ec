#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "net/wire/bytes.h"

namespace highwater::wire {

class Reader;

/// The largest tag: Kafka's writer cannot send a larger one.
inline constexpr std::uint32_t kMaxTag = 0x7FFFFFFE;

/// A tagged field that the declaration does not know (KIP-482). `data` is its content without tag and size.
struct TaggedField {
    std::uint32_t tag = 0;
    Bytes data;
    friend bool operator==(const TaggedField&, const TaggedField&) = default;
};

namespace detail {

struct TaggedView {
    std::span<const std::byte> section;
    std::uint32_t total = 0;
    std::uint32_t unknown = 0;
    std::uint32_t known_tags = 0;
};

}  // namespace detail

/// The unknown tagged fields of one struct, in ascending order of tags. They are kept, so that what a newer peer sent
/// survives being read and written. Either own fields or a view over a validated tagged section.
class TaggedFields {
  public:
    /// None.
    TaggedFields() = default;
    /// Owns the fields. That they ascend by tag is checked when they are written.
    TaggedFields(std::vector<TaggedField> fields) : fields_(std::move(fields)) {}  // NOLINT: the same thing

    /// A view over a section of `total` fields (its count aside) of which `unknown` have tags outside `known_tags`, a
    /// set of tags below 32 as bits. Requires: the section was validated.
    static TaggedFields view(std::span<const std::byte> section, std::uint32_t total, std::uint32_t unknown,
                             std::uint32_t known_tags);

    /// Number of unknown fields.
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] bool empty() const { return size() == 0; }
    /// A copy; the contents stay views where they were.
    [[nodiscard]] std::vector<TaggedField> to_vector() const;

    /// Calls visit(tag, const Bytes&) for each unknown field, in order.
    template <class Visit>
    void for_each(Visit&& visit) const {
        if (const auto* owned = std::get_if<std::vector<TaggedField>>(&fields_)) {
            for (const TaggedField& field : *owned) visit(field.tag, field.data);
            return;
        }
        View left = std::get<View>(fields_);
        while (left.total > 0) {
            const TaggedField field = take(left);
            if (field.tag >= 32 || (left.known_tags >> field.tag & 1U) == 0) visit(field.tag, field.data);
        }
    }

    friend bool operator==(const TaggedFields& a, const TaggedFields& b) {
        return a.size() == b.size() && (a.empty() || a.to_vector() == b.to_vector());
    }

  private:
    using View = detail::TaggedView;
    static TaggedField take(View& view);

    std::variant<View, std::vector<TaggedField>> fields_;
};

}  // namespace highwater::wire
