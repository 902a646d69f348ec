#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace highwater::model {

/// Appends `bytes` without its zeros: of eight bytes each, which are not zero and those; of eight such groups each,
/// which are not all zero. States of bounded worlds are zero for the most part.
void pack(std::span<const std::byte> bytes, std::vector<std::byte>& out);

/// Reads back what pack() wrote and returns how many bytes of `packed` it took. Requires: it was packed from as many
/// bytes as `bytes` has.
std::size_t unpack(std::span<const std::byte> packed, std::span<std::byte> bytes);

}  // namespace highwater::model
