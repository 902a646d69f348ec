// The load generator's command line: runs one cell and prints it as one line of JSON. runner.py puts cells together.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstring>
#include <exception>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "broker/bench/generator.h"

namespace highwater::bench {
namespace {

constexpr std::string_view kUsage = R"(usage: load COMMAND [OPTIONS]
  produce                pre-encoded produce requests
  fetch                  fetches of what was produced, in order, from its start again at its end
  create                 only creates the topic
  first-ack -- PROGRAM   starts PROGRAM and measures until its first acknowledged produce
options
  --port N               of the broker on 127.0.0.1 (9092)
  --topic NAME --partitions N (1) --acks N (-1) --records N (1) --record-bytes N (100) --idempotent 1
  --connections N (1) --depth N (1)          closed loop
  --rate N --arrivals constant|poisson       open loop; latency counts from the intended send time
  --warm-up-ms N (500) --duration-ms N (2000)
  --fetch-bytes N --fetch-step OFFSETS --fetch-end OFFSET
  --broker-pid N         whose CPU time to count
  --probe FOLDER         run an fsync probe there beside the load
  --create 1             first-ack: create the topic before
)";

template <typename Number>
Number number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw std::invalid_argument(fmt::format("'{}' is no number", text));
    }
    return value;
}

struct Arguments {
    std::string command;
    Load load;
    bool create = false;
    std::vector<char*> program;
};

Arguments parse(int argc, char** argv) {
    Arguments result;
    Load& load = result.load;
    if (argc < 2) {
        throw std::invalid_argument("no command");
    }
    result.command = argv[1];
    load.fetches = result.command == "fetch";
    const std::map<std::string_view, std::function<void(std::string_view)>> options{
        {"--port", [&](auto text) { load.port = number<std::uint16_t>(text); }},
        {"--topic", [&](auto text) { load.topic = text; }},
        {"--partitions", [&](auto text) { load.partitions = number<int>(text); }},
        {"--acks", [&](auto text) { load.acks = number<std::int16_t>(text); }},
        {"--records", [&](auto text) { load.records = number<int>(text); }},
        {"--record-bytes", [&](auto text) { load.record_bytes = number<int>(text); }},
        {"--idempotent", [&](auto text) { load.idempotent = text == "1"; }},
        {"--connections", [&](auto text) { load.connections = number<int>(text); }},
        {"--depth", [&](auto text) { load.depth = number<int>(text); }},
        {"--rate",
         [&](auto text) {
             load.rate = number<double>(text);
             if (load.arrivals == Arrivals::closed) {
                 load.arrivals = Arrivals::constant;
             }
         }},
        {"--arrivals",
         [&](auto text) {
             if (text != "constant" && text != "poisson") {
                 throw std::invalid_argument("--arrivals is constant or poisson");
             }
             load.arrivals = text == "poisson" ? Arrivals::poisson : Arrivals::constant;
         }},
        {"--warm-up-ms", [&](auto text) { load.warm_up = std::chrono::milliseconds(number<int>(text)); }},
        {"--duration-ms", [&](auto text) { load.duration = std::chrono::milliseconds(number<int>(text)); }},
        {"--fetch-bytes", [&](auto text) { load.fetch_bytes = number<std::int32_t>(text); }},
        {"--fetch-step", [&](auto text) { load.fetch_step = number<std::int64_t>(text); }},
        {"--fetch-end", [&](auto text) { load.fetch_end = number<std::int64_t>(text); }},
        {"--broker-pid", [&](auto text) { load.broker = number<pid_t>(text); }},
        {"--probe", [&](auto text) { load.probe = text; }},
        {"--create", [&](auto text) { result.create = text == "1"; }},
    };
    for (int i = 2; i < argc; i += 2) {
        if (std::string_view(argv[i]) == "--") {
            result.program.assign(argv + i + 1, argv + argc);
            result.program.push_back(nullptr);
            break;
        }
        const auto option = options.find(argv[i]);
        if (option == options.end() || i + 1 >= argc) {
            throw std::invalid_argument(fmt::format("what is '{}'?", argv[i]));
        }
        option->second(argv[i + 1]);
    }
    return result;
}

std::string percentiles(const Histogram& histogram) {
    const auto microseconds = [&](double fraction) { return static_cast<double>(histogram.at(fraction)) / 1e3; };
    return fmt::format(R"({{"count":{},"p50":{:.1f},"p90":{:.1f},"p99":{:.1f},"p99.9":{:.1f},"max":{:.1f}}})",
                       histogram.count(), microseconds(0.5), microseconds(0.9), microseconds(0.99), microseconds(0.999),
                       static_cast<double>(histogram.max()) / 1e3);
}

void print(const Outcome& outcome) {
    std::vector<std::string> errors;
    for (const auto& [code, count] : outcome.errors) {
        errors.push_back(fmt::format(R"("{}":{})", code, count));
    }
    fmt::print(R"({{"seconds":{:.6f},"requests":{},"bytes":{},"errors":{{{}}},"latency_us":{},"late_sends":{},)",
               outcome.seconds, outcome.requests, outcome.bytes, fmt::join(errors, ","), percentiles(outcome.latencies),
               outcome.late_sends);
    fmt::print(R"("generator_cpu":{:.6f},"generator_bound":{},"broker_cpu":{:.6f},"probe_us":{}}})"
               "\n",
               outcome.own_cpu, outcome.generator_bound(), outcome.broker_cpu,
               outcome.probe ? percentiles(*outcome.probe) : "null");
}

int measure_first_ack(const Arguments& arguments) {
    if (arguments.program.empty()) {
        throw std::invalid_argument("first-ack wants -- PROGRAM");
    }
    const auto begin = std::chrono::steady_clock::now();
    const pid_t child = fork();
    if (child == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO);  // standard output is for the figure
        execv(arguments.program[0], arguments.program.data());
        _exit(127);
    }
    const std::int16_t error = first_ack(arguments.load, arguments.create);
    const auto elapsed = std::chrono::steady_clock::now() - begin;
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    fmt::print(R"({{"error":{},"ms":{:.3f}}})"
               "\n",
               error, std::chrono::duration<double, std::milli>(elapsed).count());
    return error == 0 ? 0 : 1;
}

int run_command(const Arguments& arguments) {
    if (arguments.command == "first-ack") {
        return measure_first_ack(arguments);
    }
    if (arguments.command == "create") {
        const std::int16_t error = create_topic(arguments.load);
        fmt::print(R"({{"error":{}}})"
                   "\n",
                   error);
        return error == 0 ? 0 : 1;
    }
    if (arguments.command == "produce" || arguments.command == "fetch") {
        print(run(arguments.load));
        return 0;
    }
    throw std::invalid_argument(fmt::format("what is '{}'?", arguments.command));
}

}  // namespace
}  // namespace highwater::bench

int main(int argc, char** argv) {
    try {
        return highwater::bench::run_command(highwater::bench::parse(argc, argv));
    } catch (const std::invalid_argument& wrong) {
        fmt::print(stderr, "load: {}\n{}", wrong.what(), highwater::bench::kUsage);
        return 64;
    } catch (const std::exception& failed) {
        fmt::print(stderr, "load: {}\n", failed.what());
        return 1;
    }
}
