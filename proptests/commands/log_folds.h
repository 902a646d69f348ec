#pragma once

#include <set>
#include <utility>

#include "core/log/replica_log.h"
#include "proptests/commands/naive_log.h"
#include "proptests/commands/named_property.h"

// What a ReplicaLog says of itself is a fold of the batches in it. One function for each property.

namespace highwater::property {

/// LogOffsets: start, end, written end, durable end and high watermark are what appends, progress and cuts made them.
inline void judge_offsets(const NaiveLog& model, const ReplicaLog& log) {
    const auto is = [](std::string_view what, Offset said, Offset expected) {
        judge("LogOffsets", said == expected, "the {} is {}, not {}", what, said, expected);
    };
    is("log start", log.start_offset(), model.start);
    is("log end", log.end_offset(), model.end);
    is("written end", log.written_offset(), model.written);
    is("durable end", log.durable_offset(), model.durable);
    is("high watermark", log.high_watermark(), model.high_watermark);
}

/// EpochOrder (P7): the leader epoch cache is the fold of the batches, plus the start of the latest leadership; and
/// OffsetForLeaderEpoch is answered by it.
inline void judge_epochs(const NaiveLog& model, const ReplicaLog& log) {
    const std::vector<EpochEntry> entries(log.epochs().entries().begin(), log.epochs().entries().end());
    judge("EpochOrder", entries == model.epochs, "the epochs are {}, not {}", print(entries), print(model.epochs));
    for (std::int32_t epoch = 0; epoch <= model.epoch().value() + 1; ++epoch) {
        const auto said = print(log.end_offset_for(LeaderEpoch{epoch}));
        const auto expected = print(model.end_offset_for(LeaderEpoch{epoch}));
        judge("EpochOrder", said == expected, "epoch {} ends at {}, not at {}", epoch, said, expected);
    }
}

/// ProducerFold (P17): what is known of each producer is the fold of its batches.
inline void judge_producers(const NaiveLog& model, const ReplicaLog& log) {
    for (std::int64_t id = 1; id <= 3; ++id) {
        const ProducerState* real = log.producer(ProducerId{id}, Time{0});
        const auto said = print(real ? std::optional{*real} : std::nullopt);
        const auto expected = print(model.producer(ProducerId{id}));
        judge("ProducerFold", said == expected, "producer {}: {}, not {}", id, said, expected);
    }
}

/// LastStableOffset (P20), and the transaction index: every aborted transaction with a marker in the log.
inline void judge_transactions(const NaiveLog& model, const ReplicaLog& log) {
    judge("LastStableOffset", log.last_stable_offset() == model.last_stable_offset(), "it is {}, not {}",
          log.last_stable_offset(), model.last_stable_offset());
    std::set<std::pair<Offset, Offset>> aborted;
    for (const auto& t : model.transactions()) {
        if (t.marker && !t.marker->marker->commit && t.marker->base_offset >= model.start) {
            aborted.emplace(t.first, t.marker->base_offset);
        }
    }
    std::set<std::pair<Offset, Offset>> indexed;
    for (const AbortedTransaction& a : log.aborted_transactions()) indexed.emplace(a.first_offset, a.marker_offset);
    judge("AbortedTransactions", indexed == aborted, "{} are known, of {}", indexed.size(), aborted.size());
}

/// Every fetch is told of each aborted transaction that reaches into what it may read.
inline void judge_aborted_ranges(const NaiveLog& model, const ReplicaLog& log) {
    const Offset stable = log.last_stable_offset();
    for (const auto& t : model.transactions()) {
        if (!t.marker || t.marker->marker->commit || t.marker->base_offset < model.start) continue;
        for (Offset from = t.first; from <= t.marker->base_offset; from = from.next()) {
            if (from.next() > stable) break;
            const auto told = log.aborted_transactions(from, from.next());
            const bool known = std::ranges::any_of(told, [&](const AbortedTransaction& a) {
                return a.producer == t.producer && a.first_offset == t.first;
            });
            judge("AbortedTransactions", known, "a fetch of {} is not told of the one that began at {}", from, t.first);
        }
    }
}

/// All of them.
inline void compare(const NaiveLog& model, const ReplicaLog& log) {
    judge_offsets(model, log);
    judge_epochs(model, log);
    judge_producers(model, log);
    judge_transactions(model, log);
    judge("KeptHash", log.hash() == log.hash_from_scratch(), "{} is kept, {} is right", log.hash(),
          log.hash_from_scratch());
}

}  // namespace highwater::property
