#include "model/explore/byte_queue.h"

#include <filesystem>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "model/explore/checker_file.h"

namespace highwater::model {
namespace {

using Bytes = std::vector<std::byte>;

Bytes piece(std::size_t number) {
    Bytes bytes(mix_bits(number) % 500);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(number + i);
    return bytes;
}

// In memory, in a file, and half in each; used twice.
TEST(ByteQueue, GivesBackWhatWasAppendedInItsOrder) {
    for (const std::uint64_t memory : {std::uint64_t{1} << 30, std::uint64_t{0}, std::uint64_t{200'000}}) {
        ByteQueue queue({.directory = {}, .memory_bytes = memory});
        for (int round = 0; round < 2; ++round) {
            Bytes all;
            for (std::size_t number = 0; number < 3'000; ++number) {
                const Bytes bytes = piece(number);
                queue.append(bytes);
                all.insert(all.end(), bytes.begin(), bytes.end());
            }
            EXPECT_EQ(queue.file_bytes() > 0, memory < all.size());
            EXPECT_LE(queue.memory_bytes(), std::min<std::uint64_t>(memory, all.size()) + 3 * 65'536);
            Bytes seen;
            queue.visit([&](std::span<const std::byte> bytes) { seen.insert(seen.end(), bytes.begin(), bytes.end()); });
            EXPECT_EQ(seen, all);
            Bytes got(all.size());
            for (std::size_t at = 0, number = 0; at < all.size(); ++number) {
                const std::size_t count = std::min<std::size_t>(all.size() - at, mix_bits(~number) % 100'000);
                queue.read(std::span(got).subspan(at, count));
                at += count;
            }
            EXPECT_EQ(got, all);
            queue.clear();
        }
    }
}

TEST(ByteQueue, SaysWhereItCannotWrite) {
    const std::string nowhere = (std::filesystem::temp_directory_path() / "highwater-no-such-directory").string();
    ByteQueue queue({.directory = nowhere, .memory_bytes = 0});
    const Bytes bytes(1 << 20);
    EXPECT_THROW(
        {
            for (int i = 0; i < 4; ++i) queue.append(bytes);
        },
        CheckerFileError);
}

}  // namespace
}  // namespace highwater::model
