#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/describe.h"
#include "core/base/hash.h"
#include "core/base/producer.h"
#include "core/coordinator/topic_partition.h"
#include "core/group/group_records.h"

namespace highwater {

/// Offsets that transactions have committed which are open themselves: they count when the transaction is committed,
/// and are gone when it is aborted (KIP-98). A value; the fold of the log's transactional records and markers.
class StagedOffsets {
  public:
    /// The group and the partition of an offset.
    using Place = std::pair<std::string, TopicPartition>;

    /// The newest of its place, and in place of what the producer's transaction has said before.
    void stage(ProducerId producer, const Place& place, const CommittedOffset& offset);
    /// What counts in the log from here on is newer than anything that was staged for the place.
    void supersede(const Place& place);
    /// Takes out what the producer's transaction has staged. Of each place, what other transactions staged before it
    /// goes with it when it is committed: their offsets are older in the log.
    std::vector<std::pair<Place, CommittedOffset>> end(ProducerId producer, bool commit);
    void clear();

    [[nodiscard]] bool contains(const Place& place) const { return by_place_.contains(place); }
    [[nodiscard]] std::set<TopicPartition> partitions_of(const std::string& group) const;

    [[nodiscard]] std::uint64_t hash() const { return hash_members<HashFrom::kept>(*this); }
    [[nodiscard]] std::uint64_t hash_from_scratch() const { return hash_members<HashFrom::scratch>(*this); }
    static constexpr void describe(auto&& field) { field("by_place", &StagedOffsets::by_place_); }

  private:
    struct Staged {
        ProducerId producer;
        CommittedOffset offset;
        static constexpr void describe(auto&& field) {
            field("producer", &Staged::producer);
            field("offset", &Staged::offset);
        }
    };

    void forget(ProducerId producer, const Place& place);

    /// In the order of the log.
    std::map<Place, std::vector<Staged>> by_place_;
    /// Where each producer has staged something: an index of by_place_.
    std::map<ProducerId, std::set<Place>> by_producer_;
};

}  // namespace highwater
