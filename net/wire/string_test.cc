#include "net/wire/string.h"

#include <optional>

#include <gtest/gtest.h>

namespace highwater::wire {

namespace {

TEST(String, EqualsTextOfAnyForm) {
    const String text("abc");
    EXPECT_TRUE(text == "abc");
    EXPECT_TRUE("abc" == text);
    EXPECT_TRUE(text == std::string("abc"));
    EXPECT_TRUE(text == std::string_view("abc"));
    EXPECT_TRUE(text == String("abc"));
    EXPECT_TRUE(text != "ab");
    EXPECT_TRUE(std::optional<String>(text) == "abc");
}

}  // namespace

}  // namespace highwater::wire
