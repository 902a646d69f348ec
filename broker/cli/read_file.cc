#include "broker/cli/read_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace highwater::cli {

Result<std::string, std::string> read_file(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), std::fclose);
    if (!file) return unexpected(std::string(std::strerror(errno)));
    std::string text;
    char block[16384];
    while (const std::size_t got = std::fread(block, 1, sizeof(block), file.get())) text.append(block, got);
    if (std::ferror(file.get()) != 0) return unexpected(std::string(std::strerror(errno)));
    return text;
}

}  // namespace highwater::cli
