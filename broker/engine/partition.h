#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/engine/moment.h"
#include "broker/storage/log_directory.h"
#include "broker/storage/partition_log.h"
#include "core/partition/replica.h"

namespace highwater::engine {

class Partition;

/// What the driver of one replica asks of the node around it. None of these may step a replica: they note what is to
/// be done, and the node does it once the step is over.
class PartitionHost {
  public:
    virtual ~PartitionHost() = default;
    virtual void answered(Partition& partition, const ReplyProduce& reply) = 0;
    virtual void answered(Partition& partition, const ReplyFetch& reply) = 0;
    virtual void answered(Partition& partition, const ReplyDeleteRecords& reply) = 0;
    /// The partition holds batches that are not written yet: wants write_batches() at the end of the turn.
    virtual void write_wanted(Partition& partition) = 0;
    /// The partition waits for a group commit.
    virtual void flush_wanted(Partition& partition) = 0;
    virtual void wake_wanted(Partition& partition, Time time) = 0;
    virtual void went_offline(Partition& partition, const storage::IoError& error) = 0;
    /// The first record is about to be written: make the directory and the log.
    virtual storage::IoResult<std::unique_ptr<storage::PartitionLog>> create_log(Partition& partition) = 0;
};

/// One replica of one partition: the machine that decides (core's Replica) and the files that it decides about. Carries
/// out the machine's effects in order and tells it what completed: docs/driver-contract.md.
///
/// The directory is made with the first record, so a partition that nobody writes to costs no file.
class Partition {
  public:
    struct Identity {
        /// Never reused while the process lives.
        std::uint64_t number = 0;
        TopicId topic_id;
        storage::TopicPartition name;
    };

    /// `log` may be null: nothing is on disk yet. `directory` keeps the checkpoints that name the partition.
    Partition(Identity identity, PartitionHost& host, storage::LogDirectory& directory,
              std::unique_ptr<storage::PartitionLog> log, Replica replica);
    Partition(const Partition&) = delete;
    Partition& operator=(const Partition&) = delete;

    [[nodiscard]] const Identity& identity() const { return identity_; }
    [[nodiscard]] const Replica& replica() const { return replica_; }
    /// nullptr: nothing was written yet.
    [[nodiscard]] storage::PartitionLog* log() { return log_.get(); }
    [[nodiscard]] const storage::PartitionLog* log() const { return log_.get(); }
    [[nodiscard]] storage::LogDirectory& directory() { return *directory_; }

    /// Gives the machine an input and carries out what it answers. Not for ProduceReceived: see produce().
    void step(const Input& input, Moment now);

    /// A client's batch with its bytes, which need to live during the call only: they are written, refused, or (small
    /// ones) copied, to be written with others at the end of the turn. The answer comes through
    /// PartitionHost::answered, perhaps later.
    void produce(const ProduceReceived& request, storage::Bytes batch, Moment now);

    /// Writes the batches that were held back, with as few system calls as it takes.
    void write_batches(Moment now);

    /// A fetch that is answered at once. Requires: !request.wait_above.
    ReplyFetch fetch(const FetchReceived& request, Moment now);

    /// What the next group commit has to make durable. Requires: log().
    storage::FlushPlan plan_flush() { return log_->plan_flush(); }
    void flush_completed(const storage::FlushPlan& plan, Moment now);
    void flush_failed(const storage::IoError& error, Moment now);

    /// In Kafka's flush mode the machine asks for no flush; what `flush.messages` and `flush.ms` ask for is the
    /// driver's business.
    struct FlushLimits {
        std::int64_t messages = 0;
        Duration time{};
    };
    void set_flush_limits(FlushLimits limits) { flush_limits_ = limits; }
    /// Asks the host for a flush if a limit is passed, or with `whatever_limit` if anything is not durable.
    void flush_if_due(Moment now, bool whatever_limit = false);

    /// Writes the marks of this partition into the directory's checkpoints (in memory; the caller writes the files).
    void checkpoint_high_watermark();
    void checkpoint_recovery_point();
    void checkpoint_log_start();

    /// The last WakeAt that was not reached yet.
    [[nodiscard]] std::optional<Time> wake_at() const { return wake_at_; }

  private:
    void run(Moment now);
    void carry_out(const AppendBatch& effect, Moment now);
    void carry_out(const FlushUpTo& effect, Moment now);
    void carry_out(const TruncateTo& effect, Moment now);
    void carry_out(const TruncateFullyAndStartAt& effect, Moment now);
    void carry_out(const EpochStarted& effect, Moment now);
    void carry_out(const AdvanceLogStart& effect, Moment now);
    void carry_out(const HighWatermarkAdvanced& effect, Moment now);
    void carry_out(const ReplyProduce& effect, Moment now);
    void carry_out(const ReplyFetch& effect, Moment now);
    void carry_out(const ReplyDeleteRecords& effect, Moment now);
    void carry_out(const AlterPartition& effect, Moment now);
    void carry_out(const WakeAt& effect, Moment now);
    void carry_out(const TakeOffline& effect, Moment now);

    storage::IoResult<void> make_log();
    /// Writes the batches that are held back and then `last`, if there is one, and tells the machine.
    void write(const storage::BatchToWrite* last, AppendToken token, Moment now);

    Identity identity_;
    PartitionHost* host_;
    storage::LogDirectory* directory_;
    std::unique_ptr<storage::PartitionLog> log_;
    Replica replica_;
    Effects effects_;
    bool running_ = false;
    std::optional<Time> wake_at_;
    FlushLimits flush_limits_;
    bool flush_is_asked_ = false;
    Time last_flush_;
    /// What the machine was told of as failed; why it goes offline.
    std::optional<storage::IoError> failure_;
    /// Set during produce(): whose bytes these are.
    std::optional<ProduceToken> producing_;
    storage::Bytes batch_;
    /// Small batches of this turn: their facts, and their bytes one after another.
    std::vector<BatchFacts> held_facts_;
    std::vector<std::byte> held_bytes_;
    AppendToken last_held_;
    std::vector<storage::BatchToWrite> to_write_;  // only during write(); keeps its memory
    /// Set during fetch().
    std::optional<FetchToken> fetching_;
    std::optional<ReplyFetch> fetched_;
};

}  // namespace highwater::engine
