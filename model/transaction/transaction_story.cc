// What people read of transactions.
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "model/transaction/names.h"
#include "model/transaction/transaction_world.h"

namespace highwater::model::transaction {
namespace {

std::string_view kind_text(const Message& m) {
    static constexpr std::array<std::string_view, 5> kNames = {"nothing", "InitProducerId", "AddPartitionsToTxn",
                                                               "Produce", "EndTxn"};
    if (m.kind == Message::Kind::end) return m.commit != 0 ? "EndTxn(commit)" : "EndTxn(abort)";
    return kNames[static_cast<std::size_t>(m.kind)];
}

std::string_view phase_text(TransactionalProducer::Phase phase) {
    static constexpr std::array<std::string_view, 10> kNames = {"down", "starting", "ready",   "adding", "producing",
                                                                "open", "ending",   "bumping", "fenced", "failed"};
    return kNames[static_cast<std::size_t>(phase)];
}

std::string log_text(const DataView& view) {
    std::string text;
    for (std::size_t i = 0; i < view.log.size(); ++i) {
        const Stored& stored = view.log[i];
        if (stored.is_marker()) {
            text += fmt::format(" [{} of {}]", stored.commit != 0 ? "commit" : "abort", claim_text(stored.claim));
        } else {
            text +=
                fmt::format(" {}{}", transaction_text(stored.transaction), (view.delivered >> i & 1) != 0 ? "+" : "");
        }
    }
    return text.empty() ? " nothing" : text;
}

}  // namespace

std::string transaction_text(Transaction transaction) {
    if (transaction == kNoTransaction) return "none";
    return fmt::format("{}.{}", (transaction - 1) / kMaxTransactions, (transaction - 1) % kMaxTransactions + 1);
}

std::string message_text(const Message& m, const Scope& scope) {
    if (m.kind == Message::Kind::none) return "nothing";
    std::string text =
        fmt::format("{}{} producer {}", kind_text(m), m.is_answer != 0 ? " answer to" : " of", m.producer);
    if (m.is_answer != 0) {
        text += fmt::format(": {}", m.error());
        const bool gives = m.kind == Message::Kind::init || m.kind == Message::Kind::end;
        if (gives && m.error() == ErrorCode::none) text += fmt::format(", {}", claim_text(m.claim));
        return text;
    }
    text += fmt::format(" as {}", claim_text(m.claim));
    if (m.kind == Message::Kind::produce) {
        return text + fmt::format(", transaction {}, to partition {}, sequence {}", transaction_text(m.transaction),
                                  m.partition, m.sequence);
    }
    text += fmt::format(" for {}, to broker {}", transactional_id(scope.id_of(m.producer)), m.broker);
    if (m.kind == Message::Kind::add) text += fmt::format(", partition {}", m.partition);
    if (m.kind != Message::Kind::init) text += fmt::format(", transaction {}", transaction_text(m.transaction));
    return text;
}

std::string marker_text(const Marker& m) {
    const std::string what = fmt::format("{} marker of {} for partition {}", m.commit != 0 ? "commit" : "abort",
                                         claim_text(m.claim), m.partition);
    if (m.is_answer != 0)
        return fmt::format("answer to the {}: {}", what, static_cast<ErrorCode>(m.error_plus_one - 1));
    return fmt::format("{}, coordinator epoch {}", what, m.coordinator_epoch);
}

std::string print(const State& state, const Scope& scope) {
    const StateView& view = state.coordinator->view;
    std::string text = fmt::format("broker {} {}, coordinator epoch {}, tick {}, {} writes under way\n", view.leader,
                                   view.loaded != 0 ? "coordinates" : "loads", state.coordinator->coordinator_epoch,
                                   state.coordinator->ticks, view.writes);
    for (std::uint8_t id = 0; id < scope.ids(); ++id) {
        const IdView& known = view.ids[id];
        if (known.state_plus_one == 0) continue;
        text += fmt::format("{}: {}, {}\n", transactional_id(id),
                            name_of(static_cast<TransactionState>(known.state_plus_one - 1)), claim_text(known.claim));
    }
    for (std::size_t p = 0; p < kPartitions; ++p) {
        const DataView& data = state.data[p]->view;
        text +=
            fmt::format("partition {}: last stable offset {}, log:{}\n", p, data.last_stable_offset, log_text(data));
    }
    for (std::uint8_t id = 0; id < scope.producers; ++id) {
        const TransactionalProducer& producer = state.rest.producers[id];
        text += fmt::format("producer {}: {}, {}, transaction {}; on its connection: {}\n", id,
                            phase_text(producer.phase), claim_text(producer.claim),
                            transaction_text(producer.transaction), message_text(state.rest.slots[id], scope));
    }
    for (const Message& late : state.rest.late) text += fmt::format("late: {}\n", message_text(late, scope));
    for (const Waiting& waiting : state.rest.waiting) {
        text += fmt::format("waits for its coordinator: {}\n", message_text(waiting.request, scope));
    }
    for (const Marker& marker : state.rest.markers) {
        text += fmt::format("{}: {}\n", marker.is_late != 0 ? "late" : "under way", marker_text(marker));
    }
    return text;
}

}  // namespace highwater::model::transaction
