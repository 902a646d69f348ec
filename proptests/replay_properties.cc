// ReplicaLog and its files, driven as the broker drives them: after any mix of append, retry, flush, roll, truncation,
// log start, restart and crash, what the machine knows is the fold of the batches that are in the log (P7, P17), a
// recovered machine knows what the live one did (R2), and every read gives the batches that were appended, in order
// (P12).
#include "proptests/prelude.h"

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "broker/storage/log_loading.h"
#include "broker/storage/partition_log.h"
#include "broker/storage/segment_files.h"
#include "broker/storage/simulated_file_system.h"
#include "broker/storage/testing.h"
#include "proptests/commands/log_folds.h"

namespace highwater::property {
namespace {

using namespace storage;
using namespace storage::testing;

int pick(int below) {
    return *rc::gen::inRange(0, below);
}

/// The driver, and what it was told; `model` knows every batch from the beginning of time.
struct Broker {
    SimulatedFileSystem files;
    LogSettings settings = small_settings();
    std::unique_ptr<PartitionLog> log;
    ReplicaLog machine;
    NaiveLog model;
    std::map<Offset, std::vector<std::byte>> bytes;  // of each batch, as a read gives them
    std::deque<FlushPlan> plans;
    // The checkpoint files of the directory.
    Offset recovery_point;
    Offset high_watermark;
    std::optional<Offset> log_start;
    /// The machine must know its producers' batches from here on: a snapshot has only the last one of each.
    Offset windows_from;
    LeaderEpoch epoch;
    struct {
        bool retried = false;
        bool truncated = false;
        bool rolled = false;
        bool recovered_from_snapshot = false;
        bool lost_a_tail = false;
    } seen;

    /// The lowest offset that a file with this suffix is named by; zero when there is none.
    [[nodiscard]] Offset first_of(std::string_view suffix) const {
        for (const auto& [path, content] : files.image()) {
            const auto name = std::string_view(path).substr(path.rfind('/') + 1);
            if (const auto offset = offset_of_file(name, suffix)) return *offset;
        }
        return Offset{0};
    }
    /// Recovers, or begins. The machine is loaded as the broker loads it.
    void open(bool clean) {
        plans.clear();
        log.reset();
        OpenParameters with = parameters(settings);
        with.clean_shutdown = clean;
        with.recovery_point = recovery_point;
        with.high_watermark = high_watermark;
        with.log_start = log_start;
        with.lower_recovery_point = [this](Offset offset) -> IoResult<void> {
            recovery_point = std::min(recovery_point, offset);
            return {};
        };
        const Offset base = first_of(kLogSuffix);
        windows_from = settings.window_replay_bytes == 0 ? model.end : base;
        // A power loss may have taken the snapshot with which the first segment began.
        if (base > Offset{0}) windows_from = std::max(windows_from, first_of(kSnapshotSuffix));
        auto opened = PartitionLog::open(files, with, kNow);
        RC_ASSERT(opened.has_value());
        log = std::move(opened->log);
        const OpenedState& state = opened->state;
        for (const std::string& note : state.notes) {
            RC_LOG() << note << "\n";
            if (note.find("is not usable") != std::string::npos) windows_from = model.end;
        }
        judge("NoAckedLoss", state.log_end >= model.durable, "the log ends at {}, and {} was durable", state.log_end,
              model.durable);
        windows_from = std::max(windows_from, first_of(kLogSuffix));  // what was below the log start is deleted now
        RC_LOG() << fmt::format("opened [{}, {}), snapshot at {}, segments from {}\n", state.log_start, state.log_end,
                                state.snapshot.offset, base);
        auto loaded = load_replica_log(*log, state, high_watermark, {}, Time{0});
        RC_ASSERT(loaded.has_value());
        machine = *std::move(loaded);
        seen.lost_a_tail |= state.log_end < model.end;
        seen.recovered_from_snapshot |= state.snapshot.offset > Offset{0};
        model.truncate(state.log_end);
        model.written = model.durable = model.end;
        model.high_watermark = std::min(high_watermark, model.end);
        model.high_watermark = std::max(model.high_watermark, model.start);
    }
};

/// What is known of each producer is the fold of its batches, but for the batches before `windows_from`, of which only
/// the last must be known.
void judge_windows(const Broker& broker) {
    for (std::int64_t id = 1; id <= 3; ++id) {
        const auto expected = broker.model.producer(ProducerId{id});
        const ProducerState* said = broker.machine.producer(ProducerId{id}, Time{0});
        judge("ProducerFold", (said != nullptr) == expected.has_value(), "producer {} is {}known", id,
              said == nullptr ? "not " : "");
        if (said == nullptr) continue;
        const bool same = said->epoch == expected->epoch && said->coordinator_epoch == expected->coordinator_epoch &&
                          said->transaction_first_offset == expected->transaction_first_offset &&
                          said->batches.size() <= expected->batches.size();
        judge("ProducerFold", same, "producer {}: {}, not {}", id, *said, *expected);
        const std::size_t unknown = expected->batches.size() - said->batches.size();
        for (std::size_t i = 0; i < expected->batches.size(); ++i) {
            SequencedBatch wanted = expected->batches[i];
            if (i < unknown) {
                const bool may_be_unknown = wanted.base_offset() < broker.windows_from && !said->batches.empty();
                judge("ProducerFold", may_be_unknown, "producer {}: {} is not in the window {}", id, wanted, *said);
                continue;
            }
            // The file has one time for the last batch and for a marker after it.
            const SequencedBatch& known = said->batches[i - unknown];
            if (wanted.base_offset() < broker.windows_from) wanted.timestamp = known.timestamp;
            judge("ProducerFold", known == wanted, "producer {}: {}, not {}", id, known, wanted);
        }
    }
}

/// The files say the same: epochs, and the last batch of each producer, which is what the next snapshot will hold.
void judge_files(const Broker& broker) {
    const auto entries = broker.log->epochs();
    judge("EpochOrder", std::ranges::equal(entries, broker.model.epochs), "the files' epochs are {}, not {}",
          print(std::vector<EpochEntry>(entries.begin(), entries.end())), print(broker.model.epochs));
    judge("LogOffsets", broker.log->log_end() == broker.model.end, "the files end at {}, not at {}",
          broker.log->log_end(), broker.model.end);
    const auto states = broker.log->producers();
    for (std::int64_t id = 1; id <= 3; ++id) {
        const auto expected = broker.model.producer(ProducerId{id});
        const auto said = std::ranges::find(states, ProducerId{id}, &ProducerState::id);
        judge("ProducerFold", (said != states.end()) == expected.has_value(), "the files know producer {}: {}", id,
              said != states.end());
        if (!expected) continue;
        const bool same =
            said->epoch == expected->epoch && said->transaction_first_offset == expected->transaction_first_offset &&
            said->batches.empty() == expected->batches.empty() &&
            (said->batches.empty() || said->batches.back().last_sequence == expected->batches.back().last_sequence) &&
            (said->batches.empty() || said->batches.back().last_offset == expected->batches.back().last_offset);
        judge("ProducerFold", same, "the files have {}, not {}", *said, *expected);
    }
}

/// P12: a read from anywhere gives whole batches that follow one another, as they were appended.
void judge_read(const Broker& broker) {
    const Offset end = broker.model.end;
    for (Offset from = broker.model.start; from < end;) {
        const auto slices = broker.log->locate(from, end, 400, true);
        judge("Contiguous", slices.has_value(), "a read from {} fails: {}", from, slices ? "" : slices.error().text());
        std::vector<std::byte> read(slices->total_bytes);
        RC_ASSERT(read_slices(*slices, read).has_value());
        std::vector<std::byte> wanted;
        for (const BatchFacts& batch : broker.model.batches) {
            if (batch.end_offset() <= from || batch.base_offset >= slices->end_offset) continue;
            const auto& one = broker.bytes.at(batch.base_offset);
            wanted.insert(wanted.end(), one.begin(), one.end());
        }
        judge("Contiguous", slices->end_offset > from && read == wanted, "a read of [{}, {}) gives other bytes", from,
              slices->end_offset);
        from = slices->end_offset;
    }
}

void judge_all(const Broker& broker) {
    judge_offsets(broker.model, broker.machine);
    judge_epochs(broker.model, broker.machine);
    judge_windows(broker);
    judge_transactions(broker.model, broker.machine);
    judge_files(broker);
}

void write(Broker& broker, const TestBatch& batch) {
    RC_LOG() << print(batch.facts) << "\n";
    const auto segments = broker.log->segment_count();
    const Appended appended = broker.machine.append_as_leader(broker.epoch, batch.facts, Time{0});
    RC_ASSERT(broker.log->append(appended.facts, batch.bytes, kNow).has_value());
    broker.machine.mark_written(appended.facts.end_offset());
    if (broker.model.epochs.empty() || broker.model.epoch() < broker.epoch) broker.model.start_epoch(broker.epoch);
    broker.model.add(appended.facts);
    broker.model.written = broker.model.end;
    std::vector<std::byte> stamped = batch.bytes;
    wire::stamp_batch(stamped, appended.facts.base_offset, broker.epoch);
    broker.bytes[appended.facts.base_offset] = std::move(stamped);
    broker.seen.rolled |= broker.log->segment_count() > segments;
}

/// A client's batch: plain, the next of a producer, one with a new producer epoch, the retry of one in the window, or
/// the marker that ends a transaction.
void offer(Broker& broker) {
    const Offset base = broker.model.end;
    BatchOf of{.records = 1 + pick(3),
               .value_bytes = *rc::gen::weightedElement<std::size_t>({{6, 5}, {3, 120}, {1, 900}}),
               .epoch = broker.epoch,
               .timestamp = Timestamp{kNow.value() + pick(1000)}};
    const ProducerId id{pick(4)};
    if (id == ProducerId{0}) return write(broker, a_batch(base, of));
    const auto known = broker.model.producer(id);
    std::int16_t producer_epoch = known ? known->epoch.value() : std::int16_t{0};
    std::int32_t sequence = known && !known->batches.empty() ? known->batches.back().last_sequence.next().value() : 0;
    of.transactional = id == ProducerId{3};
    const bool open = known && known->transaction_first_offset.has_value();
    if (open && pick(3) == 0) {
        return write(broker, a_marker(base, id, ProducerEpoch{producer_epoch}, pick(2) == 0, broker.epoch));
    }
    const ProducerState* window = broker.machine.producer(id, Time{0});
    if (window != nullptr && !window->batches.empty() && pick(3) == 0) {
        const auto size = static_cast<int>(window->batches.size());
        const SequencedBatch original = window->batches[static_cast<std::size_t>(pick(size))];
        of.records = original.offset_delta + 1;
        of.producer = stamp(id.value(), original.first_sequence().value(), producer_epoch);
        const auto told = broker.machine.check_append(a_batch(base, of).facts, Time{0});
        const bool recognised = told && *told && (*told)->base_offset == original.base_offset();
        judge("NoDuplicate", recognised, "the retry of {} is not recognised", original);
        broker.seen.retried = true;
        return;
    }
    if (known && !open && pick(8) == 0) {
        ++producer_epoch;
        sequence = 0;
    }
    of.producer = stamp(id.value(), sequence, producer_epoch);
    const TestBatch batch = a_batch(base, of);
    const auto checked = broker.machine.check_append(batch.facts, Time{0});
    judge("SequenceOrder", checked && !*checked, "{} is refused", batch.facts);
    write(broker, batch);
}

/// The oldest flush under way is done; a cut since then voids it.
void complete_flush(Broker& broker) {
    const FlushPlan plan = std::move(broker.plans.front());
    broker.plans.pop_front();
    RC_ASSERT(plan.run().has_value());
    broker.log->flush_completed(plan);
    broker.machine.mark_durable(broker.log->recovery_point());
    broker.model.durable = std::max(broker.model.durable, std::min(broker.log->recovery_point(), broker.model.written));
}

/// A clean one: flushes under way are waited for.
void restart(Broker& broker) {
    while (!broker.plans.empty()) complete_flush(broker);
    RC_ASSERT(broker.log->close().has_value());
    broker.model.durable = broker.model.end;
    broker.recovery_point = broker.model.end;
    broker.high_watermark = broker.model.high_watermark;
    broker.open(true);
}

constexpr std::array kSteps{"offer",      "plan a flush", "complete a flush", "raise the high watermark",
                            "checkpoint", "truncate",     "start an epoch",   "advance the log start",
                            "read",       "restart"};

void step(Broker& broker) {
    NaiveLog& model = broker.model;
    const auto what = *rc::gen::weightedElement<int>(
        {{14, 0}, {4, 1}, {4, 2}, {3, 3}, {2, 4}, {2, 5}, {1, 6}, {1, 7}, {1, 8}, {1, 9}});
    RC_LOG() << kSteps[static_cast<std::size_t>(what)] << " [" << model.start.value() << ", " << model.end.value()
             << "), high watermark " << model.high_watermark.value() << ", durable " << model.durable.value() << "\n";
    switch (what) {
        case 0:
            offer(broker);
            break;
        case 1:
            broker.plans.push_back(broker.log->plan_flush());
            break;
        case 2:
            if (!broker.plans.empty()) complete_flush(broker);
            break;
        case 3: {  // in fsync mode the high watermark stays below what is durable
            const Offset to{*rc::gen::inRange(model.high_watermark.value(), model.durable.value() + 1)};
            if (to <= model.high_watermark) break;
            broker.machine.raise_high_watermark(to);
            model.high_watermark = to;
            break;
        }
        case 4:
            broker.recovery_point = broker.log->recovery_point();
            broker.high_watermark = model.high_watermark;
            break;
        case 5: {  // a follower truncates to where a batch begins
            std::vector<Offset> places;
            for (const BatchFacts& batch : model.batches) {
                if (broker.machine.can_truncate_to(batch.base_offset) && batch.base_offset >= model.high_watermark) {
                    places.push_back(batch.base_offset);
                }
            }
            if (places.empty()) break;
            const Offset cut = places[static_cast<std::size_t>(pick(static_cast<int>(places.size())))];
            broker.machine.truncate_to(cut);
            RC_ASSERT(broker.log->truncate_to(cut, kNow).has_value());
            model.truncate(cut);
            broker.seen.truncated = true;
            break;
        }
        case 6:
            broker.epoch = LeaderEpoch{broker.epoch.value() + 1};
            model.start_epoch(broker.epoch);
            broker.machine.start_epoch(broker.epoch);
            broker.log->start_epoch({broker.epoch, model.end});
            break;
        case 7: {  // DeleteRecords
            const Offset to{*rc::gen::inRange(model.start.value(), model.high_watermark.value() + 1)};
            broker.machine.advance_start(to);
            model.advance_start(to);
            RC_ASSERT(broker.log->advance_log_start(to, kNow).has_value());
            broker.log_start = to;
            break;
        }
        case 8:
            judge_read(broker);
            break;
        default: {  // a clean restart
            restart(broker);
            break;
        }
    }
    judge_all(broker);
}

std::unique_ptr<Broker> a_broker_after_some_steps(std::uint64_t window_replay_bytes) {
    auto broker = std::make_unique<Broker>();
    broker->settings.window_replay_bytes = window_replay_bytes;
    RC_ASSERT(broker->files.create_directories(kPath).has_value());
    for (const char* above : {"", "data"}) RC_ASSERT(broker->files.sync_directory(above).has_value());
    broker->open(false);
    const int steps = *rc::gen::inRange(1, 80);
    for (int i = 0; i < steps; ++i) step(*broker);
    return broker;
}

void classify(const Broker& broker) {
    RC_CLASSIFY(broker.seen.retried, "retried");
    RC_CLASSIFY(broker.seen.truncated, "truncated");
    RC_CLASSIFY(broker.seen.rolled, "rolled");
    RC_CLASSIFY(broker.seen.recovered_from_snapshot, "recovered from a snapshot");
    RC_CLASSIFY(broker.seen.lost_a_tail, "lost a tail");
}

constexpr std::uint64_t kWholeLog = std::uint64_t{64} << 20;

RC_GTEST_PROP(Replay, TheMachineAndItsFilesAreTheFoldOfTheLogThroughCleanRestarts, ()) {
    const auto broker = a_broker_after_some_steps(kWholeLog);
    judge_read(*broker);
    classify(*broker);
}

// A log too large to be read again: the newest snapshot and what follows it.
RC_GTEST_PROP(Replay, WhatASnapshotSaysAndTheBatchesAfterItAreTheFoldOfTheLog, ()) {
    const auto broker = a_broker_after_some_steps(0);
    restart(*broker);
    judge_all(*broker);
    classify(*broker);
}

RC_GTEST_PROP(Replay, AfterAProcessKillTheMachineIsTheFoldOfTheWholeLog, ()) {
    const auto broker = a_broker_after_some_steps(pick(2) == 0 ? 0 : kWholeLog);
    broker->files.crash(CrashKind::process_kill, keep_nothing());
    broker->model.durable = broker->model.end;
    broker->open(false);
    judge_all(*broker);
    judge_read(*broker);
    classify(*broker);
}

RC_GTEST_PROP(Replay, AfterPowerLossesTheMachineIsTheFoldOfWhatIsLeft, ()) {
    const auto broker = a_broker_after_some_steps(pick(2) == 0 ? 0 : kWholeLog);
    for (int i = 0; i < 3; ++i) {
        broker->files.crash(CrashKind::power_loss, seeded_choice(*rc::gen::arbitrary<std::uint64_t>()));
        broker->open(false);
        judge_all(*broker);
        judge_read(*broker);
        for (int n = 0; n < 12; ++n) step(*broker);
    }
    classify(*broker);
}

// R3: a log that failed to write or to sync takes nothing more, also when the disk is well again.
RC_GTEST_PROP(FailStop, AfterAFailedWriteOrSyncTheLogTakesNothingMore, ()) {
    const auto broker = a_broker_after_some_steps(kWholeLog);
    const bool write_fails = pick(2) == 0;
    const TestBatch batch = a_batch(broker->model.end, {.epoch = broker->epoch});
    if (!write_fails) RC_ASSERT(broker->log->append(batch.facts, batch.bytes, kNow).has_value());
    broker->files.fail_matching(write_fails ? "write" : "sync", "", EIO);
    if (write_fails) {
        RC_ASSERT(!broker->log->append(batch.facts, batch.bytes, kNow));
    } else {
        const FlushPlan plan = broker->log->plan_flush();
        const auto done = plan.run();
        RC_ASSERT(!done);
        broker->log->flush_failed(done.error());
    }
    broker->files.heal();
    const TestBatch next = a_batch(broker->log->log_end(), {.epoch = broker->epoch});
    judge("FailStop", !broker->log->append(next.facts, next.bytes, kNow), "an append after a failure is taken");
    judge("FailStop", !broker->log->flush(), "a flush after a failure succeeds");
}

}  // namespace
}  // namespace highwater::property
