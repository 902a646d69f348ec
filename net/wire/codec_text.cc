#include "net/wire/codec_text.h"

#include <utility>

#include <fmt/format.h>

#include "net/wire/struct_table.h"

namespace highwater::wire {

namespace {

void print_text(std::string& out, std::string_view text) {
    out += '"';
    for (char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c >= 0x20 && c < 0x7F) {
            out += c;
        } else {
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    out += '"';
}

void print_value(std::string& out, const ValueType& type, const void* value, std::int16_t version) {
    switch (type.kind) {
        case ValueKind::nullable:
            if (type.size(value) == 0) out += "null";
            type.for_each(value, [&](const void* held) { print_value(out, *type.element, held, version); });
            return;
        case ValueKind::structure:
            return print_struct(out, type.structure(), value, version);
        case ValueKind::array: {
            out += '[';
            const char* separator = "";
            type.for_each(value, [&](const void* element) {
                out += std::exchange(separator, ", ");
                print_value(out, *type.element, element, version);
            });
            out += ']';
            return;
        }
        case ValueKind::string:
            return print_text(out, static_cast<const String*>(value)->view());
        case ValueKind::bytes:
        case ValueKind::records:
            out += fmt::format("<{} bytes>", static_cast<const Bytes*>(value)->size());
            return;
        case ValueKind::uuid:
            out += highwater::to_text(*static_cast<const Uuid*>(value));
            return;
        case ValueKind::boolean:
            out += *static_cast<const bool*>(value) ? "true" : "false";
            return;
        case ValueKind::float64:
            out += fmt::format("{}", *static_cast<const double*>(value));
            return;
        case ValueKind::error_code:
            out += kafka_name(static_cast<ErrorCode>(load_integer(type.kind, value)));
            return;
        default:
            out += fmt::to_string(load_integer(type.kind, value));
    }
}

}  // namespace

void print_struct(std::string& out, const StructTable& table, const void* value, std::int16_t version) {
    out += '{';
    const char* separator = "";
    for (const auto& field : table.fields) {
        if (!field.info.versions.contains(version)) continue;
        out += std::exchange(separator, ", ");
        out += field.info.name;
        out += '=';
        print_value(out, *field.type, field.in(value), version);
    }
    if (const TaggedFields* tags = table.unknown_tags(value)) {
        tags->for_each([&](std::uint32_t tag, const Bytes& data) {
            out += fmt::format("{}tag {}=<{} bytes>", std::exchange(separator, ", "), tag, data.size());
        });
    }
    out += '}';
}

}  // namespace highwater::wire
