// Claim: a stream gives the same frames, or the same refusal after the same frames, however it is cut; and an
// unfinished frame holds no more than twice what was received of it (or the first block).

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/invariant.h"
#include "net/wire/frame.h"

namespace {

using highwater::wire::FrameAssembler;

constexpr std::int32_t kMaxFrame = 4096;

struct Outcome {
    std::vector<std::vector<std::byte>> frames;
    bool refused = false;
    std::int32_t refused_length = 0;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

void drain(FrameAssembler& assembler, Outcome& outcome) {
    while (!outcome.refused) {
        const auto frame = assembler.next();
        if (!frame) {
            outcome.refused = true;
            outcome.refused_length = frame.error().length;
        } else if (*frame) {
            outcome.frames.emplace_back((*frame)->bytes.begin(), (*frame)->bytes.end());
        } else {
            break;
        }
    }
    const std::size_t bound =
        std::max({FrameAssembler::kFirstBlock, 2 * assembler.pending_bytes(), std::size_t{kMaxFrame} + 4});
    HIGHWATER_INVARIANT(assembler.capacity() <= bound, "{} bytes held, {} pending", assembler.capacity(),
                        assembler.pending_bytes());
}

Outcome run(std::span<const std::byte> stream, std::size_t piece) {
    FrameAssembler assembler(kMaxFrame);
    Outcome outcome;
    while (!stream.empty() && !outcome.refused) {
        const std::size_t count = std::min(piece, stream.size());
        assembler.feed(stream.first(count));
        stream = stream.subspan(count);
        drain(assembler, outcome);
    }
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto stream = std::as_bytes(std::span(data, size));
    const Outcome whole = run(stream, std::max<std::size_t>(size, 1));
    HIGHWATER_INVARIANT(run(stream, 1) == whole, "byte by byte differs");
    HIGHWATER_INVARIANT(run(stream, 3) == whole, "in pieces of 3 differs");
    return 0;
}
