#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "broker/storage/file_system.h"
#include "net/wire/record/record_bytes.h"

namespace highwater::storage {

/// The big-endian integer at `position`. Requires: it lies within `bytes`.
template <class T>
T load(Bytes bytes, std::size_t position) {
    return wire::load_big_endian<T>(bytes.subspan(position, sizeof(T)).data());
}

/// Appends `value`, big-endian.
template <class T>
void append(std::vector<std::byte>& out, T value) {
    out.resize(out.size() + sizeof(T));
    wire::store_big_endian<T>(out.data() + out.size() - sizeof(T), value);
}

}  // namespace highwater::storage
