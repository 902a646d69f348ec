#include "net/transport/receive_buffer.h"

#include <cstring>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace highwater::transport {
namespace {

constexpr std::size_t kFirst = 64;

void arrive(ReceiveBuffer& buffer, std::string_view bytes, std::size_t wanted) {
    while (!bytes.empty()) {
        const auto room = buffer.room(kFirst, wanted);
        ASSERT_FALSE(room.empty());
        const std::size_t count = std::min(room.size(), bytes.size());
        std::memcpy(room.data(), bytes.data(), count);
        buffer.filled(count);
        bytes.remove_prefix(count);
    }
}

std::string text_of(const ReceiveBuffer& buffer) {
    return {reinterpret_cast<const char*>(buffer.received().data()), buffer.received().size()};
}

TEST(ReceiveBuffer, GrowsWithWhatArrivesNotWithWhatIsAnnounced) {
    ReceiveBuffer buffer;
    buffer.room(kFirst, 1'000'000);
    EXPECT_EQ(buffer.capacity(), kFirst);
    std::string sent;
    for (int i = 0; i < 100; ++i) {
        const std::string part(97, static_cast<char>('a' + i % 26));
        arrive(buffer, part, 1'000'000);
        sent += part;
        EXPECT_LE(buffer.capacity(), std::max(kFirst, 2 * sent.size()));
    }
    EXPECT_EQ(text_of(buffer), sent);
}

TEST(ReceiveBuffer, KeepsAnUnfinishedFrameWhileEarlierOnesAreTaken) {
    ReceiveBuffer buffer;
    std::string held;
    for (int i = 0; i < 1000; ++i) {
        const std::string part = std::to_string(i) + ";";
        arrive(buffer, part, kFirst);
        held += part;
        const std::size_t take = held.size() / 2;
        buffer.taken(take);
        held.erase(0, take);
        ASSERT_EQ(text_of(buffer), held);
    }
    EXPECT_LE(buffer.capacity(), 2 * kFirst);
}

TEST(ReceiveBuffer, ReadsAheadWhenThePeerFillsIt) {
    ReceiveBuffer buffer;
    for (int i = 0; i < 10; ++i) {
        const auto room = buffer.room(kFirst, 4 * kFirst);
        buffer.filled(room.size());
        buffer.taken(room.size());
    }
    EXPECT_EQ(buffer.capacity(), 4 * kFirst);
}

TEST(ReceiveBuffer, GivesMemoryBackWhenItWasIdleBetweenTwoTrims) {
    ReceiveBuffer buffer;
    arrive(buffer, std::string(1000, 'x'), 1000);
    buffer.taken(990);
    buffer.trim();
    EXPECT_GE(buffer.capacity(), 1000U) << "in use since the last trim";
    buffer.trim();
    EXPECT_EQ(buffer.capacity(), 10U);
    EXPECT_EQ(text_of(buffer), std::string(10, 'x'));
    buffer.taken(10);
    buffer.trim();
    buffer.trim();
    EXPECT_EQ(buffer.capacity(), 0U);
    arrive(buffer, "again", kFirst);
    EXPECT_EQ(text_of(buffer), "again");
}

}  // namespace
}  // namespace highwater::transport
