#include "model/explore/checkpoint.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/explore/checker_file.h"

namespace highwater::model {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstLine = "highwater-model checkpoint 1";
constexpr std::string_view kList = "checkpoint-";
constexpr std::size_t kPiece = std::size_t{1} << 20;

[[noreturn]] void fail(std::string_view what, const std::string& path) {
    throw CheckerFileError(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

int open_file(const std::string& path, int flags) {
    const int file = open(path.c_str(), flags | O_CLOEXEC, 0644);
    if (file < 0) fail("open", path);
    return file;
}

void sync_directory(const std::string& directory) {
    const int file = open_file(directory, O_RDONLY | O_DIRECTORY);
    const int failed = fsync(file);
    close(file);
    if (failed != 0) fail("sync", directory);
}

std::uint64_t checksum_of(std::string_view text) {
    return XXH3_64bits(text.data(), text.size());
}

std::string list_text(const std::string& identity, const Reached& reached, const std::vector<FileEntry>& files) {
    std::string text = fmt::format("{}\nidentity {}\nreached {} {} {} {} {}\ncoverage {}\n", kFirstLine, identity,
                                   reached.states, reached.unreduced_states, reached.steps, reached.depth,
                                   reached.first_id, fmt::join(reached.coverage.counts, " "));
    for (const FileEntry& file : files) text += fmt::format("file {} {} {}\n", file.name, file.bytes, file.checksum);
    return text + fmt::format("sum {}\n", checksum_of(text));
}

/// What is wrong with a list; empty: nothing.
std::string read_list(const std::string& text, std::string& identity, CheckpointDirectory::Found& found) {
    const auto sum_at = text.rfind("sum ");
    if (sum_at == std::string::npos) return "it ends early";
    const std::string body = text.substr(0, sum_at);
    if (text.substr(sum_at) != fmt::format("sum {}\n", checksum_of(body))) return "its checksum does not fit";
    std::istringstream in(body);
    std::string line;
    if (!std::getline(in, line) || line != kFirstLine) return "it is of another version: " + line;
    while (std::getline(in, line)) {
        std::istringstream words(line);
        std::string key;
        words >> key;
        if (key == "identity") {
            identity = line.substr(std::min(line.size(), key.size() + 1));
        } else if (key == "reached") {
            Reached& reached = found.reached;
            words >> reached.states >> reached.unreduced_states >> reached.steps >> reached.depth >> reached.first_id;
        } else if (key == "coverage") {
            for (std::uint64_t& number : found.reached.coverage.counts) words >> number;
        } else if (key == "file") {
            FileEntry& file = found.files.emplace_back();
            words >> file.name >> file.bytes >> file.checksum;
        }
        if (!words) return "it cannot be read: " + line;
    }
    return {};
}

/// Hands the first `bytes` of a file to `visitor`, piece by piece, and returns their checksum; nullopt: it is shorter.
std::optional<std::uint64_t> visit_file(const std::string& path, std::uint64_t bytes, XXH3_state_t* checksum,
                                        const std::function<void(std::span<const std::byte>)>& visitor) {
    std::error_code error;
    if (fs::file_size(path, error) < bytes || error) return std::nullopt;
    const int file = open_file(path, O_RDONLY);
    XXH3_64bits_reset(checksum);
    std::vector<std::byte> piece;
    for (std::uint64_t at = 0; at < bytes; at += piece.size()) {
        piece.resize(std::min<std::size_t>(kPiece, bytes - at));
        try {
            read_at(file, at, piece);
        } catch (...) {
            close(file);
            throw;
        }
        XXH3_64bits_update(checksum, piece.data(), piece.size());
        visitor(piece);
    }
    close(file);
    return XXH3_64bits_digest(checksum);
}

}  // namespace

GrowingFile::GrowingFile(std::string path) : path_(std::move(path)), checksum_(XXH3_createState(), XXH3_freeState) {
    file_ = open_file(path_, O_RDWR | O_CREAT);
    XXH3_64bits_reset(checksum_.get());
}

GrowingFile::~GrowingFile() {
    close(file_);
}

void GrowingFile::append(std::span<const std::byte> bytes) {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    if (buffer_.size() >= kPiece) write();
}

void GrowingFile::write() {
    write_at(file_, written_, buffer_);
    XXH3_64bits_update(checksum_.get(), buffer_.data(), buffer_.size());
    written_ += buffer_.size();
    buffer_.clear();
}

bool GrowingFile::go_on_from(const FileEntry& entry, const std::function<void(std::span<const std::byte>)>& visitor) {
    if (visit_file(path_, entry.bytes, checksum_.get(), visitor) != entry.checksum) return false;
    written_ = entry.bytes;
    if (ftruncate(file_, static_cast<off_t>(written_)) != 0) fail("shorten", path_);
    return true;
}

FileEntry GrowingFile::sync() {
    write();
    if (fdatasync(file_) != 0) fail("sync", path_);
    return {fs::path(path_).filename().string(), written_, XXH3_64bits_digest(checksum_.get())};
}

CheckpointDirectory::CheckpointDirectory(const CheckpointOptions& options) : options_(options) {
    std::error_code error;
    fs::create_directories(options_.directory, error);
    if (error) throw CheckerFileError(fmt::format("cannot create {}: {}", options_.directory, error.message()));
}

std::vector<std::uint32_t> CheckpointDirectory::depths() const {
    std::vector<std::uint32_t> depths;
    for (const auto& entry : fs::directory_iterator(options_.directory)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(kList)) continue;
        std::uint32_t depth = 0;
        const char* end = name.data() + name.size();
        const auto read = std::from_chars(name.data() + kList.size(), end, depth);
        if (read.ec == std::errc{} && read.ptr == end) depths.push_back(depth);
    }
    std::sort(depths.rbegin(), depths.rend());
    return depths;
}

std::optional<CheckpointDirectory::Found> CheckpointDirectory::find() const {
    const auto all = depths();
    for (const std::uint32_t depth : all) {
        const std::string path = path_of(fmt::format("{}{}", kList, depth));
        const auto bytes = read_whole_file(path);
        Found found;
        std::string identity;
        std::string wrong =
            read_list(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), identity, found);
        if (wrong.empty() && identity != options_.identity) {
            throw CheckerFileError(
                fmt::format("{} is a checkpoint of\n  {}\nand this is\n  {}", path, identity, options_.identity));
        }
        const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> checksum(XXH3_createState(),
                                                                                       XXH3_freeState);
        for (const FileEntry& file : found.files) {
            if (!wrong.empty()) break;
            const auto sum = visit_file(path_of(file.name), file.bytes, checksum.get(), [](auto) {});
            if (sum != file.checksum) wrong = fmt::format("{} is not as it was", file.name);
        }
        if (wrong.empty()) return found;
        fmt::print(stderr, "{} is damaged: {}\n", path, wrong);
    }
    if (all.empty()) return std::nullopt;
    throw CheckerFileError(
        fmt::format("no checkpoint in {} can be used; remove the directory to start anew", options_.directory));
}

FileEntry CheckpointDirectory::write_file(const char* name, std::uint32_t depth,
                                          const std::function<void(GrowingFile&)>& write) const {
    const std::string path = path_of(fmt::format("{}-{}", name, depth));
    fs::remove(path);
    GrowingFile file(path);
    write(file);
    return file.sync();
}

void CheckpointDirectory::write_list(const Reached& reached, const std::vector<FileEntry>& files) const {
    const std::string text = list_text(options_.identity, reached, files);
    const std::string path = path_of(fmt::format("{}{}", kList, reached.depth));
    const std::string unfinished = path_of("unfinished");
    fs::remove(unfinished);
    {
        GrowingFile file(unfinished);
        file.append(std::as_bytes(std::span(text)));
        file.sync();
    }
    if (std::rename(unfinished.c_str(), path.c_str()) != 0) fail("rename", unfinished);
    sync_directory(options_.directory);
    const auto all = depths();
    for (std::size_t i = 2; i < all.size(); ++i) {
        fs::remove(path_of(fmt::format("{}{}", kList, all[i])));
        for (const char* name : {"frontier", "system"}) fs::remove(path_of(fmt::format("{}-{}", name, all[i])));
    }
}

void CheckpointDirectory::clear() const {
    for (const std::uint32_t depth : depths()) {
        fs::remove(path_of(fmt::format("{}{}", kList, depth)));
        for (const char* name : {"frontier", "system"}) fs::remove(path_of(fmt::format("{}-{}", name, depth)));
    }
    for (const char* name : {"fingerprints", "discoveries", "unfinished"}) fs::remove(path_of(name));
}

std::uint64_t program_checksum() {
    const auto bytes = read_whole_file(fs::read_symlink("/proc/self/exe").string());
    return XXH3_64bits(bytes.data(), bytes.size());
}

std::vector<std::byte> read_whole_file(const std::string& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) throw CheckerFileError(fmt::format("cannot read {}: {}", path, error.message()));
    std::vector<std::byte> bytes(size);
    const int file = open_file(path, O_RDONLY);
    try {
        read_at(file, 0, bytes);
    } catch (...) {
        close(file);
        throw;
    }
    close(file);
    return bytes;
}

}  // namespace highwater::model
