// Compaction of generated logs, pass after pass, with transactions, tombstones, several codecs and little memory: what
// readers of committed records make of the log is the latest value per key, before and after (KIP-58, KIP-98, KIP-534).
#include "proptests/prelude.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/ranges.h>

#include "broker/storage/partition_log.h"
#include "broker/storage/simulated_file_system.h"
#include "broker/storage/testing.h"
#include "net/wire/record/record.h"

namespace highwater::storage {
namespace {

using namespace testing;

constexpr std::chrono::milliseconds kDeleteRetention{1000};

enum class Fate : std::uint8_t { plain, open, committed, aborted };

/// A record as it was produced.
struct Produced {
    std::string key;
    std::optional<std::string> value;
    Fate fate = Fate::plain;
    std::optional<ProducerId> producer;
    /// Passes that were made before it was appended.
    std::size_t passes_before = 0;
};

/// A record as it stands in the log.
struct Found {
    Offset offset;
    std::string key;
    std::optional<std::string> value;
    friend bool operator==(const Found&, const Found&) = default;
};

std::string text(wire::RecordBytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
wire::RecordBytes bytes_of(const std::string& text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

class CompactedLog {
  public:
    CompactedLog() { open(); }

    void produce(std::optional<std::int64_t> producer, bool transactional) {
        const auto count = *rc::gen::inRange(1, 4);
        const auto codec = *rc::gen::element(wire::CompressionCodec::none, wire::CompressionCodec::none,
                                             wire::CompressionCodec::gzip, wire::CompressionCodec::zstd);
        wire::BatchOptions options{.compression = {.codec = codec}, .transactional = transactional};
        if (producer)
            options.producer =
                stamp(*producer, std::exchange(next_sequence_[*producer], next_sequence_[*producer] + count));
        wire::RecordBatchBuilder builder(options);
        for (int i = 0; i < count; ++i) {
            Produced record{.key = fmt::format("key {}", *rc::gen::inRange(0, 6)),
                            .value = {},
                            .fate = transactional ? Fate::open : Fate::plain,
                            .producer = {},
                            .passes_before = passes_.size()};
            if (*rc::gen::inRange(0, 4) > 0) record.value = fmt::format("value {}", produced_.size());
            if (transactional) record.producer = ProducerId{*producer};
            builder.add({.key = bytes_of(record.key),
                         .value = record.value ? std::optional(bytes_of(*record.value)) : std::nullopt,
                         .timestamp = kNow,
                         .headers = {}});
            produced_.emplace(log_->log_end() + OffsetDelta{i}, record);
        }
        append(*log_, finish(builder.finish(), log_->log_end(), LeaderEpoch{0}));
        if (transactional) open_.try_emplace(*producer, log_->log_end() - OffsetDelta{count});
    }

    void end_transaction(bool commit) {
        if (open_.empty()) return;
        const std::int64_t producer = open_.begin()->first;
        append(*log_, a_marker(log_->log_end(), ProducerId{producer}, ProducerEpoch{0}, commit));
        for (auto& [offset, record] : produced_) {
            if (record.fate == Fate::open && record.producer == ProducerId{producer})
                record.fate = commit ? Fate::committed : Fate::aborted;
        }
        open_.erase(producer);
    }

    void compact() {
        now_ = Timestamp{now_.value() + *rc::gen::element<std::int64_t>(0, 400, 1000)};
        RC_ASSERT(log_->flush().has_value());
        const CompactionSettings settings{.min_dirty_ratio = 0, .delete_retention = kDeleteRetention};
        if (!log_->compaction_need(settings, now_, last_stable_offset()).is_due) return;
        const Offset before = log_->clean_end();
        const std::uint64_t memory = *rc::gen::element<std::uint64_t>(4 * 24, 1 << 16);
        const CompactionPlan plan = log_->plan_compaction(settings, now_, last_stable_offset(), memory);
        auto result = plan.run();
        RC_ASSERT(result.has_value());
        const auto done = log_->compaction_completed(plan, std::move(*result), now_);
        RC_ASSERT(done.has_value() && *done);
        RC_ASSERT(log_->clean_end() > before);
        passes_.push_back(now_);
    }

    void reopen() {
        const auto producers = log_->producers();
        const Offset clean_end = log_->clean_end();
        RC_ASSERT(log_->close().has_value());
        clean_end_ = clean_end;
        open();
        const auto found = log_->producers();
        RC_ASSERT(found.size() == producers.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            RC_ASSERT(found[i].transaction_first_offset == producers[i].transaction_first_offset);
            RC_ASSERT(found[i].batches.empty() == producers[i].batches.empty());
            if (!found[i].batches.empty())
                RC_ASSERT(found[i].batches.back().last_sequence == producers[i].batches.back().last_sequence);
        }
    }

    void check() const {
        const std::vector<Found> found = records();
        std::map<std::string, std::string> expected;
        for (const auto& [offset, record] : produced_) {
            if (offset < last_stable_offset()) put(expected, record.fate, record.key, record.value);
        }
        std::map<std::string, std::string> table;
        std::set<std::string> below_clean_end;
        std::set<Offset> there;
        for (const Found& record : found) {
            const auto original = produced_.find(record.offset);
            RC_ASSERT(original != produced_.end());
            RC_ASSERT(original->second.key == record.key && original->second.value == record.value);
            there.insert(record.offset);
            const Fate fate = original->second.fate;
            if (record.offset < last_stable_offset()) put(table, fate, record.key, record.value);
            if (record.offset < log_->clean_end()) {
                RC_ASSERT(fate != Fate::aborted);
                RC_ASSERT(below_clean_end.insert(record.key).second);
            }
        }
        RC_ASSERT(table == expected);
        check_tombstones(there);
        check_aborted(there);
    }

  private:
    void open() {
        LogSettings settings = small_settings();
        settings.compacted = true;
        settings.segment_bytes = 400;
        OpenParameters with = parameters(settings);
        with.clean_shutdown = clean_end_.has_value();
        with.clean_end = clean_end_;
        with.recovery_point = log_ ? log_->recovery_point() : Offset{0};
        log_.reset();
        log_ = open_log(files_, with).log;
    }

    static void put(std::map<std::string, std::string>& table, Fate fate, const std::string& key,
                    const std::optional<std::string>& value) {
        if (fate == Fate::aborted) return;
        table.erase(key);
        if (value) table.emplace(key, *value);
    }

    [[nodiscard]] Offset last_stable_offset() const {
        Offset stable = log_->log_end();
        for (const auto& [producer, first] : open_) stable = std::min(stable, first);
        return stable;
    }

    [[nodiscard]] std::vector<Found> records() const {
        std::vector<Found> found;
        const std::vector<std::byte> bytes = read(*log_, Offset{0}, log_->log_end());
        wire::Decompressor decompressor;
        wire::BatchReader batches(bytes);
        while (const auto batch = batches.next()) {
            RC_ASSERT(batch->crc_matches());
            if (batch->header.is_control()) continue;
            wire::RecordBuffer clear;
            const auto section = wire::clear_records(*batch, decompressor, 1 << 20, clear);
            RC_ASSERT(section.has_value());
            wire::RecordReader reader(*section, batch->header.record_count);
            while (const auto record = reader.next()) {
                RC_ASSERT(wire::record_timestamp(batch->header, *record) == kNow);
                found.push_back({batch->header.base_offset + OffsetDelta{record->offset_delta}, text(*record->key),
                                 record->value ? std::optional(text(*record->value)) : std::nullopt});
            }
            RC_ASSERT(!reader.defect());
        }
        RC_ASSERT(batches.end() == wire::BatchesEnd::complete);
        return found;
    }

    /// The tombstone that says the last of its key stays for its time, counted from the first pass that can have met
    /// it.
    void check_tombstones(const std::set<Offset>& there) const {
        std::map<std::string, Offset> latest;
        for (const auto& [offset, record] : produced_) {
            if (record.fate != Fate::aborted) latest.insert_or_assign(record.key, offset);
        }
        for (const auto& [key, offset] : latest) {
            const Produced& record = produced_.at(offset);
            if (record.value || there.contains(offset)) continue;
            RC_ASSERT(record.passes_before < passes_.size());
            RC_ASSERT(passes_.back().value() - passes_[record.passes_before].value() >= kDeleteRetention.count());
        }
    }

    /// As long as a record of an aborted transaction is there, readers are told to skip it, and its marker is there.
    void check_aborted(const std::set<Offset>& there) const {
        const auto aborted = log_->aborted_transactions(Offset{0}, log_->log_end());
        RC_ASSERT(aborted.has_value());
        std::set<Offset> markers;
        for (const BatchFacts& batch : batches_in(*log_)) {
            if (batch.marker) markers.insert(batch.base_offset);
        }
        for (const Offset offset : there) {
            const Produced& record = produced_.at(offset);
            if (record.fate != Fate::aborted) continue;
            const bool is_told = std::ranges::any_of(*aborted, [&](const AbortedTransaction& transaction) {
                return transaction.producer == *record.producer && transaction.first_offset <= offset &&
                       offset < transaction.marker_offset && markers.contains(transaction.marker_offset);
            });
            RC_ASSERT(is_told);
        }
    }

    SimulatedFileSystem files_;
    std::unique_ptr<PartitionLog> log_;
    std::optional<Offset> clean_end_;
    std::map<Offset, Produced> produced_;
    /// Open transactions: producer, first offset.
    std::map<std::int64_t, Offset> open_;
    std::map<std::int64_t, std::int32_t> next_sequence_;
    std::vector<Timestamp> passes_;
    Timestamp now_ = kNow;
};

RC_GTEST_PROP(Compaction, LeavesTheLatestCommittedValueOfEachKey, ()) {
    CompactedLog log;
    const int steps = *rc::gen::inRange(1, 80);
    for (int i = 0; i < steps; ++i) {
        switch (*rc::gen::inRange(0, 12)) {
            case 0:
            case 1:
                log.compact();
                log.check();
                break;
            case 2:
                log.reopen();
                log.check();
                break;
            case 3:
                log.end_transaction(*rc::gen::arbitrary<bool>());
                break;
            case 4:
            case 5:
                log.produce(*rc::gen::inRange(1, 3), true);
                break;
            case 6:
                log.produce(3, false);
                break;
            default:
                log.produce(std::nullopt, false);
                break;
        }
    }
    log.check();
}

}  // namespace
}  // namespace highwater::storage
