#include "net/wire/schema.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "net/wire/codec_json.h"
#include "net/wire/message_registry.h"
#include "net/wire/struct_table.h"

namespace highwater::wire {

namespace {

using Json = nlohmann::ordered_json;

// A type as it is published, "struct" or "[]struct" for one of ours.
std::string type_name(const ValueType& type) {
    switch (type.kind) {
        case ValueKind::nullable:
            return type_name(*type.element);
        case ValueKind::array:
            return "[]" + type_name(*type.element);
        case ValueKind::structure:
            return "struct";
        case ValueKind::string:
            return "string";
        case ValueKind::records:
            return "records";
        case ValueKind::bytes:
            return "bytes";
        case ValueKind::uuid:
            return "uuid";
        case ValueKind::boolean:
            return "bool";
        case ValueKind::float64:
            return "float64";
        default:
            return (is_signed(type.kind) ? "int" : "uint") + std::to_string(integer_bits(type.kind));
    }
}

// The struct that a field holds, or an array or nullable of which it is.
const StructTable& struct_of(const ValueType& type) {
    return type.kind == ValueKind::structure ? type.structure() : struct_of(*type.element);
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
    // A bare null is no default to Kafka's generator, only the text "null" is.
    if (spec.contains("default") && !spec["default"].is_null()) {
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

    void compare(const Json& published_fields, const StructTable& table, const std::string& path) {
        std::vector<Json> fields;
        for (const Json& spec : published_fields) {
            const VersionRange tagged = published_range(spec, "taggedVersions", kNoVersions, valid_);
            if (!published_range(spec, "versions", tagged, valid_).empty()) fields.push_back(spec);
        }
        std::size_t next = 0;
        for (const StructTable::Field& field : table.fields) {
            const std::string where = path + "." + field.info.name;
            if (within(field.info.versions, valid_).empty()) continue;
            ASSERT_LT(next, fields.size()) << where << " is not published";
            const JsonValue default_value = value_to_json(*field.type, field.in(table.defaults), INT16_MAX);
            compare_field(fields[next++], field.info, *field.type, default_value, where);
        }
        EXPECT_EQ(next, fields.size()) << path << " lacks published fields";
    }

  private:
    void compare_field(const Json& spec, const FieldInfo& field, const ValueType& value, const JsonValue& default_value,
                       const std::string& where) {
        const std::string type = spec["type"];
        const std::string own_type = type_name(value);
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
        if (own_type.ends_with("struct")) {
            const std::string element = type.starts_with("[]") ? type.substr(2) : type;
            EXPECT_EQ(type.starts_with("[]"), own_type.starts_with("[]")) << where;
            if (spec.contains("fields")) structs_[element] = spec["fields"];
            compare(structs_.at(element), struct_of(value), where);
        } else {
            EXPECT_EQ(type, own_type) << where;
        }
        if (own_type != "struct") {
            EXPECT_EQ(to_text(default_value), to_text(published_default(spec, type))) << where << " default";
        }
    }

    VersionRange valid_;
    std::map<std::string, Json> structs_;
};

void compare_message(const MessageEntry& entry, const Json& definition, bool last_unstable) {
    const MessageInfo& info = entry.info;
    const VersionRange published = published_range(definition, "validVersions", kNoVersions, {0, INT16_MAX});
    const VersionRange valid = within(published, info.versions);
    const VersionRange flexible = published_range(definition, "flexibleVersions", kNoVersions, valid);
    EXPECT_TRUE(same(flexible, within(info.flexible, valid))) << info.name;
    EXPECT_EQ(definition.value("apiKey", -1), info.key) << info.name;
    EXPECT_EQ(info.versions.last, published.last - (last_unstable ? 1 : 0)) << info.name;
    EXPECT_LE(info.versions.first, published.first) << info.name;
    Comparison(definition, valid).compare(definition.value("fields", Json::array()), entry.type.table(), info.name);
}

// Kafka publishes its messages as JSON definitions; the tables here are hand-kept and must say the same.
TEST(Schema, AgreesWithThePublishedDefinitions) {
    const char* named = std::getenv("HIGHWATER_KAFKA_MESSAGES");
    // Where broker/e2e/peers.sh puts those of Kafka's own jars.
    const std::filesystem::path folder = named ? named : HIGHWATER_SOURCE_DIR "/.peers/apache-kafka/definitions";
    if (!std::filesystem::is_directory(folder)) {
        GTEST_SKIP() << "not run: " << folder << " does not exist (no Java registry), and HIGHWATER_KAFKA_MESSAGES"
                     << " does not name another folder of Kafka's definitions";
    }
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
    EXPECT_FALSE(all_messages().empty());
    for (const MessageEntry* entry : all_messages()) {
        const MessageInfo& info = entry->info;
        const bool is_api = info.kind == MessageKind::request || info.kind == MessageKind::response;
        ASSERT_TRUE(definitions.contains(info.name)) << info.name;
        compare_message(*entry, definitions[info.name], is_api && last_unstable[info.key]);
    }
}

TEST(ProtocolSupport, ThePageIsCurrent) {
    std::ifstream in(HIGHWATER_SOURCE_DIR "/docs/protocol-support.md");
    const std::string page{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(page, protocol_support_markdown()) << "write it anew with `highwater wire list --markdown`";
}

}  // namespace

}  // namespace highwater::wire
