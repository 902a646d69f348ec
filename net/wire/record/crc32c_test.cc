#include "net/wire/record/crc32c.h"

#include <gtest/gtest.h>

#include "net/wire/record/testing.h"

// RFC 3720 appendix B.4 has the vectors of CRC-32C, RFC 1952 the function of CRC-32.
namespace highwater::wire {
namespace {

using namespace testing;

TEST(Crc32c, GivesThePublishedVectors) {
    EXPECT_EQ(crc32c(bytes_of("123456789")), 0xE3069283U);
    EXPECT_EQ(crc32c(RecordBuffer(32, std::byte{0})), 0x8A9136AAU);
    EXPECT_EQ(crc32c(RecordBuffer(32, std::byte{0xFF})), 0x62A8AB43U);
    EXPECT_EQ(crc32c({}), 0U);
    EXPECT_EQ(crc32_ieee(bytes_of("123456789")), 0xCBF43926U);
}

TEST(Crc32c, IsTheTablesAtEveryLengthAndAlignment) {
    RecordBuffer bytes(1400);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 131 + i / 7);
    for (std::size_t start = 0; start < 9; ++start) {
        for (std::size_t size = 0; size + start <= bytes.size(); size += size < 600 ? 1 : 37) {
            const RecordBytes piece = RecordBytes(bytes).subspan(start, size);
            ASSERT_EQ(crc32c(piece), crc32c_by_table(piece)) << start << " " << size;
        }
    }
}

TEST(Crc32c, GoesOnWhereItStopped) {
    const RecordBuffer bytes(1000, std::byte{0x5A});
    for (const std::size_t cut : {0U, 1U, 7U, 255U, 256U, 999U, 1000U}) {
        const RecordBytes all(bytes);
        EXPECT_EQ(extend_crc32c(crc32c(all.first(cut)), all.subspan(cut)), crc32c(all)) << cut;
    }
}

}  // namespace
}  // namespace highwater::wire
