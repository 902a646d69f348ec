#include "broker/engine/cluster_metadata.h"

#include "core/base/invariant.h"

namespace highwater::engine {

storage::IoResult<std::unique_ptr<ClusterMetadata>> ClusterMetadata::open(storage::FileSystem& files,
                                                                          storage::LogDirectory& directory, NodeId self,
                                                                          Moment now) {
    std::unique_ptr<ClusterMetadata> metadata(new ClusterMetadata);
    metadata->self_ = self;
    auto log = MetadataLog::open(
        files, directory, self,
        [&](Offset, std::span<const std::byte> value) {
            const auto record = decode_metadata_record(value);
            if (!record) return false;
            if (const auto* removed = std::get_if<RemoveTopicRecord>(&*record)) {
                metadata->deleted_topics_.insert(removed->topic_id);
            }
            return metadata->image_.apply(*record).has_value();
        },
        now);
    if (!log) return refuse(log.error());
    metadata->log_ = *std::move(log);
    return metadata;
}

BrokerEpoch ClusterMetadata::broker_epoch() const {
    const BrokerImage* self = image_.broker(self_);
    return self == nullptr ? BrokerEpoch{-1} : self->epoch;
}

storage::IoResult<void> ClusterMetadata::commit(const MetadataRecords& records, Moment now) {
    if (records.empty()) return {};
    std::vector<std::vector<std::byte>> values;
    values.reserve(records.size());
    for (const MetadataRecord& record : records) values.push_back(encode_metadata_record(record));
    if (const auto appended = log_->append(values, now); !appended) return refuse(appended.error());
    for (const MetadataRecord& record : records) {
        const auto applied = image_.apply(record);
        HIGHWATER_INVARIANT(applied.has_value(), "a committed metadata record contradicts the image: {}",
                            applied.error());
    }
    return {};
}

}  // namespace highwater::engine
