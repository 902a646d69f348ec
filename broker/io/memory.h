#pragma once

#include <cstddef>

namespace highwater::io {

/// Gives free heap memory back to the system when there is more than `keep_bytes` of it. The allocator would keep what
/// one burst took for as long as the process lives.
void release_free_memory(std::size_t keep_bytes);

}  // namespace highwater::io
