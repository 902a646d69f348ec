#include "broker/io/memory.h"

#include <malloc.h>

namespace highwater::io {

void release_free_memory(std::size_t keep_bytes) {
    if (::mallinfo2().fordblks > keep_bytes) ::malloc_trim(0);
}

}  // namespace highwater::io
