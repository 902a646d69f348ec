#include "broker/bench/fsync_probe.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>

namespace highwater::bench {
namespace {

constexpr std::size_t kBlock = 4096;
constexpr std::chrono::milliseconds kInterval{50};

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

struct Free {
    void operator()(void* memory) const { std::free(memory); }
};

std::unique_ptr<void, Free> aligned_block() {
    std::unique_ptr<void, Free> block(std::aligned_alloc(kBlock, kBlock));
    std::memset(block.get(), 0x5A, kBlock);
    return block;
}

}  // namespace

FsyncProbe::FsyncProbe(const std::string& folder) : path_(fmt::format("{}/fsync-probe-{}", folder, getpid())) {
    file_ = open(path_.c_str(), O_RDWR | O_CREAT | O_DIRECT | O_DSYNC | O_CLOEXEC, 0600);
    if (file_ < 0) {
        fail("opening the fsync probe's file");
    }
    const auto block = aligned_block();
    if (pwrite(file_, block.get(), kBlock, 0) != static_cast<ssize_t>(kBlock)) {
        fail("writing the fsync probe's file");
    }
    thread_ = std::thread(&FsyncProbe::work, this);
}

FsyncProbe::~FsyncProbe() {
    stop();
    close(file_);
    unlink(path_.c_str());
}

const Histogram& FsyncProbe::stop() {
    stopping_ = true;
    if (thread_.joinable()) {
        thread_.join();
    }
    return durations_;
}

void FsyncProbe::work() {
    const auto block = aligned_block();
    auto next = std::chrono::steady_clock::now();
    while (!stopping_) {
        const auto begin = std::chrono::steady_clock::now();
        if (pwrite(file_, block.get(), kBlock, 0) != static_cast<ssize_t>(kBlock)) {
            return;
        }
        durations_.add(static_cast<std::uint64_t>((std::chrono::steady_clock::now() - begin).count()));
        next += kInterval;
        std::this_thread::sleep_until(next);
    }
}

}  // namespace highwater::bench
