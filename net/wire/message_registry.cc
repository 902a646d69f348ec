#include "net/wire/message_registry.h"

#include <fmt/format.h>

#include "net/wire/api_catalog.h"
#include "net/wire/codec_json.h"
#include "net/wire/message_list.h"

namespace highwater::wire {

std::span<const MessageEntry* const> all_messages() {
    static const auto entries = [] {
        std::vector<const MessageEntry*> all;
        for_each_message([&]<class T>() { all.push_back(&message_entry<T>()); });
        return all;
    }();
    return entries;
}

const MessageEntry* find_message(std::string_view name) {
    for (const MessageEntry* entry : all_messages()) {
        if (entry->info.name == name) return entry;
    }
    return nullptr;
}

std::int16_t header_version(const MessageInfo& info, std::int16_t version) {
    const ApiInfo& api = api_info(static_cast<ApiKey>(info.key));
    return info.kind == MessageKind::request ? request_header_version(api, version)
                                             : response_header_version(api, version);
}

namespace {

// The header of a request must name the request.
std::string check_request_header(const MessageInfo& info, const JsonValue& header, std::int16_t version) {
    for (const auto& [key, expected] :
         {std::pair{"requestApiKey", info.key}, std::pair{"requestApiVersion", version}}) {
        const JsonValue* given = header.find(key);
        if (given && !(*given == JsonValue(std::int64_t{expected}))) {
            return fmt::format("header has {} {}, {} version {} needs {}", key, to_text(*given), info.name, version,
                               expected);
        }
    }
    return {};
}

template <Message Header>
Result<JsonValue, std::string> decode_json_after(const MessageEntry& entry, std::span<const std::byte> bytes,
                                                 std::int16_t version, DecodeOptions options) {
    const std::int16_t before = header_version(entry.info, version);
    Reader reader(bytes, context_of<Header>(before, options));
    Header header;
    Codec<Header>::read(reader, header);
    if (reader.failed()) return std::unexpected(to_text(reader.error()));
    JsonValue header_json = struct_to_json(Codec<Header>::table(), &header, before);
    if (entry.info.kind == MessageKind::request) {
        if (auto wrong = check_request_header(entry.info, header_json, version); !wrong.empty()) {
            return std::unexpected(wrong);
        }
    }
    auto body = entry.decode_json(bytes.subspan(reader.position()), version, options);
    if (!body) return std::unexpected(to_text(body.error()));
    JsonObject document;
    document.push_back({"header", std::move(header_json)});
    document.push_back({"body", *std::move(body)});
    return JsonValue(std::move(document));
}

std::string range_text(VersionRange range) {
    return range.first == range.last ? fmt::format("{}", range.first) : fmt::format("{}-{}", range.first, range.last);
}

std::string first_flexible(VersionRange versions, VersionRange flexible) {
    if (flexible.empty() || flexible.first > versions.last) return "none";
    return fmt::format("{}", std::max(flexible.first, versions.first));
}

std::string record_table(MessageKind kind, std::string_view topic = "") {
    std::string out =
        "| id | record | versions |\n"
        "|---:|---|---|\n";
    for (const MessageEntry* entry : all_messages()) {
        if (entry->info.kind != kind || entry->info.topic != topic) continue;
        out += fmt::format("| {} | {} | {} |\n", entry->info.key, entry->info.name, range_text(entry->info.versions));
    }
    return out;
}

}  // namespace

Result<OutputBuffer, std::string> encode_json_with_header(const MessageEntry& entry, const JsonValue& json,
                                                          std::int16_t version) {
    const JsonValue* header = json.find("header");
    const JsonValue* body = json.find("body");
    const auto* document = std::get_if<JsonObject>(&json.value);
    if (!document || document->size() != 2 || !header || !body) {
        return std::unexpected("expected an object with the keys header and body");
    }
    JsonValue full = *header;
    const bool is_request = entry.info.kind == MessageKind::request;
    if (auto* members = std::get_if<JsonObject>(&full.value); members && is_request) {
        if (auto wrong = check_request_header(entry.info, full, version); !wrong.empty()) return std::unexpected(wrong);
        if (!full.find("requestApiKey")) members->push_back({"requestApiKey", std::int64_t{entry.info.key}});
        if (!full.find("requestApiVersion")) members->push_back({"requestApiVersion", std::int64_t{version}});
    }
    auto encoded_body = entry.encode_json(*body, version);
    if (!encoded_body) return encoded_body;
    const MessageEntry& header_entry = is_request ? message_entry<RequestHeader>() : message_entry<ResponseHeader>();
    auto bytes = header_entry.encode_json(full, header_version(entry.info, version));
    if (bytes) bytes->append(encoded_body->to_vector());
    return bytes;
}

Result<JsonValue, std::string> decode_json_with_header(const MessageEntry& entry, std::span<const std::byte> bytes,
                                                       std::int16_t version, DecodeOptions options) {
    return entry.info.kind == MessageKind::request ? decode_json_after<RequestHeader>(entry, bytes, version, options)
                                                   : decode_json_after<ResponseHeader>(entry, bytes, version, options);
}

std::string list_messages() {
    std::string out;
    for (const MessageEntry* entry : all_messages()) {
        const MessageInfo& info = entry->info;
        out += fmt::format("{}\t{}\t{}\t{}\t{}\n", info.key < 0 ? "-" : fmt::to_string(info.key), info.name,
                           to_text(info.kind), range_text(info.versions), first_flexible(info.versions, info.flexible));
    }
    return out;
}

std::string protocol_support_markdown() {
    std::string out =
        "# Protocol support\n"
        "\n"
        "Written by `highwater wire list --markdown` from the API catalogue (`net/wire/api_catalog.h`), which is also\n"
        "what ApiVersions advertises; a test fails when this page is out of date.\n"
        "\n"
        "The upper ends are those of Apache Kafka 4.3. Where the lower end is below Kafka 4's own (KIP-896), it is\n"
        "there for clients of the 0.10 era.\n"
        "\n"
        "| key | API | versions | flexible from |\n"
        "|---:|---|---|---|\n";
    for (const ApiInfo& api : kApis) {
        out += fmt::format("| {} | {} | {} | {} |\n", static_cast<int>(api.key), api.name, range_text(api.versions),
                           first_flexible(api.versions, api.flexible));
    }
    out += "\n## Records of the cluster's own log\n\n" + record_table(MessageKind::metadata_record);
    for (const char* topic : {kConsumerOffsetsTopic, kTransactionStateTopic}) {
        out += fmt::format("\n## Values of the records in `{}`\n\n", topic);
        out += record_table(MessageKind::coordinator_value, topic);
    }
    return out;
}

}  // namespace highwater::wire
