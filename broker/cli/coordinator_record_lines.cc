#include "broker/cli/coordinator_record_lines.h"

#include <algorithm>
#include <string>

#include "net/wire/message_registry.h"
#include "net/wire/record/coordinator_record_bytes.h"
#include "net/wire/schema.h"

namespace highwater::cli {

namespace {

using Line = nlohmann::ordered_json;

const wire::MessageEntry* find_entry(std::string_view topic, wire::MessageKind kind, std::int16_t type) {
    // Offsets of before Kafka 0.9 differ in nothing but the type.
    const std::int16_t id = topic == wire::kConsumerOffsetsTopic && type == 0 ? 1 : type;
    const auto all = wire::all_messages();
    const auto found = std::ranges::find_if(all, [&](const wire::MessageEntry* entry) {
        return entry->info.kind == kind && entry->info.key == id && topic == entry->info.topic;
    });
    return found == all.end() ? nullptr : *found;
}

Result<Line, wire::DecodeError> body_line(const wire::MessageEntry& entry, wire::RecordBytes body,
                                          std::int16_t version) {
    const auto json = entry.decode_json(body, version, wire::kCoordinatorRecordOptions);
    if (!json) return std::unexpected(json.error());
    return Line::parse(wire::to_text(*json));
}

}  // namespace

Result<std::optional<CoordinatorRecordLines>, wire::DecodeError> coordinator_record_lines(
    std::string_view topic, wire::RecordBytes key, std::optional<wire::RecordBytes> value) {
    const auto type = wire::take_number(key, "CoordinatorRecord", "key");
    if (!type) return std::unexpected(type.error());
    const auto* key_entry = find_entry(topic, wire::MessageKind::coordinator_key, *type);
    const auto* value_entry = find_entry(topic, wire::MessageKind::coordinator_value, *type);
    if (key_entry == nullptr || value_entry == nullptr) return std::nullopt;
    const auto key_body = body_line(*key_entry, key, 0);
    if (!key_body) return std::unexpected(key_body.error());
    CoordinatorRecordLines lines{.key = {{"type", std::to_string(*type)}, {"data", *key_body}}, .payload = "<DELETE>"};
    if (!value) return lines;
    const auto version = wire::take_number(*value, "CoordinatorRecord", "value");
    if (!version) return std::unexpected(version.error());
    const auto value_body = body_line(*value_entry, *value, *version);
    if (!value_body) return std::unexpected(value_body.error());
    lines.payload = {{"version", std::to_string(*version)}, {"data", *value_body}};
    return lines;
}

}  // namespace highwater::cli
