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

// A version range as the published definitions write it, within `valid`.
VersionRange published_range(const Json& spec, const char* key, VersionRange absent, VersionRange valid) {
    VersionRange range = absent;
    if (spec.contains(key)) {
        const std::string text = spec[key];
        if (text == "none") return kNoVersions;
        const auto dash = text.find('-');
        range.first = static_cast<std::int16_t>(std::stoi(text));
        range.last = text.ends_with('+')         ? INT16_MAX
                     : dash != std::string::npos ? static_cast<std::int16_t>(std::stoi(text.substr(dash + 1)))
                                                 : range.first;
    }
    return {std::max(range.first, valid.first), std::min(range.last, valid.last)};
}

VersionRange within(VersionRange range, VersionRange valid) {
    return {std::max(range.first, valid.first), std::min(range.last, valid.last)};
}

bool same(VersionRange a, VersionRange b) {
    return (a.empty() && b.empty()) || a == b;
}

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

class Comparison {
  public:
    Comparison(const Json& definition, VersionRange own_versions) : definition_(definition) {
        const VersionRange any{0, INT16_MAX};
        valid_ = within(published_range(definition, "validVersions", kNoVersions, any), own_versions);
        if (definition.contains("commonStructs")) {
            for (const Json& common : definition["commonStructs"]) structs_[common["name"]] = common["fields"];
        }
    }

    template <class T>
    void compare(const Json& published_fields, const std::string& path) {
        std::vector<Json> fields;
        for (const Json& spec : published_fields) {
            const VersionRange tagged = published_range(spec, "taggedVersions", kNoVersions, valid_);
            if (!published_range(spec, "versions", tagged, valid_).empty()) fields.push_back(spec);
        }
        std::size_t next = 0;
        for_each_field<T>([&]<class V>(const FieldInfo& field, V T::* member) {
            const std::string where = path + "." + field.name;
            if (within(field.versions, valid_).empty()) return;  // only in versions that are not published any more
            ASSERT_LT(next, fields.size()) << where << " is not published";
            compare_field<T>(fields[next++], field, member, where);
        });
        EXPECT_EQ(next, fields.size()) << path << " lacks published fields";
    }

  private:
    template <class T, class V>
    void compare_field(const Json& spec, const FieldInfo& field, V T::* member, const std::string& where) {
        const std::string type = spec["type"];
        EXPECT_EQ(spec["name"].get<std::string>(), field.name) << where;
        const VersionRange tagged = published_range(spec, "taggedVersions", kNoVersions, valid_);
        EXPECT_TRUE(same(published_range(spec, "versions", tagged, valid_), within(field.versions, valid_))) << where;
        EXPECT_TRUE(same(tagged, within(field.tagged, valid_))) << where;
        if (!tagged.empty()) EXPECT_EQ(spec["tag"].get<std::uint32_t>(), field.tag) << where;
        EXPECT_TRUE(same(within(published_range(spec, "nullableVersions", kNoVersions, valid_), field.versions),
                         within(within(field.nullable, valid_), field.versions)))
            << where << " nullable";
        EXPECT_EQ(spec.value("ignorable", false), field.is_ignorable) << where;
        EXPECT_EQ(spec.value("flexibleVersions", "") == "none", field.is_never_flexible) << where;

        const std::string own_type = type_name<V>();
        const std::string element = type.starts_with("[]") ? type.substr(2) : type;
        if (own_type.ends_with("struct")) {
            EXPECT_EQ(type.starts_with("[]"), own_type.starts_with("[]")) << where;
            if (spec.contains("fields")) structs_[element] = spec["fields"];
            compare_element<V>(structs_.at(element), where);
        } else {
            EXPECT_EQ(type, own_type) << where;
        }
        if (own_type != "struct" || kIsOptional<V>) {
            JsonValue own_default;
            detail::write_json_value(own_default, T{}.*member, valid_.last);
            EXPECT_EQ(to_text(own_default), to_text(published_default(spec, type))) << where << " default";
        }
    }

    template <class V>
    void compare_element(const Json& fields, const std::string& where) {
        if constexpr (kIsOptional<V> || kIsArray<V>) {
            compare_element<typename V::value_type>(fields, where);
        } else if constexpr (Described<V>) {
            compare<V>(fields, where);
        }
    }

    const Json& definition_;
    VersionRange valid_;
    std::map<std::string, Json> structs_;
};

// Kafka publishes its messages as JSON definitions; the tables here are hand-kept and must say the same.
TEST(Schema, AgreesWithThePublishedDefinitions) {
    const char* folder = std::getenv("HIGHWATER_KAFKA_MESSAGES");
    if (!folder) GTEST_SKIP() << "not run: HIGHWATER_KAFKA_MESSAGES does not name a folder of Kafka's definitions";
    std::map<std::string, Json> definitions;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
        if (file.path().extension() != ".json") continue;
        std::ifstream in(file.path());
        const Json definition = Json::parse(in, nullptr, true, true);
        definitions[definition["name"]] = definition;
    }
    std::size_t compared = 0;
    for_each_message([&]<class T>() {
        const MessageInfo& info = Schema<T>::message;
        ASSERT_TRUE(definitions.contains(info.name)) << info.name;
        const Json& definition = definitions[info.name];
        const VersionRange valid =
            within(published_range(definition, "validVersions", kNoVersions, {0, INT16_MAX}), info.versions);
        EXPECT_TRUE(
            same(published_range(definition, "flexibleVersions", kNoVersions, valid), within(info.flexible, valid)))
            << info.name;
        if (definition.contains("apiKey")) EXPECT_EQ(definition["apiKey"].get<int>(), info.key) << info.name;
        const auto published = published_range(definition, "validVersions", kNoVersions, {0, INT16_MAX});
        const bool unstable = definition.value("latestVersionUnstable", false);
        EXPECT_EQ(info.versions.last, published.last - (unstable ? 1 : 0)) << info.name;
        EXPECT_LE(info.versions.first, published.first) << info.name;
        Comparison(definition, info.versions).compare<T>(definition.value("fields", Json::array()), info.name);
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
