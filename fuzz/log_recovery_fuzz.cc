// Claim: whatever files a partition directory holds, opening it ends, without a crash and in bounded memory; what it
// opens can be read, replayed, looked up by time, appended to and closed; and opening it a second time finds the same
// log and changes nothing.
//
// Input: one byte of options, then files: a byte that picks the name, two bytes (big-endian) of length, the content.
// Where the name's lowest bit says so, batches in the content get a right length, base offset and CRC.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string>
#include <vector>

#include "broker/storage/partition_log.h"
#include "broker/storage/simulated_file_system.h"
#include "net/wire/record/record_batch.h"
#include "net/wire/record/record_bytes.h"

namespace {

using namespace highwater;
using namespace highwater::storage;

constexpr Timestamp kNow{1'700'000'000'000};
const std::string kPath = "data/t-0";

void require(bool condition, std::source_location where = std::source_location::current()) {
    if (condition) return;
    std::fprintf(stderr, "%s:%u: what is claimed there does not hold\n", where.file_name(), where.line());
    std::abort();
}

std::string file_name(unsigned number) {
    static const char* const kSuffixes[] = {".log",      ".log",      ".index",       ".timeindex",   ".txnindex",
                                            ".snapshot", ".log.swap", ".log.cleaned", ".log.deleted", ".index.swap"};
    constexpr unsigned kNames = sizeof kSuffixes / sizeof kSuffixes[0];
    if (number == 63) return "leader-epoch-checkpoint";
    if (number == 62) return "partition.metadata";
    const unsigned base = number / kNames % 4 * 3;  // offsets 0, 3, 6, 9
    std::string digits = std::to_string(base);
    return std::string(20 - digits.size(), '0') + digits + kSuffixes[number % kNames];
}

/// Turns the content into batches that pass the CRC, so that the fuzzer gets beyond it.
void repair(std::vector<std::byte>& content) {
    std::size_t at = 0;
    std::int64_t offset = 0;
    while (at + wire::kBatchHeaderBytes <= content.size()) {
        const auto claimed = wire::load_big_endian<std::uint8_t>(content.data() + at + wire::BatchLayout::kLength + 3);
        const std::size_t size = std::min(content.size() - at, wire::kBatchHeaderBytes + claimed);
        const std::span<std::byte> batch(content.data() + at, size);
        batch[wire::BatchLayout::kMagic] = std::byte{2};
        for (std::size_t i = 0; i < 3; ++i) batch[wire::BatchLayout::kLastOffsetDelta + i] = std::byte{0};
        for (std::size_t i = 0; i < 4; ++i) batch[wire::BatchLayout::kRecordCount + i] = std::byte{0};
        wire::stamp_batch(batch, Offset{offset}, LeaderEpoch{static_cast<std::int32_t>(at / 300)});
        wire::seal_batch(batch);
        offset += wire::load_big_endian<std::int32_t>(batch.data() + wire::BatchLayout::kLastOffsetDelta) + 1;
        at += size;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const unsigned options = data[0];
    SimulatedFileSystem files;
    require(files.create_directories(kPath).has_value());
    for (std::size_t at = 1; at + 3 <= size;) {
        const unsigned picked = data[at];
        const std::size_t length = std::min<std::size_t>(data[at + 1] * 256U + data[at + 2], size - at - 3);
        std::vector<std::byte> content(length);
        std::transform(data + at + 3, data + at + 3 + length, content.begin(),
                       [](std::uint8_t byte) { return std::byte{byte}; });
        if ((picked & 1) != 0) repair(content);
        files.set_content(join(kPath, file_name(picked >> 2)), content);
        at += 3 + length;
    }

    OpenParameters parameters{.path = kPath,
                              .settings = {},
                              .clean_shutdown = (options & 1) != 0,
                              .recovery_point = Offset{options >> 1 & 7},
                              .log_start = {},
                              .high_watermark = {},
                              .lower_recovery_point = {}};
    parameters.settings.segment_bytes = 4096;
    parameters.settings.index_interval_bytes = 100;
    parameters.settings.compacted = (options & 16) != 0;
    if ((options & 32) != 0) parameters.log_start = Offset{options >> 6};
    if ((options & 64) != 0) parameters.high_watermark = Offset{options >> 5};

    auto first = PartitionLog::open(files, parameters, kNow);
    if (!first) {
        // Refused: only for what is stated, and then every time.
        require(!PartitionLog::open(files, parameters, kNow).has_value());
        return 0;
    }
    const OpenedState& state = first->state;
    require(state.log_start <= state.log_end);
    require(state.snapshot.offset >= state.log_start && state.snapshot.offset <= state.log_end);
    require(first->log->replay(Offset{0}, [](const BatchFacts&) {}).has_value());
    for (Offset at = state.log_start; at < state.log_end && at < state.log_start + OffsetDelta{50}; at = at.next()) {
        if (const auto slices = first->log->locate(at, state.log_end, 1000, true)) {
            std::vector<std::byte> bytes(slices->total_bytes);
            require(read_slices(*slices, bytes).has_value());
        }
    }
    static_cast<void>(first->log->find_timestamp(Timestamp{1000}, state.log_end));
    static_cast<void>(first->log->find_max_timestamp(state.log_end));

    first->log.reset();
    files.crash(CrashKind::process_kill, keep_nothing());
    const auto image = files.image();
    auto second = PartitionLog::open(files, parameters, kNow);
    require(second.has_value());
    require(files.image() == image);
    require(second->state.log_start == state.log_start);
    require(second->state.log_end == state.log_end);
    require(second->state.epochs == state.epochs);
    require(second->state.snapshot.producers == state.snapshot.producers);
    if (state.log_end < Offset{std::int64_t{1} << 62}) {
        require(second->log->truncate_to(state.log_start, kNow).has_value() || !second->log->failed());
        static_cast<void>(second->log->close());
    }
    return 0;
}
