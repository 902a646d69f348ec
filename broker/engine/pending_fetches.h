#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "broker/engine/fetch_session.h"
#include "broker/engine/request.h"
#include "core/partition/input.h"

namespace highwater::engine {

/// A fetch that waits for data, or is about to be answered.
struct PendingFetch {
    ReplyTo reply_to;
    FetchSessionCache::Fetch fetch;
    std::int64_t min_bytes = 0;
    std::int64_t max_bytes = 0;
    IsolationLevel isolation = IsolationLevel::read_uncommitted;
    /// When it is answered with what there is.
    Time deadline;
    struct Parked {
        FetchToken token;
        std::uint64_t partition_number = 0;
    };
    std::vector<Parked> parked;
};

/// The long polls.
class PendingFetches {
  public:
    FetchToken fresh_token() { return FetchToken{next_token_++}; }

    /// Keeps the fetch until take(). Its parked tokens lead back to it.
    void park(PendingFetch fetch) {
        for (const PendingFetch::Parked& part : fetch.parked) by_token_[part.token.value()] = fetch.reply_to.slot;
        const ReplySlot slot = fetch.reply_to.slot;
        waiting_.emplace(slot, std::move(fetch));
    }
    /// Notes that a partition has something for the fetch that parked this token there.
    void woken(FetchToken token) {
        const auto found = by_token_.find(token.value());
        if (found == by_token_.end()) return;
        woken_.push_back(found->second);
        by_token_.erase(found);
    }
    /// Those that were woken since the last call; may hold some that are gone, or twice.
    std::vector<ReplySlot> take_woken() { return std::exchange(woken_, {}); }
    [[nodiscard]] bool any_woken() const { return !woken_.empty(); }

    /// nullopt: answered or closed already.
    std::optional<PendingFetch> take(ReplySlot slot) {
        const auto found = waiting_.find(slot);
        if (found == waiting_.end()) return std::nullopt;
        PendingFetch fetch = std::move(found->second);
        waiting_.erase(found);
        for (const PendingFetch::Parked& part : fetch.parked) by_token_.erase(part.token.value());
        return fetch;
    }
    /// The first one that waits on the connection.
    [[nodiscard]] std::optional<ReplySlot> first_of(ConnectionId connection) const {
        const auto found = waiting_.lower_bound(ReplySlot{.connection = connection, .sequence = 0});
        if (found == waiting_.end() || found->first.connection != connection) return std::nullopt;
        return found->first;
    }
    [[nodiscard]] std::vector<ReplySlot> all() const {
        std::vector<ReplySlot> slots;
        for (const auto& [slot, fetch] : waiting_) slots.push_back(slot);
        return slots;
    }
    [[nodiscard]] std::size_t size() const { return waiting_.size(); }

  private:
    std::uint64_t next_token_ = 1;
    std::map<ReplySlot, PendingFetch> waiting_;
    std::unordered_map<std::uint64_t, ReplySlot> by_token_;
    std::vector<ReplySlot> woken_;
};

}  // namespace highwater::engine
