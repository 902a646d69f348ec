#include "net/transport/output_queue.h"

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace highwater::transport {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

/// Own bytes around a slice of others' memory.
wire::OutputBuffer answer(std::string_view before, std::shared_ptr<const std::string> middle, std::string_view after) {
    wire::OutputBuffer buffer;
    buffer.append(bytes_of(before));
    const auto slice = bytes_of(*middle);
    buffer.append_external({slice, std::move(middle)});
    buffer.append(bytes_of(after));
    return buffer;
}

TEST(OutputQueue, GivesEveryByteOnceInOrderHoweverLittleIsTakenAtATime) {
    const auto shared = std::make_shared<const std::string>("records");
    for (std::size_t step = 1; step < 12; ++step) {
        OutputQueue queue;
        for (int i = 0; i < 100; ++i) {
            queue.push(answer("<", shared, ">"));
            queue.push({});
        }
        std::string sent;
        while (queue.bytes() > 0) {
            std::array<std::span<const std::byte>, 3> pieces;
            const auto gathered = queue.gather(pieces);
            ASSERT_GT(gathered.pieces, 0U);
            std::string next;
            for (std::size_t i = 0; i < gathered.pieces; ++i)
                next.append(reinterpret_cast<const char*>(pieces[i].data()), pieces[i].size());
            ASSERT_EQ(next.size(), gathered.bytes);
            const std::size_t count = std::min(step, next.size());
            sent += next.substr(0, count);
            queue.sent(count);
        }
        std::string expected;
        for (int i = 0; i < 100; ++i) expected += "<records>";
        EXPECT_EQ(sent, expected);
        EXPECT_EQ(shared.use_count(), 1) << "what was sent is let go of";
    }
}

}  // namespace
}  // namespace highwater::transport
