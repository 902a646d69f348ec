// Sends a broker every broken form of given requests and reports what came back; bad_input_test.py runs it.
//
// Usage: mangle truncate|flip|whole PORT FILE
//
// FILE has one request a line: a name, a tab, the bytes after the length field in hex. `truncate` sends each of them
// cut after every byte, the length made right; `flip` with every single bit flipped; `whole` as it is.
//
// After each broken request a valid ApiVersions request goes out on the same connection. What may come back is: the
// end of the connection; or a reply to the broken request (with its correlation id, wherever the flip left it) and
// then the valid one's; or, as a Produce with acks 0 has no reply, only the valid one's. A Fetch may also be told by a
// flip to wait for long, which shows as silence; that connection is dropped. Anything else is a fault of the broker.
// Prints one line: requests sent and how they were answered.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSlots = 32;  // connections at the same time
constexpr std::chrono::seconds kSilence{2};
constexpr std::chrono::seconds kHang{60};  // of a request that may not wait: the broker hangs
constexpr std::int32_t kProbeCorrelation = 0x50524F42;
constexpr std::int32_t kLargestReply = 64 << 20;
constexpr std::int16_t kFetchKey = 1;

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

std::int32_t read_int32(const char* at) {
    std::uint32_t value = 0;
    std::memcpy(&value, at, 4);
    return static_cast<std::int32_t>(__builtin_bswap32(value));
}

void put_int32(std::string& out, std::uint32_t value) {
    value = __builtin_bswap32(value);
    out.append(reinterpret_cast<const char*>(&value), 4);
}

struct Request {
    std::string name;
    std::string bytes;
};

std::vector<Request> read_requests(const char* path) {
    std::ifstream file(path);
    if (!file) {
        throw std::runtime_error(fmt::format("{} cannot be read", path));
    }
    std::vector<Request> requests;
    for (std::string line; std::getline(file, line);) {
        const std::size_t tab = line.find('\t');
        Request request{.name = line.substr(0, tab), .bytes = {}};
        for (std::size_t at = tab + 1; at + 1 < line.size(); at += 2) {
            request.bytes.push_back(static_cast<char>(std::stoi(line.substr(at, 2), nullptr, 16)));
        }
        requests.push_back(std::move(request));
    }
    return requests;
}

enum class Form { truncate, flip, whole };

/// Gives out the broken requests one after another.
class Source {
  public:
    Source(Form form, std::vector<Request> requests) : form_(form), requests_(std::move(requests)) {}

    struct Broken {
        std::string what;
        std::string bytes;
    };

    std::optional<Broken> next() {
        while (request_ < requests_.size()) {
            const Request& request = requests_[request_];
            const std::size_t forms = form_ == Form::truncate ? request.bytes.size()
                                      : form_ == Form::flip   ? request.bytes.size() * 8
                                                              : 1;
            if (at_ < forms) {
                Broken broken{.what = fmt::format("{} {}", request.name, at_), .bytes = request.bytes};
                if (form_ == Form::truncate) {
                    broken.bytes.resize(at_);
                } else if (form_ == Form::flip) {
                    broken.bytes[at_ / 8] = static_cast<char>(broken.bytes[at_ / 8] ^ (1 << (at_ % 8)));
                }
                ++at_;
                return broken;
            }
            ++request_;
            at_ = 0;
        }
        return std::nullopt;
    }

  private:
    Form form_;
    std::vector<Request> requests_;
    std::size_t request_ = 0;
    std::size_t at_ = 0;
};

struct Slot {
    int socket = -1;
    Source::Broken broken;
    std::string out;
    std::size_t sent = 0;
    std::string in;
    bool answered = false;
    Clock::time_point begun;
    bool busy = false;
};

struct Counts {
    std::int64_t requests = 0;
    std::int64_t closed = 0;
    std::int64_t answered = 0;
    std::int64_t unanswered = 0;  // only the probe was
    std::int64_t silent = 0;
};

class Mangler {
  public:
    Mangler(std::uint16_t port, Source source) : port_(port), source_(std::move(source)), epoll_(epoll_create1(0)) {}

    Counts run() {
        for (int i = 0; i < kSlots; ++i) {
            slots_.push_back(std::make_unique<Slot>());
            begin(*slots_.back());
        }
        while (busy_ > 0) {
            std::array<epoll_event, kSlots> events;
            const int count = epoll_wait(epoll_, events.data(), events.size(), 100);
            for (int i = 0; i < count; ++i) {
                auto& slot = *static_cast<Slot*>(events[static_cast<std::size_t>(i)].data.ptr);
                send_rest(slot);
                receive(slot);
            }
            drop_silent();
        }
        return counts_;
    }

  private:
    void connect_slot(Slot& slot) {
        slot.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (connect(slot.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            fail("the broker takes no connection");
        }
        const int on = 1;
        setsockopt(slot.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.ptr = &slot}};
        epoll_ctl(epoll_, EPOLL_CTL_ADD, slot.socket, &event);
    }

    void disconnect(Slot& slot) {
        // No TIME_WAIT: hundreds of thousands of connections would use up the ports.
        const linger reset{.l_onoff = 1, .l_linger = 0};
        setsockopt(slot.socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(slot.socket);
        slot.socket = -1;
    }

    /// Takes the next broken request, on the connection that the last one left or on a new one.
    void begin(Slot& slot) {
        if (slot.busy) {
            --busy_;
            slot.busy = false;
        }
        auto broken = source_.next();
        if (!broken) {
            if (slot.socket >= 0) {
                disconnect(slot);
            }
            return;
        }
        if (slot.socket < 0) {
            connect_slot(slot);
        }
        ++busy_;
        ++counts_.requests;
        slot.busy = true;
        slot.broken = std::move(*broken);
        slot.out.clear();
        put_int32(slot.out, static_cast<std::uint32_t>(slot.broken.bytes.size()));
        slot.out += slot.broken.bytes;
        slot.out.append("\0\0\0\x0a\0\x12\0\0", 8);  // 10 bytes: ApiVersions (18), version 0
        put_int32(slot.out, kProbeCorrelation);
        slot.out.append("\xff\xff", 2);
        slot.sent = 0;
        slot.in.clear();
        slot.answered = false;
        slot.begun = Clock::now();
        send_rest(slot);
    }

    void send_rest(Slot& slot) {
        while (slot.socket >= 0 && slot.sent < slot.out.size()) {
            const ssize_t sent = send(slot.socket, slot.out.data() + slot.sent, slot.out.size() - slot.sent,
                                      MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent < 0) {
                return;  // full, or closed, which receive() sees
            }
            slot.sent += static_cast<std::size_t>(sent);
        }
    }

    void receive(Slot& slot) {
        while (slot.socket >= 0) {
            const ssize_t got = recv(slot.socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
            if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
                return;
            }
            if (got <= 0) {
                ++counts_.closed;
                disconnect(slot);
                begin(slot);
                return;
            }
            slot.in.append(buffer_.data(), static_cast<std::size_t>(got));
            if (take_replies(slot)) {
                begin(slot);
                return;
            }
        }
    }

    /// True when the probe's reply has come, so that this request is done.
    bool take_replies(Slot& slot) {
        while (slot.in.size() >= 8) {
            const std::int32_t size = read_int32(slot.in.data());
            if (size < 4 || size > kLargestReply) {
                wrong(slot, fmt::format("a reply of {} bytes", size));
            }
            if (slot.in.size() < 4 + static_cast<std::size_t>(size)) {
                return false;
            }
            const std::int32_t correlation = read_int32(slot.in.data() + 4);
            slot.in.erase(0, 4 + static_cast<std::size_t>(size));
            if (correlation == kProbeCorrelation && (slot.answered || !is_probe_lookalike(slot))) {
                ++(slot.answered ? counts_.answered : counts_.unanswered);
                if (!slot.in.empty()) {
                    wrong(slot, "bytes after the last reply");
                }
                return true;
            }
            if (slot.answered) {
                wrong(slot, "two replies to one request");
            }
            if (slot.broken.bytes.size() < 8 || correlation != read_int32(slot.broken.bytes.data() + 4)) {
                wrong(slot, fmt::format("a reply with correlation id {:#x}", correlation));
            }
            slot.answered = true;
        }
        return false;
    }

    static bool is_probe_lookalike(const Slot& slot) {
        return slot.broken.bytes.size() >= 8 && read_int32(slot.broken.bytes.data() + 4) == kProbeCorrelation;
    }

    [[noreturn]] static void wrong(const Slot& slot, const std::string& what) {
        throw std::runtime_error(fmt::format("{}: {}", slot.broken.what, what));
    }

    void drop_silent() {
        const auto now = Clock::now();
        for (auto& slot : slots_) {
            if (!slot->busy || now - slot->begun < kSilence) {
                continue;
            }
            const std::string& bytes = slot->broken.bytes;
            const bool may_wait = bytes.size() >= 2 && bytes[0] == 0 && bytes[1] == kFetchKey;
            if (may_wait) {
                ++counts_.silent;
                disconnect(*slot);
                begin(*slot);
            } else if (now - slot->begun > kHang) {
                wrong(*slot, "neither a reply nor a close");
            }
        }
    }

    std::uint16_t port_;
    Source source_;
    int epoll_;
    std::vector<std::unique_ptr<Slot>> slots_;
    int busy_ = 0;
    Counts counts_;
    std::array<char, std::size_t{64} << 10> buffer_{};
};

}  // namespace

int main(int argc, char** argv) {
    try {
        const std::string_view form = argc == 4 ? argv[1] : "";
        if (form != "truncate" && form != "flip" && form != "whole") {
            throw std::runtime_error("usage: mangle truncate|flip|whole PORT FILE");
        }
        Source source(form == "truncate" ? Form::truncate
                      : form == "flip"   ? Form::flip
                                         : Form::whole,
                      read_requests(argv[3]));
        const Counts counts = Mangler(static_cast<std::uint16_t>(std::stoi(argv[2])), std::move(source)).run();
        fmt::print("{} requests: {} closed, {} answered, {} without a reply of their own, {} silent\n", counts.requests,
                   counts.closed, counts.answered, counts.unanswered, counts.silent);
        return 0;
    } catch (const std::exception& failed) {
        fmt::print(stderr, "mangle: {}\n", failed.what());
        return 1;
    }
}
