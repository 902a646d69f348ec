#include "broker/config/load.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "broker/config/broker_keys.h"
#include "broker/config/listeners.h"
#include "broker/config/properties.h"
#include "broker/config/suggest.h"

namespace highwater::config {

namespace {

/// Keys that set the same thing in another unit or by an older name. Of those present the first in this order wins.
struct Synonym {
    std::string_view name;
    std::string_view canonical;
    std::int64_t unit;  // 1: as it is
};
constexpr std::array kSynonyms{
    Synonym{"log.retention.minutes", "log.retention.ms", 60'000},
    Synonym{"log.retention.hours", "log.retention.ms", 3'600'000},
    Synonym{"log.roll.hours", "log.roll.ms", 3'600'000},
    Synonym{"log.roll.jitter.hours", "log.roll.jitter.ms", 3'600'000},
    Synonym{"log.flush.scheduler.interval.ms", "log.flush.interval.ms", 1},
    Synonym{"log.dir", "log.dirs", 1},
    Synonym{"broker.id", "node.id", 1},
};

struct Entry {
    std::string value;
    std::string where;
};

/// The last value of each key.
using Entries = std::map<std::string, Entry, std::less<>>;

std::string trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\f");
    if (begin == std::string_view::npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(" \t\f") - begin + 1));
}

/// `value` units of `unit` milliseconds each, as text; -1 and whatever is no number stays.
std::string scaled(const std::string& value, std::int64_t unit) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size() || number < 0 || unit == 1) return value;
    const std::int64_t most = std::numeric_limits<std::int64_t>::max() / unit;
    return std::to_string(number > most ? std::numeric_limits<std::int64_t>::max() : number * unit);
}

class Loader {
  public:
    void read_file(const ConfigFile& file) {
        auto properties = parse_properties(file.text);
        if (!properties) {
            errors_.push_back(
                {fmt::format("{}:{}", file.name, properties.error().line), {}, std::move(properties.error().message)});
            return;
        }
        for (Property& property : *properties)
            add(std::move(property.key), std::move(property.value), fmt::format("{}:{}", file.name, property.line));
    }

    void read_set(const std::string& text) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0) {
            errors_.push_back({"--set", text, "has no value; write --set key=value"});
            return;
        }
        add(trimmed(text.substr(0, equals)), text.substr(equals + 1), "--set");
    }

    Result<Loaded, std::vector<Remark>> finish() {
        for (const auto& [key, entry] : replaced_) apply(key, entry, false);
        for (const auto& [key, entry] : entries_) apply(key, entry, true);
        check_together();
        if (!errors_.empty()) return unexpected(std::move(errors_));
        for (const BrokerKey& key : broker_keys())
            loaded_.settings.engine.other_keys.push_back(
                {key.name, key.type, key.default_value, key.documentation, key.type == ConfigType::password});
        return std::move(loaded_);
    }

  private:
    void add(std::string key, std::string value, std::string where) {
        const auto [at, is_new] = entries_.try_emplace(std::move(key));
        if (!is_new && where != "--set" && at->second.where != "--set")
            loaded_.warnings.push_back({where, at->first, fmt::format("replaces the value at {}", at->second.where)});
        if (!is_new) replaced_.emplace_back(at->first, std::move(at->second));
        at->second = {trimmed(value), std::move(where)};
    }

    void error(const Entry& entry, std::string_view key, std::string message) {
        errors_.push_back({entry.where, std::string(key), std::move(message)});
    }

    /// An entry that does not count in the end is held to the same rules: what is wrong in a file is wrong, overridden
    /// or not.
    void apply(const std::string& key, const Entry& entry, bool counts) {
        for (const Synonym& synonym : kSynonyms) {
            if (synonym.name != key) continue;
            if (counts && entries_.contains("node.id")) check_same_id(synonym, entry);
            return apply_canonical(key, synonym.canonical, scaled(entry.value, synonym.unit), entry,
                                   counts && !is_overridden(synonym));
        }
        apply_canonical(key, key, entry.value, entry, counts);
    }

    /// Whether the canonical key or an earlier synonym is there too.
    [[nodiscard]] bool is_overridden(const Synonym& synonym) const {
        if (entries_.contains(synonym.canonical)) return true;
        return std::ranges::any_of(kSynonyms, [&](const Synonym& other) {
            return other.canonical == synonym.canonical && &other < &synonym && entries_.contains(other.name);
        });
    }

    void check_same_id(const Synonym& synonym, const Entry& entry) {
        if (synonym.name == "broker.id" && entries_.find("node.id")->second.value != entry.value)
            error(entry, synonym.name, "differs from node.id; leave out one of the two");
    }

    void apply_canonical(std::string_view written, std::string_view key, const std::string& value, const Entry& entry,
                         bool counts) {
        NodeSettings unused;
        NodeSettings& settings = counts ? loaded_.settings : unused;
        if (const engine::TopicSetting* setting = engine::find_topic_setting_of_broker(key)) {
            auto done = engine::set_value(settings.engine.topic_defaults, *setting, value);
            if (!done) return error(entry, written, std::move(done.error()));
            if (counts) remember(written, entry);
            return;
        }
        const BrokerKey* known = find_broker_key(key);
        if (known == nullptr) return unknown(written, entry);
        if (known->support == Support::not_yet && value != known->default_value)
            return error(entry, written,
                         fmt::format("not supported yet: {}; leave the key out{}", known->instead,
                                     known->default_value.empty()
                                         ? std::string{}
                                         : fmt::format(" or give it its default, {}", known->default_value)));
        if (auto valid = check_value(*known, value); !valid) return error(entry, written, std::move(valid.error()));
        if (known->apply != nullptr) {
            if (auto done = known->apply(settings, value); !done) return error(entry, written, std::move(done.error()));
        }
        if (known->support == Support::no_effect && value != known->default_value)
            loaded_.warnings.push_back(
                {entry.where, std::string(written), fmt::format("has no effect: {}", known->instead)});
        if (counts) remember(written, entry);
    }

    void remember(std::string_view key, const Entry& entry) {
        const BrokerKey* known = find_broker_key(key);
        loaded_.settings.engine.static_settings.push_back(
            {.name = std::string(key),
             .value = entry.value,
             .sensitive = known != nullptr && known->type == ConfigType::password});
    }

    void unknown(std::string_view key, const Entry& entry) {
        if (key.starts_with("listener.name."))
            return error(entry, key, "not supported yet: settings of single listeners (TLS and SASL)");
        if (key.starts_with("zookeeper."))
            return error(entry, key, "no such key since Kafka 4.0: there is no ZooKeeper here; leave it out");
        std::vector<std::string_view> names;
        for (const BrokerKey& known : broker_keys()) names.push_back(known.name);
        for (const engine::TopicSetting& setting : engine::topic_settings()) {
            if (setting.name == key && !setting.broker_name().empty())
                return error(entry, key,
                             fmt::format("is a key of topics; the key of the node is {}", setting.broker_name()));
            if (!setting.broker_name().empty()) names.push_back(setting.broker_name());
        }
        for (const Synonym& synonym : kSynonyms) names.push_back(synonym.name);
        const std::string_view near = nearest(key, names);
        error(entry, key,
              near.empty() ? "no such key; docs/configuration.md lists them"
                           : fmt::format("no such key; did you mean {}?", near));
    }

    /// What no single key can tell.
    void check_together() {
        const NodeSettings& settings = loaded_.settings;
        for (const ListenerAddress& advertised : settings.advertised) {
            if (std::ranges::find(settings.listeners, advertised.name, &ListenerAddress::name) ==
                settings.listeners.end())
                error(entries_.find("advertised.listeners")->second, "advertised.listeners",
                      fmt::format("names {}, which listeners does not", advertised.name));
        }
        for (const ListenerAddress& listener : settings.listeners) {
            if (listener.name == "SSL" || listener.name == "SASL_PLAINTEXT" || listener.name == "SASL_SSL")
                error(entries_.find("listeners")->second, "listeners",
                      fmt::format("not supported yet: {} listeners (TLS and SASL)", listener.name));
            if (!settings.advertised.empty() && std::ranges::find(settings.advertised, listener.name,
                                                                  &ListenerAddress::name) == settings.advertised.end())
                error(entries_.find("advertised.listeners")->second, "advertised.listeners",
                      fmt::format("has no address for the listener {}", listener.name));
        }
    }

    Entries entries_;
    std::vector<std::pair<std::string, Entry>> replaced_;
    std::vector<Remark> errors_;
    Loaded loaded_;
};

}  // namespace

std::string to_text(const Remark& remark) {
    if (remark.key.empty()) return fmt::format("{}: {}", remark.where, remark.message);
    return fmt::format("{}: {}: {}", remark.where, remark.key, remark.message);
}

Result<Loaded, std::vector<Remark>> load(const std::optional<ConfigFile>& file, const std::vector<std::string>& sets) {
    Loader loader;
    if (file) loader.read_file(*file);
    for (const std::string& set : sets) loader.read_set(set);
    return loader.finish();
}

}  // namespace highwater::config
