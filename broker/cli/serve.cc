#include "broker/cli/serve.h"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "broker/cli/exit_code.h"
#include "broker/config/listeners.h"
#include "broker/io/log.h"
#include "broker/io/posix_file_system.h"
#include "broker/io/shard.h"
#include "broker/io/signals.h"
#include "net/transport/event_loop.h"

namespace highwater::cli {

namespace {

/// Raises the limit of open files as far as it goes, and keeps a quarter of it (at least 256) for the log.
void fit_to_open_files(transport::Limits& limits) {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    if (files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
        ::getrlimit(RLIMIT_NOFILE, &files);
    }
    const std::uint64_t for_log = std::max<std::uint64_t>(256, files.rlim_cur / 4);
    const std::uint64_t for_connections = files.rlim_cur > for_log ? files.rlim_cur - for_log : 16;
    if (for_connections < static_cast<std::uint64_t>(limits.max_connections))
        limits.max_connections = static_cast<std::int32_t>(for_connections);
}

std::string host_name() {
    char name[256] = {};
    if (::gethostname(name, sizeof(name) - 1) != 0 || name[0] == '\0') return "localhost";
    return name;
}

/// What clients are told: advertised.listeners, or else where the node listens, by the machine's name where it listens
/// on every address.
std::vector<config::ListenerAddress> advertised(const config::NodeSettings& settings,
                                                const std::vector<config::ListenerAddress>& bound) {
    std::vector<config::ListenerAddress> result = settings.advertised.empty() ? bound : settings.advertised;
    for (config::ListenerAddress& listener : result) {
        if (listener.host.empty() || listener.host == "0.0.0.0" || listener.host == "::") listener.host = host_name();
        if (listener.port != 0) continue;
        const auto same = std::ranges::find(bound, listener.name, &config::ListenerAddress::name);
        if (same != bound.end()) listener.port = same->port;
    }
    return result;
}

class Node {
  public:
    explicit Node(config::NodeSettings settings)
        : settings_(std::move(settings)),
          log_(static_cast<io::LogLevel>(settings_.log_level)),
          loop_(transport::make_asio_event_loop()),
          signals_([this] { loop_->stop(); }) {
        fit_to_open_files(settings_.limits);
        shard_ = std::make_unique<io::Shard>(*loop_, settings_.limits, log_);
    }

    int run() {
        // Whoever starts a second node by mistake should hear about the directory rather than the port, so the
        // directory comes first, unless the port to advertise is not known before it is bound.
        const bool any_port = std::ranges::any_of(settings_.listeners, [](const auto& l) { return l.port == 0; });
        if (any_port && !listen()) return kFailure;
        if (!start_engine()) return kFailure;
        if (!any_port && !listen()) {
            shard_->shut_down();
            return kFailure;
        }
        announce();
        if (!shard_->run()) {
            fmt::print(stderr, "highwater: stopped, since no log directory is left that works\n");
            return kFailure;
        }
        fmt::print(stderr, "highwater: stopped\n");
        return kSuccess;
    }

  private:
    bool listen() {
        bound_ = settings_.listeners;
        for (config::ListenerAddress& listener : bound_) {
            auto endpoint = shard_->listen(listener.name, listener.host, listener.port, settings_.listen);
            if (!endpoint) {
                fmt::print(stderr,
                           "highwater: {}; stop what uses the address, or choose another with --set "
                           "listeners={}://HOST:PORT\n",
                           endpoint.error().message, listener.name);
                return false;
            }
            listener.port = endpoint->port;
        }
        return true;
    }

    bool start_engine() {
        for (const config::ListenerAddress& listener :
             advertised(settings_, bound_.empty() ? settings_.listeners : bound_))
            settings_.engine.advertised_listeners.push_back({listener.name, listener.host, listener.port, 0});
        auto started = shard_->start_engine(settings_.engine, files_);
        if (started) return true;
        const bool in_use = started.error().kind == engine::StartError::Kind::directory_in_use;
        fmt::print(stderr, "highwater: {}{}\n", started.error().message,
                   in_use ? "; stop that process, or choose another directory with --set log.dirs=DIRECTORY" : "");
        return false;
    }

    /// The line that says that connections are accepted.
    void announce() {
        std::vector<std::string> addresses;
        for (const config::ListenerAddress& listener : bound_)
            addresses.push_back(
                config::to_text({listener.name, listener.host.empty() ? "*" : listener.host, listener.port}));
        fmt::print("highwater: node {} serving {}, data in {}, cluster id {}\n", settings_.engine.node_id.value(),
                   fmt::join(addresses, ","), fmt::join(settings_.engine.log_dirs, ","), shard_->engine().cluster_id());
        std::fflush(stdout);
    }

    config::NodeSettings settings_;
    io::Log log_;
    io::PosixFileSystem files_;
    std::unique_ptr<transport::EventLoop> loop_;
    io::Signals signals_;
    std::unique_ptr<io::Shard> shard_;
    std::vector<config::ListenerAddress> bound_;
};

}  // namespace

int serve(config::NodeSettings settings) {
    try {
        return Node(std::move(settings)).run();
    } catch (const std::exception& error) {
        fmt::print(stderr, "highwater: stopped by the system: {}\n", error.what());
        return kFailure;
    }
}

}  // namespace highwater::cli
