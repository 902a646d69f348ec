// The floor: the least that a broker must do with each request, on one thread and one epoll. It accepts, finds the
// frames, finds the batch in a Produce request and acknowledges it, or answers a Fetch with bytes from memory. What it
// does with a batch is its mode. It keeps nothing that could be read back and trusts its input: it is for measuring.

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "broker/bench/request_template.h"

namespace highwater::bench {
namespace {

constexpr std::string_view kUsage = R"(usage: null_broker --port N [--mode MODE] [--folder FOLDER] [--fail-every N]
modes, each doing what the one before does to the batch and more, except where said
  ack     nothing
  crc     checks its CRC
  buf     and writes it to the end of a fresh file
  direct  (instead) and writes it with O_DIRECT in 1 MiB pieces to a file whose blocks exist
  commit  (instead) one O_DIRECT|O_DSYNC write of all batches of the event-loop turn, then the replies
  fsync   (instead) one write to the end of a file and fdatasync for all batches of the turn, then the replies
--fail-every N answers every Nth produce with error 3, for the generator's tests
)";

constexpr std::size_t kBlock = 4096;
constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr std::int64_t kFileSize = std::int64_t{1} << 30;
constexpr std::size_t kReceiveBuffer = (std::size_t{4} << 20) + (std::size_t{64} << 10);

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

enum class Mode { ack, crc, buf, direct, commit, fsync };

struct Free {
    void operator()(char* memory) const { std::free(memory); }
};
using AlignedMemory = std::unique_ptr<char, Free>;

AlignedMemory touched_memory(std::size_t size) {
    AlignedMemory memory(static_cast<char*>(std::aligned_alloc(kBlock, size)));
    std::memset(memory.get(), 1, size);
    return memory;
}

std::uint64_t read_unsigned_varint(const char*& at) {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(*at++);
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80) {
            return value;
        }
    }
}

void put_int16(std::string& out, std::int16_t value) {
    out.push_back(static_cast<char>(value >> 8));
    out.push_back(static_cast<char>(value));
}

void put_int32(std::string& out, std::int32_t value) {
    put_int16(out, static_cast<std::int16_t>(value >> 16));
    put_int16(out, static_cast<std::int16_t>(value));
}

void put_int64(std::string& out, std::int64_t value) {
    put_int32(out, static_cast<std::int32_t>(value >> 32));
    put_int32(out, static_cast<std::int32_t>(value));
}

/// Where the batches go. A turn is what one epoll_wait returned; its replies leave after end_turn().
class Store {
  public:
    Store(Mode mode, const std::string& folder) : mode_(mode) {
        if (mode == Mode::ack || mode == Mode::crc) {
            return;
        }
        path_ = fmt::format("{}/null-broker-{}", folder, getpid());
        int flags = O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC;
        if (mode == Mode::direct || mode == Mode::commit) {
            flags |= O_DIRECT;
            pieces_ = touched_memory(kPieces * kPiece);
        }
        if (mode == Mode::commit) {
            flags |= O_DSYNC;
        }
        file_ = open(path_.c_str(), flags, 0600);
        if (file_ < 0) {
            fail("opening the store");
        }
        if (pieces_) {
            write_all_blocks();
        }
    }
    ~Store() {
        if (file_ >= 0) {
            close(file_);
            unlink(path_.c_str());
        }
    }
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    void append(const char* batch, std::size_t size) {
        switch (mode_) {
            case Mode::ack:
            case Mode::crc:
                return;
            case Mode::buf:
            case Mode::fsync:
                write_at_end(batch, size);
                return;
            case Mode::direct:
            case Mode::commit:
                copy(batch, size);
                return;
        }
    }

    void end_turn() {
        if (mode_ == Mode::fsync && dirty_) {
            if (fdatasync(file_) != 0) {
                fail("fdatasync");
            }
            dirty_ = false;
        }
        if (mode_ == Mode::commit && filled_ > written_) {
            write_pieces((filled_ + kBlock - 1) / kBlock * kBlock);
            // The last block is written again, with what the next turn adds to it.
            const std::size_t keep = filled_ / kBlock * kBlock;
            position_ -= static_cast<std::int64_t>((filled_ + kBlock - 1) / kBlock * kBlock - keep);
            std::memmove(pieces_.get(), pieces_.get() + keep, filled_ - keep);
            filled_ -= keep;
            written_ = filled_;
        }
    }

  private:
    static constexpr std::size_t kPieces = 8;

    void write_all_blocks() {
        for (std::int64_t at = 0; at < kFileSize; at += static_cast<std::int64_t>(kPieces * kPiece)) {
            if (pwrite(file_, pieces_.get(), kPieces * kPiece, at) < 0) {
                fail("writing the store's blocks");
            }
        }
        fdatasync(file_);
    }

    void write_at_end(const char* batch, std::size_t size) {
        if (position_ + static_cast<std::int64_t>(size) > kFileSize) {  // a fresh file again
            if (ftruncate(file_, 0) != 0) {
                fail("ftruncate");
            }
            position_ = 0;
        }
        if (pwrite(file_, batch, size, position_) != static_cast<ssize_t>(size)) {
            fail("writing");
        }
        position_ += static_cast<std::int64_t>(size);
        dirty_ = true;
    }

    void copy(const char* batch, std::size_t size) {
        while (size > 0) {
            const std::size_t room = (mode_ == Mode::direct ? kPiece : kPieces * kPiece) - filled_;
            const std::size_t part = std::min(room, size);
            std::memcpy(pieces_.get() + filled_, batch, part);
            filled_ += part;
            batch += part;
            size -= part;
            if (part == room) {
                write_pieces(filled_);
                filled_ = 0;
                written_ = 0;
            }
        }
    }

    void write_pieces(std::size_t size) {
        if (position_ + static_cast<std::int64_t>(size) > kFileSize) {
            position_ = 0;
        }
        if (pwrite(file_, pieces_.get(), size, position_) != static_cast<ssize_t>(size)) {
            fail("writing");
        }
        position_ += static_cast<std::int64_t>(size);
    }

    Mode mode_;
    std::string path_;
    int file_ = -1;
    AlignedMemory pieces_;
    std::size_t filled_ = 0;
    std::size_t written_ = 0;  // of filled_, what is on disk already
    std::int64_t position_ = 0;
    bool dirty_ = false;
};

struct Connection {
    explicit Connection(int accepted) : socket(accepted) {}

    int socket;
    AlignedMemory in = touched_memory(kReceiveBuffer);
    std::size_t in_size = 0;
    std::string out;
    std::size_t fetch_bytes = 0;  // of the fetch reply's records, how many are still to be sent after `out`
    bool wants_write = false;
};

class NullBroker {
  public:
    NullBroker(std::uint16_t port, Mode mode, const std::string& folder, int fail_every)
        : mode_(mode), fail_every_(fail_every), store_(mode, folder), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
        listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        const int on = 1;
        setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            listen(listener_, 128) != 0) {
            fail("listening");
        }
        watch(listener_, nullptr);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 64> events;
        std::vector<Connection*> turn;
        for (;;) {
            const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
            turn.clear();
            for (int i = 0; i < count; ++i) {
                auto* connection = static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
                if (connection == nullptr) {
                    accept_all();
                } else if (receive(*connection)) {
                    turn.push_back(connection);
                }
            }
            store_.end_turn();
            for (Connection* connection : turn) {
                flush(*connection);
            }
        }
    }

  private:
    void watch(int descriptor, Connection* connection) {
        epoll_event event{.events = EPOLLIN, .data = {.ptr = connection}};
        epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
    }

    void accept_all() {
        for (int accepted = 0; (accepted = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
            const int on = 1;
            setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            auto connection = std::make_unique<Connection>(accepted);
            watch(accepted, connection.get());
            connections_[accepted] = std::move(connection);
        }
    }

    /// False if the connection is gone.
    bool receive(Connection& connection) {
        const ssize_t got =
            recv(connection.socket, connection.in.get() + connection.in_size, kReceiveBuffer - connection.in_size, 0);
        if (got < 0 && errno == EAGAIN) {
            return true;
        }
        if (got <= 0) {
            close(connection.socket);
            connections_.erase(connection.socket);
            return false;
        }
        connection.in_size += static_cast<std::size_t>(got);
        std::size_t at = 0;
        while (connection.in_size - at >= 4 && connection.fetch_bytes == 0) {
            const std::size_t size = 4 + static_cast<std::size_t>(read_int32(connection.in.get() + at));
            if (size > kReceiveBuffer) {
                throw std::runtime_error("a request above 4 MiB");
            }
            if (connection.in_size - at < size) {
                break;
            }
            answer(connection, connection.in.get() + at);
            at += size;
        }
        std::memmove(connection.in.get(), connection.in.get() + at, connection.in_size - at);
        connection.in_size -= at;
        return true;
    }

    void answer(Connection& connection, char* request) {
        const std::int16_t key = read_int16(request + 4);
        const std::int32_t correlation = read_int32(request + 8);
        char* body = request + 14 + read_int16(request + 12) + 1;  // after the client id and the header's tags
        if (key == 0) {
            answer_produce(connection, correlation, body);
        } else if (key == 1) {
            answer_fetch(connection, correlation, body);
        } else {
            throw std::runtime_error(fmt::format("a request with key {}", key));
        }
    }

    void answer_produce(Connection& connection, std::int32_t correlation, char* body) {
        const char* at = body + 1;  // no transactional id
        at += 2 + 4 + 1;            // acks, timeout, one topic
        const std::size_t name_size = read_unsigned_varint(at) - 1;
        const std::string_view name(at, name_size);
        at += name_size + 1;  // one partition
        const std::int32_t partition = read_int32(at);
        at += 4;
        const std::size_t size = read_unsigned_varint(at) - 1;
        char* batch = body + (at - body);
        std::int16_t error = 0;
        if (mode_ != Mode::ack && crc32c(batch + 21, size - 21) != static_cast<std::uint32_t>(read_int32(batch + 17))) {
            error = 2;
        }
        if (fail_every_ > 0 && ++produced_ % fail_every_ == 0) {
            error = 3;
        }
        const std::int64_t base_offset = next_offset_;
        next_offset_ += read_int32(batch + 57);
        const std::uint64_t patched = __builtin_bswap64(static_cast<std::uint64_t>(base_offset));
        std::memcpy(batch, &patched, 8);
        store_.append(batch, size);

        std::string& out = connection.out;
        put_int32(out,
                  static_cast<std::int32_t>(4 + 1 + 1 + 1 + name_size + 1 + 4 + 2 + 8 + 8 + 8 + 1 + 1 + 1 + 1 + 4 + 1));
        put_int32(out, correlation);
        out.push_back(0);
        out.push_back(2);
        out.push_back(static_cast<char>(name_size + 1));
        out += name;
        out.push_back(2);
        put_int32(out, partition);
        put_int16(out, error);
        put_int64(out, base_offset);
        put_int64(out, -1);
        put_int64(out, 0);
        out.push_back(1);  // no record errors
        out.push_back(0);  // no message
        out.push_back(0);  // partition tags
        out.push_back(0);  // topic tags
        put_int32(out, 0);
        out.push_back(0);
    }

    void answer_fetch(Connection& connection, std::int32_t correlation, const char* body) {
        const auto max_bytes = static_cast<std::size_t>(read_int32(body + 12));
        const char* at = body + 4 + 4 + 4 + 4 + 1 + 4 + 4 + 1;
        const std::size_t name_size = read_unsigned_varint(at) - 1;
        const std::string_view name(at, name_size);
        const std::int32_t partition = read_int32(at + name_size + 1);
        if (records_.size() < max_bytes) {
            records_.assign(max_bytes, 'r');
        }
        std::string size_field;
        for (std::size_t left = max_bytes + 1;; left >>= 7) {
            size_field.push_back(static_cast<char>(left < 0x80 ? left : left | 0x80));
            if (left < 0x80) {
                break;
            }
        }
        // The tags after the records come with them, from the end of records_.
        const std::size_t fixed =
            4 + 1 + 4 + 2 + 4 + 1 + 1 + name_size + 1 + 4 + 2 + 8 + 8 + 8 + 1 + 4 + size_field.size();
        connection.fetch_bytes = max_bytes + 3;
        if (records_.size() < max_bytes + 3 || records_[max_bytes] != 0) {
            records_.resize(max_bytes);
            records_.append(3, '\0');
        }
        std::string& out = connection.out;
        put_int32(out, static_cast<std::int32_t>(fixed + max_bytes + 3));
        put_int32(out, correlation);
        out.push_back(0);
        put_int32(out, 0);
        put_int16(out, 0);
        put_int32(out, 0);
        out.push_back(2);
        out.push_back(static_cast<char>(name_size + 1));
        out += name;
        out.push_back(2);
        put_int32(out, partition);
        put_int16(out, 0);
        put_int64(out, std::int64_t{1} << 40);
        put_int64(out, std::int64_t{1} << 40);
        put_int64(out, 0);
        out.push_back(0);  // no aborted transactions
        put_int32(out, -1);
        out += size_field;
    }

    void flush(Connection& connection) {
        bool all = true;
        while (all && (!connection.out.empty() || connection.fetch_bytes > 0)) {
            std::array<iovec, 2> parts{
                {{connection.out.data(), connection.out.size()},
                 {records_.data() + records_.size() - connection.fetch_bytes, connection.fetch_bytes}}};
            msghdr message{};
            message.msg_iov = parts.data();
            message.msg_iovlen = 2;
            const ssize_t sent = sendmsg(connection.socket, &message, MSG_NOSIGNAL);
            if (sent < 0) {
                if (errno != EAGAIN) {
                    return;  // the connection's end is seen when it is read
                }
                all = false;
                break;
            }
            const auto head = std::min(connection.out.size(), static_cast<std::size_t>(sent));
            connection.out.erase(0, head);
            connection.fetch_bytes -= static_cast<std::size_t>(sent) - head;
        }
        if (all == connection.wants_write) {
            connection.wants_write = !all;
            epoll_event event{.events = all ? EPOLLIN : EPOLLOUT, .data = {.ptr = &connection}};
            epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.socket, &event);
        }
    }

    Mode mode_;
    int fail_every_;
    Store store_;
    int epoll_;
    int listener_ = -1;
    std::map<int, std::unique_ptr<Connection>> connections_;
    std::int64_t next_offset_ = 0;
    std::int64_t produced_ = 0;
    std::string records_;
};

int run(int argc, char** argv) {
    const std::map<std::string_view, Mode> modes{{"ack", Mode::ack},       {"crc", Mode::crc},
                                                 {"buf", Mode::buf},       {"direct", Mode::direct},
                                                 {"commit", Mode::commit}, {"fsync", Mode::fsync}};
    std::map<std::string_view, std::string> options{
        {"--port", "0"}, {"--mode", "crc"}, {"--folder", "."}, {"--fail-every", "0"}};
    for (int i = 1; i < argc; i += 2) {
        if (!options.contains(argv[i]) || i + 1 >= argc) {
            throw std::invalid_argument(fmt::format("what is '{}'?", argv[i]));
        }
        options[argv[i]] = argv[i + 1];
    }
    if (!modes.contains(options["--mode"])) {
        throw std::invalid_argument(fmt::format("no mode '{}'", options["--mode"]));
    }
    const unsigned long port = std::stoul(options["--port"]);
    if (port < 1 || port > 65535) {
        throw std::invalid_argument("--port is 1 to 65535");
    }
    NullBroker(static_cast<std::uint16_t>(port), modes.at(options["--mode"]), options["--folder"],
               std::stoi(options["--fail-every"]))
        .run();
}

}  // namespace
}  // namespace highwater::bench

int main(int argc, char** argv) {
    try {
        return highwater::bench::run(argc, argv);
    } catch (const std::invalid_argument& wrong) {
        fmt::print(stderr, "null_broker: {}\n{}", wrong.what(), highwater::bench::kUsage);
        return 64;
    } catch (const std::exception& failed) {
        fmt::print(stderr, "null_broker: {}\n", failed.what());
        return 1;
    }
}
