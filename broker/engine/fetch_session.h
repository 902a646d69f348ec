#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker/engine/random.h"
#include "core/base/error_code.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace highwater::engine {

/// A partition as a fetch names it: by topic id from Fetch 13 (KIP-516), by name before. The other one is empty.
struct FetchPartitionName {
    TopicId topic_id;
    std::string topic;
    PartitionId partition;

    friend bool operator==(const FetchPartitionName&, const FetchPartitionName&) = default;
};

/// What a fetch wants of one partition. Numbers as on the wire: -1 is none.
struct FetchTarget {
    FetchPartitionName name;
    std::int64_t fetch_offset = 0;
    std::int32_t max_bytes = 0;
    std::int32_t current_leader_epoch = -1;
    std::int32_t last_fetched_epoch = -1;
};

/// What a session needs to know of the answer for one partition, in the order of the targets.
struct FetchOutcome {
    bool has_records = false;
    bool has_error = false;
    bool diverging = false;
    std::int64_t high_watermark = -1;
    std::int64_t log_start_offset = -1;
};

/// The fetch sessions of one node (KIP-227): what each client wants, so that a fetch says only what changed. Slots and
/// the partitions of all sessions together are bounded; a client that gets no session simply keeps sending everything.
class FetchSessionCache {
  public:
    /// A session that was used this recently is never evicted.
    static constexpr std::chrono::minutes kEvictionAge{2};

    /// Requires: slots >= 0, max_partitions >= 0 (of all sessions together).
    FetchSessionCache(std::size_t slots, std::size_t max_partitions) : slots_(slots), max_partitions_(max_partitions) {}

    /// One fetch: the partitions to look at, and how to answer.
    struct Fetch {
        enum class Kind : std::uint8_t { sessionless, full, incremental };
        Kind kind = Kind::sessionless;
        std::int32_t session_id = 0;
        /// incremental: the epoch that the session has if no other fetch of it came between.
        std::int32_t expected_epoch = 0;
        bool uses_topic_ids = false;
        std::vector<FetchTarget> targets;
    };

    /// The first half: finds or updates the session that (session_id, epoch) names. Refuses with
    /// fetch_session_id_not_found, invalid_fetch_session_epoch or fetch_session_topic_id_error.
    Result<Fetch> begin(std::int32_t session_id, std::int32_t epoch, bool uses_topic_ids,
                        std::vector<FetchTarget> targets, std::span<const FetchPartitionName> forgotten, Time now);

    struct Answer {
        /// 0: no session.
        std::int32_t session_id = 0;
        /// Per target: whether the reply must mention it. Empty: all.
        std::vector<bool> mention;
    };

    /// The second half, when the reply is made. Refuses with invalid_fetch_session_epoch when another fetch of the
    /// session came between, or with fetch_session_id_not_found when it is gone. Requires: one outcome per target.
    Result<Answer> finish(const Fetch& fetch, std::span<const FetchOutcome> outcomes, Random& random, Time now);

    [[nodiscard]] std::size_t size() const { return sessions_.size(); }
    [[nodiscard]] std::size_t partitions() const { return partitions_; }

  private:
    struct NameHash {
        std::size_t operator()(const FetchPartitionName& name) const;
    };
    struct Cached {
        FetchTarget target;
        /// What the client was last told; -1 makes the next reply mention the partition.
        std::int64_t high_watermark = -1;
        std::int64_t log_start_offset = -1;
    };
    struct Session {
        std::int32_t epoch = 1;
        bool uses_topic_ids = false;
        Time created;
        Time last_used;
        std::list<Cached> order;
        std::unordered_map<FetchPartitionName, std::list<Cached>::iterator, NameHash> by_name;
    };
    using Sessions = std::unordered_map<std::int32_t, Session>;

    void remove(Sessions::iterator session);
    void touch(Sessions::iterator session, Time now);
    bool make_room(std::size_t partitions, Time now);
    std::int32_t create(const Fetch& fetch, std::span<const FetchOutcome> outcomes, Random& random, Time now);

    std::size_t slots_;
    std::size_t max_partitions_;
    std::size_t partitions_ = 0;
    Sessions sessions_;
    std::set<std::pair<Time, std::int32_t>> by_last_use_;
};

/// The epoch after `epoch`: wraps to 1, since 0 and -1 have meanings of their own.
constexpr std::int32_t next_session_epoch(std::int32_t epoch) {
    return epoch == 0x7fff'ffff ? 1 : epoch + 1;
}

}  // namespace highwater::engine
