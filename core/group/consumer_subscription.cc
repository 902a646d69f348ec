#include "core/group/consumer_subscription.h"

#include <algorithm>

namespace highwater {
namespace {

constexpr std::int16_t kFirstVersionWithOwned = 1;
constexpr std::int16_t kFirstVersionWithGeneration = 2;
constexpr std::int16_t kFirstVersionWithRack = 3;

/// Reads the parts, all big endian, off the front; nullopt of one: too few bytes are left.
class Parts {
  public:
    explicit Parts(std::string_view bytes) : bytes_(bytes) {}

    template <class Number>
    std::optional<Number> number() {
        if (bytes_.size() < sizeof(Number)) return std::nullopt;
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < sizeof(Number); ++i) {
            number = number << 8 | static_cast<unsigned char>(bytes_[i]);
        }
        bytes_.remove_prefix(sizeof(Number));
        return static_cast<Number>(number);
    }

    /// A count of elements of at least `size` bytes each: one beyond what is left is not believed.
    std::optional<std::int32_t> count(std::size_t size) {
        const auto count = number<std::int32_t>();
        if (!count || *count < 0 || static_cast<std::size_t>(*count) > bytes_.size() / size) return std::nullopt;
        return count;
    }

    std::optional<std::string> text() {
        const auto length = number<std::int16_t>();
        if (!length || *length < 0) return std::nullopt;
        return take(static_cast<std::size_t>(*length));
    }

    /// Whether bytes of a 4-byte length (-1: null) could be passed over.
    bool skip_bytes() {
        const auto length = number<std::int32_t>();
        return length && (*length < 0 || take(static_cast<std::size_t>(*length)));
    }

    std::optional<PartitionsByName> partitions() {
        const auto topics = count(6);
        if (!topics) return std::nullopt;
        PartitionsByName by_name;
        for (std::int32_t i = 0; i < *topics; ++i) {
            auto name = text();
            const auto partitions = name ? count(4) : std::nullopt;
            if (!partitions) return std::nullopt;
            auto& list = by_name[*std::move(name)];
            for (std::int32_t k = 0; k < *partitions; ++k) list.emplace_back(*number<std::int32_t>());
            std::ranges::sort(list);
            list.erase(std::ranges::unique(list).begin(), list.end());
        }
        std::erase_if(by_name, [](const auto& topic) { return topic.second.empty(); });
        return by_name;
    }

  private:
    std::optional<std::string> take(std::size_t length) {
        if (length > bytes_.size()) return std::nullopt;
        std::string taken(bytes_.substr(0, length));
        bytes_.remove_prefix(length);
        return taken;
    }

    std::string_view bytes_;
};

std::optional<ConsumerSubscription> read_topics(Parts& parts) {
    const auto version = parts.number<std::int16_t>();
    const auto count = parts.count(2);
    if (!version || *version < 0 || !count) return std::nullopt;
    ConsumerSubscription subscription;
    subscription.version = *version;
    for (std::int32_t i = 0; i < *count; ++i) {
        auto topic = parts.text();
        if (!topic) return std::nullopt;
        subscription.topics.push_back(*std::move(topic));
    }
    return subscription;
}

template <class Number>
void append(std::string& bytes, Number number) {
    for (std::size_t i = sizeof(Number); i > 0; --i) {
        bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * (i - 1)) & 0xFFU));
    }
}

}  // namespace

std::optional<ConsumerSubscription> read_subscription(std::string_view bytes) {
    Parts parts(bytes);
    auto subscription = read_topics(parts);
    if (!subscription || !parts.skip_bytes()) return std::nullopt;
    if (subscription->version >= kFirstVersionWithOwned) {
        auto owned = parts.partitions();
        if (!owned) return std::nullopt;
        subscription->owned = *std::move(owned);
    }
    if (subscription->version >= kFirstVersionWithGeneration && !parts.number<std::int32_t>()) return std::nullopt;
    if (subscription->version >= kFirstVersionWithRack) subscription->rack_id = parts.text();
    return subscription;
}

std::optional<std::vector<std::string>> topics_of_subscription(std::string_view bytes) {
    Parts parts(bytes);
    auto subscription = read_topics(parts);
    if (!subscription) return std::nullopt;
    return std::move(subscription->topics);
}

std::optional<PartitionsByName> partitions_of_assignment(std::string_view bytes) {
    Parts parts(bytes);
    const auto version = parts.number<std::int16_t>();
    if (!version || *version < 0) return std::nullopt;
    return parts.partitions();
}

std::string write_assignment(std::int16_t version, const PartitionsByName& partitions) {
    std::string bytes;
    append(bytes, version);
    append(bytes, static_cast<std::int32_t>(partitions.size()));
    for (const auto& [topic, list] : partitions) {
        append(bytes, static_cast<std::int16_t>(topic.size()));
        bytes += topic;
        append(bytes, static_cast<std::int32_t>(list.size()));
        for (const PartitionId partition : list) append(bytes, partition.value());
    }
    append(bytes, std::int32_t{-1});
    return bytes;
}

}  // namespace highwater
