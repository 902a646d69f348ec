#include "net/wire/tag_section.h"

#include <bit>

#include "net/wire/reader.h"
#include "net/wire/writer.h"

namespace highwater::wire::detail {

namespace {

bool is_in(std::uint32_t tags, std::uint32_t tag) {
    return tag < 32 && (tags >> tag & 1U) != 0;
}

void write_known(Writer& writer, const KnownTagWriter& known, std::uint32_t tag) {
    Writer counter = Writer::counting();
    counter.set_context(writer.context());
    known.write(counter, known.value, tag);
    writer.unsigned_varint(tag);
    writer.unsigned_varint(static_cast<std::uint32_t>(counter.size()));
    known.write(writer, known.value, tag);
}

}  // namespace

void read_tag_section(Reader& reader, std::uint32_t total, const KnownTagReader& known, TaggedFields* unknown) {
    const std::byte* start = reader.data();
    const std::size_t before = reader.position();
    std::int64_t previous = -1;
    std::uint32_t unknown_count = 0;
    for (std::uint32_t i = 0; i < total && !reader.failed(); ++i) {
        const std::uint32_t tag = reader.unsigned_varint();
        const std::uint32_t size = reader.unsigned_varint();
        if (tag <= previous || tag > kMaxTag) return reader.fail(DecodeErrorKind::tag_out_of_order);
        previous = tag;
        if (size > reader.remaining()) return reader.fail(DecodeErrorKind::truncated);
        if (!is_in(known.tags, tag)) {
            reader.take(size);
            ++unknown_count;
            continue;
        }
        const std::size_t content = reader.position();
        if (!known.read(reader, known.out, tag)) return reader.fail(DecodeErrorKind::tag_not_in_version);
        if (!reader.failed() && reader.position() - content != size) {
            return reader.fail(DecodeErrorKind::tag_size_mismatch);
        }
    }
    if (unknown && unknown_count > 0 && !reader.failed()) {
        *unknown = TaggedFields::view({start, reader.position() - before}, total, unknown_count, known.tags);
    }
}

void write_tag_section(Writer& writer, std::uint32_t present, const KnownTagWriter& known,
                       const TaggedFields* unknown) {
    const auto count = static_cast<std::size_t>(std::popcount(present)) + (unknown ? unknown->size() : 0);
    writer.unsigned_varint(static_cast<std::uint32_t>(count));
    const auto write_known_below = [&](std::uint32_t end) {
        for (; present != 0 && static_cast<std::uint32_t>(std::countr_zero(present)) < end; present &= present - 1) {
            write_known(writer, known, static_cast<std::uint32_t>(std::countr_zero(present)));
        }
    };
    if (unknown) {
        std::int64_t previous = -1;
        bool good = true;
        unknown->for_each([&](std::uint32_t tag, const Bytes& data) {
            good = good && !is_in(known.tags, tag) && tag > previous && tag <= kMaxTag && data.size() <= INT32_MAX;
            if (!good) return;
            previous = tag;
            write_known_below(tag);
            writer.unsigned_varint(tag);
            writer.unsigned_varint(static_cast<std::uint32_t>(data.size()));
            writer.raw_bytes(data);
        });
        if (!good) return writer.fail(EncodeErrorKind::bad_tag);
    }
    write_known_below(32);
}

}  // namespace highwater::wire::detail
