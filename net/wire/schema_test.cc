#include "net/wire/schema.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "net/wire/codec_json.h"
#include "net/wire/message_list.h"
#include "net/wire/message_registry.h"

namespace highwater::wire {

namespace {

using Json = nlohmann::ordered_json;

// ------------------------------------------------------------------------------------------------ our tables as data

struct Row {
    FieldInfo field;
    std::string type;  // as published, "struct" or "[]struct" for one of ours
    JsonValue default_value;
    std::vector<Row> members;
};

template <class V>
std::string type_name() {
    if constexpr (kIsOptional<V>) {
        return type_name<typename V::value_type>();
    } else if constexpr (kIsArray<V>) {
        return "[]" + type_name<typename V::value_type>();
    } else if constexpr (Described<V>) {
        return "struct";
    } else if constexpr (std::is_same_v<V, String>) {
        return "string";
    } else if constexpr (std::is_same_v<V, Records>) {
        return "records";
    } else if constexpr (std::is_same_v<V, Bytes>) {
        return "bytes";
    } else if constexpr (std::is_base_of_v<Uuid, V>) {
        return "uuid";
    } else if constexpr (std::is_same_v<V, bool>) {
        return "bool";
    } else if constexpr (std::is_same_v<V, double>) {
        return "float64";
    } else {
        using Integer = decltype(detail::wire_integer(V{}));
        return (std::is_signed_v<Integer> ? "int" : "uint") + std::to_string(sizeof(Integer) * 8);
    }
}

template <class V>
struct ElementOf {
    using type = V;
};
template <class V>
struct ElementOf<std::optional<V>> : ElementOf<V> {};
template <class V>
struct ElementOf<Array<V>> : ElementOf<V> {};

template <class T>
std::vector<Row> rows_of() {
    std::vector<Row> rows;
    const T defaults{};
    for_each_field<T>([&]<class V>(const FieldInfo& field, V T::* member) {
        Row& row = rows.emplace_back(field, type_name<V>(), JsonValue{}, std::vector<Row>{});
        using Element = typename ElementOf<V>::type;
        if constexpr (Described<Element>) row.members = rows_of<Element>();
        if constexpr (!Described<V>) detail::write_json_value(row.default_value, defaults.*member, INT16_MAX);
    });
    return rows;
}

// ------------------------------------------------------------------------------------------------ comparison

VersionRange within(VersionRange range, VersionRange valid) {
    return {std::max(range.first, valid.first), std::min(range.last, valid.last)};
}

// A version range as the published definitions write it, within `valid`.
VersionRange published_range(const Json& spec, const char* key, VersionRange absent, VersionRange valid) {
    VersionRange range = absent;
    if (spec.contains(key)) {
        const std::string text = spec[key];
        if (text == "none") return kNoVersions;
        const auto dash = text.find('-');
        range.first = static_cast<std::int16_t>(std::stoi(text));
        range.last = range.first;
        if (text.ends_with('+')) range.last = INT16_MAX;
        if (dash != std::string::npos) range.last = static_cast<std::int16_t>(std::stoi(text.substr(dash + 1)));
    }
    return within(range, valid);
}

bool same(VersionRange a, VersionRange b) {
    return (a.empty() && b.empty()) || a == b;
}

// The default that the published definition gives a field, in JSON form.
JsonValue published_default(const Json& spec, const std::string& type) {
    std::string text;
    if (spec.contains("default")) {
        text = spec["default"].is_string() ? spec["default"].get<std::string>() : spec["default"].dump();
    }
    if (type == "records" || text == "null") return nullptr;
    if (type.starts_with("[]")) return JsonArray{};
    if (type == "string" || type == "bytes") return text;
    if (type == "uuid") return std::string(22, 'A');
    if (type == "bool") return text == "true";
    if (type == "float64") return 0.0;
    return text.empty() ? std::int64_t{0} : static_cast<std::int64_t>(std::stoll(text, nullptr, 0));
}

// Compares within the versions that both sides have: ours reach further back than the published ones.
class Comparison {
  public:
    Comparison(const Json& definition, VersionRange valid) : valid_(valid) {
        if (!definition.contains("commonStructs")) return;
        for (const Json& common : definition["commonStructs"]) structs_[common["name"]] = common["fields"];
    }

    void compare(const Json& published_fields, const std::vector<Row>& rows, const std::string& path) {
        std::vector<Json> fields;
        for (const Json& spec : published_fields) {
            const VersionRange tagged = published_range(spec, "taggedVersions", kNoVersions, valid_);
            if (!published_range(spec, "versions", tagged, valid_).empty()) fields.push_back(spec);
        }
        std::size_t next = 0;
        for (const Row& row : rows) {
            const std::string where = path + "." + row.field.name;
            if (within(row.field.versions, valid_).empty()) continue;
            ASSERT_LT(next, fields.size()) << where << " is not published";
            compare_field(fields[next++], row, where);
        }
        EXPECT_EQ(next, fields.size()) << path << " lacks published fields";
    }

  private:
    void compare_field(const Json& spec, const Row& row, const std::string& where) {
        const FieldInfo& field = row.field;
        const std::string type = spec["type"];
        const VersionRange versions = within(field.versions, valid_);
        const VersionRange tagged = published_range(spec, "taggedVersions", kNoVersions, valid_);
        EXPECT_EQ(spec["name"].get<std::string>(), field.name) << where;
        EXPECT_TRUE(same(published_range(spec, "versions", tagged, valid_), versions)) << where;
        EXPECT_TRUE(same(tagged, within(field.tagged, valid_))) << where;
        if (!tagged.empty()) {
            EXPECT_EQ(spec["tag"].get<std::uint32_t>(), field.tag) << where;
        }
        EXPECT_TRUE(
            same(published_range(spec, "nullableVersions", kNoVersions, versions), within(field.nullable, versions)))
            << where << " nullable";
        EXPECT_EQ(spec.value("ignorable", false), field.is_ignorable) << where;
        EXPECT_EQ(spec.value("flexibleVersions", "") == "none", field.is_never_flexible) << where;
        if (row.type.ends_with("struct")) {
            const std::string element = type.starts_with("[]") ? type.substr(2) : type;
            EXPECT_EQ(type.starts_with("[]"), row.type.starts_with("[]")) << where;
            if (spec.contains("fields")) structs_[element] = spec["fields"];
            compare(structs_.at(element), row.members, where);
        } else {
            EXPECT_EQ(type, row.type) << where;
        }
        if (row.type != "struct") {
            EXPECT_EQ(to_text(row.default_value), to_text(published_default(spec, type))) << where << " default";
        }
    }

    VersionRange valid_;
    std::map<std::string, Json> structs_;
};

void compare_message(const MessageInfo& info, const std::vector<Row>& rows, const Json& definition,
                     bool last_unstable) {
    const VersionRange published = published_range(definition, "validVersions", kNoVersions, {0, INT16_MAX});
    const VersionRange valid = within(published, info.versions);
    const VersionRange flexible = published_range(definition, "flexibleVersions", kNoVersions, valid);
    EXPECT_TRUE(same(flexible, within(info.flexible, valid))) << info.name;
    EXPECT_EQ(definition.value("apiKey", -1), info.key) << info.name;
    EXPECT_EQ(info.versions.last, published.last - (last_unstable ? 1 : 0)) << info.name;
    EXPECT_LE(info.versions.first, published.first) << info.name;
    Comparison(definition, valid).compare(definition.value("fields", Json::array()), rows, info.name);
}

// Kafka publishes its messages as JSON definitions; the tables here are hand-kept and must say the same.
TEST(Schema, AgreesWithThePublishedDefinitions) {
    const char* folder = std::getenv("HIGHWATER_KAFKA_MESSAGES");
    if (!folder) GTEST_SKIP() << "not run: HIGHWATER_KAFKA_MESSAGES does not name a folder of Kafka's definitions";
    std::map<std::string, Json> definitions;
    std::map<int, bool> last_unstable;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
        if (file.path().extension() != ".json") continue;
        std::ifstream in(file.path());
        const Json definition = Json::parse(in, nullptr, true, true);
        definitions[definition["name"]] = definition;
        if (definition["type"] == "request") {
            last_unstable[definition["apiKey"]] = definition.value("latestVersionUnstable", false);
        }
    }
    std::size_t compared = 0;
    for_each_message([&]<class T>() {
        const MessageInfo& info = Schema<T>::message;
        const bool is_api = info.kind == MessageKind::request || info.kind == MessageKind::response;
        ASSERT_TRUE(definitions.contains(info.name)) << info.name;
        compare_message(info, rows_of<T>(), definitions[info.name], is_api && last_unstable[info.key]);
        ++compared;
    });
    EXPECT_EQ(compared, all_messages().size());
}

TEST(ProtocolSupport, ThePageIsCurrent) {
    std::ifstream in(HIGHWATER_SOURCE_DIR "/docs/protocol-support.md");
    const std::string page{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(page, protocol_support_markdown()) << "write it anew with `highwater wire list --markdown`";
}

}  // namespace

}  // namespace highwater::wire
