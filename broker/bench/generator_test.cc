// The generator against the null broker, its test double: what it counts must be what happened.
#include "broker/bench/generator.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <vector>

namespace highwater::bench {
namespace {

std::uint16_t free_port() {
    const int probe = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
    close(probe);
    return ntohs(address.sin_port);
}

class RunningNullBroker {
  public:
    explicit RunningNullBroker(std::vector<std::string> options) : port_(free_port()), process_(fork()) {
        if (process_ == 0) {
            options.insert(options.begin(), {NULL_BROKER, "--port", std::to_string(port_)});
            std::vector<char*> arguments;
            for (auto& option : options) {
                arguments.push_back(option.data());
            }
            arguments.push_back(nullptr);
            execv(arguments[0], arguments.data());
            _exit(127);
        }
        Load probe;
        probe.port = port_;
        first_ack(probe, false);  // returns once it listens
    }
    ~RunningNullBroker() {
        kill(process_, SIGKILL);
        waitpid(process_, nullptr, 0);
    }
    RunningNullBroker(const RunningNullBroker&) = delete;
    RunningNullBroker& operator=(const RunningNullBroker&) = delete;

    Load load() const {
        Load result;
        result.port = port_;
        result.broker = process_;
        result.warm_up = std::chrono::milliseconds(5);
        result.duration = std::chrono::milliseconds(100);
        return result;
    }

  private:
    std::uint16_t port_;
    pid_t process_;
};

TEST(Generator, FindsNoErrorInWhatTheCrcCheckingBrokerTakes) {
    const RunningNullBroker broker({"--mode", "crc"});
    for (const int records : {1, 148, 9000}) {  // copied, and sent from the shared template
        Load load = broker.load();
        load.records = records;
        load.connections = 3;
        load.depth = 4;
        const Outcome outcome = run(load);
        EXPECT_GT(outcome.requests, 0U);
        EXPECT_EQ(outcome.errors.size(), 1U) << records;
        EXPECT_GE(outcome.errors.at(0), outcome.requests);
        EXPECT_GT(outcome.broker_cpu, 0);
    }
}

TEST(Generator, CountsEveryErrorCode) {
    const RunningNullBroker broker({"--mode", "crc", "--fail-every", "3"});
    const Outcome outcome = run(broker.load());
    ASSERT_TRUE(outcome.errors.contains(3));
    const auto all = outcome.errors.at(0) + outcome.errors.at(3);
    EXPECT_NEAR(static_cast<double>(outcome.errors.at(3)), static_cast<double>(all) / 3, 1);
}

TEST(Generator, CountsTheBytesThatItFetched) {
    const RunningNullBroker broker({});
    Load load = broker.load();
    load.fetches = true;
    load.fetch_bytes = 1 << 16;
    load.connections = 2;
    const Outcome outcome = run(load);
    EXPECT_GT(outcome.requests, 0U);
    EXPECT_EQ(outcome.errors.size(), 1U);
    EXPECT_NEAR(static_cast<double>(outcome.bytes), static_cast<double>(outcome.requests * (1 << 16)),
                0.05 * static_cast<double>(outcome.bytes) + 3 * (1 << 16));
}

// Free of coordinated omission: the schedule decides how many requests there are, not the answers.
TEST(Generator, SendsByTheScheduleInTheOpenLoop) {
    const RunningNullBroker broker({});
    Load load = broker.load();
    load.arrivals = Arrivals::poisson;
    load.rate = 2000;
    load.duration = std::chrono::milliseconds(500);
    const Outcome outcome = run(load);
    EXPECT_NEAR(static_cast<double>(outcome.requests), 1000, 250);  // 1000 ± 8 standard deviations
    EXPECT_GT(outcome.latencies.at(0.5), 0U);
}

}  // namespace
}  // namespace highwater::bench
