#include "broker/bench/request_template.h"

#include <gtest/gtest.h>

#include <string>

namespace highwater::bench {
namespace {

constexpr std::size_t kBatchHeader = 61;

std::uint32_t crc_in(const RequestTemplate& request, const std::string& bytes) {
    return static_cast<std::uint32_t>(read_int32(bytes.data() + request.head_size() - kBatchHeader + 17));
}

std::uint32_t crc_over(const RequestTemplate& request, const std::string& bytes) {
    const std::size_t from = request.head_size() - kBatchHeader + 21;
    return crc32c(bytes.data() + from, bytes.size() - from - 3);  // three empty tag sections follow the batch
}

// RFC 3720, appendix B.4, and the usual check value.
TEST(Crc32c, HasThePublishedValuesShortAndLong) {
    EXPECT_EQ(crc32c("123456789", 9), 0xE3069283U);
    const std::string zeros(32, '\0');
    EXPECT_EQ(crc32c(zeros.data(), zeros.size()), 0x8A9136AAU);
    EXPECT_EQ(crc32c(std::string(300, 'x').data(), 300), 0xCBFABF88U);
}

TEST(RequestTemplate, StatesItsLengthAndTheBatchsCrc) {
    const auto request = RequestTemplate::produce({.records = 148});
    EXPECT_EQ(read_int32(request.bytes().data()), static_cast<std::int32_t>(request.bytes().size() - 4));
    EXPECT_EQ(crc_in(request, request.bytes()), crc_over(request, request.bytes()));
}

TEST(RequestTemplate, KeepsTheCrcRightForEverySequence) {
    const auto request = RequestTemplate::produce({.records = 3, .producer_id = 4711, .producer_epoch = 1});
    for (const std::int32_t sequence : {0, 1, 5, 0x7FFFFFFF, 0x12345678}) {
        std::string bytes = request.bytes();
        request.set_sequence(bytes.data(), sequence);
        EXPECT_EQ(crc_in(request, bytes), crc_over(request, bytes)) << sequence;
    }
}

TEST(RequestTemplate, PatchesOnlyTheHead) {
    const auto request = RequestTemplate::produce({.records = 9, .producer_id = 1, .producer_epoch = 0});
    std::string bytes = request.bytes();
    request.set_correlation(bytes.data(), -1);
    request.set_sequence(bytes.data(), -1);
    EXPECT_EQ(bytes.substr(request.head_size()), request.bytes().substr(request.head_size()));
}

}  // namespace
}  // namespace highwater::bench
