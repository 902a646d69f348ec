#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

#include "core/base/error_code.h"
#include "net/wire/schema.h"
#include "net/wire/value_visitor.h"

// What Schema<T>::describe says, as data. Bytes are read and written by code that is compiled for each struct
// (codec_impl.h), since that is hot; whatever else walks over a message (JSON, text, random messages, comparison with
// the published definitions) is ordinary code over this table, which the same declaration gives.

namespace highwater::wire {

/// What a value goes over the wire as. `error_code` is an int16 that is shown by its name; `nullable` is a
/// std::optional of any other kind.
enum class ValueKind : std::uint8_t {
    boolean,
    int8,
    int16,
    int32,
    int64,
    uint16,
    uint32,
    error_code,
    float64,
    uuid,
    string,
    bytes,
    records,
    structure,
    array,
    nullable,
};

struct StructTable;

/// What a walk has to know of the type of a field or element. Values are passed by address: of the Uuid or Bytes of
/// what derives from one, else of the value itself.
struct ValueType {
    ValueKind kind{};
    bool (*equal)(const void*, const void*) = nullptr;

    /// Of a structure only.
    const StructTable& (*structure)() = nullptr;

    // Of an array or nullable only; a nullable holds up to one element, and is null without one.
    const ValueType* element = nullptr;
    std::size_t element_size = 0;  ///< bytes from one element to the next
    std::size_t (*size)(const void* container) = nullptr;
    /// Elements in order. An element of an array that is a view lives until the visitor returns.
    void (*for_each)(const void* container, ValueVisitor<const void*> visit) = nullptr;
    /// Replaces what the container holds by `count` elements that have their defaults; to a nullable, 0 or 1. Returns
    /// the address of the first; they are valid until the next call.
    void* (*assign)(void* container, std::size_t count) = nullptr;
};

/// The table of one struct. Made once, at the first use, and kept.
struct StructTable {
    struct Field {
        FieldInfo info;
        const ValueType* type = nullptr;
        std::size_t offset = 0;  ///< bytes from the start of the struct

        [[nodiscard]] const void* in(const void* value) const { return static_cast<const std::byte*>(value) + offset; }
        [[nodiscard]] void* in(void* value) const { return static_cast<std::byte*>(value) + offset; }
    };

    std::vector<Field> fields;  ///< as declared
    const void* defaults = nullptr;
    bool (*equal)(const void*, const void*) = nullptr;
    std::uint32_t known_tags = 0;                    ///< as known_tags<T>()
    std::optional<std::size_t> unknown_tags_offset;  ///< none if the struct does not keep them

    /// The unknown tagged fields of `value`, or nullptr if the struct does not keep them.
    [[nodiscard]] const TaggedFields* unknown_tags(const void* value) const;
    [[nodiscard]] TaggedFields* unknown_tags(void* value) const;

    /// Adds the next field. `in_defaults` is the address of its value in `defaults`.
    void add(const FieldInfo& info, const ValueType& type, const void* in_defaults);
};

/// Bits of a kind that is an integer, else 0.
unsigned integer_bits(ValueKind kind);
/// Whether a kind that is an integer has negative numbers.
bool is_signed(ValueKind kind);
/// The number at `value`. Requires: an integer kind.
std::int64_t load_integer(ValueKind kind, const void* value);
/// Sets the number at `value` to the lowest bits of `number`. Requires: an integer kind.
void store_integer(ValueKind kind, void* value, std::int64_t number);

namespace detail {

/// A T as its declaration initialises it.
template <class T>
const T& default_of() {
    static const T value{};
    return value;
}

/// The integer type that a fixed-size number goes over the wire as.
template <class V>
constexpr auto wire_integer(V value) {
    if constexpr (IsStrongType<V>) {
        return value.value();
    } else if constexpr (std::is_enum_v<V>) {
        return static_cast<std::underlying_type_t<V>>(value);
    } else {
        return value;
    }
}

template <class V>
consteval ValueKind kind_of() {
    if constexpr (kIsOptional<V>) {
        return ValueKind::nullable;
    } else if constexpr (kIsArray<V>) {
        return ValueKind::array;
    } else if constexpr (Described<V>) {
        return ValueKind::structure;
    } else if constexpr (std::is_same_v<V, String>) {
        return ValueKind::string;
    } else if constexpr (std::is_same_v<V, Records>) {
        return ValueKind::records;
    } else if constexpr (std::is_same_v<V, Bytes>) {
        return ValueKind::bytes;
    } else if constexpr (std::is_base_of_v<Uuid, V>) {
        return ValueKind::uuid;
    } else if constexpr (std::is_same_v<V, bool>) {
        return ValueKind::boolean;
    } else if constexpr (std::is_same_v<V, double>) {
        return ValueKind::float64;
    } else if constexpr (std::is_same_v<V, ErrorCode>) {
        return ValueKind::error_code;
    } else {
        using Integer = decltype(wire_integer(V{}));
        static_assert(!std::is_enum_v<V>, "text would show its number");
        static_assert(sizeof(V) == sizeof(Integer) && std::is_trivially_copyable_v<V>);
        if constexpr (std::is_same_v<Integer, std::int8_t>) return ValueKind::int8;
        if constexpr (std::is_same_v<Integer, std::int16_t>) return ValueKind::int16;
        if constexpr (std::is_same_v<Integer, std::int32_t>) return ValueKind::int32;
        if constexpr (std::is_same_v<Integer, std::int64_t>) return ValueKind::int64;
        if constexpr (std::is_same_v<Integer, std::uint16_t>) return ValueKind::uint16;
        if constexpr (std::is_same_v<Integer, std::uint32_t>) return ValueKind::uint32;
    }
}

// What the address of a V is passed as.
template <class V>
using Erased =
    std::conditional_t<std::is_base_of_v<Uuid, V>, Uuid, std::conditional_t<std::is_base_of_v<Bytes, V>, Bytes, V>>;

template <class V>
const void* erase(const V& value) {
    return static_cast<const Erased<V>*>(&value);
}
template <class V>
void* erase(V& value) {
    return static_cast<Erased<V>*>(&value);
}

template <class V>
[[gnu::cold]] bool equal_erased(const void* a, const void* b) {
    return *static_cast<const V*>(a) == *static_cast<const V*>(b);
}

template <class V>
struct Container;

template <class E>
struct Container<std::optional<E>> {
    using Optional = std::optional<E>;
    static std::size_t size(const void* container) { return *static_cast<const Optional*>(container) ? 1 : 0; }
    static void for_each(const void* container, ValueVisitor<const void*> visit) {
        if (const auto& value = *static_cast<const Optional*>(container)) visit(erase(*value));
    }
    static void* assign(void* container, std::size_t count) {
        auto& value = *static_cast<Optional*>(container);
        value.reset();
        return count == 0 ? nullptr : erase(value.emplace());
    }
};

template <class E>
struct Container<Array<E>> {
    static std::size_t size(const void* container) { return static_cast<const Array<E>*>(container)->size(); }
    [[gnu::cold]] static void for_each(const void* container, ValueVisitor<const void*> visit) {
        for (const E& element : *static_cast<const Array<E>*>(container)) visit(erase(element));
    }
    [[gnu::cold]] static void* assign(void* container, std::size_t count) {
        std::vector<E> elements(count);
        void* first = count == 0 ? nullptr : erase(elements.front());
        *static_cast<Array<E>*>(container) = std::move(elements);
        return first;
    }
};

template <class V>
consteval ValueType describe_type();

template <class V>
inline constexpr ValueType kValueType = describe_type<V>();

template <class V>
consteval ValueType describe_type() {
    ValueType type{.kind = kind_of<V>(), .equal = &equal_erased<Erased<V>>};
    if constexpr (Described<V>) type.structure = &Codec<V>::table;
    if constexpr (kIsOptional<V> || kIsArray<V>) {
        using C = Container<V>;
        type.element = &kValueType<typename V::value_type>;
        type.element_size = sizeof(typename V::value_type);
        type.size = &C::size;
        type.for_each = &C::for_each;
        type.assign = &C::assign;
    }
    return type;
}

template <class T>
[[gnu::cold]] StructTable make_struct_table() {
    const T& defaults = default_of<T>();
    StructTable table;
    table.defaults = &defaults;
    table.equal = &equal_erased<T>;
    for_each_field<T>([&]<class V>(const FieldInfo& info, V T::* member) {
        table.add(info, kValueType<V>, erase(defaults.*member));
    });
    if constexpr (kKeepsUnknownTags<T>) {
        table.unknown_tags_offset = static_cast<std::size_t>(
            reinterpret_cast<const std::byte*>(&defaults.unknown_tags) - reinterpret_cast<const std::byte*>(&defaults));
    }
    return table;
}

}  // namespace detail

}  // namespace highwater::wire
