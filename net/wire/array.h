#pragma once

#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/invariant.h"
#include "net/wire/codec.h"
#include "net/wire/reader.h"
#include "net/wire/string.h"

namespace highwater::wire {

namespace detail {

struct ArrayView {
    std::span<const std::byte> bytes;
    std::size_t count = 0;
    DecodeContext context;
};

[[noreturn]] void view_was_not_validated(const Reader& reader);

}  // namespace detail

/// Reads one element of an array.
template <class T>
void read_element(Reader& reader, T& out) {
    if constexpr (Described<T>) {
        Codec<T>::read(reader, out);
    } else if constexpr (std::is_same_v<T, String>) {
        auto text = reader.string(reader.flexible());
        if (!text) return reader.fail(DecodeErrorKind::null_not_allowed);
        out = String::borrowed(*text);
    } else {
        out = reader.scalar<T>();
    }
}

/// Walks an array; an element of a view is decoded when it is reached and lives in the iterator until the next step.
template <class T>
class ArrayIterator {
  public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    /// Over elements that the array owns.
    explicit ArrayIterator(std::span<const T> owned) : owned_(owned.data()), left_(owned.size()) {}
    /// Over `count` encoded elements that were validated.
    ArrayIterator(const Reader& reader, std::size_t count) : reader_(reader), left_(count) { load(); }

    const T& operator*() const { return owned_ ? *owned_ : *current_; }
    const T* operator->() const { return &**this; }
    ArrayIterator& operator++() {
        --left_;
        if (owned_) {
            ++owned_;
        } else {
            load();
        }
        return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const ArrayIterator& it, std::default_sentinel_t) { return it.left_ == 0; }

  private:
    void load() {
        if (left_ == 0) return;
        current_.emplace();
        read_element(*reader_, *current_);
        if (reader_->failed()) [[unlikely]]
            detail::view_was_not_validated(*reader_);
    }

    const T* owned_ = nullptr;
    std::optional<Reader> reader_;
    std::size_t left_ = 0;
    std::optional<T> current_;
};

/// The value of an array field: either elements of its own, to build a message, or a view over encoded elements that
/// the decoder has validated. So decoding takes no memory, whatever an array claims to hold. A view lives as long as
/// the frame; its elements are decoded anew on every walk.
template <class T>
class Array {
  public:
    using value_type = T;

    /// No elements.
    Array() = default;
    Array(std::initializer_list<T> elements) : elements_(std::vector<T>(elements)) {}
    Array(std::vector<T> elements) : elements_(std::move(elements)) {}  // NOLINT: the same thing

    /// Validates `count` elements that start at the reader, moves it behind them, and returns a view over them. Empty
    /// after a failure of the reader.
    static Array read(Reader& reader, std::size_t count);

    /// Elements.
    [[nodiscard]] std::size_t size() const {
        const View* view = std::get_if<View>(&elements_);
        return view ? view->count : std::get<std::vector<T>>(elements_).size();
    }
    [[nodiscard]] bool empty() const { return size() == 0; }
    /// Whether the elements are still encoded.
    [[nodiscard]] bool is_view() const { return std::holds_alternative<View>(elements_); }

    /// The iterators are valid until the array is changed, moved or destroyed.
    [[nodiscard]] ArrayIterator<T> begin() const {
        if (const View* view = std::get_if<View>(&elements_)) {
            return ArrayIterator<T>(Reader(view->bytes, view->context), view->count);
        }
        return ArrayIterator<T>(std::span<const T>(std::get<std::vector<T>>(elements_)));
    }
    [[nodiscard]] std::default_sentinel_t end() const { return {}; }

    /// The first element. Requires: not empty.
    [[nodiscard]] T front() const { return *begin(); }
    /// A copy of element `index`, from 0; walks to it. Requires: index < size().
    [[nodiscard]] T at(std::size_t index) const {
        HIGHWATER_INVARIANT(index < size(), "element {} of {}", index, size());
        auto it = begin();
        for (; index > 0; --index) ++it;
        return *it;
    }

    /// The elements as a vector that can be changed; a view is decoded into one first (its strings, bytes and inner
    /// arrays stay views into the frame).
    std::vector<T>& materialise() {
        if (is_view()) elements_ = to_vector();
        return std::get<std::vector<T>>(elements_);
    }
    /// A copy of the elements, each decoded once (its strings, bytes and inner arrays stay views).
    [[nodiscard]] std::vector<T> to_vector() const {
        std::vector<T> elements;
        elements.reserve(size());
        for (const T& element : *this) elements.push_back(element);
        return elements;
    }

    // As std::vector's; a view is materialised first.

    void reserve(std::size_t count) { materialise().reserve(count); }
    void push_back(T element) { materialise().push_back(std::move(element)); }
    template <class... Args>
    T& emplace_back(Args&&... args) {
        return materialise().emplace_back(std::forward<Args>(args)...);
    }

    friend bool operator==(const Array& a, const Array& b) {
        if (a.size() != b.size()) return false;
        auto at = b.begin();
        for (const T& element : a) {
            if (!(element == *at)) return false;
            ++at;
        }
        return true;
    }

  private:
    using View = detail::ArrayView;

    std::variant<View, std::vector<T>> elements_;
};

template <class T>
Array<T> Array<T>::read(Reader& reader, std::size_t count) {
    const std::byte* start = reader.data();
    const std::size_t before = reader.position();
    if constexpr (!Described<T> && !std::is_same_v<T, String>) {
        constexpr std::size_t kSize = std::is_base_of_v<Uuid, T> ? 16 : sizeof(T);
        reader.take(count * kSize);
    } else {
        for (std::size_t i = 0; i < count && !reader.failed(); ++i) {
            T element;
            read_element(reader, element);
        }
    }
    Array result;
    if (!reader.failed()) {
        result.elements_ = View{{start, reader.position() - before}, count, reader.context()};
    }
    return result;
}

}  // namespace highwater::wire
