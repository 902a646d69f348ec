#include "core/base/describe.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "core/base/epochs.h"
#include "core/base/offset.h"
#include "core/base/small_vector.h"
#include "core/base/testing.h"

namespace highwater {

enum class DescribedColour : std::uint8_t { red, green };
constexpr std::string_view enumerator_name(DescribedColour c) {
    return c == DescribedColour::red ? "red" : "green";
}

struct DescribedInner {
    Offset offset;
    std::optional<LeaderEpoch> epoch;

    static constexpr void describe(auto&& field) {
        field("offset", &DescribedInner::offset);
        field("epoch", &DescribedInner::epoch);
    }
};
static_assert(describes_every_member<DescribedInner>);

struct DescribedOuter {
    bool flag = false;
    DescribedColour colour = DescribedColour::red;
    std::string text;
    SmallVector<NodeId, 2> nodes;
    std::map<std::string, std::int16_t> numbers;
    std::variant<DescribedInner, NodeId> either;

    static constexpr void describe(auto&& field) {
        field("flag", &DescribedOuter::flag);
        field("colour", &DescribedOuter::colour);
        field("text", &DescribedOuter::text);
        field("nodes", &DescribedOuter::nodes);
        field("numbers", &DescribedOuter::numbers);
        field("either", &DescribedOuter::either);
    }
};
static_assert(describes_every_member<DescribedOuter>);

struct DescribedForgetful {
    int told = 0;
    int kept_back = 0;

    static constexpr void describe(auto&& field) { field("told", &DescribedForgetful::told); }
};
static_assert(!describes_every_member<DescribedForgetful>);

namespace {

DescribedOuter an_outer() {
    DescribedOuter outer;
    outer.flag = true;
    outer.colour = DescribedColour::green;
    outer.text = "x\"y";
    outer.nodes = {NodeId{1}, NodeId{2}};
    outer.numbers = {{"a", 1}};
    outer.either = DescribedInner{Offset{5}, LeaderEpoch{3}};
    return outer;
}

TEST(Describe, PrintsNamesAndValues) {
    EXPECT_EQ(print(an_outer()),
              "DescribedOuter{flag: true, colour: green, text: \"x\"y\", nodes: [1, 2], numbers: [\"a\": 1], "
              "either: DescribedInner{offset: 5, epoch: 3}}");
    EXPECT_EQ(fmt::format("{}", DescribedInner{}), "DescribedInner{offset: 0, epoch: none}");
}

TEST(Describe, EqualityAndHashSeeEveryMember) {
    const DescribedOuter original = an_outer();
    std::vector<DescribedOuter> changed(6, original);
    changed[0].flag = false;
    changed[1].colour = DescribedColour::red;
    changed[2].text = "x";
    changed[3].nodes.push_back(NodeId{3});
    changed[4].numbers["b"] = 2;
    changed[5].either = DescribedInner{Offset{5}, std::nullopt};
    std::set<std::uint64_t> hashes{hash_of(original)};
    EXPECT_EQ(original, an_outer());
    EXPECT_EQ(hash_of(original), hash_of(an_outer()));
    for (const DescribedOuter& other : changed) {
        EXPECT_FALSE(original == other) << print(other);
        EXPECT_TRUE(hashes.insert(hash_of(other)).second) << print(other);
    }
}

TEST(Describe, DiffNamesTheInnermostMemberThatChanged) {
    const DescribedOuter before = an_outer();
    DescribedOuter after = before;
    std::get<DescribedInner>(after.either).epoch.reset();
    after.flag = false;
    EXPECT_EQ(diff(before, after), (std::vector<std::string>{"flag: true -> false", "either.epoch: 3 -> none"}));
    after.either = NodeId{4};
    EXPECT_EQ(diff(before, after)[1], "either: DescribedInner{offset: 5, epoch: 3} -> 4");
    EXPECT_TRUE(diff(before, before).empty());
}

// Traces and counts of states are compared between machines and compilers, so the hash is part of their format.
TEST(Hash, IsTheSameEverywhere) {
    EXPECT_EQ(mix_bits(0), 0xe220a8397b1dcdafU);
    EXPECT_EQ(hash_of(DescribedInner{Offset{5}, LeaderEpoch{3}}), 0x8ebd99a11772f1efU);
    EXPECT_EQ(hash_of(std::string{"highwater, a text of more than eight bytes"}), 0x53f4256c2e5c7e65U);
}

TEST(Hash, TextsAreToldApartByWhereTheyEnd) {
    using Pair = std::pair<std::string, std::string>;
    EXPECT_NE(hash_of(Pair{"ab", "c"}), hash_of(Pair{"a", "bc"}));
    EXPECT_NE(hash_of(std::string{}), hash_of(std::string{'\0'}));
}

TEST(HashSum, DoesNotDependOnOrderAndForgetsWhatIsRemoved) {
    HashSum a;
    HashSum b;
    for (std::uint64_t i : {1, 2, 3}) a.add(i);
    for (std::uint64_t i : {3, 9, 1, 2}) b.add(i);
    EXPECT_NE(a, b);
    b.remove(9);
    EXPECT_EQ(a, b);
}

}  // namespace
}  // namespace highwater
