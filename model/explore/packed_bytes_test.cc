#include "model/explore/packed_bytes.h"

#include <vector>

#include <gtest/gtest.h>

#include "core/base/hash.h"

namespace highwater::model {
namespace {

using Bytes = std::vector<std::byte>;

/// `size` bytes, of which about `percent` of a hundred are not zero.
Bytes some_bytes(std::size_t size, std::uint64_t percent, std::uint64_t seed) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        const std::uint64_t random = mix_bits(seed * 1000 + i);
        if (random % 100 < percent) bytes[i] = static_cast<std::byte>(random >> 40);
    }
    return bytes;
}

TEST(PackedBytes, ComeBackAsTheyWere) {
    for (const std::size_t size : {1U, 7U, 8U, 63U, 64U, 65U, 128U, 410U, 1000U}) {
        for (const std::uint64_t percent : {0U, 1U, 10U, 50U, 100U}) {
            const Bytes first = some_bytes(size, percent, size + percent);
            const Bytes second = some_bytes(size, percent, size + percent + 1);
            Bytes packed;
            pack(first, packed);
            const std::size_t end_of_first = packed.size();
            pack(second, packed);
            Bytes back(size, std::byte{0xee});
            EXPECT_EQ(unpack(packed, back), end_of_first);
            EXPECT_EQ(back, first) << size << " bytes, " << percent << " percent";
            EXPECT_EQ(unpack(std::span(packed).subspan(end_of_first), back), packed.size() - end_of_first);
            EXPECT_EQ(back, second) << size << " bytes, " << percent << " percent";
        }
    }
}

TEST(PackedBytes, AreFewWhereMostAreZero) {
    Bytes bytes(410);
    bytes[3] = std::byte{1};
    bytes[409] = std::byte{2};
    Bytes packed;
    pack(bytes, packed);
    EXPECT_EQ(packed.size(), 7U + 2 * 2);
}

}  // namespace
}  // namespace highwater::model
