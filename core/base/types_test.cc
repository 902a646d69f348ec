// The strong types: offsets, sequences, ids, error names.
#include <limits>
#include <map>
#include <set>
#include <type_traits>

#include <gtest/gtest.h>

#include "core/base/epochs.h"
#include "core/base/error_code.h"
#include "core/base/ids.h"
#include "core/base/invariant.h"
#include "core/base/offset.h"
#include "core/base/producer.h"
#include "core/base/result.h"
#include "core/base/testing.h"
#include "core/base/time.h"

namespace highwater {
namespace {

template <class A, class B>
concept Addable = requires(A a, B b) { a + b; };

static_assert(!Addable<Offset, Offset>, "the sum of two positions is none");
static_assert(!std::is_convertible_v<std::int64_t, Offset>, "construction is explicit");
static_assert(!std::is_convertible_v<LeaderEpoch, PartitionEpoch>, "epochs do not mix");
static_assert(std::is_same_v<decltype(Offset{3} - Offset{1}), OffsetDelta>);

TEST(Offset, ArithmeticIsByDistance) {
    EXPECT_EQ(Offset{7} - Offset{3}, OffsetDelta{4});
    EXPECT_EQ(Offset{7} + OffsetDelta{4}, Offset{11});
    EXPECT_EQ(Offset{7} - OffsetDelta{4}, Offset{3});
    EXPECT_EQ(Offset{7}.next(), Offset{8});
    EXPECT_LT(Offset{7}, Offset{8});
}

// KIP-98: after 2^31 - 1 comes 0.
TEST(Sequence, WrapsToZero) {
    constexpr std::int32_t kLast = std::numeric_limits<std::int32_t>::max();
    EXPECT_EQ(Sequence{0}.next(), Sequence{1});
    EXPECT_EQ(Sequence{kLast}.next(), Sequence{0});
    EXPECT_EQ(Sequence{kLast - 1}.plus(3), Sequence{1});
    EXPECT_EQ(Sequence{5}.plus(kLast), Sequence{4});
    EXPECT_EQ(Sequence{kLast}.plus(kLast), Sequence{kLast - 1});
}

TEST(Time, DurationsAddAndSubtract) {
    EXPECT_EQ(Time{5} + Duration{7}, Time{12});
    EXPECT_EQ(Time{5} - Time{7}, Duration{-2});
}

// Kafka prints ids in base64url without padding; the id of the metadata topic is well known.
TEST(Uuid, TextFormIsBase64Url) {
    EXPECT_EQ(to_text(kClusterMetadataTopicId), "AAAAAAAAAAAAAAAAAAAAAQ");
    Uuid uuid;
    for (std::size_t i = 0; i < 16; ++i) uuid.bytes[i] = static_cast<std::uint8_t>(0xff - i * 3);
    EXPECT_EQ(uuid_from_text(to_text(uuid)), uuid);
    EXPECT_EQ(to_text(Uuid{{0xfb, 0xff, 0xbf}}).substr(0, 4), "-_-_");
}

TEST(Uuid, TextOfAnotherLengthOrAlphabetIsNone) {
    EXPECT_EQ(uuid_from_text(""), std::nullopt);
    EXPECT_EQ(uuid_from_text("AAAAAAAAAAAAAAAAAAAAA"), std::nullopt);
    EXPECT_EQ(uuid_from_text("AAAAAAAAAAAAAAAAAAAAAQ="), std::nullopt);
    EXPECT_EQ(uuid_from_text("AAAAAAAAAA+AAAAAAAAAAQ"), std::nullopt);
}

TEST(ErrorCode, NamesAreKafkas) {
    EXPECT_EQ(kafka_name(ErrorCode::none), "NONE");
    EXPECT_EQ(kafka_name(ErrorCode::unknown_server_error), "UNKNOWN_SERVER_ERROR");
    EXPECT_EQ(kafka_name(ErrorCode::not_leader_or_follower), "NOT_LEADER_OR_FOLLOWER");
    EXPECT_EQ(kafka_name(static_cast<ErrorCode>(-77)), "UNKNOWN");
    EXPECT_EQ(fmt::format("{}", ErrorCode::fenced_leader_epoch), "FENCED_LEADER_EPOCH");
}

// Kafka 4.3, Errors: -1 to 133 without a gap, each name once.
TEST(ErrorCode, TheNumbersHaveNoGap) {
    std::set<std::string_view> names;
    for (std::int16_t number = -1; number <= 133; ++number) names.insert(kafka_name(static_cast<ErrorCode>(number)));
    EXPECT_EQ(names.size(), 135U);
    EXPECT_FALSE(names.contains("UNKNOWN"));
    EXPECT_EQ(kafka_name(static_cast<ErrorCode>(134)), "UNKNOWN");
}

TEST(Result, IsAValueOrARefusal) {
    const auto half = [](int i) -> Result<int> {
        if (i % 2 != 0) return refuse(ErrorCode::invalid_request);
        return i / 2;
    };
    EXPECT_EQ(half(4).value(), 2);
    EXPECT_EQ(half(3).error(), ErrorCode::invalid_request);
}

TEST(InvariantDeathTest, PrintsTheConditionAndTheState) {
    EXPECT_DEATH(HIGHWATER_INVARIANT(1 + 1 == 3, "with {}", Offset{12}), "invariant violated: 1 \\+ 1 == 3.*with 12");
}

TEST(Invariant, LeavesItsTextAloneWhileItHolds) {
    int evaluated = 0;
    HIGHWATER_INVARIANT(evaluated == 0, "{}", ++evaluated);
    EXPECT_EQ(evaluated, 0);
}

}  // namespace
}  // namespace highwater
