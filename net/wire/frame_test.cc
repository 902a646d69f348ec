#include "net/wire/frame.h"

#include <gtest/gtest.h>

#include "net/wire/testing.h"

namespace highwater::wire {

namespace {

using testing::from_hex;
using testing::hex_of;

std::vector<std::byte> a_frame(std::size_t size, std::byte fill = std::byte{7}) {
    std::vector<std::byte> frame(4 + size, fill);
    for (std::size_t i = 0; i < 4; ++i) frame[i] = static_cast<std::byte>(size >> (24 - 8 * i) & 0xFF);
    return frame;
}

std::vector<std::string> frames_of(FrameAssembler& assembler) {
    std::vector<std::string> frames;
    for (auto frame = assembler.next(); frame && *frame; frame = assembler.next()) {
        frames.push_back(hex_of((*frame)->bytes));
    }
    return frames;
}

// B16: where the stream is cut does not matter.
TEST(FrameAssembler, GivesTheSameFramesWhereverTheStreamIsCut) {
    const auto stream = from_hex("00000003 010203 00000001 ff 00000002 0405");
    const std::vector<std::string> expected{"010203", "ff", "0405"};
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        FrameAssembler assembler(100);
        std::vector<std::string> frames;
        assembler.feed(std::span(stream).first(cut));
        for (auto& frame : frames_of(assembler)) frames.push_back(frame);
        assembler.feed(std::span(stream).subspan(cut));
        for (auto& frame : frames_of(assembler)) frames.push_back(frame);
        EXPECT_EQ(frames, expected) << "cut at " << cut;
        EXPECT_EQ(assembler.pending_bytes(), 0U);
    }
}

// B17
TEST(FrameAssembler, TakesManyFramesAtOnce) {
    std::vector<std::byte> stream;
    for (int i = 0; i < 5000; ++i) {
        const auto frame = a_frame(20);
        stream.insert(stream.end(), frame.begin(), frame.end());
    }
    FrameAssembler assembler(100);
    assembler.feed(stream);
    EXPECT_EQ(frames_of(assembler).size(), 5000U);
    EXPECT_EQ(assembler.pending_bytes(), 0U);
}

// B01, B02, B04, B05
TEST(FrameAssembler, RefusesALengthThatIsNotPositiveOrOverTheLimit) {
    const auto refuses = [](std::string_view hex, FrameError::Kind kind) {
        FrameAssembler assembler(100);
        assembler.feed(from_hex(hex));
        const auto frame = assembler.next();
        ASSERT_FALSE(frame.has_value()) << hex;
        EXPECT_EQ(frame.error().kind, kind) << hex;
        EXPECT_EQ(assembler.capacity(), 0U) << "an error holds no memory";
        EXPECT_FALSE(assembler.next().has_value()) << "an error is final";
    };
    refuses("7fffffff", FrameError::Kind::over_limit);
    refuses("00000065 00", FrameError::Kind::over_limit);
    refuses("80000000", FrameError::Kind::not_positive);
    refuses("ffffffff", FrameError::Kind::not_positive);
    refuses("00000000", FrameError::Kind::not_positive);
}

TEST(FrameAssembler, AcceptsAFrameOfExactlyTheLimit) {
    FrameAssembler assembler(100);
    assembler.feed(a_frame(100));
    const auto frame = assembler.next();
    ASSERT_TRUE(frame && *frame);
    EXPECT_EQ((*frame)->bytes.size(), 100U);
}

// B11, B14: who announces much and sends little costs little.
TEST(FrameAssembler, TakesMemoryOnlyAsBytesArrive) {
    FrameAssembler assembler(100'000'000);
    assembler.feed(from_hex("05f5e100 00"));
    EXPECT_LE(assembler.capacity(), FrameAssembler::kFirstBlock);
    const std::vector<std::byte> chunk(1000);
    for (std::size_t sent = 5; sent < 3'000'000; sent += chunk.size()) {
        assembler.feed(chunk);
        ASSERT_FALSE(*assembler.next());
        ASSERT_LE(assembler.capacity(),
                  std::max<std::size_t>(FrameAssembler::kFirstBlock, 2 * assembler.pending_bytes()));
    }
}

TEST(FrameAssembler, FramesOutliveTheAssemblerAndLaterBytes) {
    std::vector<Slice> frames;
    {
        FrameAssembler assembler(1'000'000);
        for (int i = 0; i < 50; ++i) {
            assembler.feed(a_frame(static_cast<std::size_t>(1 + i * 700), static_cast<std::byte>(i)));
            for (auto frame = assembler.next(); *frame; frame = assembler.next()) frames.push_back(**frame);
        }
    }
    ASSERT_EQ(frames.size(), 50U);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        EXPECT_EQ(frames[i].bytes.size(), 1 + i * 700);
        for (std::byte b : frames[i].bytes) ASSERT_EQ(b, static_cast<std::byte>(i));
    }
}

TEST(FrameAssembler, HoldsNoMemoryBetweenFrames) {
    FrameAssembler assembler(1'000'000);
    assembler.feed(a_frame(500'000));
    ASSERT_TRUE(*assembler.next());
    EXPECT_EQ(assembler.capacity(), 0U);
}

// Once a connection has completed a frame, a frame of that size is received in place, without being moved as it grows.
TEST(FrameAssembler, ReceivesAFrameInPlaceAfterOneOfItsSize) {
    FrameAssembler assembler(1'000'000);
    assembler.feed(a_frame(500'000));
    ASSERT_TRUE(*assembler.next());
    const auto frame = a_frame(400'000);
    assembler.feed(std::span(frame).first(100));
    EXPECT_GE(assembler.prepare().size(), frame.size() - 100);
}

// B07, B08, B10: what the log says about a stranger.
TEST(FrameError, NamesTheProtocolThatAStrangerSpeaks) {
    const auto names = [](std::string_view first_bytes) {
        FrameAssembler assembler(100);
        assembler.feed(std::as_bytes(std::span(first_bytes)));
        return std::string(assembler.next().error().foreign_protocol());
    };
    EXPECT_EQ(names("GET / HTTP/1.1\r\n"), "HTTP");
    EXPECT_EQ(names(std::string_view("\x16\x03\x01\x02\x00\x01", 6)), "TLS");
    EXPECT_EQ(names("SSH-2.0-x"), "SSH");
    EXPECT_EQ(names(std::string_view("AMQP\0\0\x09\1", 8)), "AMQP");
    EXPECT_EQ(names("*1\r\n$4\r\nPING"), "Redis");
    EXPECT_EQ(names(std::string_view("\x10\x0e\x00\x04", 4)), "MQTT");
    EXPECT_EQ(names("zzzz"), "");
}

}  // namespace

}  // namespace highwater::wire
