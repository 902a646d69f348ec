#include "net/wire/message/fetch.h"

#include <algorithm>
#include <limits>
#include <memory>

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"
#include "core/base/invariant.h"
#include "net/wire/record/legacy_message_set.h"
#include "net/wire/record/record_batch.h"

namespace highwater::engine {

namespace {

using PartitionData = wire::FetchResponse::PartitionData;

/// Versions 0 to 3 carry message sets: what the log holds is converted (KIP-74, KIP-98).
constexpr std::int16_t kFirstVersionWithBatches = 4;
/// Only from here on do clients know zstd (KIP-110).
constexpr std::int16_t kFirstVersionWithZstd = 10;
/// From here on a refusal names the leader (KIP-951).
constexpr std::int16_t kFirstVersionWithLeader = 16;
constexpr std::size_t kDownConversionLimit = 64U << 20;

/// What one partition has for a fetch at one moment.
struct Look {
    ErrorCode error = ErrorCode::none;
    Partition* partition = nullptr;
    ReplyFetch bounds;
    storage::LogSlices slices;
};

struct Looks {
    std::vector<Look> parts;
    std::uint64_t total_bytes = 0;
    bool must_answer = false;
};

ErrorCode error_of(const storage::IoError& error) {
    return error.is_damage() ? ErrorCode::corrupt_message : ErrorCode::kafka_storage_error;
}

FetchReceived question_of(Node& node, const PendingFetch& fetch, const FetchTarget& target) {
    FetchReceived question{.token = node.fetches().fresh_token(),
                           .fetch_offset = Offset{target.fetch_offset},
                           .current_leader_epoch = std::nullopt,
                           .last_fetched_epoch = std::nullopt,
                           .isolation = fetch.isolation,
                           .wait_above = std::nullopt};
    if (target.current_leader_epoch >= 0) question.current_leader_epoch = LeaderEpoch{target.current_leader_epoch};
    if (target.last_fetched_epoch >= 0) question.last_fetched_epoch = LeaderEpoch{target.last_fetched_epoch};
    return question;
}

Look look_at(Node& node, const PendingFetch& fetch, const FetchTarget& target, std::uint64_t bytes_left, bool is_first,
             Moment now) {
    Look look;
    const bool by_id = fetch.fetch.uses_topic_ids;
    Topic* topic = by_id ? node.topics().find(target.name.topic_id) : node.topics().find(target.name.topic);
    if (topic == nullptr) {
        look.error = by_id ? ErrorCode::unknown_topic_id : ErrorCode::unknown_topic_or_partition;
        return look;
    }
    look.partition = topic->partition(target.name.partition);
    if (look.partition == nullptr) {
        look.error = ErrorCode::unknown_topic_or_partition;
        return look;
    }
    if (target.fetch_offset < 0) {
        look.error = ErrorCode::offset_out_of_range;
        return look;
    }
    const FetchReceived question = question_of(node, fetch, target);
    look.bounds = look.partition->fetch(question, now);
    look.error = look.bounds.error;
    look.slices.end_offset = question.fetch_offset;
    if (look.error != ErrorCode::none || look.bounds.diverging || look.partition->log() == nullptr) return look;
    if (question.fetch_offset >= look.bounds.readable_end) return look;
    // KIP-74: the first partition that has anything gives at least one batch, or a consumer could be stuck.
    const std::uint64_t limit =
        std::min<std::uint64_t>(bytes_left, static_cast<std::uint64_t>(std::max(target.max_bytes, 0)));
    if (limit == 0 && !is_first) return look;
    auto located = look.partition->log()->locate(question.fetch_offset, look.bounds.readable_end, limit, is_first);
    if (located) {
        look.slices = *std::move(located);
    } else {
        look.error = error_of(located.error());
    }
    return look;
}

Looks look_at_all(Node& node, const PendingFetch& fetch, Moment now) {
    Looks looks;
    looks.parts.reserve(fetch.fetch.targets.size());
    for (const FetchTarget& target : fetch.fetch.targets) {
        const auto limit = static_cast<std::uint64_t>(fetch.max_bytes);
        const std::uint64_t left = limit > looks.total_bytes ? limit - looks.total_bytes : 0;
        Look look = look_at(node, fetch, target, left, looks.total_bytes == 0, now);
        looks.total_bytes += look.slices.total_bytes;
        if (look.error != ErrorCode::none || look.bounds.diverging) looks.must_answer = true;
        looks.parts.push_back(std::move(look));
    }
    if (looks.total_bytes >= static_cast<std::uint64_t>(fetch.min_bytes)) looks.must_answer = true;
    return looks;
}

/// The bytes of a whole reply, read into one block that its slices share.
class RecordBlock {
  public:
    explicit RecordBlock(std::uint64_t size) : bytes_(std::make_shared_for_overwrite<std::byte[]>(size)), size_(size) {}

    /// Reads the slices behind what was read so far.
    Result<std::span<std::byte>> read(const storage::LogSlices& slices) {
        HIGHWATER_INVARIANT(slices.total_bytes <= size_ - used_, "{} bytes into a block of {} with {} used",
                            slices.total_bytes, size_, used_);
        const std::span<std::byte> into(bytes_.get() + used_, slices.total_bytes);
        if (const auto done = storage::read_slices(slices, into); !done) return refuse(error_of(done.error()));
        used_ += slices.total_bytes;
        return into;
    }
    [[nodiscard]] wire::Records share(std::span<const std::byte> bytes) const {
        return wire::Records(wire::Slice{bytes, bytes_});
    }

  private:
    std::shared_ptr<std::byte[]> bytes_;
    std::uint64_t size_;
    std::uint64_t used_ = 0;
};

/// Batches up to the first one of zstd; UNSUPPORTED_COMPRESSION_TYPE when that is the first of all.
Result<std::size_t> bytes_before_zstd(std::span<const std::byte> batches) {
    wire::BatchReader reader(batches);
    std::size_t before = 0;
    while (const auto batch = reader.next()) {
        if (batch->header.codec() == wire::CompressionCodec::zstd) {
            if (before == 0) return refuse(ErrorCode::unsupported_compression_type);
            return before;
        }
        before = reader.position();
    }
    return batches.size();
}

Result<wire::Records> records_for_version(Node& node, const PendingFetch& fetch, const FetchTarget& target,
                                          const Look& look, RecordBlock& block) {
    const auto bytes = block.read(look.slices);
    if (!bytes) return refuse(bytes.error());
    const std::int16_t version = fetch.reply_to.version;
    if (version >= kFirstVersionWithZstd) return block.share(*bytes);
    if (version >= kFirstVersionWithBatches) {
        const auto size = bytes_before_zstd(*bytes);
        if (!size) return refuse(size.error());
        return block.share(bytes->first(*size));
    }
    const std::int8_t magic = version <= 1 ? 0 : 1;
    wire::RecordScratch& scratch = node.record_scratch();
    auto converted = wire::down_convert(*bytes, magic, Offset{target.fetch_offset},
                                        static_cast<std::size_t>(std::max(target.max_bytes, 0)), scratch.decompressor,
                                        scratch.compressor, kDownConversionLimit);
    if (!converted) return refuse(converted.error());
    auto owner = std::make_shared<const wire::RecordBuffer>(std::move(converted->message_set));
    return wire::Records(wire::Slice{*owner, owner});
}

void fill_error(Node& node, PartitionData& out, const Look& look, ErrorCode error, std::int16_t version) {
    out.error_code = error;
    out.high_watermark = -1;
    out.last_stable_offset = -1;
    out.log_start_offset = -1;
    out.aborted_transactions.reset();
    out.records = wire::Records{};
    const bool tells_leader = error == ErrorCode::not_leader_or_follower || error == ErrorCode::fenced_leader_epoch;
    if (!tells_leader || version < kFirstVersionWithLeader || look.partition == nullptr) return;
    const Replica& replica = look.partition->replica();
    if (!replica.leader_epoch()) return;
    out.current_leader.leader_id = replica.leader().value_or(node.config().node_id);
    out.current_leader.leader_epoch = *replica.leader_epoch();
}

void fill_aborted(PartitionData& out, const PendingFetch& fetch, const FetchTarget& target, const Look& look) {
    out.aborted_transactions.reset();
    if (fetch.isolation != IsolationLevel::read_committed) return;
    auto& aborted = out.aborted_transactions.emplace();
    if (look.slices.total_bytes == 0) return;
    const auto found = look.partition->log()->aborted_transactions(Offset{target.fetch_offset}, look.slices.end_offset);
    if (!found) return;  // cannot be: the entries are in memory; the records would be hidden by their markers' lack
    for (const auto& transaction : *found) {
        auto& entry = aborted.emplace_back();
        entry.producer_id = transaction.producer;
        entry.first_offset = transaction.first_offset.value();
    }
}

PartitionData partition_data(Node& node, const PendingFetch& fetch, const FetchTarget& target, const Look& look,
                             RecordBlock& block) {
    PartitionData out;
    out.partition_index = target.name.partition;
    if (look.error != ErrorCode::none) {
        fill_error(node, out, look, look.error, fetch.reply_to.version);
        return out;
    }
    out.high_watermark = look.bounds.high_watermark.value();
    out.last_stable_offset = look.bounds.last_stable_offset.value();
    out.log_start_offset = look.bounds.log_start_offset.value();
    out.records = wire::Records{};
    if (look.bounds.diverging) {
        out.diverging_epoch.epoch = look.bounds.diverging->epoch;
        out.diverging_epoch.end_offset = look.bounds.diverging->end_offset.value();
    }
    fill_aborted(out, fetch, target, look);
    if (look.slices.total_bytes > 0) {
        auto records = records_for_version(node, fetch, target, look, block);
        if (!records) {
            fill_error(node, out, look, records.error(), fetch.reply_to.version);
        } else {
            out.records = *std::move(records);
        }
    }
    return out;
}

void reply_error(Node& node, const ReplyTo& reply_to, ErrorCode error) {
    wire::FetchResponse response;
    response.error_code = error;
    node.reply(reply_to, response);
}

void answer(Node& node, const PendingFetch& fetch, const Looks& looks, Moment now) {
    RecordBlock block(looks.total_bytes);
    std::vector<PartitionData> parts;
    std::vector<FetchOutcome> outcomes;
    parts.reserve(looks.parts.size());
    outcomes.reserve(looks.parts.size());
    for (std::size_t i = 0; i < looks.parts.size(); ++i) {
        parts.push_back(partition_data(node, fetch, fetch.fetch.targets[i], looks.parts[i], block));
        const PartitionData& part = parts.back();
        outcomes.push_back({.has_records = part.records && !part.records->empty(),
                            .has_error = part.error_code != ErrorCode::none,
                            .diverging = part.diverging_epoch.epoch.value() >= 0,
                            .high_watermark = part.high_watermark,
                            .log_start_offset = part.log_start_offset});
    }
    const auto session = node.fetch_sessions().finish(fetch.fetch, outcomes, node.random(), now.time);
    if (!session) return reply_error(node, fetch.reply_to, session.error());

    wire::FetchResponse response;
    response.session_id = session->session_id;
    std::vector<wire::FetchResponse::FetchableTopicResponse>& topics = response.responses.materialise();
    const FetchPartitionName* previous = nullptr;
    bool names_leader = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!session->mention.empty() && !session->mention[i]) continue;
        const FetchPartitionName& name = fetch.fetch.targets[i].name;
        if (previous == nullptr || previous->topic != name.topic || previous->topic_id != name.topic_id) {
            auto& topic = topics.emplace_back();
            topic.topic = wire::String::borrowed(name.topic);
            topic.topic_id = name.topic_id;
            previous = &name;
        }
        names_leader = names_leader || parts[i].current_leader.leader_id.value() >= 0;
        topics.back().partitions.push_back(std::move(parts[i]));
    }
    if (names_leader) node.add_endpoints(fetch.reply_to.slot.connection, response.node_endpoints);
    node.reply(fetch.reply_to, response);
}

/// Waits in each partition for what lies above its present readable end.
void park(Node& node, PendingFetch fetch, const Looks& looks, Moment now) {
    std::vector<FetchReceived> waits;
    waits.reserve(looks.parts.size());
    for (std::size_t i = 0; i < looks.parts.size(); ++i) {
        waits.push_back(question_of(node, fetch, fetch.fetch.targets[i]));
        waits.back().wait_above = looks.parts[i].bounds.readable_end;
        fetch.parked.push_back({waits.back().token, looks.parts[i].partition->identity().number});
    }
    node.park(std::move(fetch));
    for (std::size_t i = 0; i < waits.size(); ++i) looks.parts[i].partition->step(waits[i], now);
}

FetchTarget target_of(const wire::FetchRequest::FetchTopic& topic,
                      const wire::FetchRequest::FetchPartition& partition) {
    return {.name = {.topic_id = topic.topic_id, .topic = topic.topic.to_string(), .partition = partition.partition},
            .fetch_offset = partition.fetch_offset,
            .max_bytes = partition.partition_max_bytes,
            .current_leader_epoch = partition.current_leader_epoch.value(),
            .last_fetched_epoch = partition.last_fetched_epoch.value()};
}

/// A fetch of a replica: only brokers of the cluster may, and this connection is none (B110).
void refuse_replica(Node& node, const ReplyTo& reply_to, const wire::FetchRequest& message) {
    wire::FetchResponse response;
    for (const auto& topic : message.topics) {
        auto& out = response.responses.emplace_back();
        out.topic = topic.topic;
        out.topic_id = topic.topic_id;
        for (const auto& partition : topic.partitions) {
            PartitionData& data = out.partitions.emplace_back();
            data.partition_index = partition.partition;
            fill_error(node, data, {}, ErrorCode::topic_authorization_failed, reply_to.version);
        }
    }
    node.reply(reply_to, response);
}

}  // namespace

void answer_or_park(Node& node, PendingFetch fetch, Moment now) {
    const Looks looks = look_at_all(node, fetch, now);
    const bool waits = !looks.must_answer && !fetch.fetch.targets.empty() && fetch.deadline > now.time &&
                       node.may_park(looks.parts.size());
    if (waits) {
        park(node, std::move(fetch), looks, now);
    } else {
        answer(node, fetch, looks, now);
    }
}

void handle_later(Node& node, const RequestInfo& request, const wire::FetchRequest& message) {
    const NodeId replica = request.version() >= 15 ? message.replica_state.replica_id : message.replica_id;
    if (replica.value() >= 0) return refuse_replica(node, request.reply_to, message);

    std::vector<FetchTarget> targets;
    for (const auto& topic : message.topics) {
        for (const auto& partition : topic.partitions) targets.push_back(target_of(topic, partition));
    }
    std::vector<FetchPartitionName> forgotten;
    for (const auto& topic : message.forgotten_topics_data) {
        for (const PartitionId partition : topic.partitions) {
            forgotten.push_back({topic.topic_id, topic.topic.to_string(), partition});
        }
    }
    auto fetch = node.fetch_sessions().begin(message.session_id, message.session_epoch, request.version() >= 13,
                                             std::move(targets), forgotten, request.now.time);
    if (!fetch) return reply_error(node, request.reply_to, fetch.error());

    const auto wait = std::chrono::milliseconds{std::max(message.max_wait_ms, 0)};
    answer_or_park(
        node,
        {.reply_to = request.reply_to,
         .fetch = *std::move(fetch),
         .min_bytes = std::max(message.min_bytes, 0),
         .max_bytes = std::clamp(message.max_bytes, 0, node.config().fetch_max_bytes),
         .isolation = message.isolation_level == 1 ? IsolationLevel::read_committed : IsolationLevel::read_uncommitted,
         .deadline = request.now.time + wait,
         .parked = {}},
        request.now);
}

}  // namespace highwater::engine
