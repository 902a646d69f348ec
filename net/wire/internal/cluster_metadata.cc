#include "net/wire/internal/cluster_metadata.h"

#include "net/wire/reader.h"
#include "net/wire/writer.h"

namespace highwater::wire {

namespace {

constexpr std::uint32_t kFrameVersion = 1;

// Decodes as the I-th kind if that has the id, else tries the next.
template <std::size_t I = 0>
Result<MetadataRecord, DecodeError> decode_by_id(std::uint32_t id, std::uint32_t version,
                                                 std::span<const std::byte> body, DecodeOptions options) {
    if constexpr (I == std::variant_size_v<MetadataRecord>) {
        return std::unexpected(DecodeError{DecodeErrorKind::unknown_record_type, "MetadataRecord", "", 0});
    } else {
        using Record = std::variant_alternative_t<I, MetadataRecord>;
        if (static_cast<std::uint32_t>(Schema<Record>::message.key) != id) {
            return decode_by_id<I + 1>(id, version, body, options);
        }
        const auto known = version > INT16_MAX ? std::int16_t{-1} : static_cast<std::int16_t>(version);
        auto record = decode<Record>(body, known, options);
        if (!record) return std::unexpected(record.error());
        return MetadataRecord(*std::move(record));
    }
}

}  // namespace

std::int16_t highest_version(const MetadataRecord& record) {
    return std::visit([]<class T>(const T&) { return Schema<T>::message.versions.last; }, record);
}

Result<OutputBuffer, EncodeError> encode_metadata_record(const MetadataRecord& record, std::int16_t version) {
    return std::visit(
        [&]<class T>(const T& body) -> Result<OutputBuffer, EncodeError> {
            Writer writer;
            writer.unsigned_varint(kFrameVersion);
            writer.unsigned_varint(static_cast<std::uint32_t>(Schema<T>::message.key));
            writer.unsigned_varint(static_cast<std::uint32_t>(version));
            if (auto done = encode(writer, body, version); !done) return std::unexpected(done.error());
            return writer.take();
        },
        record);
}

Result<MetadataRecord, DecodeError> decode_metadata_record(std::span<const std::byte> value, DecodeOptions options) {
    Reader reader(value, {.message = "MetadataRecord", .version = 0, .flexible = true, .options = options});
    const std::uint32_t frame_version = reader.unsigned_varint();
    const std::uint32_t id = reader.unsigned_varint();
    const std::uint32_t version = reader.unsigned_varint();
    if (frame_version != kFrameVersion) reader.fail(DecodeErrorKind::unknown_record_type);
    if (reader.failed()) return std::unexpected(reader.error());
    return decode_by_id(id, version, value.subspan(reader.position()), options);
}

}  // namespace highwater::wire
