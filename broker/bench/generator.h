#pragma once

#include <sys/types.h>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "broker/bench/histogram.h"

namespace highwater::bench {

enum class Arrivals { closed, constant, poisson };

struct Load {
    std::uint16_t port = 9092;
    bool fetches = false;

    Arrivals arrivals = Arrivals::closed;
    double rate = 1000;  ///< open loop: requests a second over all connections
    int connections = 1;
    int depth = 1;             ///< closed loop: requests in flight on each connection
    int max_backlog = 10'000;  ///< open loop: more unanswered requests than that fail the run

    std::chrono::milliseconds warm_up{500};
    std::chrono::milliseconds duration{2000};

    std::string topic = "load";
    int partitions = 1;  ///< connection number i uses partition i modulo this
    std::int16_t acks = -1;
    int records = 1;  ///< of one request
    int record_bytes = 100;
    bool idempotent = false;

    std::int32_t fetch_bytes = 1 << 20;
    std::int64_t fetch_step = 1;  ///< offsets from one fetch to the next
    std::int64_t fetch_end = 1;   ///< offsets wrap here: what the partition holds

    std::optional<pid_t> broker;       ///< whose CPU time to read at both ends of the measured part
    std::optional<std::string> probe;  ///< folder in which an fsync probe runs beside
};

struct Outcome {
    double seconds = 0;
    std::uint64_t requests = 0;                    ///< answered in the measured part
    std::uint64_t bytes = 0;                       ///< produce: sent in those; fetch: received in them
    std::map<std::int16_t, std::uint64_t> errors;  ///< every reply's code, also of the warm-up; 0 is success
    Histogram latencies;                           ///< from the intended send time
    std::uint64_t late_sends = 0;                  ///< open loop: sent over 1 ms after their time
    double own_cpu = 0;
    double broker_cpu = 0;
    std::optional<Histogram> probe;

    /// The generator used more than nine tenths of its core: the rate is its own and not the broker's.
    bool generator_bound() const { return own_cpu > 0.9 * seconds; }
};

/// Runs one load to its end. Throws std::runtime_error if the connection breaks or the backlog overruns.
Outcome run(const Load& load);

/// Creates the load's topic and waits for the answer; returns its error code.
std::int16_t create_topic(const Load& load);

/// Connects (again and again until something listens), sends one produce and waits for its answer; returns its error
/// code. With `create`, creates the topic first.
std::int16_t first_ack(const Load& load, bool create);

}  // namespace highwater::bench
