#include "broker/engine/fetch_session.h"

#include <cstring>

#include "core/base/invariant.h"

namespace highwater::engine {

namespace {

constexpr std::int32_t kNoSession = 0;
constexpr std::int32_t kInitialEpoch = 0;
constexpr std::int32_t kFinalEpoch = -1;

}  // namespace

std::size_t FetchSessionCache::NameHash::operator()(const FetchPartitionName& name) const {
    std::uint64_t id_bits = 0;
    std::memcpy(&id_bits, name.topic_id.bytes.data() + 8, sizeof id_bits);
    std::uint64_t hash = std::hash<std::string>{}(name.topic) ^ id_bits;
    hash = (hash ^ static_cast<std::uint32_t>(name.partition.value())) * 0x9e37'79b9'7f4a'7c15U;
    return static_cast<std::size_t>(hash ^ (hash >> 32));
}

Result<FetchSessionCache::Fetch> FetchSessionCache::begin(std::int32_t session_id, std::int32_t epoch,
                                                          bool uses_topic_ids, std::vector<FetchTarget> targets,
                                                          std::span<const FetchPartitionName> forgotten, Time now) {
    if (epoch == kInitialEpoch || epoch == kFinalEpoch) {
        if (session_id != kNoSession) {
            if (const auto old = sessions_.find(session_id); old != sessions_.end()) remove(old);
        }
        return Fetch{.kind = epoch == kFinalEpoch ? Fetch::Kind::sessionless : Fetch::Kind::full,
                     .session_id = kNoSession,
                     .expected_epoch = 0,
                     .uses_topic_ids = uses_topic_ids,
                     .targets = std::move(targets)};
    }
    const auto found = sessions_.find(session_id);
    if (found == sessions_.end()) return refuse(ErrorCode::fetch_session_id_not_found);
    Session& session = found->second;
    if (session.epoch != epoch) return refuse(ErrorCode::invalid_fetch_session_epoch);
    if (session.uses_topic_ids != uses_topic_ids) return refuse(ErrorCode::fetch_session_topic_id_error);

    for (FetchTarget& target : targets) {
        const auto known = session.by_name.find(target.name);
        if (known != session.by_name.end()) {
            known->second->target = std::move(target);
            continue;
        }
        if (partitions_ == max_partitions_) {
            remove(found);
            return refuse(ErrorCode::fetch_session_id_not_found);
        }
        session.order.emplace_back().target = std::move(target);
        session.by_name.emplace(session.order.back().target.name, std::prev(session.order.end()));
        ++partitions_;
    }
    for (const FetchPartitionName& name : forgotten) {
        const auto known = session.by_name.find(name);
        if (known == session.by_name.end()) continue;
        session.order.erase(known->second);
        session.by_name.erase(known);
        --partitions_;
    }
    if (session.order.empty()) {
        remove(found);
        Fetch nothing;
        nothing.uses_topic_ids = uses_topic_ids;
        return nothing;
    }
    session.epoch = next_session_epoch(session.epoch);
    touch(found, now);
    Fetch fetch{.kind = Fetch::Kind::incremental,
                .session_id = session_id,
                .expected_epoch = session.epoch,
                .uses_topic_ids = uses_topic_ids,
                .targets = {}};
    fetch.targets.reserve(session.order.size());
    for (const Cached& cached : session.order) fetch.targets.push_back(cached.target);
    return fetch;
}

Result<FetchSessionCache::Answer> FetchSessionCache::finish(const Fetch& fetch, std::span<const FetchOutcome> outcomes,
                                                            Random& random, Time now) {
    HIGHWATER_INVARIANT(outcomes.size() == fetch.targets.size(), "{} outcomes for {} targets", outcomes.size(),
                        fetch.targets.size());
    if (fetch.kind == Fetch::Kind::sessionless) return Answer{};
    if (fetch.kind == Fetch::Kind::full)
        return Answer{.session_id = create(fetch, outcomes, random, now), .mention = {}};

    const auto found = sessions_.find(fetch.session_id);
    if (found == sessions_.end()) return refuse(ErrorCode::fetch_session_id_not_found);
    Session& session = found->second;
    if (session.epoch != fetch.expected_epoch) return refuse(ErrorCode::invalid_fetch_session_epoch);

    Answer answer{.session_id = fetch.session_id, .mention = std::vector<bool>(outcomes.size())};
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const auto known = session.by_name.find(fetch.targets[i].name);
        if (known == session.by_name.end()) continue;
        Cached& cached = *known->second;
        const FetchOutcome& outcome = outcomes[i];
        answer.mention[i] = outcome.has_records || outcome.has_error || outcome.diverging ||
                            cached.high_watermark != outcome.high_watermark ||
                            cached.log_start_offset != outcome.log_start_offset;
        cached.high_watermark = outcome.has_error || outcome.diverging ? -1 : outcome.high_watermark;
        cached.log_start_offset = outcome.log_start_offset;
        if (outcome.has_records) session.order.splice(session.order.end(), session.order, known->second);
    }
    return answer;
}

std::int32_t FetchSessionCache::create(const Fetch& fetch, std::span<const FetchOutcome> outcomes, Random& random,
                                       Time now) {
    if (!make_room(fetch.targets.size(), now)) return kNoSession;
    std::int32_t id = random.positive_int32();
    while (sessions_.contains(id)) id = random.positive_int32();
    Session& session = sessions_[id];
    session.uses_topic_ids = fetch.uses_topic_ids;
    session.created = now;
    session.last_used = now;
    by_last_use_.emplace(now, id);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (session.by_name.contains(fetch.targets[i].name)) continue;
        session.order.push_back(Cached{
            .target = fetch.targets[i],
            .high_watermark = outcomes[i].has_error || outcomes[i].diverging ? -1 : outcomes[i].high_watermark,
            .log_start_offset = outcomes[i].log_start_offset,
        });
        session.by_name.emplace(fetch.targets[i].name, std::prev(session.order.end()));
        ++partitions_;
    }
    return id;
}

// As Kafka's tryEvict: whatever was idle for two minutes goes; otherwise a session that is itself older than two
// minutes and has fewer partitions than the new one gives way.
bool FetchSessionCache::make_room(std::size_t partitions, Time now) {
    if (slots_ == 0 || partitions > max_partitions_) return false;
    while (!by_last_use_.empty() && (sessions_.size() >= slots_ || partitions_ + partitions > max_partitions_)) {
        const auto oldest = *by_last_use_.begin();
        if (now - oldest.first <= kEvictionAge) break;
        remove(sessions_.find(oldest.second));
    }
    if (partitions_ + partitions > max_partitions_) return false;
    if (sessions_.size() < slots_) return true;
    auto smallest = sessions_.end();
    for (auto it = sessions_.begin(); it != sessions_.end(); ++it) {
        if (now - it->second.created <= kEvictionAge || it->second.order.size() >= partitions) continue;
        if (smallest == sessions_.end() ||
            std::pair{it->second.order.size(), it->first} < std::pair{smallest->second.order.size(), smallest->first}) {
            smallest = it;
        }
    }
    if (smallest == sessions_.end()) return false;
    remove(smallest);
    return true;
}

void FetchSessionCache::remove(Sessions::iterator session) {
    by_last_use_.erase({session->second.last_used, session->first});
    partitions_ -= session->second.order.size();
    sessions_.erase(session);
}

void FetchSessionCache::touch(Sessions::iterator session, Time now) {
    by_last_use_.erase({session->second.last_used, session->first});
    session->second.last_used = now;
    by_last_use_.emplace(now, session->first);
}

}  // namespace highwater::engine
