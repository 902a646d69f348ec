#include "broker/storage/simulated_file_system.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/base/invariant.h"

namespace highwater::storage {

namespace {

constexpr std::size_t kSectorBytes = 512;

struct UnsyncedWrite {
    std::uint64_t position;
    std::vector<std::byte> bytes;
};
struct UnsyncedTruncate {
    std::uint64_t size;
};
using UnsyncedChange = std::variant<UnsyncedWrite, UnsyncedTruncate>;

struct Node {
    bool is_directory = false;
    std::vector<std::byte> current;
    std::vector<std::byte> durable;
    std::vector<UnsyncedChange> unsynced;
    /// A sync failed: later ones say yes and do nothing (fsyncgate).
    bool sync_lies = false;
};
using NodePtr = std::shared_ptr<Node>;
using Names = std::map<std::string, NodePtr>;

/// A change of names that its directory's sync has not covered: `from` goes, `to` comes; either may be empty.
struct NameChange {
    std::string from;
    std::string to;
    NodePtr node;
};

std::string parent_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return "";
    return path.substr(0, slash);
}

std::string normal(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    return std::string(path);
}

void carry_out(std::vector<std::byte>& bytes, const UnsyncedWrite& write) {
    if (bytes.size() < write.position) bytes.resize(write.position);
    const std::size_t over = std::min(write.bytes.size(), bytes.size() - write.position);
    if (over > 0) std::memcpy(bytes.data() + write.position, write.bytes.data(), over);
    bytes.insert(bytes.end(), write.bytes.begin() + static_cast<std::ptrdiff_t>(over), write.bytes.end());
}

void carry_out(std::vector<std::byte>& bytes, const UnsyncedTruncate& truncate) {
    bytes.resize(truncate.size);
}

/// Everything below the directory moves along with it.
void carry_out(Names& names, const NameChange& change) {
    if (!change.from.empty()) {
        const std::string prefix = change.from + "/";
        std::vector<std::pair<std::string, NodePtr>> moved;
        for (auto it = names.lower_bound(prefix); it != names.end() && it->first.starts_with(prefix);) {
            if (!change.to.empty()) moved.emplace_back(change.to + "/" + it->first.substr(prefix.size()), it->second);
            it = names.erase(it);
        }
        names.erase(change.from);
        for (auto& [name, node] : moved) names[name] = node;
    }
    if (!change.to.empty()) names[change.to] = change.node;
}

/// What a power loss leaves of one file.
void lose_power(Node& node, const CrashChoice& choice) {
    if (node.unsynced.empty()) {  // what is there is durable
        node.sync_lies = false;
        return;
    }
    std::vector<std::byte> bytes = std::move(node.durable);
    const auto junk = choice(4) != 1 ? std::byte{0} : std::byte{0xA5};
    for (const UnsyncedChange& change : node.unsynced) {
        if (const auto* truncate = std::get_if<UnsyncedTruncate>(&change)) {
            if (choice(2) == 1) carry_out(bytes, *truncate);
            continue;
        }
        const auto& write = std::get<UnsyncedWrite>(change);
        const std::uint32_t fate = choice(4);  // lost, whole, a prefix, any sectors
        if (fate == 0) continue;
        const std::size_t sectors = write.bytes.size() / kSectorBytes + 1;
        const std::size_t prefix = fate == 2 ? choice(static_cast<std::uint32_t>(sectors)) : sectors;
        if (bytes.size() < write.position) bytes.resize(write.position, junk);
        for (std::size_t sector = 0; sector < sectors && sector < prefix; ++sector) {
            const std::size_t begin = sector * kSectorBytes;
            const std::size_t end = std::min(begin + kSectorBytes, write.bytes.size());
            if (begin >= end) continue;
            const bool kept = fate != 3 || choice(2) == 1;
            if (bytes.size() < write.position + end) {
                if (!kept && choice(2) == 0) continue;
                bytes.resize(write.position + end, junk);
            }
            if (!kept) continue;
            std::copy(write.bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                      write.bytes.begin() + static_cast<std::ptrdiff_t>(end),
                      bytes.begin() + static_cast<std::ptrdiff_t>(write.position + begin));
        }
    }
    node.current = bytes;
    node.durable = std::move(bytes);
    node.unsynced.clear();
    node.sync_lies = false;
}

}  // namespace

CrashChoice seeded_choice(std::uint64_t seed) {
    return [engine = std::mt19937_64(seed)](std::uint32_t bound) mutable {
        return static_cast<std::uint32_t>(engine() % bound);
    };
}

CrashChoice keep_nothing() {
    return [](std::uint32_t) { return 0U; };
}

struct SimulatedFileSystem::State {
    Names names;
    Names durable_names;
    std::vector<NameChange> unsynced_names;
    std::set<std::string> locked;
    std::uint64_t lifetime = 0;  // files opened in an earlier one are dead
    std::uint64_t calls = 0;
    struct Planned {
        std::uint64_t call;
        int error_number;
        bool forever;
    };
    std::optional<Planned> planned;
    struct Matching {
        std::string operation;
        std::string suffix;
        int error_number;
    };
    std::vector<Matching> matching;
    std::optional<std::uint64_t> capacity;

    static IoError error(std::string_view operation, std::string_view path, int number) {
        return IoError{.error_number = number,
                       .operation = std::string(operation),
                       .path = std::string(path),
                       .detail = {},
                       .held_by = {}};
    }

    /// Counts the call and says whether it must fail.
    IoResult<void> enter(std::string_view operation, std::string_view path) {
        ++calls;
        for (const Matching& fault : matching) {
            if (fault.operation == operation && path.ends_with(fault.suffix))
                return refuse(error(operation, path, fault.error_number));
        }
        if (planned) {
            const bool changes_disk = operation != "open" && operation != "read" && operation != "list";
            if (calls == planned->call || (planned->forever && calls > planned->call && changes_disk))
                return refuse(error(operation, path, planned->error_number));
        }
        return {};
    }

    void change(NameChange name_change) {
        carry_out(names, name_change);
        unsynced_names.push_back(std::move(name_change));
    }

    NodePtr find(const std::string& path) const {
        const auto found = names.find(path);
        return found == names.end() ? nullptr : found->second;
    }

    bool directory_exists(const std::string& path) const {
        if (path.empty() || path == "/" || path == ".") return true;
        const NodePtr node = find(path);
        return node && node->is_directory;
    }

    std::uint64_t used() const {
        std::uint64_t sum = 0;
        for (const auto& [name, node] : names) sum += node->current.size();
        return sum;
    }
};

class SimulatedFile final : public File {
  public:
    SimulatedFile(std::shared_ptr<SimulatedFileSystem::State> state, NodePtr node, std::string path, bool writable)
        : state_(std::move(state)),
          node_(std::move(node)),
          path_(std::move(path)),
          writable_(writable),
          lifetime_(state_->lifetime) {}

    IoResult<std::size_t> read_at(std::uint64_t position, std::span<std::byte> into) const override {
        if (auto allowed = enter("read"); !allowed) return refuse(allowed.error());
        if (position >= node_->current.size()) return std::size_t{0};
        const std::size_t count = std::min<std::uint64_t>(into.size(), node_->current.size() - position);
        if (count > 0) std::memcpy(into.data(), node_->current.data() + position, count);
        return count;
    }

    IoResult<void> write_at(std::uint64_t position, std::span<const Bytes> pieces) override {
        UnsyncedWrite write{.position = position, .bytes = {}};
        for (const Bytes piece : pieces) write.bytes.insert(write.bytes.end(), piece.begin(), piece.end());
        auto allowed = enter("write");
        if (allowed && !writable_) return refuse(SimulatedFileSystem::State::error("write", path_, EBADF));
        if (allowed && state_->capacity) {
            const std::uint64_t end = position + write.bytes.size();
            const std::uint64_t grows = end > node_->current.size() ? end - node_->current.size() : 0;
            if (grows > 0 && state_->used() + grows > *state_->capacity)
                allowed = refuse(SimulatedFileSystem::State::error("write", path_, ENOSPC));
        }
        if (!allowed) {
            if (lifetime_ != state_->lifetime) return allowed;
            write.bytes.resize(write.bytes.size() / 2);
        }
        carry_out(node_->current, write);
        node_->unsynced.emplace_back(std::move(write));
        return allowed;
    }

    IoResult<void> truncate(std::uint64_t size) override {
        if (auto allowed = enter("truncate"); !allowed) return allowed;
        carry_out(node_->current, UnsyncedTruncate{size});
        node_->unsynced.emplace_back(UnsyncedTruncate{size});
        return {};
    }

    IoResult<void> sync_data() override {
        auto allowed = enter("sync");
        if (!allowed) {
            node_->sync_lies = true;
            return allowed;
        }
        if (node_->sync_lies) return {};
        for (const UnsyncedChange& change : node_->unsynced)
            std::visit([&](const auto& one) { carry_out(node_->durable, one); }, change);
        node_->unsynced.clear();
        return {};
    }

    IoResult<std::uint64_t> size() const override {
        if (lifetime_ != state_->lifetime) return refuse(SimulatedFileSystem::State::error("stat", path_, EBADF));
        return node_->current.size();
    }

    IoResult<void> allocate(std::uint64_t) override { return enter("allocate"); }

  private:
    IoResult<void> enter(std::string_view operation) const {
        if (lifetime_ != state_->lifetime) return refuse(SimulatedFileSystem::State::error(operation, path_, EBADF));
        return state_->enter(operation, path_);
    }

    std::shared_ptr<SimulatedFileSystem::State> state_;
    NodePtr node_;
    std::string path_;
    bool writable_;
    std::uint64_t lifetime_;
};

namespace {

class SimulatedLock final : public FileLock {
  public:
    explicit SimulatedLock(std::function<void()> release) : release_(std::move(release)) {}
    ~SimulatedLock() override { release_(); }

  private:
    std::function<void()> release_;
};

}  // namespace

SimulatedFileSystem::SimulatedFileSystem() : state_(std::make_shared<State>()) {}
SimulatedFileSystem::~SimulatedFileSystem() = default;

IoResult<std::shared_ptr<File>> SimulatedFileSystem::open(std::string_view path_view, OpenMode mode) {
    const std::string path = normal(path_view);
    if (auto allowed = state_->enter("open", path); !allowed) return refuse(allowed.error());
    NodePtr node = state_->find(path);
    if (node && node->is_directory) return refuse(State::error("open", path, EISDIR));
    if (!node) {
        if (mode == OpenMode::read || mode == OpenMode::read_write || !state_->directory_exists(parent_of(path)))
            return refuse(State::error("open", path, ENOENT));
        node = std::make_shared<Node>();
        state_->change({.from = {}, .to = path, .node = node});
    } else if (mode == OpenMode::replace) {
        node->current.clear();
        node->unsynced.emplace_back(UnsyncedTruncate{0});
    }
    return std::make_shared<SimulatedFile>(state_, std::move(node), path, mode != OpenMode::read);
}

IoResult<void> SimulatedFileSystem::remove(std::string_view path_view) {
    const std::string path = normal(path_view);
    if (auto allowed = state_->enter("remove", path); !allowed) return allowed;
    const NodePtr node = state_->find(path);
    if (!node) return refuse(State::error("remove", path, ENOENT));
    if (node->is_directory) return refuse(State::error("remove", path, EISDIR));
    state_->change({.from = path, .to = {}, .node = nullptr});
    return {};
}

IoResult<void> SimulatedFileSystem::remove_all(std::string_view path_view) {
    const std::string path = normal(path_view);
    if (auto allowed = state_->enter("remove", path); !allowed) return allowed;
    if (state_->find(path)) state_->change({.from = path, .to = {}, .node = nullptr});
    return {};
}

IoResult<void> SimulatedFileSystem::rename(std::string_view from_view, std::string_view to_view) {
    const std::string from = normal(from_view);
    const std::string to = normal(to_view);
    if (auto allowed = state_->enter("rename", from); !allowed) return allowed;
    const NodePtr node = state_->find(from);
    if (!node || !state_->directory_exists(parent_of(to))) return refuse(State::error("rename", from, ENOENT));
    if (node->is_directory && state_->find(to)) return refuse(State::error("rename", from, ENOTEMPTY));
    state_->change({.from = from, .to = to, .node = node});
    return {};
}

IoResult<std::vector<DirectoryEntry>> SimulatedFileSystem::list(std::string_view directory_view) {
    const std::string directory = normal(directory_view);
    if (auto allowed = state_->enter("list", directory); !allowed) return refuse(allowed.error());
    if (!state_->directory_exists(directory)) return refuse(State::error("list", directory, ENOENT));
    std::vector<DirectoryEntry> entries;
    const std::string prefix = directory + "/";
    for (auto it = state_->names.lower_bound(prefix); it != state_->names.end() && it->first.starts_with(prefix);
         ++it) {
        const std::string name = it->first.substr(prefix.size());
        if (name.find('/') == std::string::npos) entries.push_back({name, it->second->is_directory});
    }
    std::ranges::sort(entries);
    return entries;
}

IoResult<void> SimulatedFileSystem::create_directories(std::string_view path_view) {
    const std::string path = normal(path_view);
    if (auto allowed = state_->enter("create", path); !allowed) return allowed;
    for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
        const std::string above = path.substr(0, slash);
        if (const NodePtr node = state_->find(above)) {
            if (!node->is_directory) return refuse(State::error("create", above, ENOTDIR));
        } else {
            auto made = std::make_shared<Node>();
            made->is_directory = true;
            state_->change({.from = {}, .to = above, .node = std::move(made)});
        }
        if (slash == std::string::npos) return {};
    }
}

IoResult<void> SimulatedFileSystem::sync_directory(std::string_view path_view) {
    const std::string path = normal(path_view);
    if (auto allowed = state_->enter("sync", path); !allowed) return allowed;
    if (!state_->directory_exists(path)) return refuse(State::error("sync", path, ENOENT));
    std::vector<NameChange> rest;
    for (NameChange& change : state_->unsynced_names) {
        const bool covered = (!change.to.empty() && parent_of(change.to) == path) ||
                             (!change.from.empty() && parent_of(change.from) == path);
        if (covered)
            carry_out(state_->durable_names, change);
        else
            rest.push_back(std::move(change));
    }
    state_->unsynced_names = std::move(rest);
    return {};
}

IoResult<bool> SimulatedFileSystem::exists(std::string_view path) {
    return state_->find(normal(path)) != nullptr;
}

IoResult<std::uint64_t> SimulatedFileSystem::file_size(std::string_view path) {
    const NodePtr node = state_->find(normal(path));
    if (!node) return refuse(State::error("stat", path, ENOENT));
    return node->current.size();
}

IoResult<DiskSpace> SimulatedFileSystem::space(std::string_view) {
    const std::uint64_t total = state_->capacity.value_or(std::uint64_t{1} << 40);
    return DiskSpace{.total_bytes = total, .usable_bytes = total - std::min(total, state_->used())};
}

IoResult<std::unique_ptr<FileLock>> SimulatedFileSystem::lock(std::string_view path_view) {
    const std::string path = normal(path_view);
    auto file = open(path, OpenMode::create);
    if (!file) return refuse(file.error());
    if (!state_->locked.insert(path).second) {
        IoError error = State::error("lock", path, EAGAIN);
        error.held_by = 0;
        return refuse(error);
    }
    return std::make_unique<SimulatedLock>([state = state_, path, lifetime = state_->lifetime] {
        if (state->lifetime == lifetime) state->locked.erase(path);
    });
}

void SimulatedFileSystem::crash(CrashKind kind, const CrashChoice& choice) {
    ++state_->lifetime;
    state_->locked.clear();
    if (kind == CrashKind::process_kill) return;  // the system still holds what was not synced

    // Nodes may be known by an old name only, or by a new one only; each loses power once.
    Names names = state_->durable_names;
    for (const NameChange& change : state_->unsynced_names) {
        if (choice(2) == 0) continue;
        const std::string parent = parent_of(change.to.empty() ? change.from : change.to);
        const auto found = names.find(parent);
        const bool reachable = parent.empty() || (found != names.end() && found->second->is_directory);
        if (reachable) carry_out(names, change);
    }
    std::set<Node*> seen;
    for (const auto& [name, node] : names) {
        if (!node->is_directory && seen.insert(node.get()).second) lose_power(*node, choice);
    }
    state_->names = names;
    state_->durable_names = std::move(names);
    state_->unsynced_names.clear();
}

void SimulatedFileSystem::fail_call(std::uint64_t number, int error_number, bool forever) {
    state_->planned = State::Planned{.call = number, .error_number = error_number, .forever = forever};
}

void SimulatedFileSystem::fail_matching(std::string operation, std::string path_suffix, int error_number) {
    state_->matching.push_back({std::move(operation), std::move(path_suffix), error_number});
}

void SimulatedFileSystem::heal() {
    state_->planned.reset();
    state_->matching.clear();
}

std::uint64_t SimulatedFileSystem::calls() const {
    return state_->calls;
}

void SimulatedFileSystem::set_capacity(std::optional<std::uint64_t> bytes) {
    state_->capacity = bytes;
}

std::vector<std::byte> SimulatedFileSystem::content(std::string_view path) const {
    const NodePtr node = state_->find(normal(path));
    return node ? node->current : std::vector<std::byte>{};
}

void SimulatedFileSystem::set_content(std::string_view path_view, Bytes content) {
    const std::string path = normal(path_view);
    NodePtr node = state_->find(path);
    if (!node) {
        node = std::make_shared<Node>();
        state_->names[path] = node;
        state_->durable_names[path] = node;
    }
    node->current.assign(content.begin(), content.end());
    node->durable = node->current;
    node->unsynced.clear();
}

void SimulatedFileSystem::flip_bit(std::string_view path, std::uint64_t byte, unsigned bit) {
    const NodePtr node = state_->find(normal(path));
    HIGHWATER_INVARIANT(node && byte < node->current.size(), "no byte {} in {}", byte, path);
    const auto mask = static_cast<std::byte>(1U << bit);
    node->current[byte] ^= mask;
    if (byte < node->durable.size()) node->durable[byte] ^= mask;
}

std::map<std::string, std::vector<std::byte>> SimulatedFileSystem::image() const {
    std::map<std::string, std::vector<std::byte>> image;
    for (const auto& [name, node] : state_->names) {
        if (!node->is_directory) image.emplace(name, node->current);
    }
    return image;
}

}  // namespace highwater::storage
