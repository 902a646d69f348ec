#include <set>

#include <gtest/gtest.h>

#include "net/wire/message_registry.h"
#include "net/wire/testing.h"

namespace highwater::wire {

namespace {

using testing::Golden;
using testing::goldens;
using testing::hex_of;

const MessageEntry& entry_of(const Golden& golden) {
    const MessageEntry* entry = find_message(golden.message);
    EXPECT_NE(entry, nullptr) << golden.message;
    return *entry;
}

// The vectors of Kafka 4.3's versions come from an independent reference codec, those of older ones from another
// client's schemas or written out by hand.
TEST(GoldenMessages, BytesDecodeToTheirJson) {
    for (const Golden& golden : goldens()) {
        const auto json = entry_of(golden).decode_json(golden.bytes, golden.version, kToolDecodeOptions);
        ASSERT_TRUE(json) << golden.name() << ": " << to_text(json.error()) << "\n" << to_text(golden.body);
        EXPECT_EQ(to_text(*json), to_text(golden.body)) << golden.name();
    }
}

TEST(GoldenMessages, JsonEncodesToItsBytes) {
    for (const Golden& golden : goldens()) {
        const auto bytes = entry_of(golden).encode_json(golden.body, golden.version);
        ASSERT_TRUE(bytes) << golden.name() << ": " << bytes.error();
        EXPECT_EQ(hex_of(bytes->to_vector()), hex_of(golden.bytes)) << golden.name();
    }
}

TEST(GoldenMessages, DecodedBytesEncodeToTheSameBytes) {
    for (const Golden& golden : goldens()) {
        const auto bytes = entry_of(golden).reencode(golden.bytes, golden.version, kToolDecodeOptions);
        ASSERT_TRUE(bytes) << golden.name() << ": " << bytes.error();
        EXPECT_EQ(hex_of(bytes->to_vector()), hex_of(golden.bytes)) << golden.name();
    }
}

TEST(GoldenMessages, EveryVersionOfEveryMessageHasOne) {
    std::set<std::pair<std::string, std::int16_t>> have;
    for (const Golden& golden : goldens()) have.emplace(golden.message, golden.version);
    for (const MessageEntry* entry : all_messages()) {
        for (std::int16_t v = entry->info.versions.first; v <= entry->info.versions.last; ++v) {
            if (entry->info.kind == MessageKind::header && v == 0 && entry->info.versions.last == 2) continue;
            EXPECT_TRUE(have.contains({entry->info.name, v})) << entry->info.name << " v" << v;
        }
    }
}

// B52: a message cut at any byte is refused, whatever the options.
TEST(GoldenMessages, EveryStrictPrefixIsRefused) {
    for (const Golden& golden : goldens()) {
        const MessageEntry& entry = entry_of(golden);
        for (std::size_t cut = 0; cut < golden.bytes.size(); ++cut) {
            const auto prefix = std::span(golden.bytes).first(cut);
            ASSERT_FALSE(entry.validate(prefix, golden.version, kToolDecodeOptions)) << golden.name() << " at " << cut;
            ASSERT_FALSE(entry.validate(prefix, golden.version, {})) << golden.name() << " at " << cut;
        }
    }
}

TEST(GoldenMessages, ATrailingByteIsRefused) {
    for (const Golden& golden : goldens()) {
        auto longer = golden.bytes;
        longer.push_back(std::byte{0});
        const auto error = entry_of(golden).validate(longer, golden.version, {});
        ASSERT_FALSE(error) << golden.name();
        EXPECT_EQ(error.error().kind, DecodeErrorKind::trailing_bytes) << golden.name();
    }
}

// B53: a flipped bit gives an error or a message, and that encodes to something that decodes to the same.
TEST(GoldenMessages, AFlippedBitIsRefusedOrStillConsistent) {
    std::size_t accepted = 0;
    for (const Golden& golden : goldens()) {
        const MessageEntry& entry = entry_of(golden);
        if (golden.bytes.size() > 60) continue;
        for (std::size_t bit = 0; bit < golden.bytes.size() * 8; ++bit) {
            auto flipped = golden.bytes;
            flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
            const auto first = entry.reencode(flipped, golden.version, kToolDecodeOptions);
            if (!first) {
                const auto refused = entry.validate(flipped, golden.version, kToolDecodeOptions);
                ASSERT_FALSE(refused) << golden.name() << " bit " << bit << " decodes, but " << first.error();
                continue;
            }
            ++accepted;
            const auto bytes = first->to_vector();
            const auto second = entry.reencode(bytes, golden.version, kToolDecodeOptions);
            ASSERT_TRUE(second) << golden.name() << " bit " << bit << ": " << second.error();
            ASSERT_EQ(second->to_vector(), bytes) << golden.name() << " bit " << bit;
        }
    }
    EXPECT_GT(accepted, 1000U) << "the flips reach what is behind the lengths";
}

}  // namespace

}  // namespace highwater::wire
