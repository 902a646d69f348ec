#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "model/cluster/broker.h"

namespace highwater::model::cluster {

/// One turn of a broker's driver: gives the machine an input and carries out what it answers, as
/// docs/driver-contract.md says.
class Turn {
  public:
    Turn(const Scope& scope, std::uint8_t id, Broker& broker, BrokerOutput& output)
        : scope_(scope), id_(id), broker_(broker), driver_(broker.driver), output_(output) {}

    void start(std::uint8_t broker_epoch);
    void kill();
    void lose_power(std::uint8_t keep);
    void lose_disk();
    void begin_to_stop() { driver_.stops = 1; }
    /// KIP-966: flushes and closes the log, then writes the mark of the clean shutdown.
    void stop_cleanly(std::uint8_t mark);
    void learn(const Metadata& metadata, bool skipped_a_change);
    void receive(const Message& message);
    void alter_timed_out();
    void flush_done();
    void produce(std::uint8_t batch);
    void delete_records();
    void jump();

  private:
    [[nodiscard]] Time now() const;
    void load();
    void cut(std::size_t records);
    void delete_replica();
    void give(const Input& input);

    void carry_out(const AppendBatch& append);
    void carry_out(const FlushUpTo& flush);
    void carry_out(const TruncateTo& truncate);
    void carry_out(const EpochStarted& started);
    void carry_out(const ReplyProduce& reply);
    void carry_out(const ReplyFetch& reply);
    void carry_out(const AlterPartition& alter);
    void carry_out(const TakeOffline&) { output_.breach = "offline although no write failed"; }
    void carry_out(const TruncateFullyAndStartAt& truncate);
    void carry_out(const AdvanceLogStart& advance);
    void carry_out(const HighWatermarkAdvanced&) {}
    void carry_out(const ReplyDeleteRecords&) {}
    void carry_out(const WakeAt&) {}

    const Scope& scope_;
    const std::uint8_t id_;
    Broker& broker_;
    Broker::Driver& driver_;
    BrokerOutput& output_;
    /// The fetch that is being answered.
    const Message* fetch_ = nullptr;
    std::optional<AppendToken> written_;
};

}  // namespace highwater::model::cluster
