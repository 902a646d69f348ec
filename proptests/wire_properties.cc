#include "proptests/prelude.h"

#include <cstdlib>
#include <new>

#include "net/wire/frame.h"
#include "net/wire/message_registry.h"

namespace {

std::size_t allocated_bytes = 0;

}  // namespace

// Counts what a decoder asks for. Everything else goes on as ever. Never inlined: GCC would take the free() within for
// one that does not match its new.
[[gnu::noinline]] void* operator new(std::size_t size) {
    allocated_bytes += size;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace highwater::wire {

namespace {

using Choices = std::vector<std::uint8_t>;

const MessageEntry& any_message() {
    return *all_messages()[*rc::gen::inRange<std::size_t>(0, all_messages().size())];
}

std::int16_t any_version(const MessageEntry& entry) {
    return static_cast<std::int16_t>(*rc::gen::inRange<int>(entry.info.versions.first, entry.info.versions.last + 1));
}

std::vector<std::byte> any_bytes_of(const MessageEntry& entry, std::int16_t version) {
    const auto choices = *rc::gen::scale(8, rc::gen::arbitrary<Choices>());
    ByteSource source(choices);
    auto bytes = entry.generate(source, version);
    if (!bytes) RC_FAIL(entry.info.name + (": " + bytes.error()));
    return bytes->to_vector();
}

// generate() itself compares: decode(encode(x)) == x, and encoded_size(x) is what encode(x) writes.
RC_GTEST_PROP(Wire, EveryMessageThatIsEncodedAndDecodedIsTheSame, ()) {
    for (const MessageEntry* entry : all_messages()) {
        const auto version = any_version(*entry);
        const auto bytes = any_bytes_of(*entry, version);
        const auto again = entry->reencode(bytes, version, kToolDecodeOptions);
        RC_ASSERT(again.has_value());
        RC_ASSERT(again->to_vector() == bytes);
    }
}

RC_GTEST_PROP(Wire, TheJsonFormEncodesToTheSameBytes, ()) {
    const auto& entry = any_message();
    const auto version = any_version(entry);
    const auto bytes = any_bytes_of(entry, version);
    RC_CLASSIFY(bytes.size() > 100, "over 100 bytes");
    const auto json = entry.decode_json(bytes, version, kToolDecodeOptions);
    RC_ASSERT(json.has_value());
    const auto parsed = parse_json(to_text(*json));
    RC_ASSERT(parsed.has_value());
    const auto again = entry.encode_json(*parsed, version);
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->to_vector() == bytes);
}

RC_GTEST_PROP(Wire, EveryStrictPrefixAndAnyExtraByteIsRefused, ()) {
    const auto& entry = any_message();
    const auto version = any_version(entry);
    auto bytes = any_bytes_of(entry, version);
    if (!bytes.empty()) {
        const auto cut = *rc::gen::inRange<std::size_t>(0, bytes.size());
        RC_ASSERT(!entry.validate(std::span(bytes).first(cut), version, {}));
    }
    bytes.push_back(static_cast<std::byte>(*rc::gen::arbitrary<std::uint8_t>()));
    RC_ASSERT(!entry.validate(bytes, version, {}));
}

void check_decoding_takes_no_memory(const MessageEntry& entry, std::span<const std::byte> bytes, std::int16_t version) {
    const std::size_t before = allocated_bytes;
    const bool accepted = entry.validate(bytes, version, {}).has_value();
    const std::size_t taken = allocated_bytes - before;
    RC_CLASSIFY(accepted, "accepted");
    RC_ASSERT(taken <= 2 * bytes.size());
    RC_ASSERT(taken == 0U);  // what the design promises, and more than the bound
}

RC_GTEST_PROP(Wire, DecodingArbitraryBytesTakesNoMemory, ()) {
    const auto& entry = any_message();
    const auto version = any_version(entry);
    const auto raw = *rc::gen::arbitrary<Choices>();
    check_decoding_takes_no_memory(entry, std::as_bytes(std::span(raw)), version);
}

RC_GTEST_PROP(Wire, DecodingDamagedMessagesTakesNoMemoryAndStaysConsistent, ()) {
    const auto& entry = any_message();
    const auto version = any_version(entry);
    auto bytes = any_bytes_of(entry, version);
    const int changes = bytes.empty() ? 0 : *rc::gen::inRange(1, 4);
    for (int i = 0; i < changes; ++i) {
        const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
        bytes[at] = static_cast<std::byte>(*rc::gen::oneOf(rc::gen::element<std::uint8_t>(0, 1, 0x7F, 0x80, 0xFF),
                                                           rc::gen::arbitrary<std::uint8_t>()));
    }
    check_decoding_takes_no_memory(entry, bytes, version);
    const auto json = entry.decode_json(bytes, version, {});
    if (!json) return;
    const auto again = entry.reencode(bytes, version, {});
    RC_ASSERT(again.has_value());
    const auto again_bytes = again->to_vector();
    const auto json_again = entry.decode_json(again_bytes, version, {});
    RC_ASSERT(json_again.has_value());
    RC_ASSERT(*json_again == *json);
}

RC_GTEST_PROP(Frame, AStreamGivesTheSameFramesHoweverItIsCut, ()) {
    const auto sizes = *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 4'000));
    std::vector<std::byte> stream;
    std::uint8_t fill = 0;
    for (int size : sizes) {
        for (int shift = 24; shift >= 0; shift -= 8) stream.push_back(static_cast<std::byte>(size >> shift & 0xFF));
        stream.insert(stream.end(), static_cast<std::size_t>(size), static_cast<std::byte>(++fill));
    }
    FrameAssembler assembler(4'000);
    std::vector<Slice> frames;
    std::span<const std::byte> left(stream);
    while (!left.empty()) {
        const auto piece = std::min(left.size(), *rc::gen::inRange<std::size_t>(1, 5'000));
        assembler.feed(left.first(piece));
        left = left.subspan(piece);
        for (auto frame = assembler.next(); *frame; frame = assembler.next()) frames.push_back(**frame);
    }
    RC_ASSERT(frames.size() == sizes.size());
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const auto expected = static_cast<std::byte>(static_cast<std::uint8_t>(i + 1));
        RC_ASSERT(frames[i].bytes.size() == static_cast<std::size_t>(sizes[i]));
        RC_ASSERT(std::ranges::all_of(frames[i].bytes, [&](std::byte b) { return b == expected; }));
    }
    RC_ASSERT(assembler.pending_bytes() == 0U);
}

}  // namespace

}  // namespace highwater::wire
