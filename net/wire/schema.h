#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/base/epochs.h"
#include "core/base/error_code.h"
#include "core/base/ids.h"
#include "core/base/producer.h"
#include "net/wire/api_catalog.h"
#include "net/wire/array.h"
#include "net/wire/bytes.h"
#include "net/wire/codec.h"
#include "net/wire/message_info.h"
#include "net/wire/string.h"
#include "net/wire/tagged_fields.h"
#include "net/wire/version_range.h"

// How a message is declared. One struct stands for all versions; its initialisers are the defaults, std::optional says
// that null is possible, and `TaggedFields unknown_tags`, last, keeps what newer peers add. Beside it is its table:
//
//     template <> struct Schema<FetchRequest::FetchPartition> {
//         static constexpr void describe(auto&& field) {
//             using T = FetchRequest::FetchPartition;
//             field("Partition", &T::partition, since(0));
//             field("CurrentLeaderEpoch", &T::current_leader_epoch, since(9), ignorable);  // KIP-320
//         }
//     };
//     static_assert(describes_every_member<FetchRequest::FetchPartition>);
//
// A whole message also has `static constexpr MessageInfo message = request_info("FetchRequest", ApiKey::fetch);`.
// Names are the published ones; fields stand in the order in which they are written.

namespace highwater::wire {

/// May be left out silently where the version lacks it, whatever its value.
struct Ignorable {};
inline constexpr Ignorable ignorable;

/// Lengths stay non-compact in flexible versions. Only the client id of the request header does so.
struct NeverFlexible {};
inline constexpr NeverFlexible never_flexible;

/// Null is allowed in these versions. The member is a std::optional exactly if there are some.
struct Nullable {
    VersionRange range;
};
constexpr Nullable nullable_since(std::int16_t first) {
    return {since(first)};
}
constexpr Nullable nullable_in(VersionRange range) {
    return {range};
}

/// Written as a tagged field, and only if it is not its default, in these versions (KIP-482). `tag` is below 32.
struct Tagged {
    std::uint32_t tag;
    VersionRange range;
};
constexpr Tagged tagged_since(std::int16_t first, std::uint32_t tag) {
    return {tag, since(first)};
}

/// One row of a table.
struct FieldInfo {
    const char* name = "";
    VersionRange versions;
    VersionRange nullable;
    VersionRange tagged;
    std::uint32_t tag = 0;
    bool is_ignorable = false;
    bool is_never_flexible = false;

    /// A field of these versions without attributes. `published_name` is a literal.
    constexpr FieldInfo(const char* published_name, VersionRange range) : name(published_name), versions(range) {}
    // One attribute each.
    constexpr void set(Ignorable) { is_ignorable = true; }
    constexpr void set(NeverFlexible) { is_never_flexible = true; }
    constexpr void set(Nullable n) { nullable = n.range; }
    constexpr void set(Tagged t) { tagged = t.range, tag = t.tag; }
};

template <class V>
inline constexpr bool kIsOptional = false;
template <class V>
inline constexpr bool kIsOptional<std::optional<V>> = true;
template <class V>
inline constexpr bool kIsArray = false;
template <class V>
inline constexpr bool kIsArray<Array<V>> = true;

/// Calls visit(const FieldInfo&, pointer to member) for each field of T, in order.
template <class T, class Visit>
constexpr void for_each_field(Visit&& visit) {
    Schema<T>::describe([&]<class V>(const char* name, V T::* member, VersionRange range, auto... attributes) {
        static_assert(kIsOptional<V> == (std::is_same_v<decltype(attributes), Nullable> || ... || false),
                      "a nullable field is a std::optional, and the other way round");
        FieldInfo info(name, range);
        (info.set(attributes), ...);
        visit(info, member);
    });
}

/// Whether T has the member unknown_tags: structs of messages without flexible versions do not.
template <class T>
inline constexpr bool kKeepsUnknownTags = requires(T t) { t.unknown_tags; };

/// The tags that T's table knows, in whatever version, as bits.
template <class T>
constexpr std::uint32_t known_tags() {
    std::uint32_t tags = 0;
    for_each_field<T>([&](const FieldInfo& field, auto) {
        if (!field.tagged.empty()) tags |= 1U << field.tag;
    });
    return tags;
}

namespace detail {

struct Anything {
    template <class T>
    operator T() const;  // NOLINT: converts to the type of any member
};

template <class T, std::size_t... I>
constexpr bool initialisable(std::index_sequence<I...>) {
    return requires { T{(static_cast<void>(I), Anything{})...}; };
}

template <class T, std::size_t N = 0>
constexpr std::size_t count_members() {
    if constexpr (initialisable<T>(std::make_index_sequence<N + 1>{})) {
        return count_members<T, N + 1>();
    } else {
        return N;
    }
}

template <class T>
constexpr std::size_t count_fields() {
    std::size_t count = 0;
    for_each_field<T>([&](const FieldInfo&, auto) { ++count; });
    return count;
}

}  // namespace detail

/// Whether the table of T has as many fields as T has members (the unknown tags aside).
template <class T>
inline constexpr bool describes_every_member =
    detail::count_fields<T>() + (kKeepsUnknownTags<T> ? 1 : 0) == detail::count_members<T>();

/// What a request or response is as a whole; versions come from the API catalogue.
constexpr MessageInfo request_info(const char* name, ApiKey key) {
    const ApiInfo& api = api_info(key);
    return {name, MessageKind::request, static_cast<std::int16_t>(key), api.versions, api.flexible};
}
constexpr MessageInfo response_info(const char* name, ApiKey key) {
    const ApiInfo& api = api_info(key);
    return {name, MessageKind::response, static_cast<std::int16_t>(key), api.versions, api.flexible};
}

/// What a metadata record is as a whole. `id` is its number in the record's frame; all versions are flexible.
constexpr MessageInfo metadata_record_info(const char* name, std::int16_t id, VersionRange range) {
    return {name, MessageKind::metadata_record, id, range, since(0)};
}
/// What the key and the value of a record in a coordinator's topic are as a whole. `id` is the number before the key,
/// which tells the kind of the record; before the value is its version.
inline constexpr const char* kConsumerOffsetsTopic = "__consumer_offsets";
inline constexpr const char* kTransactionStateTopic = "__transaction_state";
constexpr MessageInfo coordinator_key_info(const char* name, std::int16_t id,
                                           const char* topic = kConsumerOffsetsTopic) {
    return {name, MessageKind::coordinator_key, id, versions(0, 0), kNoVersions, topic};
}
constexpr MessageInfo coordinator_value_info(const char* name, std::int16_t id, VersionRange range,
                                             VersionRange flexible, const char* topic = kConsumerOffsetsTopic) {
    return {name, MessageKind::coordinator_value, id, range, flexible, topic};
}
/// What any other value in a record or file is as a whole.
constexpr MessageInfo data_info(const char* name, VersionRange range, VersionRange flexible) {
    return {name, MessageKind::data, -1, range, flexible};
}

}  // namespace highwater::wire
