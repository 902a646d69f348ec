// Recovery from any prefix of any sequence of writes: a log is driven through appends, flushes, rolls, truncations,
// deletions and restarts on a simulated disk, crashes at any moment in any way, and is opened again.
#include "proptests/prelude.h"

#include <map>
#include <optional>
#include <vector>

#include "broker/storage/partition_log.h"
#include "broker/storage/producer_fold.h"
#include "broker/storage/simulated_file_system.h"
#include "broker/storage/testing.h"

namespace highwater::storage {
namespace {

using namespace testing;

/// What the log was told, and what of it must survive.
struct Expected {
    std::vector<TestBatch> batches;  // as appended, in order, from the beginning of time
    Offset log_start{0};
    Offset recovery_point{0};  // what the checkpoint says
    Offset durable{0};         // flushed: acknowledged in the default mode

    [[nodiscard]] Offset end() const { return batches.empty() ? Offset{0} : batches.back().facts.end_offset(); }
    void truncate(Offset offset) {
        while (end() > offset) batches.pop_back();
        durable = std::min(durable, offset);
    }
};

struct World {
    SimulatedFileSystem files;
    Expected expected;
    std::unique_ptr<PartitionLog> log;
    LeaderEpoch epoch{0};
    std::map<std::int64_t, std::int32_t> next_sequence;
    LogSettings settings = small_settings();

    OpenParameters parameters_now(bool clean) {
        OpenParameters with = parameters(settings);
        with.clean_shutdown = clean;
        with.recovery_point = expected.recovery_point;
        if (expected.log_start > Offset{0}) with.log_start = expected.log_start;
        with.lower_recovery_point = [this](Offset offset) -> IoResult<void> {
            expected.recovery_point = std::min(expected.recovery_point, offset);
            return {};
        };
        return with;
    }

    OpenedState open(bool clean) {
        log.reset();
        auto opened = PartitionLog::open(files, parameters_now(clean), kNow);
        RC_ASSERT(opened.has_value());
        log = std::move(opened->log);
        return std::move(opened->state);
    }
};

bool is_alike(const ProducerState& found, const ProducerState& folded) {
    if (found.epoch != folded.epoch || found.transaction_first_offset != folded.transaction_first_offset) return false;
    if (found.batches.empty() || folded.batches.empty()) return found.batches.empty() == folded.batches.empty();
    // The snapshot file has one timestamp for the last batch and for a marker after it.
    SequencedBatch last = found.batches.back();
    last.timestamp = folded.batches.back().timestamp;
    return last == folded.batches.back();
}

/// The last batch, the epoch and the open transaction of a producer are what its batches say. A producer may have been
/// forgotten at a moment when all that it had written lay below the log start: then only its later batches count.
void check_producer(std::span<const TestBatch> batches, Offset log_start, ProducerId id, const ProducerState* found) {
    if (found != nullptr) RC_LOG() << fmt::format("found {}\n", *found);
    for (std::size_t first = 0; first <= batches.size(); ++first) {
        ProducerFold fold;
        for (const TestBatch& batch : batches.subspan(first)) fold.apply(batch.facts);
        const auto states = fold.states();
        const auto folded = std::ranges::find(states, id, &ProducerState::id);
        const bool writes_nothing = folded == states.end() || folded->batches.empty();
        if (found == nullptr ? writes_nothing : folded != states.end() && is_alike(*found, *folded)) return;
        const bool may_be_forgotten = first < batches.size() && batches[first].facts.end_offset() <= log_start;
        if (folded != states.end()) RC_LOG() << fmt::format("expected {}\n", *folded);
        if (!may_be_forgotten) break;
    }
    RC_FAIL("the producer's state is not that of its batches");
}

/// The log holds exactly the first batches of what was appended, byte for byte, and says of itself what they say.
void check_log(World& world, const OpenedState& state) {
    const Expected& expected = world.expected;
    const PartitionLog& log = *world.log;
    RC_LOG() << fmt::format("opened [{}, {}), expected [{}, {}), durable below {}, recovery point {}\n",
                            state.log_start, state.log_end, expected.log_start, expected.end(), expected.durable,
                            expected.recovery_point);
    for (const auto& [name, content] : world.files.image()) RC_LOG() << name << " " << content.size() << "\n";
    for (const std::string& note : state.notes) RC_LOG() << note << "\n";
    RC_ASSERT(state.damaged.empty());
    RC_ASSERT(state.log_end >= expected.durable);
    RC_ASSERT(log.recovery_point() == log.log_end());

    LeaderEpochCache epochs;
    ProducerFold producers;
    std::vector<AbortedTransaction> aborted;
    std::size_t count = 0;
    for (const TestBatch& batch : expected.batches) {
        if (batch.facts.end_offset() > state.log_end) break;
        ++count;
        if (const auto last = epochs.latest(); !last || last->epoch < batch.facts.leader_epoch)
            epochs.assign(batch.facts.leader_epoch, batch.facts.base_offset);
        if (const auto one = producers.apply(batch.facts)) aborted.push_back(*one);
    }
    const Offset end = count == 0 ? Offset{0} : expected.batches[count - 1].facts.end_offset();
    RC_ASSERT(state.log_end == std::max(end, state.log_start));
    RC_ASSERT(state.log_start == expected.log_start || state.log_end < expected.log_start);
    epochs.truncate_from_start(state.log_start);
    epochs.truncate_from_end(state.log_end);  // KAFKA-10706
    RC_ASSERT(std::ranges::equal(log.epochs(), epochs.entries()));

    const auto found = log.producers();
    for (const ProducerState& known : producers.states()) {
        const auto it = std::ranges::find(found, known.id, &ProducerState::id);
        check_producer({expected.batches.data(), count}, state.log_start, known.id, it == found.end() ? nullptr : &*it);
    }

    // Bytes, from the log start on.
    std::vector<std::byte> wanted;
    std::optional<Offset> from;
    for (std::size_t i = 0; i < count; ++i) {
        const TestBatch& batch = expected.batches[i];
        if (batch.facts.end_offset() <= state.log_start) continue;
        if (!from) from = std::max(state.log_start, batch.facts.base_offset);
        std::vector<std::byte> bytes = batch.bytes;
        wire::stamp_batch(bytes, batch.facts.base_offset, batch.facts.leader_epoch);
        wanted.insert(wanted.end(), bytes.begin(), bytes.end());
    }
    std::vector<std::byte> read_bytes;
    for (Offset at = from.value_or(state.log_end); at < state.log_end;) {
        const auto slices = log.locate(at, state.log_end, 700, true);
        RC_ASSERT(slices.has_value());
        RC_ASSERT(slices->end_offset > at);
        std::vector<std::byte> bytes(slices->total_bytes);
        RC_ASSERT(read_slices(*slices, bytes).has_value());
        read_bytes.insert(read_bytes.end(), bytes.begin(), bytes.end());
        at = slices->end_offset;
    }
    RC_ASSERT(read_bytes == wanted);
    for (const AbortedTransaction& one : aborted) {
        if (one.first_offset < state.log_start) continue;
        const auto overlapping = log.aborted_transactions(one.first_offset, one.marker_offset.next());
        RC_ASSERT(overlapping.has_value());
        for (const AbortedTransaction& known : *overlapping) {
            RC_LOG() << fmt::format("aborted: {} [{}, {}] {}\n", known.producer, known.first_offset,
                                    known.marker_offset, known.last_stable_offset);
        }
        RC_LOG() << fmt::format("expected: {} [{}, {}] {}\n", one.producer, one.first_offset, one.marker_offset,
                                one.last_stable_offset);
        RC_ASSERT(std::ranges::find(*overlapping, one) != overlapping->end());
    }
}

void append_something(World& world) {
    const Offset base = world.log->log_end();
    const auto id = *rc::gen::inRange<std::int64_t>(0, 4);
    TestBatch batch;
    const bool in_transaction = [&] {
        const auto states = world.log->producers();
        const auto it = std::ranges::find(states, ProducerId{id}, &ProducerState::id);
        return it != states.end() && it->transaction_first_offset.has_value();
    }();
    if (in_transaction && *rc::gen::weightedElement<bool>({{1, true}, {2, false}})) {
        batch = a_marker(base, ProducerId{id}, ProducerEpoch{0}, *rc::gen::arbitrary<bool>(), world.epoch);
    } else {
        BatchOf of{.records = *rc::gen::inRange(1, 4),
                   .value_bytes = *rc::gen::weightedElement<std::size_t>({{6, 5}, {3, 120}, {1, 1500}}),
                   .epoch = world.epoch,
                   .timestamp = Timestamp{kNow.value() + *rc::gen::inRange(0, 1000)},
                   .producer = {},
                   .transactional = false};
        if (id > 0) {
            std::int32_t& sequence = world.next_sequence[id];
            of.producer = stamp(id, sequence);
            of.transactional = in_transaction || id == 3;
            sequence += of.records;
        }
        batch = a_batch(base, of);
    }
    const auto done = world.log->append(batch.facts, batch.bytes, kNow);
    RC_ASSERT(done.has_value());
    world.expected.batches.push_back(std::move(batch));
}

/// One step of a driver that does everything right, until the disk fails.
void step(World& world) {
    Expected& expected = world.expected;
    PartitionLog& log = *world.log;
    switch (*rc::gen::weightedElement<int>({{12, 0}, {4, 1}, {2, 2}, {1, 3}, {1, 4}, {2, 5}, {1, 6}})) {
        case 0:
            append_something(world);
            break;
        case 1:
            RC_ASSERT(log.flush().has_value());
            expected.durable = expected.end();
            break;
        case 2:  // the checkpoint is written some time after a flush
            expected.recovery_point = log.recovery_point();
            break;
        case 3: {  // a follower truncates to where a batch begins
            if (expected.batches.empty()) break;
            const auto at = *rc::gen::inRange<std::size_t>(0, expected.batches.size());
            const Offset end = expected.batches[at].facts.base_offset;
            if (end < log.log_start()) break;
            RC_ASSERT(log.truncate_to(end, kNow).has_value());
            expected.truncate(end);
            world.next_sequence.clear();
            for (const ProducerState& producer : log.producers()) {
                if (!producer.batches.empty())
                    world.next_sequence[producer.id.value()] = producer.batches.back().last_sequence.next().value();
            }
            break;
        }
        case 4: {  // DeleteRecords below what is durable; the checkpoint is written at once
            if (expected.durable <= log.log_start()) break;
            const Offset start{*rc::gen::inRange(log.log_start().value(), expected.durable.value() + 1)};
            expected.log_start = start;
            RC_ASSERT(log.advance_log_start(start, kNow).has_value());
            break;
        }
        case 5:
            world.epoch = LeaderEpoch{world.epoch.value() + 1};
            break;
        case 6: {  // a clean restart
            RC_ASSERT(log.close().has_value());
            expected.durable = expected.end();
            expected.recovery_point = log.recovery_point();
            check_log(world, world.open(true));
            break;
        }
        default:
            break;
    }
}

std::unique_ptr<World> a_world_after_some_steps() {
    auto world = std::make_unique<World>();
    RC_ASSERT(world->files.create_directories(kPath).has_value());
    for (const char* above : {"", "data"}) RC_ASSERT(world->files.sync_directory(above).has_value());
    world->open(false);
    const int steps = *rc::gen::inRange(1, 60);
    for (int i = 0; i < steps; ++i) step(*world);
    return world;
}

/// Names of the files that differ. An empty file is as good as none.
std::vector<std::string> differing(const std::map<std::string, std::vector<std::byte>>& before,
                                   const std::map<std::string, std::vector<std::byte>>& after) {
    std::vector<std::string> names;
    for (const auto* side : {&before, &after}) {
        const auto& other = side == &before ? after : before;
        for (const auto& [name, content] : *side) {
            const auto found = other.find(name);
            const bool is_same = found == other.end() ? content.empty() : found->second == content;
            if (!is_same) names.push_back(fmt::format("{} ({} bytes)", name, content.size()));
        }
    }
    return names;
}

/// What is durable is there, what is there was appended, and opening again changes nothing.
void check_recovery(World& world) {
    auto state = world.open(false);
    check_log(world, state);
    world.expected.truncate(state.log_end);
    // Crash again, before the driver did anything: everything recovery found is durable, and stays as it is.
    world.files.crash(CrashKind::power_loss, keep_nothing());
    world.expected.durable = state.log_end;
    world.expected.recovery_point = std::min(world.expected.recovery_point, state.log_end);
    const auto image = world.files.image();
    const auto again = world.open(false);
    check_log(world, again);
    RC_ASSERT(again.log_end == state.log_end);
    RC_ASSERT(again.log_start == state.log_start);
    RC_ASSERT(again.cut_bytes == 0U);
    RC_ASSERT(differing(image, world.files.image()) == std::vector<std::string>{});
}

// storage-faults S2, S22.
RC_GTEST_PROP(Recovery, AfterAProcessKillEverythingAppendedIsThere, ()) {
    const auto world = a_world_after_some_steps();
    const Offset end = world->expected.end();
    world->files.crash(CrashKind::process_kill, keep_nothing());
    world->expected.durable = end;
    check_recovery(*world);
    RC_ASSERT(world->log->log_end() == std::max(end, world->log->log_start()));
}

// storage-faults S1, S11, S21: any subset of unsynced writes, torn at sectors, any subset of unsynced names.
RC_GTEST_PROP(Recovery, AfterAPowerLossEverythingFlushedIsThereAndNothingElseThanWhatWasAppended, ()) {
    const auto world = a_world_after_some_steps();
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    world->files.crash(CrashKind::power_loss, seeded_choice(seed));
    RC_CLASSIFY(world->expected.durable < world->expected.end(), "something was not flushed");
    check_recovery(*world);
    RC_CLASSIFY(world->log->log_end() < world->expected.end(), "something was lost");
    // Life goes on, and survives the next power loss too.
    for (int i = 0; i < 10; ++i) step(*world);
    world->files.crash(CrashKind::power_loss, seeded_choice(seed + 1));
    check_recovery(*world);
}

// storage-faults S6, S9, S20: a call fails, once or for good; then the power goes.
RC_GTEST_PROP(Recovery, AfterAFailingCallAndAPowerLossEverythingFlushedIsThere, ()) {
    const auto world = a_world_after_some_steps();
    const auto call = world->files.calls() + *rc::gen::inRange<std::uint64_t>(1, 60);
    world->files.fail_call(call, *rc::gen::element(EIO, ENOSPC), *rc::gen::arbitrary<bool>());
    Expected& expected = world->expected;
    PartitionLog& log = *world->log;
    for (int i = 0; i < 30 && !log.failed(); ++i) {
        const TestBatch batch = a_batch(log.log_end(), {.value_bytes = 100, .epoch = world->epoch});
        // A batch whose append failed may be on the disk: it was never acknowledged, but it may be found.
        const bool appended = log.append(batch.facts, batch.bytes, kNow).has_value();
        expected.batches.push_back(batch);
        if (!appended) break;
        if (i % 3 == 2 && log.flush().has_value()) expected.durable = expected.end();
    }
    RC_CLASSIFY(log.failed(), "the log failed");
    world->files.heal();
    world->files.crash(CrashKind::power_loss, seeded_choice(*rc::gen::arbitrary<std::uint64_t>()));
    check_recovery(*world);
}

// storage-faults, crash enumeration C: the power goes again at any call of the recovery itself.
RC_GTEST_PROP(Recovery, APowerLossDuringRecoveryLosesNothingThatWasFlushed, ()) {
    const auto world = a_world_after_some_steps();
    auto seed = *rc::gen::arbitrary<std::uint64_t>();
    world->files.crash(CrashKind::power_loss, seeded_choice(seed));
    for (int i = 0; i < 3; ++i) {
        world->log.reset();
        world->files.fail_call(world->files.calls() + *rc::gen::inRange<std::uint64_t>(1, 80), EIO, true);
        auto opened = PartitionLog::open(world->files, world->parameters_now(false), kNow);
        RC_CLASSIFY(!opened.has_value(), "recovery was interrupted");
        world->files.heal();
        world->files.crash(CrashKind::power_loss, seeded_choice(++seed));
    }
    check_recovery(*world);
}

}  // namespace
}  // namespace highwater::storage
