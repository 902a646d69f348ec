#include "broker/engine/metadata_log.h"

#include <algorithm>

#include <fmt/format.h>

#include "broker/engine/log_records.h"
#include "broker/storage/quorum_state.h"
#include "core/base/invariant.h"
#include "net/wire/internal/quorum_records.h"
#include "net/wire/record/control_record.h"
#include "net/wire/record/record_batch_builder.h"
#include "net/wire/writer.h"

namespace highwater::engine {

namespace {

storage::LogSettings settings() {
    storage::LogSettings settings;
    settings.segment_index_bytes = 1 << 20;  // a metadata log is small, and nobody looks up by time in it
    return settings;
}

}  // namespace

const storage::TopicPartition& MetadataLog::name() {
    static const storage::TopicPartition kName{.topic = "__cluster_metadata", .partition = PartitionId{0}};
    return kName;
}

storage::IoResult<std::unique_ptr<MetadataLog>> MetadataLog::open(storage::FileSystem& files,
                                                                  storage::LogDirectory& directory, NodeId self,
                                                                  const Visit& visit, Moment now) {
    auto partition = directory.create_partition(name(), kClusterMetadataTopicId);
    if (!partition) return refuse(partition.error());
    auto opened = directory.open_log(*partition, settings(), now.wall);
    if (!opened) return refuse(opened.error());
    if (opened->state.ends_below_recovery_point || !opened->state.damaged.empty()) {
        return storage::damaged(partition->path, "durable metadata is missing or damaged");
    }
    std::unique_ptr<MetadataLog> log(new MetadataLog);
    log->log_ = std::move(opened->log);
    log->was_empty_ = log->log_->log_end() == Offset{0};
    if (const auto done = log->replay(visit); !done) return refuse(done.error());
    if (const auto done = log->begin_epoch(files, directory, partition->path, self, now); !done) {
        return refuse(done.error());
    }
    return log;
}

storage::IoResult<void> MetadataLog::replay(const Visit& visit) {
    return visit_records(*log_, log_->log_start(), log_->log_end(),
                         [&](const wire::BatchHeader&, Offset offset, const wire::RecordView& record) {
                             return record.value && visit(offset, *record.value);
                         });
}

// The vote of a quorum of one: the epoch is on disk before anything is written in it.
storage::IoResult<void> MetadataLog::begin_epoch(storage::FileSystem& files, storage::LogDirectory& directory,
                                                 const std::string& path, NodeId self, Moment now) {
    const std::string quorum_path = storage::join(path, "quorum-state");
    storage::QuorumState state;
    const auto exists = files.exists(quorum_path);
    if (!exists) return refuse(exists.error());
    if (*exists) {
        const auto text = storage::read_text(files, quorum_path, 1 << 16);
        if (!text) return refuse(text.error());
        const auto read = storage::decode_quorum_state(*text, quorum_path);
        if (!read) return refuse(read.error());
        state = *read;
    }
    LeaderEpoch latest = state.leader_epoch;
    if (!log_->epochs().empty()) latest = std::max(latest, log_->epochs().back().epoch);
    leader_epoch_ = LeaderEpoch{latest.value() + 1};
    state.leader_epoch = leader_epoch_;
    state.leader_id = self;
    state.voted_id = self;
    state.voted_directory_id = directory.meta().directory_id.value_or(Uuid{});
    if (const auto written = storage::replace_file(files, quorum_path, storage::encode_quorum_state(state)); !written) {
        return written;
    }
    log_->start_epoch({leader_epoch_, log_->log_end()});

    wire::LeaderChangeMessage message;
    message.leader_id = self;
    message.voters.emplace_back().voter_id = self;
    message.granting_voters.emplace_back().voter_id = self;
    wire::Writer writer;
    if (!wire::encode(writer, message, 0)) return storage::damaged(path, "the leader change does not encode");
    const std::vector<std::byte> encoded = writer.take().to_vector();
    const wire::RecordBuffer batch = wire::kraft_control_batch(wire::ControlRecordType::leader_change, encoded,
                                                               log_->log_end(), leader_epoch_, now.wall);
    return append_batch(batch, now);
}

storage::IoResult<Offset> MetadataLog::append(const std::vector<std::vector<std::byte>>& values, Moment now) {
    const Offset base = log_->log_end();
    wire::RecordBatchBuilder builder({.base_offset = base, .leader_epoch = leader_epoch_});
    for (const auto& value : values) {
        builder.add({.key = std::nullopt, .value = value, .timestamp = now.wall, .headers = {}});
    }
    if (const auto done = append_batch(builder.finish(), now); !done) return refuse(done.error());
    return base;
}

storage::IoResult<void> MetadataLog::append_batch(std::span<const std::byte> batch, Moment now) {
    const auto view = wire::read_batch(batch);
    HIGHWATER_INVARIANT(view.has_value(), "a batch made here does not read: {}", view.error().what);
    BatchFacts facts = wire::facts(*view);
    facts.base_offset = log_->log_end();
    facts.leader_epoch = leader_epoch_;
    if (const auto done = log_->append(facts, batch, now.wall); !done) return done;
    return log_->flush();
}

}  // namespace highwater::engine
