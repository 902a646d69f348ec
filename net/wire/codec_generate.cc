#include "net/wire/codec_generate.h"

#include <array>
#include <string>
#include <vector>

#include "net/wire/struct_table.h"

namespace highwater::wire {

namespace {

// Text that tries what breaks codecs: NUL, quotes, every length of UTF-8, both sides of its edges.
std::string generate_text(ByteSource& source) {
    static constexpr std::array<std::string_view, 16> kPieces{"a",
                                                              "topic-1",
                                                              "_",
                                                              ".",
                                                              std::string_view("\0", 1),
                                                              "\x7f",
                                                              "\xc2\x80",
                                                              "\xdf\xbf",
                                                              "\xe0\xa0\x80",
                                                              "\"",
                                                              "\\",
                                                              "\n",
                                                              "\xed\x9f\xbf",
                                                              "\xef\xbf\xbf",
                                                              "\xf0\x90\x80\x80",
                                                              "\xf4\x8f\xbf\xbf"};
    std::string text;
    const std::uint32_t shape = source.below(16);
    // Lengths around 127 straddle a compact length of one and of two bytes.
    if (shape == 15) return std::string(120 + source.below(16), 'x');
    for (std::uint32_t i = 0; i < shape / 2; ++i) text += kPieces[source.below(kPieces.size())];
    return text;
}

std::vector<std::byte> generate_bytes(ByteSource& source) {
    const std::uint32_t shape = source.below(16);
    std::vector<std::byte> bytes(shape == 15 ? 120 + source.below(16) : shape);
    for (auto& byte : bytes) byte = static_cast<std::byte>(source.next());
    return bytes;
}

// Up to three unknown tagged fields, none of whose tags is in `known_tags`.
std::vector<TaggedField> generate_tags(ByteSource& source, std::uint32_t known_tags) {
    static constexpr std::array<std::uint32_t, 8> kGaps{0, 1, 2, 30, 126, 16'383, 1U << 21U, kMaxTag - (1U << 22U)};
    std::vector<TaggedField> fields;
    std::uint64_t tag = 0;
    for (std::uint32_t left = 1 + source.below(3); left > 0; --left) {
        tag += kGaps[source.below(kGaps.size())];
        while (tag < 32 && (known_tags >> tag & 1U) != 0) ++tag;
        if (tag > kMaxTag) break;
        fields.push_back({static_cast<std::uint32_t>(tag), Bytes(generate_bytes(source))});
        ++tag;
    }
    return fields;
}

// Zero, small, the edges of `bits` bits or anything.
std::uint64_t generate_integer(ByteSource& source, unsigned bits) {
    switch (source.below(6)) {
        case 1:
            return source.next();
        case 2:
            return ~std::uint64_t{0};  // -1
        case 3:
            return std::uint64_t{1} << (bits - 1);  // the smallest
        case 4:
            return (std::uint64_t{1} << (bits - 1)) - 1;
        case 5:
            return source.next64();
        default:
            return 0;
    }
}

void generate_value(ByteSource& source, const ValueType& type, void* out, const FieldInfo& field,
                    const DecodeContext& context) {
    switch (type.kind) {
        case ValueKind::nullable:
            if (field.nullable.contains(context.version) && source.below(4) == 0) {
                type.assign(out, 0);
                return;
            }
            return generate_value(source, *type.element, type.assign(out, 1), field, context);
        case ValueKind::structure:
            return generate_struct(source, type.structure(), out, context);
        case ValueKind::array: {
            std::size_t count = 0;
            for (std::uint32_t left = source.below(4); left > 0 && source.spend_element(); --left) ++count;
            auto* element = static_cast<std::byte*>(type.assign(out, count));
            for (; count > 0; --count, element += type.element_size) {
                generate_value(source, *type.element, element, field, context);
            }
            return;
        }
        case ValueKind::string:
            *static_cast<String*>(out) = String(generate_text(source));
            return;
        case ValueKind::bytes:
        case ValueKind::records:
            *static_cast<Bytes*>(out) = Bytes(generate_bytes(source));
            return;
        case ValueKind::uuid:
            if (source.below(4) == 0) return;
            for (auto& byte : static_cast<Uuid*>(out)->bytes) byte = source.next();
            return;
        case ValueKind::boolean:
            *static_cast<bool*>(out) = source.below(2) == 1;
            return;
        case ValueKind::float64:
            *static_cast<double*>(out) = static_cast<double>(static_cast<std::int64_t>(source.next64())) / 1024;
            return;
        default:
            store_integer(type.kind, out, static_cast<std::int64_t>(generate_integer(source, integer_bits(type.kind))));
    }
}

}  // namespace

void generate_struct(ByteSource& source, const StructTable& table, void* out, const DecodeContext& context) {
    for (const auto& field : table.fields) {
        if (!field.info.versions.contains(context.version)) continue;
        if (field.info.tagged.contains(context.version) && source.below(2) == 0) continue;
        generate_value(source, *field.type, field.in(out), field.info, context);
    }
    TaggedFields* tags = table.unknown_tags(out);
    if (tags && context.flexible && source.below(8) == 1) *tags = generate_tags(source, table.known_tags);
}

}  // namespace highwater::wire
