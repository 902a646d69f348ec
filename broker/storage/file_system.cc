#include "broker/storage/file_system.h"

#include <array>

#include <fmt/format.h>

namespace highwater::storage {

std::string join(std::string_view directory, std::string_view name) {
    return fmt::format("{}/{}", directory, name);
}

namespace {

template <class Container>
IoResult<Container> read_into(FileSystem& files, std::string_view path, std::uint64_t max_bytes) {
    auto file = files.open(path, OpenMode::read);
    if (!file) return refuse(file.error());
    auto size = (*file)->size();
    if (!size) return refuse(size.error());
    if (*size > max_bytes) {
        return refuse(IoError{.error_number = EFBIG,
                              .operation = "read",
                              .path = std::string(path),
                              .detail = fmt::format("{} bytes, at most {} expected", *size, max_bytes),
                              .held_by = {}});
    }
    Container content(static_cast<std::size_t>(*size), typename Container::value_type{});
    auto read = (*file)->read_at(0, std::as_writable_bytes(std::span(content.data(), content.size())));
    if (!read) return refuse(read.error());
    content.resize(*read);
    return content;
}

std::string_view parent_of(std::string_view path) {
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

IoResult<std::vector<std::byte>> read_file(FileSystem& files, std::string_view path, std::uint64_t max_bytes) {
    return read_into<std::vector<std::byte>>(files, path, max_bytes);
}

IoResult<std::string> read_text(FileSystem& files, std::string_view path, std::uint64_t max_bytes) {
    return read_into<std::string>(files, path, max_bytes);
}

IoResult<void> replace_file(FileSystem& files, std::string_view path, Bytes content) {
    const std::string temporary = fmt::format("{}.tmp", path);
    auto file = files.open(temporary, OpenMode::replace);
    if (!file) return refuse(file.error());
    const std::array<Bytes, 1> pieces{content};
    if (auto written = (*file)->write_at(0, pieces); !written) return written;
    if (auto synced = (*file)->sync_data(); !synced) return synced;
    if (auto renamed = files.rename(temporary, path); !renamed) return renamed;
    return files.sync_directory(parent_of(path));
}

IoResult<void> replace_file(FileSystem& files, std::string_view path, std::string_view content) {
    return replace_file(files, path, std::as_bytes(std::span(content.data(), content.size())));
}

}  // namespace highwater::storage
