#include "net/wire/tagged_fields.h"

#include "net/wire/reader.h"

namespace highwater::wire {

TaggedFields TaggedFields::view(std::span<const std::byte> section, std::uint32_t total, std::uint32_t unknown,
                                std::uint32_t known_tags) {
    TaggedFields result;
    result.fields_ = View{section, total, unknown, known_tags};
    return result;
}

std::size_t TaggedFields::size() const {
    const View* view = std::get_if<View>(&fields_);
    return view ? view->unknown : std::get<std::vector<TaggedField>>(fields_).size();
}

std::vector<TaggedField> TaggedFields::to_vector() const {
    std::vector<TaggedField> fields;
    fields.reserve(size());
    for_each([&](std::uint32_t tag, const Bytes& data) { fields.push_back({tag, data}); });
    return fields;
}

TaggedField TaggedFields::take(View& view) {
    Reader reader(view.section, {});
    const std::uint32_t tag = reader.unsigned_varint();
    const std::uint32_t size = reader.unsigned_varint();
    const auto data = reader.take(size);
    view.section = view.section.subspan(reader.position());
    --view.total;
    return {tag, Bytes(data)};
}

}  // namespace highwater::wire
