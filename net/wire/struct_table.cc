#include "net/wire/struct_table.h"

#include <cstring>

namespace highwater::wire {

namespace {

template <class Integer>
std::int64_t load(const void* value) {
    Integer number;
    std::memcpy(&number, value, sizeof number);
    return static_cast<std::int64_t>(number);
}

template <class Integer>
void store(void* value, std::int64_t number) {
    const auto narrow = static_cast<Integer>(number);
    std::memcpy(value, &narrow, sizeof narrow);
}

}  // namespace

const TaggedFields* StructTable::unknown_tags(const void* value) const {
    if (!unknown_tags_offset) return nullptr;
    return reinterpret_cast<const TaggedFields*>(static_cast<const std::byte*>(value) + *unknown_tags_offset);
}

TaggedFields* StructTable::unknown_tags(void* value) const {
    return const_cast<TaggedFields*>(unknown_tags(static_cast<const void*>(value)));
}

void StructTable::add(const FieldInfo& info, const ValueType& type, const void* in_defaults) {
    const auto offset = static_cast<const std::byte*>(in_defaults) - static_cast<const std::byte*>(defaults);
    fields.push_back({info, &type, static_cast<std::size_t>(offset)});
    if (!info.tagged.empty()) known_tags |= 1U << info.tag;
}

unsigned integer_bits(ValueKind kind) {
    switch (kind) {
        case ValueKind::int8:
            return 8;
        case ValueKind::int16:
        case ValueKind::uint16:
        case ValueKind::error_code:
            return 16;
        case ValueKind::int32:
        case ValueKind::uint32:
            return 32;
        case ValueKind::int64:
            return 64;
        default:
            return 0;
    }
}

bool is_signed(ValueKind kind) {
    return kind != ValueKind::uint16 && kind != ValueKind::uint32;
}

std::int64_t load_integer(ValueKind kind, const void* value) {
    switch (integer_bits(kind)) {
        case 8:
            return load<std::int8_t>(value);
        case 16:
            return is_signed(kind) ? load<std::int16_t>(value) : load<std::uint16_t>(value);
        case 32:
            return is_signed(kind) ? load<std::int32_t>(value) : load<std::uint32_t>(value);
        default:
            return load<std::int64_t>(value);
    }
}

void store_integer(ValueKind kind, void* value, std::int64_t number) {
    switch (integer_bits(kind)) {
        case 8:
            return store<std::int8_t>(value, number);
        case 16:
            return store<std::int16_t>(value, number);
        case 32:
            return store<std::int32_t>(value, number);
        default:
            return store<std::int64_t>(value, number);
    }
}

}  // namespace highwater::wire
