#include "broker/config/broker_keys.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "broker/config/listeners.h"
#include "core/group/consumer_target.h"

namespace highwater::config {

namespace {

using T = ConfigType;
using S = NodeSettings;
using V = std::string_view;
using Applied = Result<void, std::string>;

constexpr double kInt32 = std::numeric_limits<std::int32_t>::max();
constexpr double kInt64 = 9.2233720368547758e18;
constexpr double kNoNumber = 0;

/// Requires: check_value accepted the value.
std::int64_t number(V value) {
    std::int64_t result = 0;
    std::from_chars(value.data(), value.data() + value.size(), result);
    return result;
}
std::int32_t number32(V value) {
    return static_cast<std::int32_t>(number(value));
}
std::chrono::milliseconds millis(V value) {
    return std::chrono::milliseconds{number(value)};
}
bool truth(V value) {
    return value == "true" || value == "TRUE" || value == "True";
}

Applied apply_roles(S&, V value) {
    const auto roles = split_list(value);
    const auto has = [&](V role) { return std::ranges::find(roles, role) != roles.end(); };
    for (const auto& role : roles) {
        if (role != "broker" && role != "controller")
            return unexpected(fmt::format("\"{}\" is no role; the roles are broker and controller", role));
    }
    if (!has("broker") || !has("controller"))
        return unexpected(std::string(
            "not supported yet: nodes of one role only (they come with replication); use broker,controller"));
    return {};
}

Applied apply_listeners(S& settings, V value) {
    auto listeners = parse_listeners(value);
    if (!listeners) return unexpected(std::move(listeners.error()));
    settings.listeners = std::move(*listeners);
    return {};
}

Applied apply_advertised(S& settings, V value) {
    auto listeners = parse_listeners(value);
    if (!listeners) return unexpected(std::move(listeners.error()));
    for (const auto& listener : *listeners) {
        if (listener.host == "0.0.0.0" || listener.host == "::")
            return unexpected(fmt::format("{} is no address that a client can reach", to_text(listener)));
    }
    settings.advertised = std::move(*listeners);
    return {};
}

Applied apply_protocol_map(S&, V value) {
    for (const std::string& entry : split_list(value)) {
        const std::size_t colon = entry.find(':');
        const std::string protocol = colon == std::string::npos ? "" : entry.substr(colon + 1);
        if (protocol == "SSL" || protocol == "SASL_PLAINTEXT" || protocol == "SASL_SSL") {
            // Kafka's own default maps each protocol's name to itself: harmless while no listener has that name.
            if (entry.substr(0, colon) == protocol) continue;
            return unexpected(fmt::format("not supported yet: {} listeners (TLS and SASL)", protocol));
        }
        if (protocol != "PLAINTEXT")
            return unexpected(fmt::format("\"{}\" is not NAME:PLAINTEXT (SSL and SASL are not supported yet)", entry));
    }
    return {};
}

Applied apply_log_dirs(S& settings, V value) {
    settings.engine.log_dirs = split_list(value);
    if (settings.engine.log_dirs.empty()) return unexpected(std::string("needs at least one directory"));
    if (settings.engine.log_dirs.size() > 1)
        return unexpected(std::string("not supported yet: several log directories; name one"));
    return {};
}

Applied apply_flush(S& settings, V value) {
    if (value == "fsync")
        settings.engine.flush_mode = FlushMode::fsync;
    else if (value == "replicated")
        settings.engine.flush_mode = FlushMode::replicated;
    else
        return unexpected(fmt::format("\"{}\" is neither fsync nor replicated", value));
    return {};
}

Applied apply_rebalance_protocols(S& settings, V value) {
    const auto protocols = split_list(value);
    const auto names = [&](V name) { return std::ranges::find(protocols, name) != protocols.end(); };
    for (const auto& protocol : protocols) {
        if (protocol != "classic" && protocol != "consumer" && protocol != "share" && protocol != "streams") {
            return unexpected(fmt::format("there is no protocol {}", protocol));
        }
    }
    if (!names("classic")) return unexpected("classic is always served and has to be named");
    settings.engine.serves_consumer_protocol = names("consumer");
    return {};
}

Applied apply_assignors(S& settings, V value) {
    std::vector<std::string> assignors;
    for (const auto& name : split_list(value)) {
        if (!is_assignor(name)) return unexpected(fmt::format("there is no assignor {}: uniform or range", name));
        assignors.emplace_back(name);
    }
    if (assignors.empty()) return unexpected("at least one of uniform and range");
    settings.engine.groups.consumer_assignors = std::move(assignors);
    return {};
}

Applied apply_migration_policy(S& settings, V value) {
    static constexpr std::array<std::pair<V, MigrationPolicy>, 4> kPolicies{
        {{"disabled", MigrationPolicy::disabled},
         {"upgrade", MigrationPolicy::upgrade},
         {"downgrade", MigrationPolicy::downgrade},
         {"bidirectional", MigrationPolicy::bidirectional}}};
    std::string lower(value);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto found = std::ranges::find(kPolicies, lower, [](const auto& policy) { return policy.first; });
    if (found == kPolicies.end()) return unexpected("disabled, upgrade, downgrade or bidirectional");
    settings.engine.groups.consumer_migration = found->second;
    return {};
}

Applied apply_log_level(S& settings, V value) {
    static constexpr std::array<std::pair<V, LogLevel>, 4> kLevels{{{"debug", LogLevel::debug},
                                                                    {"info", LogLevel::info},
                                                                    {"warning", LogLevel::warning},
                                                                    {"error", LogLevel::error}}};
    for (const auto& [name, level] : kLevels) {
        if (value == name) {
            settings.log_level = level;
            return {};
        }
    }
    return unexpected(fmt::format("\"{}\" is none of debug, info, warning, error", value));
}

constexpr V kCluster = "more than one node (replication)";
constexpr V kCompactionRate = "a limit of the rate at which compaction reads and writes";
constexpr V kTransactions = "transactions";
constexpr V kSecurity = "TLS, SASL and ACLs";
constexpr V kThreads = "one thread serves everything";

constexpr BrokerKey works(V group, V name, T type, V default_value, double minimum, double maximum,
                          BrokerKey::Apply apply, V documentation) {
    return {group, name, type, default_value, minimum, maximum, documentation, Support::works, {}, apply};
}
constexpr BrokerKey later(V group, V name, T type, V default_value, V feature) {
    return {group, name, type, default_value, -kInt64, kInt64, {}, Support::not_yet, feature, nullptr};
}
constexpr BrokerKey no_effect(V group, V name, T type, V default_value, double minimum, double maximum, V instead) {
    return {group, name, type, default_value, minimum, maximum, {}, Support::no_effect, instead, nullptr};
}

// Names, types and defaults: Kafka 4.3. "highwater:" marks what Kafka has no key for.
constexpr BrokerKey kKeys[] = {
    works("node", "process.roles", T::list, "broker,controller", kNoNumber, kNoNumber, apply_roles,
          "What this node is. Only both roles together at present."),
    works("node", "node.id", T::int32, "1", 0, kInt32, [](S& s, V v) -> Applied { s.engine.node_id = NodeId{number32(v)}; return {}; },
          "The number of the node, unique in its cluster and kept in meta.properties. broker.id is its old name."),
    works("node", "cluster.id", T::string, "", kNoNumber, kNoNumber, [](S& s, V v) -> Applied { s.engine.cluster_id = std::string(v); return {}; },
          "highwater: the id given to the cluster when an empty directory is formatted. Without it a new one is made."),
    works("node", "broker.rack", T::string, "", kNoNumber, kNoNumber, [](S& s, V v) -> Applied { s.engine.rack = std::string(v); return {}; },
          "The rack or zone that Metadata tells clients."),
    later("node", "controller.quorum.bootstrap.servers", T::list, "", kCluster),
    later("node", "controller.quorum.voters", T::list, "", kCluster),
    later("node", "controller.listener.names", T::list, "", kCluster),
    later("node", "initial.broker.registration.timeout.ms", T::int32, "60000", kCluster),
    later("node", "broker.heartbeat.interval.ms", T::int32, "2000", kCluster),
    later("node", "broker.session.timeout.ms", T::int32, "9000", kCluster),
    later("node", "controlled.shutdown.enable", T::boolean, "true", kCluster),
    works("network", "listeners", T::list, "PLAINTEXT://127.0.0.1:9092", kNoNumber, kNoNumber, apply_listeners,
          "Where clients connect: NAME://host:port, several with commas. No host is every address of the machine, port 0 any free port."),
    works("network", "advertised.listeners", T::list, "", kNoNumber, kNoNumber, apply_advertised,
          "The addresses that Metadata tells clients, by listener name. Without it: the listeners, with the name of the machine where they have no host."),
    works("network", "listener.security.protocol.map", T::list, "PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL", kNoNumber, kNoNumber, apply_protocol_map,
          "The security protocol of each listener name. Only PLAINTEXT at present; a name without an entry is PLAINTEXT."),
    works("network", "socket.request.max.bytes", T::int32, "104857600", 1, kInt32, [](S& s, V v) -> Applied { s.limits.max_frame_bytes = number32(v); return {}; },
          "Largest request in bytes. A larger one closes the connection before it is read."),
    works("network", "socket.send.buffer.bytes", T::int32, "-1", -1, kInt32, [](S& s, V v) -> Applied { s.listen.send_buffer_bytes = number32(v); return {}; },
          "SO_SNDBUF of client connections; -1 leaves the size to the system."),
    works("network", "socket.receive.buffer.bytes", T::int32, "-1", -1, kInt32, [](S& s, V v) -> Applied { s.listen.receive_buffer_bytes = number32(v); return {}; },
          "SO_RCVBUF of client connections; -1 leaves the size to the system."),
    works("network", "socket.listen.backlog.size", T::int32, "128", 1, kInt32, [](S& s, V v) -> Applied { s.listen.backlog = number32(v); return {}; },
          "Connections that wait in the system to be accepted."),
    works("network", "connections.max.idle.ms", T::int64, "600000", 1, kInt64, [](S& s, V v) -> Applied { s.limits.max_idle = millis(v); return {}; },
          "A connection without any traffic for so long is closed."),
    works("network", "max.connections", T::int32, "2147483647", 0, kInt32, [](S& s, V v) -> Applied { s.limits.max_connections = number32(v); return {}; },
          "Connections at the same time; one more is closed at once. The limit of open files lowers it."),
    works("network", "max.connections.per.ip", T::int32, "2147483647", 0, kInt32, [](S& s, V v) -> Applied { s.limits.max_connections_per_ip = number32(v); return {}; },
          "Connections of one address at the same time; one more is closed at once."),
    works("network", "queued.max.requests", T::int32, "500", 1, kInt32, [](S& s, V v) -> Applied { s.engine.max_requests_in_flight = number32(v); return {}; },
          "Unanswered requests of one connection before no more is read from it."),
    works("network", "highwater.request.timeout.ms", T::int32, "30000", 1, kInt32, [](S& s, V v) -> Applied { s.limits.frame_timeout = millis(v); return {}; },
          "highwater: a request that was begun must be complete after this time."),
    works("network", "highwater.first.request.timeout.ms", T::int32, "10000", 1, kInt32, [](S& s, V v) -> Applied { s.limits.first_frame_timeout = millis(v); return {}; },
          "highwater: a new connection must have sent a whole request after this time."),
    works("network", "highwater.unread.reply.bytes", T::int32, "1048576", 1, kInt32, [](S& s, V v) -> Applied { s.limits.max_unread_reply_bytes = static_cast<std::size_t>(number(v)); return {}; },
          "highwater: unsent bytes of replies after which no more requests are read from a connection."),
    works("network", "highwater.slow.reader.period.ms", T::int32, "60000", 1, kInt32, [](S& s, V v) -> Applied { s.limits.slow_reader_period = millis(v); return {}; },
          "highwater: a client with unread replies must take highwater.slow.reader.floor.bytes in each such period, or is closed."),
    works("network", "highwater.slow.reader.floor.bytes", T::int32, "65536", 0, kInt32, [](S& s, V v) -> Applied { s.limits.slow_reader_floor_bytes = static_cast<std::size_t>(number(v)); return {}; },
          "highwater: see highwater.slow.reader.period.ms."),
    works("network", "highwater.half.close.linger.ms", T::int32, "500", 0, kInt32, [](S& s, V v) -> Applied { s.limits.half_close_linger = millis(v); return {}; },
          "highwater: a client that shut down its sending side is answered for so long."),
    works("network", "highwater.accepts.per.turn", T::int32, "64", 1, 10000, [](S& s, V v) -> Applied { s.listen.accepts_per_turn = number32(v); return {}; },
          "highwater: connections accepted in one turn of the event loop, so that a flood of them does not starve the others."),
    later("network", "inter.broker.listener.name", T::string, "", kCluster),
    later("network", "security.inter.broker.protocol", T::string, "PLAINTEXT", kCluster),
    later("network", "early.start.listeners", T::list, "", kCluster),
    later("network", "request.timeout.ms", T::int32, "30000", kCluster),
    later("network", "socket.connection.setup.timeout.ms", T::int64, "10000", kCluster),
    later("network", "socket.connection.setup.timeout.max.ms", T::int64, "30000", kCluster),
    later("network", "max.connections.per.ip.overrides", T::list, "", "limits for single addresses"),
    later("network", "max.connection.creation.rate", T::int32, "2147483647", "a limit of the connection rate"),
    later("network", "queued.max.request.bytes", T::int64, "-1", "a limit of queued bytes over all connections"),
    no_effect("network", "num.network.threads", T::int32, "3", 1, kInt32, kThreads),
    no_effect("network", "num.io.threads", T::int32, "8", 1, kInt32, kThreads),
    no_effect("network", "background.threads", T::int32, "10", 1, kInt32, kThreads),
    works("storage", "log.dirs", T::list, "./data", kNoNumber, kNoNumber, apply_log_dirs,
          "The directory of the data. log.dir is its other name. One directory at present."),
    works("storage", "flush", T::string, "fsync", kNoNumber, kNoNumber, apply_flush,
          "highwater: fsync acknowledges a write when it is on disk; replicated acknowledges it when every in-sync replica has it in memory, as Kafka does."),
    works("storage", "num.partitions", T::int32, "1", 1, kInt32, [](S& s, V v) -> Applied { s.engine.num_partitions = number32(v); return {}; },
          "Partitions of a topic that is created without saying how many."),
    works("storage", "default.replication.factor", T::int32, "1", 1, 32767, [](S& s, V v) -> Applied { s.engine.default_replication_factor = number32(v); return {}; },
          "Replicas of a topic that is created without saying how many."),
    works("storage", "auto.create.topics.enable", T::boolean, "true", kNoNumber, kNoNumber, [](S& s, V v) -> Applied { s.engine.auto_create_topics_enable = truth(v); return {}; },
          "Whether asking for the metadata of an unknown topic creates it."),
    works("storage", "delete.topic.enable", T::boolean, "true", kNoNumber, kNoNumber, [](S& s, V v) -> Applied { s.engine.delete_topic_enable = truth(v); return {}; },
          "Whether topics can be deleted."),
    works("storage", "log.retention.check.interval.ms", T::int64, "300000", 1, kInt64, [](S& s, V v) -> Applied { s.engine.log_retention_check_interval = millis(v); return {}; },
          "Time between two looks for segments that may be deleted."),
    works("storage", "log.flush.offset.checkpoint.interval.ms", T::int32, "60000", 0, kInt32, [](S& s, V v) -> Applied { s.engine.log_flush_offset_checkpoint_interval = millis(v); return {}; },
          "Time between two writes of recovery-point-offset-checkpoint."),
    works("storage", "log.flush.start.offset.checkpoint.interval.ms", T::int32, "60000", 0, kInt32, [](S& s, V v) -> Applied { s.engine.log_flush_start_offset_checkpoint_interval = millis(v); return {}; },
          "Time between two writes of log-start-offset-checkpoint."),
    works("storage", "replica.high.watermark.checkpoint.interval.ms", T::int64, "5000", 1, kInt64, [](S& s, V v) -> Applied { s.engine.replica_high_watermark_checkpoint_interval = millis(v); return {}; },
          "Time between two writes of replication-offset-checkpoint."),
    works("storage", "producer.id.expiration.ms", T::int32, "86400000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.producer_id_expiration = millis(v); return {}; },
          "A producer that wrote nothing for so long is forgotten."),
    works("storage", "highwater.max.partitions", T::int32, "100000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.max_partitions = number32(v); return {}; },
          "highwater: partitions of all topics together."),
    works("storage", "highwater.max.partitions.per.topic", T::int32, "10000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.max_partitions_per_topic = number32(v); return {}; },
          "highwater: partitions of one topic."),
    later("storage", "metadata.log.dir", T::string, "", "a metadata directory of its own"),
    later("storage", "log.dir.failure.timeout.ms", T::int64, "30000", "several log directories"),
    later("storage", "cordoned.log.dirs", T::list, "", "several log directories"),
    later("storage", "num.replica.alter.log.dirs.threads", T::int32, "", "several log directories"),
    later("storage", "create.topic.policy.class.name", T::class_name, "", "policies (they are Java classes)"),
    later("storage", "alter.config.policy.class.name", T::class_name, "", "policies (they are Java classes)"),
    no_effect("storage", "num.recovery.threads.per.data.dir", T::int32, "2", 1, kInt32, kThreads),
    works("fetch", "fetch.max.bytes", T::int32, "57671680", 1024, kInt32, [](S& s, V v) -> Applied { s.engine.fetch_max_bytes = number32(v); return {}; },
          "Largest reply to one Fetch in bytes."),
    works("fetch", "max.incremental.fetch.session.cache.slots", T::int32, "1000", 0, kInt32, [](S& s, V v) -> Applied { s.engine.fetch_session_slots = number32(v); return {}; },
          "Fetch sessions kept at the same time (KIP-227)."),
    works("fetch", "max.request.partition.size.limit", T::int32, "2000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.max_request_partition_size_limit = number32(v); return {}; },
          "Partitions in one reply to DescribeTopicPartitions."),
    works("fetch", "highwater.max.parked.fetches", T::int32, "20000", 0, kInt32, [](S& s, V v) -> Applied { s.engine.max_parked_fetches = number32(v); return {}; },
          "highwater: fetches that may wait for data at the same time; one more is answered at once with what there is."),
    works("fetch", "highwater.max.produce.wait.ms", T::int32, "600000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.max_produce_wait = millis(v); return {}; },
          "highwater: a produce waits for its acknowledgement at most this long, whatever its timeout says."),
    works("logging", "highwater.log.level", T::string, "info", kNoNumber, kNoNumber, apply_log_level,
          "highwater: what goes to the standard error stream: debug, info, warning or error."),
    works("compaction", "log.cleaner.enable", T::boolean, "true", kNoNumber, kNoNumber, [](S& s, V v) -> Applied { s.engine.log_cleaner_enable = truth(v); return {}; },
          "Whether topics whose cleanup.policy has compact are compacted."),
    no_effect("compaction", "log.cleaner.threads", T::int32, "1", 0, kInt32, "one thread compacts one log at a time"),
    works("compaction", "log.cleaner.dedupe.buffer.size", T::int64, "134217728", 24, kInt64, [](S& s, V v) -> Applied { s.engine.log_cleaner_dedupe_buffer_size = number(v); return {}; },
          "Bytes for the keys of one pass of compaction, 24 a key; a log with more keys takes several passes."),
    no_effect("compaction", "log.cleaner.io.buffer.size", T::int32, "524288", 0, kInt32, "compaction reads and writes 512 KiB at a time"),
    no_effect("compaction", "log.cleaner.io.buffer.load.factor", T::float64, "0.9", 0, 1e18, "the table of keys is at most three quarters full"),
    later("compaction", "log.cleaner.io.max.bytes.per.second", T::float64, "1.7976931348623157E308", kCompactionRate),
    works("compaction", "log.cleaner.backoff.ms", T::int64, "15000", 0, kInt64, [](S& s, V v) -> Applied { s.engine.log_cleaner_backoff = millis(v); return {}; },
          "How often logs are looked at for one that is due for compaction."),
    later("replication", "replica.lag.time.max.ms", T::int64, "30000", kCluster),
    later("replication", "replica.fetch.max.bytes", T::int32, "1048576", kCluster),
    later("replication", "replica.fetch.response.max.bytes", T::int32, "10485760", kCluster),
    later("replication", "replica.fetch.min.bytes", T::int32, "1", kCluster),
    later("replication", "replica.fetch.wait.max.ms", T::int32, "500", kCluster),
    later("replication", "replica.fetch.backoff.ms", T::int32, "1000", kCluster),
    later("replication", "replica.socket.timeout.ms", T::int32, "30000", kCluster),
    later("replication", "replica.socket.receive.buffer.bytes", T::int32, "65536", kCluster),
    later("replication", "num.replica.fetchers", T::int32, "1", kCluster),
    later("replication", "auto.leader.rebalance.enable", T::boolean, "true", kCluster),
    later("replication", "leader.imbalance.check.interval.seconds", T::int64, "300", kCluster),
    later("replication", "replica.selector.class", T::class_name, "", kCluster),
    later("replication", "follower.fetch.last.tiered.offset.enable", T::boolean, "false", kCluster),
    later("replication", "fetch.purgatory.purge.interval.requests", T::int32, "1000", kCluster),
    later("replication", "producer.purgatory.purge.interval.requests", T::int32, "1000", kCluster),
    later("replication", "delete.records.purgatory.purge.interval.requests", T::int32, "1", kCluster),
    later("quorum", "controller.quorum.election.timeout.ms", T::int32, "1000", kCluster),
    later("quorum", "controller.quorum.fetch.timeout.ms", T::int32, "2000", kCluster),
    later("quorum", "controller.quorum.election.backoff.max.ms", T::int32, "1000", kCluster),
    later("quorum", "controller.quorum.request.timeout.ms", T::int32, "2000", kCluster),
    later("quorum", "controller.quorum.retry.backoff.ms", T::int32, "20", kCluster),
    later("quorum", "controller.quorum.append.linger.ms", T::int32, "25", kCluster),
    later("quorum", "controller.quorum.auto.join.enable", T::boolean, "false", kCluster),
    later("quorum", "controller.quorum.fetch.max.bytes", T::int32, "1048576", kCluster),
    later("quorum", "controller.quorum.fetch.snapshot.max.bytes", T::int32, "1048576", kCluster),
    later("quorum", "metadata.log.max.record.bytes.between.snapshots", T::int64, "20971520", "snapshots of the metadata log"),
    later("quorum", "metadata.log.max.snapshot.interval.ms", T::int64, "3600000", "snapshots of the metadata log"),
    later("quorum", "metadata.log.segment.bytes", T::int32, "1073741824", "snapshots of the metadata log"),
    later("quorum", "metadata.log.segment.ms", T::int64, "604800000", "snapshots of the metadata log"),
    later("quorum", "metadata.max.retention.bytes", T::int64, "104857600", "snapshots of the metadata log"),
    later("quorum", "metadata.max.retention.ms", T::int64, "604800000", "snapshots of the metadata log"),
    later("quorum", "metadata.max.idle.interval.ms", T::int32, "500", "snapshots of the metadata log"),
    works("groups", "offsets.topic.num.partitions", T::int32, "50", 1, kInt32, [](S& s, V v) -> Applied { s.engine.groups_topic.partitions = number32(v); return {}; },
          "Partitions of __consumer_offsets, which the first client that asks for a coordinator creates."),
    no_effect("groups", "offsets.topic.replication.factor", T::int16, "3", 1, 32767, "one node holds the only replica"),
    works("groups", "offsets.topic.segment.bytes", T::int32, "104857600", 1024, kInt32, [](S& s, V v) -> Applied { s.engine.groups_topic.segment_bytes = number32(v); return {}; },
          "Segment size of __consumer_offsets when it is created."),
    later("groups", "offsets.topic.compression.codec", T::int32, "0", "compressed group records"),
    works("groups", "offsets.retention.minutes", T::int32, "10080", 1, kInt32, [](S& s, V v) -> Applied { s.engine.groups.offsets_retention = std::chrono::minutes{number32(v)}; return {}; },
          "Offsets of a group that has been empty for so long, or of topics it no longer subscribes to, are forgotten."),
    works("groups", "offsets.retention.check.interval.ms", T::int64, "600000", 1, kInt64, [](S& s, V v) -> Applied { s.engine.offsets_retention_check_interval = millis(v); return {}; },
          "Time between two looks for offsets that have expired."),
    works("groups", "offset.metadata.max.bytes", T::int32, "4096", 0, kInt32, [](S& s, V v) -> Applied { s.engine.groups.offset_metadata_max_bytes = number32(v); return {}; },
          "Largest metadata of one committed offset in bytes."),
    no_effect("groups", "offsets.commit.timeout.ms", T::int32, "5000", 1, kInt32, "a commit is answered when it is in the log, or when this node does not lead the partition any more"),
    no_effect("groups", "offsets.load.buffer.size", T::int32, "5242880", 1, kInt32, "groups are loaded in pieces of 1 MiB, or of one batch"),
    works("groups", "group.initial.rebalance.delay.ms", T::int32, "3000", 0, kInt32, [](S& s, V v) -> Applied { s.engine.groups.initial_rebalance_delay = millis(v); return {}; },
          "How long the first member of an empty group waits for others."),
    works("groups", "group.min.session.timeout.ms", T::int32, "6000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.groups.min_session_timeout = millis(v); return {}; },
          "Shortest session timeout a member may ask for."),
    works("groups", "group.max.session.timeout.ms", T::int32, "1800000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.groups.max_session_timeout = millis(v); return {}; },
          "Longest session timeout a member may ask for."),
    works("groups", "group.max.size", T::int32, "2147483647", 1, kInt32, [](S& s, V v) -> Applied { s.engine.groups.max_size = number32(v); return {}; },
          "Members of one group."),
    no_effect("groups", "group.coordinator.threads", T::int32, "4", 1, kInt32, kThreads),
    works("groups", "group.coordinator.rebalance.protocols", T::list, "classic,consumer,streams", kNoNumber, kNoNumber, apply_rebalance_protocols,
          "Protocols that members of groups may speak: classic always, consumer (KIP-848) if it is named. Others are not served."),
    no_effect("groups", "group.coordinator.append.linger.ms", T::int32, "-1", -1, kInt32, "the records of one turn of the event loop are written together"),
    works("groups", "group.consumer.session.timeout.ms", T::int32, "45000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.groups.consumer_session_timeout = millis(v); return {}; },
          "A member of a consumer group that is not heard of for so long is out of it."),
    works("groups", "group.consumer.heartbeat.interval.ms", T::int32, "5000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.groups.consumer_heartbeat_interval = millis(v); return {}; },
          "How often members of consumer groups are told to be heard of."),
    works("groups", "group.consumer.min.session.timeout.ms", T::int32, "45000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.group_bounds.session_timeout.min = millis(v); return {}; },
          "The least consumer.session.timeout.ms that a consumer group may be given of its own."),
    works("groups", "group.consumer.max.session.timeout.ms", T::int32, "60000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.group_bounds.session_timeout.max = millis(v); return {}; },
          "The greatest consumer.session.timeout.ms that a consumer group may be given of its own."),
    works("groups", "group.consumer.min.heartbeat.interval.ms", T::int32, "5000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.group_bounds.heartbeat_interval.min = millis(v); return {}; },
          "The least consumer.heartbeat.interval.ms that a consumer group may be given of its own."),
    works("groups", "group.consumer.max.heartbeat.interval.ms", T::int32, "15000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.group_bounds.heartbeat_interval.max = millis(v); return {}; },
          "The greatest consumer.heartbeat.interval.ms that a consumer group may be given of its own."),
    works("groups", "group.consumer.min.assignment.interval.ms", T::int32, "0", 0, kInt32, [](S& s, V v) -> Applied { s.engine.group_bounds.assignment_interval.min = millis(v); return {}; },
          "The least consumer.assignment.interval.ms that a consumer group may be given of its own."),
    works("groups", "group.consumer.max.assignment.interval.ms", T::int32, "15000", 0, kInt32, [](S& s, V v) -> Applied { s.engine.group_bounds.assignment_interval.max = millis(v); return {}; },
          "The greatest consumer.assignment.interval.ms that a consumer group may be given of its own."),
    works("groups", "group.consumer.assignors", T::list, "uniform,range", kNoNumber, kNoNumber, apply_assignors,
          "Assignors that members of consumer groups may ask for; the first is used when none does."),
    works("groups", "group.consumer.migration.policy", T::string, "bidirectional", kNoNumber, kNoNumber, apply_migration_policy,
          "Whether a live group may change its protocol: disabled, upgrade, downgrade, bidirectional."),
    works("groups", "group.consumer.max.size", T::int32, "2147483647", 1, kInt32, [](S& s, V v) -> Applied { s.engine.groups.consumer_max_size = number32(v); return {}; },
          "Members of one consumer group."),
    works("groups", "group.consumer.assignment.interval.ms", T::int32, "1000", 0, kInt32, [](S& s, V v) -> Applied { s.engine.groups.consumer_assignment_interval = millis(v); return {}; },
          "Time between two assignments of one consumer group, at least."),
    works("groups", "group.consumer.regex.refresh.interval.ms", T::int32, "600000", 10000, kInt32, [](S& s, V v) -> Applied { s.engine.groups.regex_refresh_interval = millis(v); return {}; },
          "How often regular expressions are matched anew if no topic changes. When topics change, at most every 10 s."),
    later("groups", "share.coordinator.state.topic.num.partitions", T::int32, "50", "share groups"),
    later("groups", "share.coordinator.state.topic.replication.factor", T::int16, "3", "share groups"),
    later("groups", "share.coordinator.state.topic.min.isr", T::int16, "2", "share groups"),
    later("groups", "share.coordinator.state.topic.segment.bytes", T::int32, "104857600", "share groups"),
    works("transactions", "transaction.state.log.num.partitions", T::int32, "50", 1, kInt32, [](S& s, V v) -> Applied { s.engine.transactions_topic.partitions = number32(v); return {}; },
          "Partitions of __transaction_state, which the first client that asks for a transaction coordinator creates."),
    no_effect("transactions", "transaction.state.log.replication.factor", T::int16, "3", 1, 32767, "one node holds the only replica"),
    no_effect("transactions", "transaction.state.log.min.isr", T::int32, "2", 1, kInt32, "one node holds the only replica"),
    works("transactions", "transaction.state.log.segment.bytes", T::int32, "104857600", 1024, kInt32, [](S& s, V v) -> Applied { s.engine.transactions_topic.segment_bytes = number32(v); return {}; },
          "Segment size of __transaction_state when it is created."),
    works("transactions", "transactional.id.expiration.ms", T::int32, "604800000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.transactions.id_expiration = millis(v); return {}; },
          "A transactional id that nobody used for so long, with no transaction open, is forgotten."),
    works("transactions", "transaction.max.timeout.ms", T::int32, "900000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.transactions.max_timeout = millis(v); return {}; },
          "Longest transaction.timeout.ms that a producer may ask for."),
    works("transactions", "transaction.partition.verification.enable", T::boolean, "true", kNoNumber, kNoNumber, [](S& s, V v) -> Applied { s.engine.verifies_transactions = truth(v); return {}; },
          "A transaction of version 1 begins in a partition only if its coordinator knows that it has the partition. Of version 2 that is always so."),
    no_effect("transactions", "transaction.abort.timed.out.transaction.cleanup.interval.ms", T::int32, "10000", 1, kInt32, "a transaction is aborted when its timeout is over"),
    works("transactions", "transaction.remove.expired.transaction.cleanup.interval.ms", T::int32, "3600000", 1, kInt32, [](S& s, V v) -> Applied { s.engine.transactional_id_check_interval = millis(v); return {}; },
          "Time between two looks for transactional ids that have expired."),
    later("transactions", "transaction.two.phase.commit.enable", T::boolean, "false", kTransactions),
    later("security", "authorizer.class.name", T::class_name, "", kSecurity),
    later("security", "super.users", T::string, "", kSecurity),
    later("security", "allow.everyone.if.no.acl.found", T::boolean, "false", kSecurity),
    later("security", "sasl.enabled.mechanisms", T::list, "GSSAPI", kSecurity),
    later("security", "sasl.mechanism.inter.broker.protocol", T::string, "GSSAPI", kSecurity),
    later("security", "sasl.mechanism.controller.protocol", T::string, "GSSAPI", kSecurity),
    later("security", "sasl.jaas.config", T::password, "", kSecurity),
    later("security", "connections.max.reauth.ms", T::int64, "0", kSecurity),
    later("security", "connection.failed.authentication.delay.ms", T::int32, "100", kSecurity),
    later("security", "principal.builder.class", T::class_name, "", kSecurity),
    later("security", "ssl.keystore.type", T::string, "JKS", kSecurity),
    later("security", "ssl.keystore.location", T::string, "", kSecurity),
    later("security", "ssl.keystore.password", T::password, "", kSecurity),
    later("security", "ssl.keystore.key", T::password, "", kSecurity),
    later("security", "ssl.keystore.certificate.chain", T::password, "", kSecurity),
    later("security", "ssl.key.password", T::password, "", kSecurity),
    later("security", "ssl.truststore.type", T::string, "JKS", kSecurity),
    later("security", "ssl.truststore.location", T::string, "", kSecurity),
    later("security", "ssl.truststore.password", T::password, "", kSecurity),
    later("security", "ssl.truststore.certificates", T::password, "", kSecurity),
    later("security", "ssl.client.auth", T::string, "none", kSecurity),
    later("security", "ssl.enabled.protocols", T::list, "TLSv1.2,TLSv1.3", kSecurity),
    later("security", "ssl.protocol", T::string, "TLSv1.3", kSecurity),
    later("security", "ssl.cipher.suites", T::list, "", kSecurity),
    later("security", "ssl.principal.mapping.rules", T::string, "DEFAULT", kSecurity),
    later("security", "ssl.endpoint.identification.algorithm", T::string, "https", kSecurity),
    later("security", "delegation.token.secret.key", T::password, "", kSecurity),
    later("quotas", "quota.window.num", T::int32, "11", "quotas"),
    later("quotas", "quota.window.size.seconds", T::int32, "1", "quotas"),
    later("quotas", "replication.quota.window.num", T::int32, "11", "quotas"),
    later("quotas", "replication.quota.window.size.seconds", T::int32, "1", "quotas"),
    later("quotas", "controller.quota.window.num", T::int32, "11", "quotas"),
    later("quotas", "controller.quota.window.size.seconds", T::int32, "1", "quotas"),
    later("tiered storage", "remote.log.storage.system.enable", T::boolean, "false", "tiered storage"),
    later("metrics", "metric.reporters", T::list, "", "metrics"),
    later("metrics", "metrics.num.samples", T::int32, "2", "metrics"),
    later("metrics", "metrics.sample.window.ms", T::int64, "30000", "metrics"),
    later("metrics", "metrics.recording.level", T::string, "INFO", "metrics"),
    later("metrics", "telemetry.max.bytes", T::int32, "1048576", "metrics"),
};

}  // namespace

std::span<const BrokerKey> broker_keys() {
    return kKeys;
}

const BrokerKey* find_broker_key(std::string_view name) {
    const auto* found = std::ranges::find(kKeys, name, &BrokerKey::name);
    return found == std::end(kKeys) ? nullptr : found;
}

Result<void, std::string> check_value(const BrokerKey& key, std::string_view value) {
    switch (key.type) {
        case T::boolean:
            if (value != "true" && value != "false" && value != "TRUE" && value != "FALSE" && value != "True" &&
                value != "False")
                return unexpected(fmt::format("\"{}\" is neither true nor false", value));
            return {};
        case T::int16:
        case T::int32:
        case T::int64: {
            std::int64_t parsed = 0;
            const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
            if (error == std::errc::invalid_argument || end != value.data() + value.size() || value.empty())
                return unexpected(fmt::format("\"{}\" is not a whole number", value));
            if (error != std::errc{} || static_cast<double>(parsed) < key.minimum ||
                static_cast<double>(parsed) > key.maximum)
                return unexpected(fmt::format("{} is out of range; {} to {} is allowed", value,
                                              static_cast<std::int64_t>(key.minimum),
                                              key.maximum >= kInt64 ? std::numeric_limits<std::int64_t>::max()
                                                                    : static_cast<std::int64_t>(key.maximum)));
            return {};
        }
        default:
            return {};
    }
}

}  // namespace highwater::config
