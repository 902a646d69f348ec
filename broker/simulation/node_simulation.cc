#include "broker/simulation/node_simulation.h"

#include "broker/simulation/consumers.h"
#include "broker/simulation/node_host.h"
#include "broker/simulation/producers.h"
#include "broker/simulation/requests.h"
#include "broker/simulation/topic_history.h"
#include "net/wire/message/create_topics.h"

namespace highwater::simulation {

namespace {

constexpr std::int16_t kCreateTopicsVersion = 7;

class Simulation final : private Clients {
  public:
    explicit Simulation(const Scenario& scenario)
        : world_(scenario),
          host_(world_, *this),
          history_(world_),
          producers_(world_, host_, history_),
          consumers_(world_, host_, history_) {}

    Outcome run(const OnProgress& on_progress) {
        const Scenario& scenario = world_.scenario();
        host_.start();
        producers_.begin();
        consumers_.begin();
        host_.schedule_stops();
        const Time begin = world_.now().time;
        std::chrono::seconds told{0};
        while (world_.outcome().held() && world_.step(begin + scenario.duration)) {
            host_.turn();
            const auto done = std::chrono::duration_cast<std::chrono::seconds>(world_.now().time - begin);
            if (done > told && on_progress) on_progress(told = done, world_.outcome());
        }
        if (world_.outcome().held()) finish();
        world_.outcome().event_log = world_.event_log();
        return world_.outcome();
    }

  private:
    void finish() {
        host_.restart_cleanly();
        world_.outcome().retried_batches = producers_.retries();
        for (std::int32_t partition = 0; partition < world_.scenario().partitions && host_.is_up(); ++partition) {
            history_.judge(partition, consumers_.read(partition));
        }
    }

    void heard(std::uint64_t connection, std::span<const std::byte> frame) override {
        // What else there is, nobody waits for: the topic, deleted records.
        if (!producers_.heard(connection, frame)) static_cast<void>(consumers_.heard(connection, frame));
    }
    void node_started() override {
        wire::CreateTopicsRequest message;
        auto& topic = message.topics.emplace_back();
        topic.name = wire::String(kTopic);
        topic.num_partitions = world_.scenario().partitions;
        topic.replication_factor = 1;
        host_.send(host_.connect(), frame_of(world_, message, kCreateTopicsVersion));
        producers_.node_started();
    }
    void node_stopped() override { producers_.node_stopped(); }

    World world_;
    NodeHost host_;
    TopicHistory history_;
    Producers producers_;
    Consumers consumers_;
};

}  // namespace

void Outcome::add(const Outcome& other) {
    violations.insert(violations.end(), other.violations.begin(), other.violations.end());
    acknowledged_records += other.acknowledged_records;
    consumed_records += other.consumed_records;
    deleted_records += other.deleted_records;
    retried_batches += other.retried_batches;
    requests += other.requests;
    responses += other.responses;
    stops += other.stops;
    power_losses += other.power_losses;
    events += other.events;
}

Outcome simulate(const Scenario& scenario, const OnProgress& on_progress) {
    return Simulation(scenario).run(on_progress);
}

}  // namespace highwater::simulation
