#pragma once

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/transaction/transaction_effect.h"
#include "core/transaction/transaction_input.h"
#include "core/transaction/transaction_record.h"

namespace highwater::property {

/// What comes of one input: an answer, a record or a marker a line. Which number a record or a sending has is nobody's
/// business.
using Said = std::multiset<std::string>;

inline std::string said_answer(TransactionToken token, ErrorCode error, std::optional<ProducerClaim> producer,
                               const std::set<TopicPartition>& missing) {
    return fmt::format("request {} hears {}, producer {}, missing {}", token, print(error), print(producer),
                       print(missing));
}
inline std::string said_record(const std::string& id, const std::optional<TransactionMetadata>& value) {
    return fmt::format("{} becomes {}", id, print(value));
}
inline std::string said_marker(const std::string& id, ProducerClaim producer, bool commit, CoordinatorEpoch coordinator,
                               TransactionVersion version, const std::set<TopicPartition>& partitions) {
    return fmt::format("{} of {}: {} {} by {}, version {}", commit ? "commit" : "abort", print(partitions), id,
                       print(producer), coordinator, version);
}

/// A transaction coordinator as KIP-98, KIP-360 and KIP-890 put it: one row an id, each request a list of questions in
/// the order in which they are asked. Its truth is the last record of each id.
struct NaiveTransactions {
    static constexpr ProducerEpoch kLastGiven{32'766};
    static constexpr Duration kLongestTimeout = std::chrono::minutes{15};
    static constexpr std::int64_t kExpirationMs = 7LL * 24 * 3600 * 1000;
    static constexpr Duration kAgain = std::chrono::milliseconds{100};

    /// A record that is on its way.
    struct Pending {
        std::optional<TransactionMetadata> to;
        /// nullopt: nobody asked.
        std::optional<TransactionToken> token;
        ErrorCode error = ErrorCode::none;
        std::optional<ProducerClaim> producer;
        std::optional<ProducerEpoch> last_epoch;
    };
    struct Row {
        std::optional<TransactionMetadata> known;
        /// Whoever repeats a request with this epoch hears what it would have heard (KIP-360).
        std::optional<ProducerEpoch> last_epoch;
        std::optional<Pending> pending;
        std::optional<Time> times_out;
        /// Without a marker: true, it is to be sent again.
        std::map<TopicPartition, bool> unmarked;
        std::optional<Time> again;
    };

    std::map<std::string, Row> rows;
    CoordinatorEpoch coordinator;
    std::optional<ProducerId> spare;
    Time now{1};
    Timestamp wall;
    Said said;

    // ---- requests --------------------------------------------------------------------------------------------------

    void hear(const InitProducerIdReceived& request) {
        const auto refuse = [&](ErrorCode error) { tell(request.token, error); };
        if (request.transactional_id.empty()) return refuse(ErrorCode::invalid_request);
        if (request.timeout <= Duration{0}) return refuse(ErrorCode::invalid_transaction_timeout);
        if (request.timeout > kLongestTimeout) return refuse(ErrorCode::invalid_transaction_timeout);
        Row& row = rows[request.transactional_id];
        if (row.pending) return refuse(ErrorCode::concurrent_transactions);

        TransactionMetadata to;
        if (!row.known) {
            if (!spare) return refuse(ErrorCode::coordinator_load_in_progress);
            to.producer_id = *spare;
            to.producer_epoch = ProducerEpoch{0};
            to.timeout = request.timeout;
            spare.reset();
            return begin(request, row, to, ErrorCode::none, {});
        }
        to = *row.known;
        const std::optional<ProducerClaim>& named = request.expected;
        const bool names_present = named && named->id == to.producer_id;
        const bool names_previous = named && named->id == to.previous_producer_id && named->epoch >= kLastGiven;
        if (named && !names_present && !names_previous) return refuse(ErrorCode::producer_fenced);
        const bool holds = named && names_present && named->epoch == to.producer_epoch;
        switch (to.state) {
            case TransactionState::prepare_commit:
            case TransactionState::prepare_abort:
                return refuse(ErrorCode::concurrent_transactions);
            case TransactionState::ongoing:
                if (named && !holds) return refuse(ErrorCode::producer_fenced);
                return begin(request, row, fence(to), ErrorCode::concurrent_transactions,
                             named ? std::optional(to.producer_epoch) : std::nullopt);
            default:
                break;
        }
        const bool repeats = named && !holds && named->epoch == row.last_epoch;
        if (named && !holds && !repeats) return refuse(ErrorCode::producer_fenced);
        std::optional<ProducerEpoch> last;
        if (holds) last = to.producer_epoch;
        if (repeats) last = row.last_epoch;
        if (repeats && to.producer_epoch <= kLastGiven) {
            // It hears again what it was to have heard.
        } else if (to.producer_epoch >= kLastGiven) {
            if (!spare) return refuse(ErrorCode::coordinator_load_in_progress);
            to.previous_producer_id = to.producer_id;
            to.producer_id = *spare;
            to.producer_epoch = ProducerEpoch{0};
            spare.reset();
        } else {
            to.producer_epoch = above(to.producer_epoch);
        }
        to.state = TransactionState::empty;
        to.timeout = request.timeout;
        to.started.reset();
        begin(request, row, to, ErrorCode::none, last);
    }

    void hear(const AddPartitionsReceived& request) {
        const auto refuse = [&](ErrorCode error) { tell(request.token, error); };
        if (request.transactional_id.empty()) return refuse(ErrorCode::invalid_request);
        Row& row = rows[request.transactional_id];
        if (const ErrorCode error = why_not(row, request.producer); error != ErrorCode::none) return refuse(error);
        if (row.pending) return refuse(ErrorCode::concurrent_transactions);
        TransactionMetadata to = *row.known;
        const std::size_t before = to.partitions.size();
        to.partitions.insert(request.partitions.begin(), request.partitions.end());
        if (to.state == TransactionState::ongoing) {
            if (to.partitions.size() == before) return refuse(ErrorCode::none);
        } else {
            to.started = wall;
        }
        to.state = TransactionState::ongoing;
        to.client_version = request.version;
        begin(request, row, to, ErrorCode::none, row.last_epoch, false);
    }

    void hear(const VerifyPartitionsReceived& request) {
        const Row& row = rows[request.transactional_id];
        const ErrorCode error = why_not(row, request.producer);
        std::set<TopicPartition> missing;
        if (error == ErrorCode::none) {
            for (const TopicPartition& partition : request.partitions) {
                if (!row.known->partitions.contains(partition)) missing.insert(partition);
            }
        }
        said.insert(said_answer(request.token, error, {}, missing));
    }

    void hear(const EndTransactionReceived& request) {
        const auto refuse = [&](ErrorCode error) { tell(request.token, error); };
        if (request.transactional_id.empty()) return refuse(ErrorCode::invalid_request);
        Row& row = rows[request.transactional_id];
        if (!row.known) return refuse(ErrorCode::invalid_producer_id_mapping);
        TransactionMetadata to = *row.known;
        const ProducerClaim& named = request.producer;
        const bool v2 = request.version >= TransactionVersion{2};
        const bool holds = named == to.producer() && named.epoch <= kLastGiven;
        // The answer to a request that was carried out got lost: the server is one epoch, or one producer id, further.
        const bool repeats =
            v2 &&
            ((named.id == to.producer_id && named.epoch.value() + 1 == to.producer_epoch.value()) ||
             (named.id == to.previous_producer_id && named.epoch == kLastGiven && to.producer_epoch.value() == 0));
        if (named.id != to.producer_id && !repeats) return refuse(ErrorCode::invalid_producer_id_mapping);

        const bool decided = to.state != TransactionState::empty && to.state != TransactionState::ongoing;
        bool may_end = holds || (repeats && decided);
        if (v2 && is_prepared(to.state)) may_end = repeats;
        // Fenced at the last of its epochs, by a timeout or another instance: there is none to go on with.
        if (is_complete(to.state) && to.producer_epoch > kLastGiven) may_end = false;
        if (!may_end) return refuse(ErrorCode::producer_fenced);
        if (row.pending) return refuse(ErrorCode::concurrent_transactions);
        const bool committed =
            to.state == TransactionState::prepare_commit || to.state == TransactionState::complete_commit;
        if (decided && (repeats || !v2)) {
            if (request.commit != committed) return refuse(ErrorCode::invalid_txn_state);
            if (is_prepared(to.state)) return refuse(ErrorCode::concurrent_transactions);
            said.insert(said_answer(request.token, ErrorCode::none, to.producer(), {}));
            return;
        }
        if (to.state != TransactionState::ongoing) {
            // Version 2: a client that does not know whether anything was added may abort.
            if (!v2 || request.commit) return refuse(ErrorCode::invalid_txn_state);
            to.started = wall;
        }
        to.state = request.commit ? TransactionState::prepare_commit : TransactionState::prepare_abort;
        to.client_version = request.version;
        ProducerClaim goes_on_as = to.producer();
        std::optional<ProducerEpoch> last = row.last_epoch;
        if (v2) {
            if (named.epoch == kLastGiven) {
                if (!spare) return refuse(ErrorCode::coordinator_load_in_progress);
                to.next_producer_id = spare;
                goes_on_as = {*spare, ProducerEpoch{0}};
                spare.reset();
            } else {
                goes_on_as.epoch = above(named.epoch);
            }
            to.producer_epoch = above(named.epoch);
            last = named.epoch;
        }
        begin(request.token, row, request.transactional_id, to, ErrorCode::none, goes_on_as, last);
    }

    // ---- what becomes of records and markers -----------------------------------------------------------------------

    void committed(const std::string& id) {
        Row& row = rows[id];
        const Pending pending = *std::exchange(row.pending, std::nullopt);
        row.known = pending.to;
        row.last_epoch = pending.last_epoch;
        answer(pending, pending.error, pending.error == ErrorCode::none ? pending.producer : std::nullopt);
        goes_on(id, row);
    }
    void failed(const std::string& id, ErrorCode told) {
        Row& row = rows[id];
        const Pending pending = *std::exchange(row.pending, std::nullopt);
        answer(pending, told, {});
        if (pending.token || !row.known) return;
        if (row.known->state == TransactionState::ongoing) row.times_out = now + kAgain;
        if (is_prepared(row.known->state)) row.again = now + kAgain;
    }
    /// Of the sending that is under way.
    void marker_answered(const std::string& id, const TopicPartition& partition, ErrorCode error) {
        Row& row = rows[id];
        const auto found = row.unmarked.find(partition);
        if (found == row.unmarked.end() || found->second) return;
        if (error == ErrorCode::transaction_coordinator_fenced || error == ErrorCode::invalid_producer_epoch) {
            row.unmarked.clear();
            row.again.reset();
        } else if (error != ErrorCode::none) {
            found->second = true;
            row.again = now + kAgain;
        } else {
            row.unmarked.erase(found);
            if (row.unmarked.empty()) complete(id, row);
        }
    }

    // ---- time and leadership ---------------------------------------------------------------------------------------

    void pass() {
        for (auto& [id, row] : rows) {
            if (row.times_out && *row.times_out <= now) {
                row.times_out.reset();
                if (row.pending) {
                    row.times_out = now + kAgain;
                } else {
                    begin({}, row, id, fence(*row.known), ErrorCode::none, {}, {});
                }
            }
            if (row.again && *row.again <= now) {
                row.again.reset();
                if (row.unmarked.empty()) {
                    complete(id, row);
                } else {
                    std::set<TopicPartition> partitions;
                    for (auto& [partition, is_due] : row.unmarked) {
                        if (std::exchange(is_due, false)) partitions.insert(partition);
                    }
                    send(id, row, partitions);
                }
            }
        }
    }
    void expire() {
        for (auto& [id, row] : rows) {
            if (!row.known || row.pending || wall.value() - row.known->last_update.value() < kExpirationMs) continue;
            if (row.known->state != TransactionState::empty && !is_complete(row.known->state)) continue;
            said.insert(said_record(id, std::nullopt));
            row.pending = Pending{};
        }
    }
    /// It hears of a loss of leadership: whoever waits is told so.
    void resign() {
        for (auto& [id, row] : rows) {
            if (row.pending) answer(*row.pending, ErrorCode::not_coordinator, {});
        }
    }
    /// A coordinator that knows the log and nothing else.
    void take_over(CoordinatorEpoch epoch, const std::vector<TransactionRecord>& log) {
        coordinator = epoch;
        rows.clear();
        for (const TransactionRecord& record : log) rows[record.transactional_id].known = record.value;
        for (auto& [id, row] : rows) goes_on(id, row);
    }

  private:
    static ProducerEpoch above(ProducerEpoch epoch) {
        return ProducerEpoch{static_cast<std::int16_t>(epoch.value() + 1)};
    }
    static TransactionMetadata fence(TransactionMetadata to) {
        to.state = TransactionState::prepare_abort;
        to.producer_epoch = above(to.producer_epoch);
        return to;
    }
    /// 32,767 is for fencing: nobody was given it.
    static ErrorCode why_not(const Row& row, const ProducerClaim& named) {
        if (!row.known || row.known->producer_id != named.id) return ErrorCode::invalid_producer_id_mapping;
        if (row.known->producer_epoch != named.epoch || named.epoch > kLastGiven) return ErrorCode::producer_fenced;
        return is_prepared(row.known->state) ? ErrorCode::concurrent_transactions : ErrorCode::none;
    }

    void tell(TransactionToken token, ErrorCode error) { said.insert(said_answer(token, error, {}, {})); }
    void answer(const Pending& pending, ErrorCode error, std::optional<ProducerClaim> producer) {
        if (pending.token) said.insert(said_answer(*pending.token, error, producer, {}));
    }
    void begin(std::optional<TransactionToken> token, Row& row, const std::string& id, TransactionMetadata to,
               ErrorCode error, std::optional<ProducerClaim> producer, std::optional<ProducerEpoch> last_epoch) {
        to.last_update = wall;
        said.insert(said_record(id, to));
        row.pending = Pending{std::move(to), token, error, producer, last_epoch};
    }
    void begin(const auto& request, Row& row, const TransactionMetadata& to, ErrorCode error,
               std::optional<ProducerEpoch> last_epoch, bool tells_producer = true) {
        begin(request.token, row, request.transactional_id, to, error,
              tells_producer ? std::optional(to.producer()) : std::nullopt, last_epoch);
    }

    void goes_on(const std::string& id, Row& row) {
        if (!row.known || row.known->state != TransactionState::ongoing) {
            row.times_out.reset();
        } else if (!row.times_out) {
            row.times_out = now + row.known->timeout;
        }
        if (!row.known || !is_prepared(row.known->state)) return;
        for (const TopicPartition& partition : row.known->partitions) row.unmarked[partition] = false;
        if (row.unmarked.empty()) return complete(id, row);
        send(id, row, row.known->partitions);
    }
    void send(const std::string& id, const Row& row, const std::set<TopicPartition>& partitions) {
        said.insert(said_marker(id, row.known->producer(), row.known->state == TransactionState::prepare_commit,
                                coordinator, row.known->client_version, partitions));
    }
    void complete(const std::string& id, Row& row) {
        TransactionMetadata to = *row.known;
        to.state = to.state == TransactionState::prepare_commit ? TransactionState::complete_commit
                                                                : TransactionState::complete_abort;
        to.partitions.clear();
        if (to.next_producer_id) {
            to.previous_producer_id = to.producer_id;
            to.producer_id = *to.next_producer_id;
            to.producer_epoch = ProducerEpoch{0};
            to.next_producer_id.reset();
        }
        begin({}, row, id, to, ErrorCode::none, {}, row.last_epoch);
    }
};

}  // namespace highwater::property
