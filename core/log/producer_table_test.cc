#include "core/log/producer_table.h"

#include <map>

#include <gtest/gtest.h>

#include "core/log/testing.h"

namespace highwater {
namespace {

ProducerState a_state(std::int64_t id, std::int16_t epoch = 0) {
    ProducerState state;
    state.id = ProducerId{id};
    state.epoch = ProducerEpoch{epoch};
    return state;
}

std::map<std::int64_t, std::int16_t> content(const ProducerTable& table) {
    std::map<std::int64_t, std::int16_t> result;
    std::int64_t last = -1;
    for (const ProducerState& state : table) {
        EXPECT_GT(state.id.value(), last) << "ids ascend";
        last = state.id.value();
        result[state.id.value()] = state.epoch.value();
    }
    return result;
}

TEST(ProducerTable, IsAMapByIdAtAnySize) {
    ProducerTable table;
    std::map<std::int64_t, std::int16_t> model;
    std::uint64_t random = 1;
    for (int i = 0; i < 20'000; ++i) {
        random = mix_bits(random);
        const auto id = static_cast<std::int64_t>(random % 1500);
        const auto epoch = static_cast<std::int16_t>(i % 1000);
        if (random % 3 == 0 && i > 5000) {
            EXPECT_EQ(table.erase(ProducerId{id}), model.erase(id) == 1);
        } else {
            table.put(a_state(id, epoch));
            model[id] = epoch;
        }
        const ProducerState* found = table.find(ProducerId{id});
        ASSERT_EQ(found != nullptr, model.contains(id));
        ASSERT_EQ(table.size(), model.size());
    }
    EXPECT_EQ(content(table), model);
    EXPECT_EQ(table.hash(), table.hash_from_scratch());
}

TEST(ProducerTable, IsEqualToOneThatCameAboutInAnotherWay) {
    ProducerTable ascending;
    ProducerTable descending;
    for (std::int64_t id = 0; id < 300; ++id) ascending.put(a_state(id));
    for (std::int64_t id = 400; id-- > 0;) descending.put(a_state(id));
    EXPECT_NE(ascending, descending);
    for (std::int64_t id = 300; id < 400; ++id) descending.erase(ProducerId{id});
    EXPECT_EQ(ascending, descending);
    EXPECT_EQ(ascending.hash(), descending.hash());
}

TEST(ProducerTable, CopiesAreIndependent) {
    ProducerTable original;
    original.put(a_state(1));
    ProducerTable copy = original;
    copy.put(a_state(1, 5));
    copy.put(a_state(2));
    EXPECT_EQ(content(original), (std::map<std::int64_t, std::int16_t>{{1, 0}}));
    original.clear();
    EXPECT_TRUE(original.empty());
    EXPECT_EQ(original, ProducerTable{});
    EXPECT_EQ(original.hash(), ProducerTable{}.hash());
}

}  // namespace
}  // namespace highwater
