#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "core/log/replica_log.h"

namespace highwater::property {

/// The log as a plain list; every question is answered by walking all of it.
struct NaiveLog {
    std::vector<BatchFacts> batches;
    /// Where the epoch of each leadership began, as long as nothing truncated it.
    std::vector<EpochEntry> epochs;
    Offset start;
    Offset end;
    Offset written;
    Offset durable;
    Offset high_watermark;

    [[nodiscard]] LeaderEpoch epoch() const { return epochs.empty() ? LeaderEpoch{0} : epochs.back().epoch; }

    /// All that the batches of a producer in the log say about it.
    [[nodiscard]] std::optional<ProducerState> producer(ProducerId id) const {
        std::optional<ProducerState> state;
        std::vector<SequencedBatch> of_epoch;
        for (const BatchFacts& batch : batches) {
            if (!batch.producer || batch.producer->id != id) continue;
            if (!state) state.emplace();
            state->id = id;
            if (state->epoch != batch.producer->epoch) of_epoch.clear();
            state->epoch = batch.producer->epoch;
            if (batch.marker) {
                state->transaction_first_offset.reset();
                state->coordinator_epoch = batch.marker->coordinator_epoch;
            } else {
                SequencedBatch one;
                one.last_offset = batch.last_offset();
                one.last_sequence = batch.producer->base_sequence->plus(batch.last_offset_delta);
                one.offset_delta = batch.last_offset_delta;
                one.timestamp = batch.max_timestamp;
                of_epoch.push_back(one);
                if (batch.transactional && !state->transaction_first_offset) {
                    state->transaction_first_offset = batch.base_offset;
                }
            }
            state->last_timestamp = batch.max_timestamp;
        }
        if (!state) return state;
        const std::size_t kept = std::min<std::size_t>(of_epoch.size(), 5);
        for (std::size_t i = of_epoch.size() - kept; i < of_epoch.size(); ++i) state->batches.push_back(of_epoch[i]);
        return state;
    }

    struct Transaction {
        ProducerId producer;
        Offset first;
        std::optional<BatchFacts> marker;
    };
    /// In order of their first offsets.
    [[nodiscard]] std::vector<Transaction> transactions() const {
        std::vector<Transaction> all;
        std::map<ProducerId, std::size_t> open;
        for (const BatchFacts& batch : batches) {
            if (!batch.transactional || !batch.producer) continue;
            const auto found = open.find(batch.producer->id);
            if (batch.marker) {
                if (found == open.end()) continue;
                all[found->second].marker = batch;
                open.erase(found);
            } else if (found == open.end()) {
                open[batch.producer->id] = all.size();
                all.push_back({batch.producer->id, batch.base_offset, std::nullopt});
            }
        }
        return all;
    }

    /// P20: the high watermark, or the first offset of the earliest transaction whose marker is not below it.
    [[nodiscard]] Offset last_stable_offset() const {
        for (const Transaction& transaction : transactions()) {
            const bool decided = transaction.marker && transaction.marker->base_offset < high_watermark;
            if (!decided) return std::min(high_watermark, std::max(transaction.first, start));
        }
        return high_watermark;
    }

    /// OffsetForLeaderEpoch by looking at the list of epochs (KIP-101, KIP-279).
    [[nodiscard]] std::optional<EpochEndOffset> end_offset_for(LeaderEpoch wanted) const {
        if (epochs.empty() || wanted > epochs.back().epoch) return std::nullopt;
        EpochEndOffset answer{wanted, end};
        for (auto entry = epochs.rbegin(); entry != epochs.rend() && entry->epoch > wanted; ++entry) {
            answer.end_offset = entry->start_offset;
        }
        for (const EpochEntry& entry : epochs) {
            if (entry.epoch <= wanted) answer.epoch = entry.epoch;
        }
        return answer;
    }

    void add(BatchFacts batch) {
        batches.push_back(batch);
        end = batch.end_offset();
    }
    void start_epoch(LeaderEpoch epoch) {
        std::erase_if(epochs, [&](const EpochEntry& e) { return e.start_offset >= end; });
        epochs.push_back({epoch, end});
    }
    void truncate(Offset cut) {
        std::erase_if(batches, [&](const BatchFacts& b) { return b.end_offset() > cut; });
        std::erase_if(epochs, [&](const EpochEntry& e) { return e.start_offset >= cut; });
        end = cut;
        written = std::min(written, cut);
        durable = std::min(durable, cut);
    }
    void advance_start(Offset offset) {
        start = std::max(start, offset);
        while (epochs.size() > 1 && epochs[1].start_offset <= start) epochs.erase(epochs.begin());
        if (!epochs.empty()) epochs[0].start_offset = std::max(epochs[0].start_offset, start);
    }
};

}  // namespace highwater::property
