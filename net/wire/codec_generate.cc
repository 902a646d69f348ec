#include "net/wire/codec_generate.h"

#include <array>

namespace highwater::wire::detail {

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

}  // namespace highwater::wire::detail
