#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "broker/engine/cluster_metadata.h"
#include "broker/engine/connections.h"
#include "broker/engine/engine.h"
#include "broker/engine/fetch_session.h"
#include "broker/engine/group_coordinators.h"
#include "broker/engine/marker_writes.h"
#include "broker/engine/partition.h"
#include "broker/engine/pending_deletes.h"
#include "broker/engine/pending_fetches.h"
#include "broker/engine/pending_produces.h"
#include "broker/engine/random.h"
#include "broker/engine/request.h"
#include "broker/engine/timers.h"
#include "broker/engine/topics.h"
#include "broker/engine/transaction_coordinators.h"
#include "broker/engine/transaction_verifications.h"
#include "broker/storage/log_directory.h"
#include "broker/storage/retention_clock.h"
#include "net/wire/header.h"
#include "net/wire/record/produce_validation.h"

namespace highwater::engine {

/// Only the node itself writes to these; clients may read them.
bool is_written_by_the_node_only(std::string_view topic);

/// All that one node holds, and what its handlers share. Entry points as in Engine.
class Node final : private PartitionHost, private GroupHost, private TransactionHost, private VerificationHost {
  public:
    static Result<std::unique_ptr<Node>, StartError> start(EngineConfig config, storage::FileSystem& files,
                                                           Outbox& outbox, RandomSeed seed, Moment now);
    ~Node() override;
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    void connection_opened(ConnectionId connection, ConnectionInfo info);
    void frame_received(ConnectionId connection, std::span<const std::byte> frame, Moment now);
    void connection_closed(ConnectionId connection, Moment now);
    void flush_completed(const FlushResult& result, Moment now);
    void compaction_completed(CompactionOutcome outcome, Moment now);
    void end_of_turn(Moment now);
    [[nodiscard]] std::optional<Time> next_deadline() const { return timers_.next(); }
    void deadline_reached(Moment now);
    void shutdown(Moment now);

    // For the handlers.

    [[nodiscard]] const EngineConfig& config() const { return config_; }
    [[nodiscard]] Connections& connections() { return connections_; }
    [[nodiscard]] Topics& topics() { return topics_; }
    [[nodiscard]] const ClusterMetadata& metadata() const { return *metadata_; }
    [[nodiscard]] FetchSessionCache& fetch_sessions() { return fetch_sessions_; }
    [[nodiscard]] PendingProduces& produces() { return produces_; }
    [[nodiscard]] PendingFetches& fetches() { return fetches_; }
    [[nodiscard]] PendingDeletes& deletes() { return deletes_; }
    [[nodiscard]] GroupCoordinators& groups() { return groups_; }
    [[nodiscard]] const GroupCoordinators& groups() const { return groups_; }
    /// The moment of what the node is doing.
    [[nodiscard]] Moment now() const { return latest_; }
    [[nodiscard]] TransactionCoordinators& transactions() { return transactions_; }
    [[nodiscard]] TransactionVerifications& verifications() { return verifications_; }
    [[nodiscard]] MarkerWrites& markers() { return markers_; }
    [[nodiscard]] Random& random() { return random_; }
    [[nodiscard]] wire::RecordScratch& record_scratch() { return scratch_; }
    [[nodiscard]] std::vector<std::unique_ptr<storage::LogDirectory>>& directories() { return directories_; }
    /// Whether the log directory has failed: nothing in it is served.
    [[nodiscard]] bool is_offline(const storage::LogDirectory& directory) const;

    template <class Response>
    void reply(const ReplyTo& to, const Response& response);

    /// Sends a produce's reply if no part waits any more; closes the connection where acks=0 can't say what failed.
    void reply_if_complete(std::uint32_t produce);
    /// Answers a part of a produce that is not given to its partition.
    void refuse_produce(ProduceToken token, ErrorCode error);
    void reply_if_delete_complete(std::uint32_t request);
    /// Whether a fetch of that many partitions may wait.
    [[nodiscard]] bool may_park(std::size_t partitions) const;
    void park(PendingFetch fetch);

    /// The address of this node that a client of that connection can reach (`advertised.listeners`).
    [[nodiscard]] const AdvertisedListener& advertised_to(ConnectionId connection) const;
    /// KIP-951: this node, for replies that name a leader.
    template <class Endpoint>
    void add_endpoints(ConnectionId connection, wire::Array<Endpoint>& endpoints) const;

    /// Makes the records durable and carries them out: topics appear, change and go.
    storage::IoResult<void> commit(const MetadataRecords& records, Moment now);

    [[nodiscard]] std::size_t partition_count() const { return partitions_.size(); }
    /// The settings of this broker, in order of name: the defaults of topic settings can be altered, the rest is known
    /// as read-only.
    [[nodiscard]] ConfigKeys broker_config_keys() const { return broker_config_keys_; }
    /// The settings of a consumer group, with this node's bounds.
    [[nodiscard]] ConfigKeys group_config_keys() const { return group_config_keys_; }
    /// The broker's values of the topic settings: as started, then as altered since.
    [[nodiscard]] TopicConfig broker_defaults() const;

    /// A producer id that was never given before. Ids come in blocks that are recorded before the first of one is used.
    Result<ProducerId> take_producer_id(Moment now) override;

  private:
    enum class Task : std::uint64_t {
        retention,
        recovery_points,
        high_watermarks,
        log_starts,
        deleted_files,
        compaction,
        group_offsets,
        transactional_ids,
    };

    Node(EngineConfig config, storage::FileSystem& files, Outbox& outbox, RandomSeed seed);

    void answered(Partition& partition, const ReplyProduce& reply) override;
    void answer_part(const ReplyProduce& reply);
    void answered(Partition& partition, const ReplyFetch& reply) override;
    void answered(Partition& partition, const ReplyDeleteRecords& reply) override;
    void write_wanted(Partition& partition) override;
    void flush_wanted(Partition& partition) override;
    void wake_wanted(Partition& partition, Time time) override;
    void went_offline(Partition& partition, const storage::IoError& error) override;
    storage::IoResult<std::unique_ptr<storage::PartitionLog>> create_log(Partition& partition) override;

    void group_wake_wanted(PartitionId partition, Time time) override;
    void groups_unreadable(PartitionId partition, std::string_view detail) override;

    void transaction_wake_wanted(PartitionId partition, Time time) override;
    void transactions_unreadable(PartitionId partition, std::string_view detail) override;
    void send_markers(const SendMarkers& markers) override;
    void write_markers();
    void write_markers(const SendMarkers& markers);

    Partition* find_partition(std::uint64_t number) override { return find(number); }
    [[nodiscard]] Moment latest() const override { return latest_; }
    void verification_wake_wanted(Time time) override;
    /// Replaces the former timer of this coordinator.
    void set_coordinator_timer(TimerId::Kind kind, PartitionId partition, Time time);

    Result<void, StartError> open_directories(Moment now);
    Result<void, StartError> open_metadata(Moment now);
    Result<void, StartError> open_partitions(Moment now);
    storage::IoResult<void> put_aside(storage::LogDirectory& directory, const storage::PartitionDirectory& partition);
    Result<void, StartError> register_broker(Moment now);

    void apply(const MetadataRecords& records, Moment now);
    void add_partitions(Topic& topic, Moment now);
    storage::IoResult<void> add_partition(Topic& topic, storage::LogDirectory& directory,
                                          const storage::PartitionDirectory* on_disk, Moment now);
    /// Tells the machine what the image says of its leadership.
    void lead(Partition& partition, Moment now);
    void remove_topic(const TopicId& id, Moment now);
    void configure(Topic& topic, Moment now);

    void settle(Moment now);
    void take_directories_offline(Moment now);
    void cancel_parked(const PendingFetch& fetch, Moment now);
    void write_batches(Moment now);
    void start_flush(Moment now);
    void start_tasks(Moment now);
    void run(Task task, Moment now);
    void apply_retention(Moment now);
    // Compaction: node_compaction.cc.
    void start_compaction(Moment now);
    [[nodiscard]] Partition* most_in_need_of_compaction(Moment now);
    void write_checkpoints(Task task, Moment now);
    void remove_deleted_files(Moment now);
    [[nodiscard]] std::chrono::milliseconds interval_of(Task task) const;
    /// Notes that the directory failed; the machines of its partitions hear of it in settle().
    void fail(storage::LogDirectory& directory, const storage::IoError& error);
    Partition* find(std::uint64_t partition_number);
    storage::LogDirectory& directory_for_new_partition();
    static Partition::FlushLimits flush_limits(const TopicConfig& config);
    static storage::LogSettings log_settings(const TopicConfig& config, Random& random);

    void make_broker_config_keys();
    /// Gives the group's coordinator what the metadata says of the group now.
    void configure_group(const std::string& group, Moment now);

    EngineConfig config_;
    std::vector<ConfigKey> broker_config_keys_;
    std::vector<ConfigKey> group_config_keys_;
    storage::FileSystem* files_;
    Outbox* outbox_;
    Random random_;
    Connections connections_;
    FetchSessionCache fetch_sessions_;
    PendingProduces produces_;
    PendingFetches fetches_;
    PendingDeletes deletes_;
    GroupCoordinators groups_;
    TransactionCoordinators transactions_;
    TransactionVerifications verifications_;
    MarkerWrites markers_;
    std::vector<SendMarkers> markers_to_send_;
    Timers timers_;
    wire::RecordScratch scratch_;
    storage::RetentionClock retention_clock_;

    std::vector<std::unique_ptr<storage::LogDirectory>> directories_;
    std::unordered_set<const storage::LogDirectory*> offline_;
    std::vector<const storage::LogDirectory*> newly_offline_;
    std::unique_ptr<ClusterMetadata> metadata_;
    Topics topics_;
    std::uint64_t next_partition_number_ = 1;
    std::unordered_map<std::uint64_t, Partition*> partitions_;
    std::unordered_map<std::uint64_t, Time> partition_timers_;
    std::map<TimerId, Time> coordinator_timers_;
    std::size_t parked_partitions_ = 0;
    ProducerId next_producer_id_;
    ProducerId end_of_producer_ids_;

    /// Partitions that hold batches back until the end of the turn.
    std::vector<std::uint64_t> to_write_;
    /// Partitions that wait for the next group commit.
    std::vector<std::uint64_t> to_flush_;
    struct FlushPart {
        std::uint64_t partition_number = 0;
        std::shared_ptr<const storage::FlushPlan> plan;
        std::shared_ptr<std::optional<storage::IoError>> error;
    };
    struct Job {
        FlushJobId id;
        std::vector<FlushPart> parts;
    };
    std::optional<Job> job_;
    /// The pass of compaction that is under way.
    std::shared_ptr<const storage::CompactionPlan> compaction_;
    /// Partitions whose log has a batch that compaction could not read.
    std::unordered_set<std::uint64_t> uncompactable_;
    std::uint64_t next_job_ = 1;
    Moment latest_;
};

template <class Response>
void Node::reply(const ReplyTo& to, const Response& response) {
    auto frame = wire::encode_response_frame(to.correlation_id, response, to.version);
    if (frame) {
        connections_.reply(to.slot, *std::move(frame));
    } else {
        connections_.close(to.slot.connection, CloseReason::no_reply_possible, wire::to_text(frame.error()));
    }
}

template <class Endpoint>
void Node::add_endpoints(ConnectionId connection, wire::Array<Endpoint>& endpoints) const {
    const AdvertisedListener& listener = advertised_to(connection);
    Endpoint& endpoint = endpoints.emplace_back();
    endpoint.node_id = config_.node_id;
    endpoint.host = wire::String(std::string_view(listener.host));
    endpoint.port = listener.port;
    if (!config_.rack.empty()) endpoint.rack = wire::String(std::string_view(config_.rack));
}

/// Looks at every partition of the fetch; replies when there is enough, else waits.
void answer_or_park(Node& node, PendingFetch fetch, Moment now);

}  // namespace highwater::engine
