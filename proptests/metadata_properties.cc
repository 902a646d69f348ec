// The controller's decisions and the metadata image: records are the only truth, so replaying them gives what was live.
#include "proptests/prelude.h"

#include <algorithm>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "core/metadata/controller.h"
#include "core/metadata/topic_configs.h"
#include "core/metadata/topic_name.h"

namespace highwater {
namespace {

std::int32_t pick(std::int32_t below) {
    return *rc::gen::inRange(0, below);
}

template <class T>
const T& one_of(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(pick(static_cast<std::int32_t>(choices.size())))];
}

std::string a_name() {
    static const std::vector<std::string> kNames{"a", "b", "a.b", "a_b", "a-b", "..", "x/y", "orders"};
    return one_of(kNames);
}

TopicId an_id() {
    TopicId id;
    id.bytes[0] = static_cast<std::uint8_t>(pick(250));
    id.bytes[15] = static_cast<std::uint8_t>(pick(200));
    return id;
}

RequestedConfig a_config() {
    static const std::vector<RequestedConfig> kConfigs{{"retention.ms", "1000"},
                                                       {"retention.ms", "-5"},
                                                       {"cleanup.policy", "compact"},
                                                       {"cleanup.policy", "delete,compact"},
                                                       {"cleanup.policy", "explode"},
                                                       {"min.compaction.lag.ms", "100"},
                                                       {"max.compaction.lag.ms", "50"},
                                                       {"segment.bytes", "99999999999"},
                                                       {"no.such.key", "1"},
                                                       {"compression.type", "zstd"},
                                                       {"preallocate", "TRUE"},
                                                       {"flush.ms", std::nullopt},
                                                       {"min.cleanable.dirty.ratio", "nan"}};
    return one_of(kConfigs);
}

TopicToCreate a_topic() {
    TopicToCreate topic;
    topic.name = a_name();
    topic.id = an_id();
    topic.partition_count = one_of<std::int32_t>({-1, -1, 1, 1, 2, 5, 0, -2, 20'000});
    topic.replication_factor = one_of<std::int16_t>({-1, -1, 1, 2, 2, 3, 0, 99});
    topic.placement = static_cast<std::uint64_t>(pick(1000));
    for (int i = std::max(0, pick(5) - 2); i > 0; --i) topic.configs.push_back(a_config());
    if (pick(4) == 0) {
        if (pick(4) != 0) topic.partition_count = topic.replication_factor = -1;
        for (std::int32_t p = 0; p < 1 + pick(3); ++p) {
            RequestedAssignment wish{PartitionId{pick(6) == 0 ? 9 : p}, {NodeId{pick(4)}}};
            if (pick(2) == 0) wish.replicas.push_back(NodeId{pick(5)});
            topic.assignments.push_back(wish);
        }
    }
    return topic;
}

template <class Answer>
bool all_refused(const std::vector<Answer>& answers) {
    return std::all_of(answers.begin(), answers.end(),
                       [](const Answer& a) { return a.error.error != ErrorCode::none; });
}

/// The cluster as the tests see it: three brokers, one of them fenced, and all records that were ever written.
struct Cluster {
    MetadataImage image;
    std::vector<MetadataRecord> log;
    bool created = false;
    bool deleted = false;
    bool grown = false;
    bool altered = false;

    Cluster() {
        for (std::int32_t id = 0; id < 3; ++id) {
            RegisterBrokerRecord broker;
            broker.broker_id = NodeId{id};
            broker.broker_epoch = BrokerEpoch{id + 10};
            broker.fenced = id == 2;
            write({broker});
        }
    }

    void write(const std::vector<MetadataRecord>& records) {
        for (const MetadataRecord& record : records) {
            const auto applied = image.apply(record);
            RC_ASSERT(applied.has_value());
            log.push_back(record);
        }
    }
};

/// Mostly one that is there.
std::string a_topic_of(const MetadataImage& image) {
    if (image.topic_names().empty() || pick(5) == 0) return a_name();
    return std::next(image.topic_names().begin(), pick(static_cast<std::int32_t>(image.topic_names().size())))->first;
}

/// Does one random request; what it decides can always be applied, and refusals write nothing.
void do_something(Cluster& cluster) {
    const ControllerLimits limits;
    const bool validate_only = pick(5) == 0;
    switch (pick(6)) {
        case 0:
        case 1: {
            std::vector<TopicToCreate> topics;
            for (int i = 1 + pick(3); i > 0; --i) topics.push_back(a_topic());
            const auto decision = create_topics(cluster.image, topics, validate_only, limits);
            RC_ASSERT(decision.answers.size() == topics.size());
            if (validate_only || all_refused(decision.answers)) RC_ASSERT(decision.records.empty());
            cluster.write(decision.records);
            for (const CreatedTopic& created : decision.answers) {
                if (created.error.error != ErrorCode::none || validate_only) continue;
                const TopicImage* topic = cluster.image.topic(created.name);
                RC_ASSERT(topic != nullptr);
                RC_ASSERT(topic->id == created.id);
                RC_ASSERT(static_cast<std::int32_t>(topic->partitions.size()) == created.partition_count);
                cluster.created = true;
            }
            break;
        }
        case 2: {
            TopicToDelete topic;
            if (pick(4) != 0) topic.name = a_topic_of(cluster.image);
            if (pick(4) == 0) topic.id = an_id();
            const auto decision = delete_topics(cluster.image, {topic}, limits);
            cluster.write(decision.records);
            cluster.deleted |= !decision.records.empty();
            if (topic.name && !topic.id) RC_ASSERT(cluster.image.topic(*topic.name) == nullptr);
            break;
        }
        case 3: {
            PartitionsToCreate wanted{a_topic_of(cluster.image), pick(9), {}, 0};
            if (pick(3) == 0) wanted.assignments = {{NodeId{pick(4)}}, {NodeId{pick(4)}}};
            const auto decision = create_partitions(cluster.image, {wanted}, validate_only, limits);
            cluster.write(decision.records);
            cluster.grown |= !decision.records.empty();
            break;
        }
        case 4: {
            const AlterableConfigs alterable{topic_configs(), {}};
            const ConfigResource resource{pick(6) == 0 ? ConfigResourceType::broker : ConfigResourceType::topic,
                                          a_topic_of(cluster.image)};
            const auto [name, value] = a_config();
            const auto operation = static_cast<ConfigOperation>(pick(5));
            const auto before = cluster.image;
            if (pick(2) == 0) {
                const auto decision = alter_configs(before, {{resource, {{name, value}}}}, validate_only, alterable);
                cluster.write(decision.records);
            } else {
                const auto decision = incremental_alter_configs(before, {{resource, {{name, operation, value}}}},
                                                                validate_only, alterable);
                if (all_refused(decision.answers)) RC_ASSERT(decision.records.empty());
                cluster.write(decision.records);
                cluster.altered |= !decision.records.empty();
            }
            break;
        }
        default: {
            const auto decision = allocate_producer_ids(cluster.image, NodeId{pick(4)}, BrokerEpoch{10 + pick(3)});
            RC_ASSERT(decision.answers.size() == 1U);
            if (decision.answers[0].error == ErrorCode::none) {
                RC_ASSERT(decision.answers[0].first == cluster.image.next_producer_id());
            }
            cluster.write(decision.records);
            break;
        }
    }
}

/// What holds of every image that the controller's records make.
void check_image(const MetadataImage& image) {
    std::set<std::string> collision_names;
    for (const auto& [id, topic] : image.topics()) {
        RC_ASSERT(is_valid_topic_name(topic.name));
        RC_ASSERT(image.topic(topic.name) == &topic);
        RC_ASSERT(collision_names.insert(collision_name(topic.name)).second);
        std::int32_t index = 0;
        for (const auto& [partition, state] : topic.partitions) {
            RC_ASSERT(partition.value() == index++);
            const std::set<NodeId> replicas(state.replicas.begin(), state.replicas.end());
            RC_ASSERT((replicas.size() == state.replicas.size() && !replicas.empty()));
            RC_ASSERT(!state.isr.empty());
            for (NodeId member : state.isr) RC_ASSERT(replicas.contains(member));
            if (state.leader) RC_ASSERT(std::count(state.isr.begin(), state.isr.end(), *state.leader) == 1);
        }
    }
    for (const auto& [resource, values] : image.configs()) {
        RC_ASSERT(!values.empty());
        RC_ASSERT((resource.type == ConfigResourceType::topic && image.topic(resource.name) != nullptr));
        for (const auto& [name, value] : values) {
            const ConfigKey* key = find_config(topic_configs(), name);
            RC_ASSERT((key != nullptr && check_config(*key, value).has_value()));
        }
        RC_ASSERT(check_topic_configs(values).has_value());
    }
    RC_ASSERT(image.topic_names().size() == image.topics().size());
}

RC_GTEST_PROP(MetadataProperties, ReplayedEqualsLive, ()) {
    Cluster cluster;
    for (int i = 10 + pick(30); i > 0; --i) {
        do_something(cluster);
        check_image(cluster.image);
    }
    MetadataImage replayed;
    for (const MetadataRecord& record : cluster.log) RC_ASSERT(replayed.apply(record).has_value());
    RC_ASSERT(replayed == cluster.image);
    RC_ASSERT(hash_of(replayed) == hash_of(cluster.image));
    RC_CLASSIFY(cluster.created, "topic created");
    RC_CLASSIFY(cluster.deleted, "topic deleted");
    RC_CLASSIFY(cluster.grown, "partitions added");
    RC_CLASSIFY(cluster.altered, "settings altered");
}

// Blocks never overlap, whoever asks.
RC_GTEST_PROP(MetadataProperties, ProducerIdsAreGivenOnce, ()) {
    Cluster cluster;
    std::int64_t next = 0;
    for (int i = pick(20); i > 0; --i) {
        const std::int32_t broker = pick(3);
        const auto decision = allocate_producer_ids(cluster.image, NodeId{broker}, BrokerEpoch{10 + broker});
        RC_ASSERT(decision.answers[0].first == ProducerId{next});
        next += kProducerIdBlockSize;
        cluster.write(decision.records);
    }
}

// A record that does not fit is refused and changes nothing.
RC_GTEST_PROP(MetadataProperties, ARefusedRecordLeavesTheImageAsItWas, ()) {
    Cluster cluster;
    for (int i = pick(10); i > 0; --i) do_something(cluster);
    PartitionRecord partition;
    partition.topic_id = an_id();
    const std::vector<MetadataRecord> records{TopicRecord{a_name(), an_id()}, RemoveTopicRecord{an_id()}, partition,
                                              UnregisterBrokerRecord{NodeId{pick(5)}, BrokerEpoch{10}},
                                              ProducerIdsRecord{NodeId{0}, BrokerEpoch{10}, ProducerId{pick(3000)}}};
    int refused = 0;
    for (const MetadataRecord& record : records) {
        const MetadataImage before = cluster.image;
        const bool taken = cluster.image.apply(record).has_value();
        refused += !taken;
        if (!taken) RC_ASSERT(before == cluster.image);
    }
    RC_CLASSIFY(refused > 0, "refused");
}

}  // namespace
}  // namespace highwater
