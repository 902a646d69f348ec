#include "net/wire/struct_table.h"

#include <gtest/gtest.h>

#include "net/wire/message/describe_producers.h"

namespace highwater::wire {

namespace {

using Response = DescribeProducersResponse;

const StructTable::Field& field_of(const StructTable& table, std::string_view name) {
    for (const auto& field : table.fields) {
        if (field.info.name == name) return field;
    }
    ADD_FAILURE() << name;
    return table.fields.front();
}

TEST(StructTable, ReachesTheMembersOfAStruct) {
    const StructTable& table = Codec<Response::PartitionResponse>::table();
    Response::PartitionResponse partition;
    const auto& error = field_of(table, "ErrorCode");
    EXPECT_EQ(error.type->kind, ValueKind::error_code);
    store_integer(error.type->kind, error.in(&partition), 3);
    EXPECT_EQ(partition.error_code, ErrorCode::unknown_topic_or_partition);
    const auto& index = field_of(table, "PartitionIndex");
    EXPECT_EQ(index.type->kind, ValueKind::int32);
    store_integer(index.type->kind, index.in(&partition), -5);
    EXPECT_EQ(partition.partition_index, PartitionId{-5});
    EXPECT_EQ(load_integer(index.type->kind, index.in(&partition)), -5);
    EXPECT_EQ(static_cast<const TaggedFields*>(table.unknown_tags(&partition)), &partition.unknown_tags);
    EXPECT_FALSE(table.equal(&partition, table.defaults));
    partition = {};
    EXPECT_TRUE(table.equal(&partition, table.defaults));
}

TEST(StructTable, FillsAndWalksArraysAndNullables) {
    const StructTable& table = Codec<Response::PartitionResponse>::table();
    Response::PartitionResponse partition;
    const auto& message = field_of(table, "ErrorMessage");
    ASSERT_EQ(message.type->kind, ValueKind::nullable);
    *static_cast<String*>(message.type->assign(message.in(&partition), 1)) = "text";
    EXPECT_EQ(partition.error_message, String("text"));
    EXPECT_EQ(message.type->assign(message.in(&partition), 0), nullptr);
    EXPECT_EQ(partition.error_message, std::nullopt);

    const auto& producers = field_of(table, "ActiveProducers");
    ASSERT_EQ(producers.type->kind, ValueKind::array);
    const StructTable& element = producers.type->element->structure();
    auto* first = static_cast<std::byte*>(producers.type->assign(producers.in(&partition), 3));
    const auto& producer_epoch = field_of(element, "ProducerEpoch");
    for (int i = 0; i < 3; ++i) {
        store_integer(producer_epoch.type->kind, producer_epoch.in(first + producers.type->element_size * i), 10 + i);
    }
    EXPECT_EQ(partition.active_producers.size(), 3U);
    EXPECT_EQ(producers.type->size(producers.in(&partition)), 3U);
    std::vector<std::int64_t> seen;
    producers.type->for_each(producers.in(&partition), [&](const void* producer) {
        seen.push_back(load_integer(producer_epoch.type->kind, producer_epoch.in(producer)));
    });
    EXPECT_EQ(seen, (std::vector<std::int64_t>{10, 11, 12}));
}

TEST(StructTable, IntegersKeepTheirLowestBits) {
    const auto stored = [](ValueKind kind, std::int64_t number) {
        std::int64_t place = 0;
        store_integer(kind, &place, number);
        return load_integer(kind, &place);
    };
    EXPECT_EQ(stored(ValueKind::int8, 0x1FF), -1);
    EXPECT_EQ(stored(ValueKind::int16, 0x18000), -32'768);
    EXPECT_EQ(stored(ValueKind::uint16, -1), 65'535);
    EXPECT_EQ(stored(ValueKind::int32, 0x1'8000'0000), INT32_MIN);
    EXPECT_EQ(stored(ValueKind::uint32, -1), UINT32_MAX);
    EXPECT_EQ(stored(ValueKind::int64, INT64_MIN), INT64_MIN);
}

}  // namespace

}  // namespace highwater::wire
