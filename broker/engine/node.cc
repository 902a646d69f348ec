#include "broker/engine/node.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "broker/engine/dispatch.h"
#include "core/base/invariant.h"
#include "core/metadata/controller.h"

namespace highwater::engine {

namespace {

/// Partitions of all fetch sessions together: about 150 bytes each.
constexpr std::size_t kMaxSessionPartitions = 200'000;
/// Partitions in which fetches wait, all together.
constexpr std::size_t kMaxParkedPartitions = 500'000;

}  // namespace

bool is_written_by_the_node_only(std::string_view topic) {
    return topic == "__cluster_metadata" || topic == kGroupsTopic || topic == kTransactionsTopic;
}

Node::Node(EngineConfig config, storage::FileSystem& files, Outbox& outbox, RandomSeed seed)
    : config_(std::move(config)),
      files_(&files),
      outbox_(&outbox),
      random_(seed),
      connections_(outbox, static_cast<std::size_t>(std::max(config_.max_requests_in_flight, 1))),
      fetch_sessions_(static_cast<std::size_t>(std::max(config_.fetch_session_slots, 0)), kMaxSessionPartitions),
      groups_(*this, {.machine = config_.groups,
                      .max_batch_bytes = static_cast<std::size_t>(config_.topic_defaults.max_message_bytes)}),
      transactions_(*this, config_.transactions),
      verifications_(transactions_, *this) {}

Node::~Node() = default;

void Node::connection_opened(ConnectionId connection, ConnectionInfo info) {
    connections_.opened(connection, std::move(info));
}

void Node::frame_received(ConnectionId connection, std::span<const std::byte> frame, Moment now) {
    latest_ = now;
    dispatch(*this, connection, frame, now);
}

void Node::connection_closed(ConnectionId connection, Moment now) {
    latest_ = now;
    connections_.closed(connection);
    while (const auto slot = fetches_.first_of(connection)) {
        const auto fetch = fetches_.take(*slot);
        cancel_parked(*fetch, now);
    }
}

void Node::end_of_turn(Moment now) {
    latest_ = now;
    do {
        write_batches(now);
        settle(now);
    } while (!to_write_.empty());  // what a coordinator writes because of what it wrote
    if (!job_ && !to_flush_.empty()) start_flush(now);
}

void Node::write_batches(Moment now) {
    for (const std::uint64_t number : std::exchange(to_write_, {})) {
        if (Partition* partition = find(number)) partition->write_batches(now);
    }
}

/// What steps of machines left to do: fetches that may have enough now, records of groups that are committed,
/// directories that failed.
void Node::settle(Moment now) {
    while (!newly_offline_.empty() || fetches_.any_woken() || groups_.any_answered() || markers_.any_answered() ||
           transactions_.any_answered() || !markers_to_send_.empty()) {
        take_directories_offline(now);
        // A marker is answered when the offsets that it ends count, or are gone.
        groups_.settle(now);
        markers_.settle();
        transactions_.settle(now);
        write_markers();
        for (const ReplySlot slot : fetches_.take_woken()) {
            auto fetch = fetches_.take(slot);
            if (!fetch) continue;
            cancel_parked(*fetch, now);
            fetch->parked.clear();
            answer_or_park(*this, *std::move(fetch), now);
        }
    }
}

void Node::cancel_parked(const PendingFetch& fetch, Moment now) {
    timers_.cancel(fetch.deadline, {.kind = TimerId::Kind::fetch,
                                    .first = fetch.reply_to.slot.connection.value(),
                                    .second = fetch.reply_to.slot.sequence});
    parked_partitions_ -= fetch.parked.size();
    for (const PendingFetch::Parked& part : fetch.parked) {
        if (Partition* partition = find(part.partition_number)) partition->step(CancelFetch{part.token}, now);
    }
}

bool Node::may_park(std::size_t partitions) const {
    return fetches_.size() < static_cast<std::size_t>(std::max(config_.max_parked_fetches, 0)) &&
           parked_partitions_ + partitions <= kMaxParkedPartitions;
}

void Node::park(PendingFetch fetch) {
    timers_.set(fetch.deadline, {.kind = TimerId::Kind::fetch,
                                 .first = fetch.reply_to.slot.connection.value(),
                                 .second = fetch.reply_to.slot.sequence});
    parked_partitions_ += fetch.parked.size();
    fetches_.park(std::move(fetch));
}

// Group commit: one job for every partition that waits, whatever connection the records came from.
void Node::start_flush(Moment) {
    Job job{.id = FlushJobId{next_job_++}, .parts = {}};
    std::vector<FlushJob::Target> targets;
    for (const std::uint64_t number : std::exchange(to_flush_, {})) {
        Partition* partition = find(number);
        if (partition == nullptr || partition->log() == nullptr) continue;
        FlushPart part{.partition_number = number,
                       .plan = std::make_shared<const storage::FlushPlan>(partition->plan_flush()),
                       .error = std::make_shared<std::optional<storage::IoError>>()};
        targets.emplace_back([plan = part.plan, error = part.error] {
            if (auto done = plan->run(); !done) *error = std::move(done.error());
            return !error->has_value();
        });
        job.parts.push_back(std::move(part));
    }
    if (job.parts.empty()) return;
    const FlushJobId id = job.id;
    job_ = std::move(job);
    outbox_->start_flush(FlushJob(id, std::move(targets)));
}

void Node::flush_completed(const FlushResult& result, Moment now) {
    latest_ = now;
    if (!job_ || job_->id != result.id) return;
    const Job job = *std::move(job_);
    job_.reset();
    for (std::size_t i = 0; i < job.parts.size(); ++i) {
        Partition* partition = find(job.parts[i].partition_number);
        if (partition == nullptr) continue;  // deleted meanwhile
        if (i < result.succeeded.size() && result.succeeded[i]) {
            partition->flush_completed(*job.parts[i].plan, now);
        } else {
            partition->flush_failed(job.parts[i].error->value_or(storage::IoError{}), now);
        }
    }
}

void Node::answered(Partition& partition, const ReplyProduce& reply) {
    if (GroupCoordinators::owns(reply.token)) return groups_.answered(partition, reply);
    if (TransactionCoordinators::owns(reply.token)) return transactions_.answered(partition, reply);
    if (MarkerWrites::owns(reply.token)) {
        const MarkerToWrite written = markers_.answered(reply);
        const storage::TopicPartition& name = partition.identity().name;
        if (name.topic == kGroupsTopic && reply.error == ErrorCode::none) {
            groups_.transaction_ended(name.partition, {written.producer.id, written.marker.commit});
        }
        return;
    }
    answer_part(reply);
}

void Node::refuse_produce(ProduceToken token, ErrorCode error) {
    ReplyProduce reply;
    reply.token = token;
    reply.error = error;
    answer_part(reply);
}

void Node::answer_part(const ReplyProduce& reply) {
    const PendingProduces::Part place = produces_.take(reply.token);
    PendingProduce& request = produces_[place.request];
    auto& part = request.part(place.topic, place.partition);
    part.error_code = reply.error;
    part.base_offset = reply.base_offset ? reply.base_offset->value() : -1;
    part.log_start_offset = reply.log_start_offset ? reply.log_start_offset->value() : -1;
    if (reply.error != ErrorCode::none) {
        request.failed = true;
        part.base_offset = -1;
        part.log_start_offset = -1;
    } else if (!reply.duplicate) {
        part.log_append_time_ms = place.log_append_time_ms;
    }
    reply_if_complete(place.request);
}

void Node::reply_if_complete(std::uint32_t produce) {
    if (produces_[produce].waiting > 0) return;
    const PendingProduce request = produces_.close(produce);
    if (request.wants_reply) {
        reply(request.reply_to, request.response);
    } else if (request.failed) {
        connections_.close(request.reply_to.slot.connection, CloseReason::failed_acks_0_produce,
                           "a produce with acks=0 failed");
    } else {
        connections_.no_reply(request.reply_to.slot);
    }
}

void Node::answered(Partition&, const ReplyFetch& reply) {
    fetches_.woken(reply.token);
}

void Node::answered(Partition&, const ReplyDeleteRecords& reply) {
    const PendingDeletes::Part place = deletes_.take(reply.token);
    auto& part = deletes_[place.request].part(place.topic, place.partition);
    part.error_code = reply.error;
    part.low_watermark = reply.error == ErrorCode::none ? reply.low_watermark.value() : -1;
    reply_if_delete_complete(place.request);
}

void Node::reply_if_delete_complete(std::uint32_t request) {
    if (deletes_[request].waiting > 0) return;
    const PendingDelete complete = deletes_.close(request);
    reply(complete.reply_to, complete.response);
}

void Node::write_wanted(Partition& partition) {
    to_write_.push_back(partition.identity().number);
}

void Node::flush_wanted(Partition& partition) {
    to_flush_.push_back(partition.identity().number);
}

// One timer per partition, and only an earlier one replaces it: a produce with a later deadline costs nothing.
void Node::wake_wanted(Partition& partition, Time time) {
    const std::uint64_t number = partition.identity().number;
    const auto set = partition_timers_.find(number);
    if (set != partition_timers_.end()) {
        if (set->second <= time) return;
        timers_.cancel(set->second, {.kind = TimerId::Kind::partition, .first = number, .second = 0});
    }
    partition_timers_.insert_or_assign(number, time);
    timers_.set(time, {.kind = TimerId::Kind::partition, .first = number, .second = 0});
}

void Node::set_coordinator_timer(TimerId::Kind kind, PartitionId partition, Time time) {
    const TimerId timer{.kind = kind, .first = static_cast<std::uint64_t>(partition.value()), .second = 0};
    const auto [set, is_new] = coordinator_timers_.try_emplace(timer, time);
    if (!is_new) timers_.cancel(set->second, timer);
    set->second = time;
    timers_.set(time, timer);
}

void Node::group_wake_wanted(PartitionId partition, Time time) {
    set_coordinator_timer(TimerId::Kind::group_coordinator, partition, time);
}

void Node::transaction_wake_wanted(PartitionId partition, Time time) {
    set_coordinator_timer(TimerId::Kind::transaction_coordinator, partition, time);
}

void Node::verification_wake_wanted(Time time) {
    timers_.set(time, {.kind = TimerId::Kind::verification, .first = 0, .second = 0});
}

void Node::groups_unreadable(PartitionId partition, std::string_view detail) {
    outbox_->coordinator_unreadable(kGroupsTopic, partition.value(), detail);
}

void Node::transactions_unreadable(PartitionId partition, std::string_view detail) {
    outbox_->coordinator_unreadable(kTransactionsTopic, partition.value(), detail);
}

// Not at once: at a start the partitions that they are for may not be open yet.
void Node::send_markers(const SendMarkers& markers) {
    markers_to_send_.push_back(markers);
}

void Node::write_markers() {
    for (const SendMarkers& markers : std::exchange(markers_to_send_, {})) write_markers(markers);
}

// One node leads every partition; a topic that is gone needs no marker.
void Node::write_markers(const SendMarkers& markers) {
    const MarkerToWrite marker{.producer = markers.producer,
                               .marker = {.commit = markers.commit, .coordinator_epoch = markers.coordinator_epoch},
                               .version = markers.version};
    for (const TopicPartition& name : markers.partitions) {
        const auto done = [this, id = markers.transactional_id, round = markers.round, name](ErrorCode error) {
            transactions_.marker_answered({id, round, name, error});
        };
        Topic* topic = topics_.find(name.topic);
        Partition* partition = topic == nullptr ? nullptr : topic->partition(name.partition);
        if (partition == nullptr) {
            done(ErrorCode::none);
        } else {
            markers_.write(*partition, marker, latest_, done);
        }
    }
}

void Node::went_offline(Partition& partition, const storage::IoError& error) {
    fail(partition.directory(), error);
}

void Node::fail(storage::LogDirectory& directory, const storage::IoError& error) {
    if (!offline_.insert(&directory).second) return;
    newly_offline_.push_back(&directory);
    outbox_->storage_failed(directory.path(), error.text(), offline_.size() == directories_.size());
}

/// Kafka's rule: one failed write or sync and the whole log directory is not trusted any more.
void Node::take_directories_offline(Moment now) {
    for (const storage::LogDirectory* directory : std::exchange(newly_offline_, {})) {
        for (auto& [name, topic] : topics_.by_name()) {
            for (const auto& partition : topic.partitions) {
                if (&partition->directory() == directory) partition->step(FlushFailed{}, now);
            }
        }
    }
}

bool Node::is_offline(const storage::LogDirectory& directory) const {
    return offline_.contains(&directory);
}

storage::IoResult<std::unique_ptr<storage::PartitionLog>> Node::create_log(Partition& partition) {
    const Topic* topic = topics_.find(partition.identity().topic_id);
    HIGHWATER_INVARIANT(topic != nullptr, "{} is written to but unknown", partition.identity().name.topic);
    auto made = partition.directory().create_partition(partition.identity().name, partition.identity().topic_id);
    if (!made) return refuse(made.error());
    auto opened = partition.directory().open_log(*made, log_settings(topic->config, random_), latest_.wall);
    if (!opened) return refuse(opened.error());
    return std::move(opened->log);
}

Partition* Node::find(std::uint64_t partition_number) {
    const auto found = partitions_.find(partition_number);
    return found == partitions_.end() ? nullptr : found->second;
}

const AdvertisedListener& Node::advertised_to(ConnectionId connection) const {
    static const AdvertisedListener kNone;
    if (config_.advertised_listeners.empty()) return kNone;
    const ConnectionInfo* info = connections_.find(connection);
    if (info != nullptr) {
        for (const AdvertisedListener& listener : config_.advertised_listeners) {
            if (listener.name == info->listener_name) return listener;
        }
    }
    return config_.advertised_listeners.front();
}

storage::IoResult<void> Node::commit(const MetadataRecords& records, Moment now) {
    storage::LogDirectory& directory = *directories_.front();
    if (is_offline(directory)) {
        return refuse(storage::IoError{.error_number = EIO,
                                       .operation = "write",
                                       .path = directory.path(),
                                       .detail = "the directory is offline",
                                       .held_by = {}});
    }
    if (const auto done = metadata_->commit(records, now); !done) {
        fail(directory, done.error());
        return done;
    }
    apply(records, now);
    return {};
}

Result<ProducerId> Node::take_producer_id(Moment now) {
    if (next_producer_id_ == end_of_producer_ids_) {
        const auto block = allocate_producer_ids(metadata_->image(), config_.node_id, metadata_->broker_epoch());
        const ProducerIdBlock& answer = block.answers.front();
        if (answer.error != ErrorCode::none) return refuse(answer.error);
        if (!commit(block.records, now)) return refuse(ErrorCode::kafka_storage_error);
        next_producer_id_ = answer.first;
        end_of_producer_ids_ = ProducerId{answer.first.value() + answer.count};
    }
    const ProducerId id = next_producer_id_;
    next_producer_id_ = ProducerId{id.value() + 1};
    return id;
}

void Node::apply(const MetadataRecords& records, Moment now) {
    std::vector<TopicId> grown;
    bool broker_defaults_changed = false;
    for (const MetadataRecord& record : records) {
        if (const auto* added = std::get_if<TopicRecord>(&record)) {
            configure(topics_.add(added->topic_id, added->name), now);
        } else if (const auto* partition = std::get_if<PartitionRecord>(&record)) {
            if (grown.empty() || grown.back() != partition->topic_id) grown.push_back(partition->topic_id);
        } else if (const auto* removed = std::get_if<RemoveTopicRecord>(&record)) {
            remove_topic(removed->topic_id, now);
        } else if (const auto* config = std::get_if<ConfigRecord>(&record)) {
            if (config->resource.type == ConfigResourceType::broker) broker_defaults_changed = true;
            if (config->resource.type == ConfigResourceType::group) configure_group(config->resource.name, now);
            if (config->resource.type != ConfigResourceType::topic) continue;
            if (Topic* topic = topics_.find(std::string_view(config->resource.name))) configure(*topic, now);
        }
    }
    if (broker_defaults_changed) {
        for (auto& [name, topic] : topics_.by_name()) configure(topic, now);
    }
    for (const TopicId& id : grown) {
        if (Topic* topic = topics_.find(id)) add_partitions(*topic, now);
    }
}

TopicConfig Node::broker_defaults() const {
    TopicConfig config = config_.topic_defaults;
    for (const std::string& resource : {std::string(), std::to_string(config_.node_id.value())}) {
        for (const auto& [key, value] : metadata_->image().configs({ConfigResourceType::broker, resource})) {
            if (const TopicSetting* setting = find_topic_setting_of_broker(key)) {
                static_cast<void>(set_value(config, *setting, value));  // was checked before it was recorded
            }
        }
    }
    return config;
}

void Node::configure(Topic& topic, Moment now) {
    topic.config = broker_defaults();
    for (const auto& [key, value] : metadata_->image().configs({ConfigResourceType::topic, topic.name})) {
        if (const TopicSetting* setting = find_topic_setting(key)) {
            static_cast<void>(set_value(topic.config, *setting, value));
        }
    }
    for (const auto& partition : topic.partitions) {
        if (partition->log() != nullptr) partition->log()->set_settings(log_settings(topic.config, random_));
        partition->set_flush_limits(flush_limits(topic.config));
        partition->step(ConfigChanged{.min_insync_replicas = topic.config.min_insync_replicas}, now);
    }
}

void Node::configure_group(const std::string& group, Moment now) {
    const ConfigValues& values = metadata_->image().configs({ConfigResourceType::group, group});
    groups_.settings_changed(group,
                             {.session_timeout = group_config(values, "consumer.session.timeout.ms"),
                              .heartbeat_interval = group_config(values, "consumer.heartbeat.interval.ms"),
                              .assignment_interval = group_config(values, "consumer.assignment.interval.ms")},
                             now);
}

void Node::remove_topic(const TopicId& id, Moment now) {
    Topic* topic = topics_.find(id);
    if (topic == nullptr) return;
    for (const auto& partition : topic->partitions) {
        // Whoever waits is told that this is no leader any more; the next look at the metadata says the rest.
        const Replica& replica = partition->replica();
        partition->step(BecomeFollower{.leader_epoch = LeaderEpoch{replica.leader_epoch()->value() + 1},
                                       .partition_epoch = PartitionEpoch{replica.partition_epoch()->value() + 1},
                                       .leader = config_.node_id,
                                       .replicas = replica.replicas(),
                                       .isr = replica.isr()},
                        now);
        const std::uint64_t number = partition->identity().number;
        if (const auto timer = partition_timers_.find(number); timer != partition_timers_.end()) {
            timers_.cancel(timer->second, {.kind = TimerId::Kind::partition, .first = number, .second = 0});
            partition_timers_.erase(timer);
        }
        partitions_.erase(number);
        if (partition->log() == nullptr || is_offline(partition->directory())) continue;
        const storage::PartitionDirectory directory{
            .topic_partition = partition->identity().name, .path = partition->log()->path(), .topic_id = id};
        if (const auto gone = partition->directory().delete_partition(directory, random_.uuid()); !gone) {
            fail(partition->directory(), gone.error());
        }
    }
    if (topic->name == kGroupsTopic) {
        groups_.all_resigned(now);
    } else if (topic->name == kTransactionsTopic) {
        transactions_.all_resigned(now);
    } else {
        groups_.topic_deleted(topic->name, now);
    }
    topics_.remove(id);
}

void Node::deadline_reached(Moment now) {
    latest_ = now;
    while (const auto due = timers_.take_due(now.time)) {
        switch (due->kind) {
            case TimerId::Kind::partition:
                partition_timers_.erase(due->first);
                if (Partition* partition = find(due->first)) {
                    partition->step(DeadlineReached{}, now);
                    const auto wake_at = partition->wake_at();
                    if (wake_at && *wake_at > now.time) wake_wanted(*partition, *wake_at);
                }
                break;
            case TimerId::Kind::fetch: {
                const ReplySlot slot{.connection = ConnectionId{due->first}, .sequence = due->second};
                if (auto fetch = fetches_.take(slot)) {
                    cancel_parked(*fetch, now);
                    fetch->parked.clear();
                    answer_or_park(*this, *std::move(fetch), now);
                }
                break;
            }
            case TimerId::Kind::group_coordinator:
                coordinator_timers_.erase(*due);
                groups_.deadline_reached(PartitionId{static_cast<std::int32_t>(due->first)}, now);
                break;
            case TimerId::Kind::transaction_coordinator:
                coordinator_timers_.erase(*due);
                transactions_.deadline_reached(PartitionId{static_cast<std::int32_t>(due->first)}, now);
                break;
            case TimerId::Kind::verification:
                verifications_.deadline_reached(now);
                break;
            case TimerId::Kind::task:
                run(static_cast<Task>(due->first), now);
                break;
        }
    }
    settle(now);
}

void Node::shutdown(Moment now) {
    latest_ = now;
    write_batches(now);
    settle(now);
    HIGHWATER_INVARIANT(!job_, "flush job {} is still under way", job_->id);
    for (auto& [name, topic] : topics_.by_name()) {
        for (const auto& partition : topic.partitions) {
            if (partition->log() == nullptr || partition->replica().is_offline()) continue;
            const auto plan = partition->plan_flush();
            if (const auto done = plan.run(); done) {
                partition->flush_completed(plan, now);
            } else {
                partition->flush_failed(done.error(), now);
            }
        }
    }
    settle(now);
    groups_.all_resigned(now);
    transactions_.all_resigned(now);
    for (const ReplySlot slot : fetches_.all()) {
        auto fetch = fetches_.take(slot);
        cancel_parked(*fetch, now);
        fetch->parked.clear();
        fetch->deadline = now.time;
        answer_or_park(*this, *std::move(fetch), now);
    }
    std::unordered_set<const storage::LogDirectory*> failed = offline_;
    for (auto& [name, topic] : topics_.by_name()) {
        for (const auto& partition : topic.partitions) {
            if (partition->log() == nullptr || failed.contains(&partition->directory())) continue;
            if (partition->log()->close()) {
                partition->checkpoint_high_watermark();
                partition->checkpoint_recovery_point();
                partition->checkpoint_log_start();
            } else {
                failed.insert(&partition->directory());
            }
        }
    }
    if (!failed.contains(directories_.front().get())) {
        if (metadata_->close()) {
            directories_.front()->set_recovery_point(MetadataLog::name(), metadata_->log().end_offset());
        } else {
            failed.insert(directories_.front().get());
        }
    }
    for (const auto& directory : directories_) {
        if (failed.contains(directory.get())) continue;
        const bool written =
            directory->write_recovery_points() && directory->write_high_watermarks() && directory->write_log_starts();
        if (written) static_cast<void>(directory->write_clean_shutdown(metadata_->broker_epoch().value()));
    }
}

}  // namespace highwater::engine
