#include "net/wire/message_entry.h"

#include "net/wire/codec_generate.h"
#include "net/wire/codec_json.h"
#include "net/wire/struct_table.h"
#include "net/wire/writer.h"

namespace highwater::wire {

namespace {

using Input = std::span<const std::byte>;

Result<OutputBuffer, std::string> encode_or_text(const MessageEntry& entry, const void* value, std::int16_t version) {
    Writer writer;
    if (auto done = entry.type.encode(writer, value, version); !done) return std::unexpected(to_text(done.error()));
    return writer.take();
}

std::string text_of(const MessageEntry& entry, const void* value, std::int16_t version) {
    std::string out = entry.info.name;
    print_struct(out, entry.type.table(), value, version);
    return out;
}

// What is wrong with the bytes of `value`, or "".
std::string check_encoded(const MessageEntry& entry, const void* value, Input bytes, std::int16_t version) {
    Writer counter = Writer::counting();
    const auto counted = entry.type.encode(counter, value, version);
    if (!counted || counter.size() != bytes.size()) return "encoded_size is wrong";
    std::string wrong;
    const auto decoded = entry.type.decode(bytes, version, kToolDecodeOptions, [&](const void* back) {
        if (entry.type.table().equal(back, value)) return;
        wrong = "decode(encode(x)) differs: " + text_of(entry, value, version);
    });
    return decoded ? wrong : to_text(decoded.error());
}

}  // namespace

Result<JsonValue, DecodeError> MessageEntry::decode_json(Input bytes, std::int16_t version,
                                                         DecodeOptions options) const {
    JsonValue json;
    const auto decoded = type.decode(bytes, version, options,
                                     [&](const void* value) { json = struct_to_json(type.table(), value, version); });
    if (!decoded) return std::unexpected(decoded.error());
    return json;
}

Result<OutputBuffer, std::string> MessageEntry::encode_json(const JsonValue& json, std::int16_t version) const {
    if (!info.versions.contains(version)) {
        return std::unexpected(to_text(EncodeError{EncodeErrorKind::unsupported_version, info.name, ""}));
    }
    Result<OutputBuffer, std::string> bytes;
    type.with_new([&](void* value) {
        std::string error;
        if (struct_from_json(json, type.table(), value, version, error)) {
            bytes = encode_or_text(*this, value, version);
        } else {
            bytes = std::unexpected(info.name + error);
        }
    });
    return bytes;
}

Result<OutputBuffer, std::string> MessageEntry::reencode(Input bytes, std::int16_t version,
                                                         DecodeOptions options) const {
    Result<OutputBuffer, std::string> again;
    const auto decoded =
        type.decode(bytes, version, options, [&](const void* value) { again = encode_or_text(*this, value, version); });
    if (!decoded) return std::unexpected(to_text(decoded.error()));
    return again;
}

Result<void, DecodeError> MessageEntry::validate(Input bytes, std::int16_t version, DecodeOptions options) const {
    return type.decode(bytes, version, options, [](const void*) {});
}

Result<std::string, DecodeError> MessageEntry::decode_text(Input bytes, std::int16_t version,
                                                           DecodeOptions options) const {
    std::string text;
    const auto decoded =
        type.decode(bytes, version, options, [&](const void* value) { text = text_of(*this, value, version); });
    if (!decoded) return std::unexpected(decoded.error());
    return text;
}

Result<OutputBuffer, std::string> MessageEntry::generate(ByteSource& source, std::int16_t version) const {
    Result<OutputBuffer, std::string> bytes;
    type.with_new([&](void* value) {
        generate_struct(source, type.table(), value,
                        {info.name, version, info.flexible.contains(version), DecodeOptions{}});
        bytes = encode_or_text(*this, value, version);
        if (!bytes) return;
        if (auto wrong = check_encoded(*this, value, bytes->to_vector(), version); !wrong.empty()) {
            bytes = std::unexpected(std::move(wrong));
        }
    });
    return bytes;
}

}  // namespace highwater::wire
