#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/base/describe.h"
#include "core/base/hash.h"
#include "core/base/time.h"

namespace highwater {

/// What has to happen at which time, by what it is for: at most one deadline a key. Setting, clearing and asking for
/// the next one cost the logarithm of their number. `Key` is ordered and described.
template <class Key>
class Deadlines {
  public:
    /// Replaces the key's former deadline. Of a key that has one nothing is copied: every heartbeat sets a session's.
    void set(const Key& key, Time at) {
        const auto [found, is_new] = by_key_.try_emplace(key, at);
        if (is_new) {
            by_time_.emplace(at, key);
            return;
        }
        auto node = by_time_.extract(by_time_.find(Lookup(found->second, key)));
        node.value().first = at;
        by_time_.insert(std::move(node));
        found->second = at;
    }

    void clear(const Key& key) {
        const auto found = by_key_.find(key);
        if (found == by_key_.end()) return;
        by_time_.erase(by_time_.find(Lookup(found->second, key)));
        by_key_.erase(found);
    }

    void clear_all() {
        by_key_.clear();
        by_time_.clear();
    }

    [[nodiscard]] std::optional<Time> next() const {
        return by_time_.empty() ? std::nullopt : std::optional(by_time_.begin()->first);
    }
    [[nodiscard]] std::optional<Time> of(const Key& key) const {
        const auto found = by_key_.find(key);
        return found == by_key_.end() ? std::nullopt : std::optional(found->second);
    }
    [[nodiscard]] std::size_t size() const { return by_key_.size(); }

    /// Takes out the first key whose deadline is not after `now`; nullopt: none is due. Equal times in order of the
    /// keys.
    [[nodiscard]] std::optional<Key> take_due(Time now) {
        if (by_time_.empty() || by_time_.begin()->first > now) return std::nullopt;
        Key key = by_time_.begin()->second;
        clear(key);
        return key;
    }

    [[nodiscard]] std::uint64_t hash() const {
        Hasher hasher;
        for (const auto& [key, at] : by_key_) {
            add_hash(hasher, key);
            add_hash(hasher, at);
        }
        return hasher.value();
    }
    [[nodiscard]] std::uint64_t hash_from_scratch() const { return hash(); }
    friend bool operator==(const Deadlines& a, const Deadlines& b) { return a.by_key_ == b.by_key_; }

  private:
    using Lookup = std::pair<Time, const Key&>;
    struct Earlier {
        using is_transparent = void;
        bool operator()(const auto& a, const auto& b) const {
            return a.first != b.first ? a.first < b.first : a.second < b.second;
        }
    };

    std::map<Key, Time> by_key_;
    std::set<std::pair<Time, Key>, Earlier> by_time_;
};

}  // namespace highwater
